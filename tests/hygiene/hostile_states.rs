//! States with the names that generated code uses.

use tollgate::StateMachine;

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, PartialEq, StateMachine)]
#[transition(to_result, from = Option, to = Result)]
#[transition(to_some, from = Result, to = Some)]
#[transition(to_ok, from = Some, to = Ok)]
#[transition(to_err, from = Ok, to = Err)]
#[transition(to_none, from = Err, to = None)]
#[transition(to_string, from = None, to = String)]
#[transition(to_vec, from = String, to = Vec)]
#[transition(to_box, from = Vec, to = Box)]
#[transition(from = Box, to = Self_)]
#[transition(to_s, from = Self_, to = S)]
#[transition(to_t, from = S, to = T)]
#[transition(to_state, from = T, to = State)]
#[transition(to_edge, from = State, to = Edge)]
#[transition(to_machine, from = Edge, to = Machine)]
#[transition(to_step, from = Machine, to = Step)]
enum PreludeState {
    #[state(initial)]
    Option,
    Result(Option<u8>),
    Some(u8),
    #[state(record)]
    Ok(Result<u8, String>),
    Err(String),
    None,
    String,
    Vec {
        ids: Vec<Option<Box<str>>>,
    },
    Box,
    Self_,
    S,
    T(u8, bool),
    State,
    Edge,
    Machine,
    #[state(terminal)]
    Step,
}

#[test]
fn states_have_names_from_the_prelude() -> Tested {
    let mut log = Vec::new();
    let machine = PreludeMachine::create(1).commit(&mut log)?.to_result(None).commit(&mut log)?;
    let machine = machine.to_some(1).commit(&mut log)?.to_ok(Ok(7)).commit(&mut log)?;
    assert_eq!(*machine.data(), Ok(7));
    let machine = machine.to_err("no".to_owned()).commit(&mut log)?.to_none().commit(&mut log)?;
    let machine = machine.to_string().commit(&mut log)?.to_vec(vec![Some("a".into())]).commit(&mut log)?;
    let PreludeVecData { ids } = machine.data();
    assert_eq!(ids.len(), 1);
    let machine = machine.to_box().commit(&mut log)?.to_self().commit(&mut log)?.to_s().commit(&mut log)?;
    let machine = machine.to_t(1, true).commit(&mut log)?.to_state().commit(&mut log)?;
    let machine = AnyPrelude::from(machine.to_edge().commit(&mut log)?);
    let machine = machine.fire(PreludeTransition::ToMachine)?.commit(&mut log)?;
    let AnyPrelude::Machine(machine) = machine else { return Err("it is not in `Machine`".into()) };
    assert_eq!(machine.to_step().commit(&mut log)?.into_parts().1, PreludeState::Step);
    assert_eq!(log[3].data, Some(tollgate::serde_json::json!({ "Ok": 7 })));
    assert_eq!(moves(&log)[9..11], ["to_self: Box -> Self_", "to_s: Self_ -> S"]);
    assert_eq!(log.len(), 16);
    Ok(())
}

/// The traits' names, and those of their associated types.
#[allow(clippy::enum_variant_names)] // The enum's own name is the most hostile.
#[derive(Debug, PartialEq, StateMachine)]
#[transition(go, from = Sized, to = Send)]
#[transition(go, from = Send, to = Any)]
#[transition(go, from = Any, to = Subject)]
#[transition(go, from = Subject, to = DeclarationToken)]
#[transition(go, from = DeclarationToken, to = Transition)]
#[transition(go, from = Transition, to = Target)]
#[transition(go, from = Target, to = Data)]
#[transition(go, from = Data, to = Typed)]
#[transition(go, from = Typed, to = To)]
#[transition(go, from = To, to = Item)]
#[transition(go, from = Item, to = Error)]
#[transition(go, from = Error, to = Drop)]
#[transition(go, from = Drop, to = Copy)]
#[transition(go, from = Copy, to = Tracked)]
#[transition(go, from = Tracked, to = Go)]
#[transition(go, from = Go, to = TraitsState)]
enum TraitsState {
    #[state(initial)]
    Sized,
    Send,
    Any,
    Subject,
    DeclarationToken,
    Transition,
    Target,
    Data,
    Typed,
    To,
    Item,
    Error,
    Drop,
    Copy,
    Tracked,
    Go,
    #[state(terminal)]
    TraitsState,
}

#[test]
fn states_have_names_of_traits_and_of_their_types() -> Tested {
    let mut log = Vec::new();
    let machine = TraitsMachine::create(1).commit(&mut log)?.go().commit(&mut log)?.go().commit(&mut log)?;
    let mut machine = AnyTraits::from(machine);
    while !machine.available().is_empty() {
        machine = machine.fire(TraitsTransition::Go)?.commit(&mut log)?;
    }
    assert_eq!(machine.into_parts().1, TraitsState::TraitsState);
    assert_eq!(log.len(), 17);
    assert_eq!(moves(&log)[16], "go: Go -> TraitsState");
    Ok(())
}
