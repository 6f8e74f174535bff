//! States with the names of keywords and of primitive types, under denied warnings.

#![deny(warnings)]

use tollgate::StateMachine;

use crate::Tested;
use crate::trail::moves;

/// An `allow` on the enum applies to the generated code.
#[allow(non_camel_case_types)]
#[derive(Debug, PartialEq, StateMachine)]
#[transition(go, from = r#type, to = r#match)]
#[transition(go, from = r#match, to = u64)]
#[transition(go, from = u64, to = str)]
#[transition(go, from = str, to = usize)]
#[transition(go, from = usize, to = bool)]
#[transition(from = bool, to = r#type)]
enum LowerState {
    #[state(initial)]
    r#type,
    r#match,
    u64,
    str,
    usize,
    bool,
}

#[test]
fn states_have_names_of_keywords_and_of_primitive_types() -> Tested {
    let mut log = Vec::new();
    let machine = LowerMachine::create(1).commit(&mut log)?.go().commit(&mut log)?.go().commit(&mut log)?;
    let machine = machine.go().commit(&mut log)?.go().commit(&mut log)?.go().commit(&mut log)?;
    assert_eq!(machine.to_type().commit(&mut log)?.into_parts().1, LowerState::r#type);
    assert_eq!(moves(&log)[1], "go: type -> match");
    assert_eq!(moves(&log)[6], "to_type: bool -> type");
    Ok(())
}
