//! The traits of the structs for named fields: those of the enum, or those that are listed.

use std::collections::HashSet;

use tollgate::{NoAudit, StateMachine};

use crate::Tested;

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(close, from = Review, to = Closed)]
enum PaperState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review {
        reviewer: String,
        #[state(redact)]
        r#type: Option<String>,
        round: u8,
        again: u8,
    },
    #[state(terminal)]
    Closed {},
}

fn review(round: u8) -> PaperReviewData {
    PaperReviewData { reviewer: "bob".to_owned(), r#type: None, round, again: 0 }
}

#[test]
fn data_of_an_enum_with_derives_has_them_too() -> Tested {
    let data = review(1);
    assert_eq!(data.clone(), data);
    assert_ne!(data, review(2));
    let words = r#"PaperReviewData { reviewer: "bob", type: None, round: 1, again: 0 }"#;
    assert_eq!(format!("{data:?}"), words);
    let empty = PaperClosedData {};
    assert_eq!((empty.clone(), format!("{empty:?}")), (PaperClosedData {}, "PaperClosedData".to_owned()));
    let paper = PaperMachine::create(7).commit(NoAudit)?.submit("bob".into(), None, 1, 0).commit(NoAudit)?;
    assert_eq!(*paper.data(), data);
    let paper = paper.close().commit(NoAudit)?;
    assert_eq!(*paper.data(), empty);
    Ok(())
}

/// Has none of the traits.
struct Opaque;

#[derive(StateMachine)]
#[machine(data(derive()))]
#[transition(hold, from = Free, to = Held)]
enum HandleState {
    #[state(initial)]
    Free,
    #[state(terminal)]
    Held { by: Opaque, since: u64 },
}

/// With an empty list, each trait can be implemented manually.
impl std::fmt::Debug for HandleHeldData {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "held since {}", self.since)
    }
}

#[derive(StateMachine)]
#[transition(take, from = Open, to = Taken)]
enum SlotState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Taken { by: Opaque, since: u64 },
}

#[test]
fn data_of_an_enum_without_derives_compiles_without_them() -> Tested {
    let taken = SlotMachine::create(7).commit(NoAudit)?.take(Opaque, 3).commit(NoAudit)?;
    let SlotTakenData { by: Opaque, since } = taken.data();
    assert_eq!(*since, 3);
    Ok(())
}

#[test]
fn data_with_an_empty_list_can_have_an_own_implementation() {
    assert_eq!(format!("{:?}", HandleHeldData { by: Opaque, since: 3 }), "held since 3");
}

#[derive(Debug, StateMachine)]
#[machine(data(derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)))]
#[transition(begin, from = Idle, to = Busy)]
enum TaskState {
    #[state(initial)]
    Idle,
    #[state(terminal)]
    Busy { on: String },
}

/// With a list, the enum's `Debug` is not followed.
impl std::fmt::Debug for TaskBusyData {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("busy")
    }
}

#[test]
fn data_with_a_list_of_derives_has_exactly_these() -> Tested {
    let (one, two) = (TaskBusyData { on: "a".to_owned() }, TaskBusyData { on: "b".to_owned() });
    assert!(one < two);
    assert_eq!(HashSet::from([one.clone(), one.clone(), two]).len(), 2);
    assert_eq!((format!("{one:?}"), TaskBusyData::default().on.as_str()), ("busy".to_owned(), ""));
    let task = TaskMachine::create(7).commit(NoAudit)?.begin("a".into()).commit(NoAudit)?;
    assert_eq!(*task.data(), one);
    Ok(())
}
