//! A transition whose name comes from the caller of a macro, and whose derive comes from the macro.

use crate::Tested;
use crate::trail::moves;

macro_rules! machine {
    ($name:ident: $first:ident -$transition:ident-> $second:ident { $field:ident: $ty:ty }) => {
        #[derive(tollgate::StateMachine)]
        #[transition($transition, from = $first, to = $second)]
        enum $name {
            #[state(initial)]
            $first,
            #[state(terminal)]
            $second { $field: $ty },
        }
    };
}

machine!(LampState: Off -light-> On { level: u8 });

#[test]
fn a_transition_is_named_by_the_caller() -> Tested {
    let mut log = Vec::new();
    assert_eq!(LampMachine::create(1).commit(&mut log)?.light(3).commit(&mut log)?.data().level, 3);
    assert_eq!(moves(&log), ["create: -> Off", "light: Off -> On"]);
    Ok(())
}
