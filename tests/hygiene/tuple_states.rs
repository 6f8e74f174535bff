//! States without names for their fields: none, one, several, many; and fields of every sort of type.

use std::collections::BTreeMap;

use tollgate::StateMachine;
use tollgate::serde_json::{from_str, json};

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(one, from = Empty, to = Single)]
#[transition(two, from = Single, to = Pair)]
#[transition(many, from = Pair, to = Many)]
#[transition(none, from = Many, to = Braced)]
#[transition(again, from = Braced, to = Empty)]
#[repr(u8)]
#[non_exhaustive]
enum HandState {
    #[state(initial)]
    Empty() = 3,
    #[state(record)]
    Single(Vec<(u8, Option<String>)>),
    #[state(record)]
    Pair((), [u8; 2]),
    #[state(record)]
    Many(u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, BTreeMap<String, u8>, f64, u8),
    Braced {} = 9,
}

#[test]
fn data_is_one_value_or_a_tuple() -> Tested {
    let mut log = Vec::new();
    let hand = HandMachine::create("hand").commit(&mut log)?;
    assert_eq!(*hand.data(), ());
    let hand = hand.one(vec![(1, None)]).commit(&mut log)?;
    assert_eq!(*hand.data(), [(1, None)]);
    let hand = hand.two((), [1, 2]).commit(&mut log)?;
    assert_eq!(*hand.data(), ((), [1, 2]));
    let hand = hand.many(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, BTreeMap::new(), 0.5, 13).commit(&mut log)?;
    assert_eq!((hand.data().0, hand.data().10, hand.data().13), (0, 10, 13));
    let HandBracedData {} = hand.none().commit(&mut log)?.data();
    let expected = [
        "create: -> Empty",
        "one: Empty -> Single",
        "two: Single -> Pair",
        "many: Pair -> Many",
        "none: Many -> Braced",
    ];
    assert_eq!(moves(&log), expected);
    assert_eq!(log[1].data, Some(json!([[1, null]])));
    assert_eq!(log[2].data, Some(json!([null, [1, 2]])));
    assert_eq!(log[3].data, Some(json!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, {}, 0.5, 13])));
    let replayed = AnyHand::replay("hand", &log[..3])?;
    assert_eq!(replayed.into_parts().1, HandState::Pair((), [1, 2]));
    Ok(())
}

#[test]
fn commands_carry_values_in_lists() -> Tested {
    let mut log = Vec::new();
    let mut hand = AnyHand::resume("hand", HandState::Empty(), 1);
    for command in [r#"{ "one": [[1, "a"]] }"#, r#"{ "two": [null, [1, 2]] }"#] {
        hand = hand.fire(from_str(command)?)?.commit(&mut log)?;
    }
    assert_eq!(hand.into_parts().1, HandState::Pair((), [1, 2]));
    let hand = AnyHand::resume("hand", HandState::Braced {}, 1).fire(HandTransition::Again {})?.commit(&mut log)?;
    assert_eq!(hand.into_parts().1, HandState::Empty());
    assert_eq!(moves(&log), ["one: Empty -> Single", "two: Single -> Pair", "again: Braced -> Empty"]);
    Ok(())
}

type Callback = Box<dyn Fn(u8) -> u8 + Send + 'static>;

macro_rules! pair_of {
    ($ty:ty) => {
        ($ty, $ty)
    };
}

/// Types that cannot be read from JSON: the machine requires no traits of them.
#[derive(StateMachine)]
#[transition(hold, from = Nothing, to = Things)]
enum ShelfState {
    #[state(initial)]
    Nothing,
    #[state(terminal)]
    Things {
        call: Callback,
        function: fn(u8) -> u8,
        text: &'static str,
        pair: pair_of!(u8),
        boxed: Box<dyn std::error::Error>,
        parenthesized: &'static (dyn Fn(u8) -> u8 + Sync),
        qualified: <Vec<u8> as IntoIterator>::Item,
    },
}

#[test]
fn fields_are_of_any_type() -> Tested {
    let mut log = Vec::new();
    let shelf = ShelfMachine::create(1).commit(&mut log)?;
    let step = shelf.hold(Box::new(|x| x + 1), |x| x + 2, "text", (1, 2), "error".into(), &|x| x + 3, 4);
    let shelf = step.commit(&mut log)?;
    let data = shelf.data();
    assert_eq!(((data.call)(1), (data.function)(1), data.text, data.pair), (2, 3, "text", (1, 2)));
    assert_eq!((data.boxed.to_string().as_str(), (data.parenthesized)(2), data.qualified), ("error", 5, 4));
    assert_eq!(moves(&log), ["create: -> Nothing", "hold: Nothing -> Things"]);
    Ok(())
}
