//! A field `to` of two targets of one transition.

use tollgate::StateMachine;

use crate::Tested;
use crate::trail::moves;

/// The numbers are positions in the chart: a field that is mistaken for one leads to the wrong state.
#[derive(Debug, PartialEq, StateMachine)]
#[transition(turn, from = Start, to = Left)]
#[transition(turn, from = Middle, to = Right)]
#[transition(back, from = Left | Right, to = Middle)]
enum WayState {
    #[state(initial)]
    Start,
    Middle,
    Left {
        to: usize,
    },
    Right {
        to: usize,
    },
}

#[test]
fn a_command_leads_to_the_target_of_its_edge_whatever_it_carries() -> Tested {
    for to in 0..5 {
        let mut log = Vec::new();
        let way = AnyWay::resume(1, WayState::Start, 1).fire(WayTransition::Turn { to })?.commit(&mut log)?;
        let way = way.fire(WayTransition::Back)?.commit(&mut log)?;
        let way = way.fire(WayTransition::Turn { to })?.commit(&mut log)?;
        assert_eq!(way.into_parts().1, WayState::Right { to });
        assert_eq!(moves(&log), ["turn: Start -> Left", "back: Left -> Middle", "turn: Middle -> Right"]);
    }
    Ok(())
}
