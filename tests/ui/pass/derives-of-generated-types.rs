//! Derives of the commands and of the data, in a crate that forbids many lints.

#![forbid(unused, trivial_bounds, private_bounds, private_interfaces, unsafe_code)]
#![deny(warnings, clippy::all, clippy::pedantic, unused_results, unused_qualifications)]

use tollgate::serde::Serialize;
use tollgate::{NoAudit, StateMachine, serde_json};

/// The states.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[machine(transition(derive(Clone, PartialEq, Serialize)))]
#[transition(submit, from = Draft, to = Review)]
pub enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String, score: f32 },
}

/// Has no traits, and neither has the enum.
pub struct Opaque;

/// The states.
#[derive(StateMachine)]
#[machine(transition = HandleMove)]
#[transition(hold, from = Free, to = Held)]
pub enum HandleState {
    #[state(initial)]
    Free,
    #[state(terminal)]
    Held { by: Opaque },
}

fn main() {
    let command = ReportTransition::Submit { reviewer: "bob".to_owned(), score: 0.5 };
    let again = command.clone();
    assert!(command == again);
    let Ok(report) = AnyReport::resume(7, ReportState::Draft, 1).fire(command) else { panic!("it is a draft") };
    let Ok(AnyReport::Review(report)) = report.commit(NoAudit) else { panic!("it is in review") };
    assert_eq!(format!("{:?}", report.data().clone()), "ReportReviewData { reviewer: \"bob\", score: 0.5 }");
    assert_eq!(serde_json::to_string(&again).ok().as_deref(), Some(r#"{"submit":{"reviewer":"bob","score":0.5}}"#));
    let Ok(handle) = HandleMachine::create(7).commit(NoAudit) else { panic!("it is created") };
    let Ok(handle) = handle.hold(Opaque).commit(NoAudit) else { panic!("it is held") };
    let HandleHeldData { by: Opaque } = handle.data();
}
