//! A machine with every attribute that there is.

#![deny(warnings, missing_docs, clippy::pedantic)]

use tollgate::serde_json::{from_value, json};
use tollgate::{Actor, StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, PartialEq, Subject)]
#[subject(kind = "application", crate = ::tollgate)]
struct Application {
    #[subject(id)]
    number: String,
    pages: u8,
}

impl Application {
    fn has_pages(&self) -> Result<(), String> {
        if self.pages > 0 { Ok(()) } else { Err(format!("application {} has no pages", self.number)) }
    }

    fn is_short(&self) -> bool {
        self.pages < 10
    }

    fn is_of_office(&self, actor: &Actor) -> Result<(), &'static str> {
        if self.is_short() && actor.kind == tollgate::ActorKind::Service { Ok(()) } else { Err("not of the office") }
    }
}

fn is_early<S: tollgate::State>(_: &Tracker<S>) -> bool {
    true
}

/// An application for something.
#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Application, crate = ::tollgate)]
#[machine(name = "application", was = "request", was = "plea", rename_all = "SCREAMING-KEBAB-CASE")]
#[machine(base = App, machine = Tracker, any = SomeApplication, transition = Command, module = stages)]
#[transition(hand_in, from = InWork, to = HandedIn, guard = [Application::has_pages, Application::is_short, is_early])]
#[transition(decide, from = HandedIn, to = Decided, permission = Application::is_of_office, requires(reason))]
#[transition(
    comment,
    from = _,
    to = _,
    requires(actor, reason),
    rename = "remark",
    was = "note",
    was = "annotate",
    doc = "Says something.",
    doc = "It stays where it is."
)]
#[transition(from = HandedIn | Decided, to = InWork, requires(actor); withdraw, from = _, to = Withdrawn;)]
enum ApplicationStage {
    /// It is being written.
    #[state(initial)]
    InWork,
    /// It is in the office.
    #[state(record, data = Receipt)]
    #[state(was = "SUBMITTED", was = "FILED")]
    HandedIn {
        /// The clerk.
        clerk: String,
    },
    /// There is an answer.
    #[state(rename = "done", record)]
    Decided(bool, u32),
    /// Nothing follows.
    #[state(terminal)]
    Withdrawn,
}

fn written() -> Application {
    Application { number: "a-7".to_owned(), pages: 3 }
}

#[test]
fn every_attribute_has_its_effect() -> Tested {
    let mut log = Vec::new();
    let work: Tracker<stages::InWork> = Tracker::create(written()).commit(&mut log)?;
    let office: Tracker<stages::HandedIn> = work.hand_in("bob".to_owned()).commit(&mut log)?;
    let Receipt { clerk } = office.data();
    assert_eq!(clerk, "bob");
    let office = office.comment().by("ann").because("slow").commit(&mut log)?;
    let step = office.decide(true, 12).by("ann").because("fits");
    let Err(refused) = step.commit(&mut log) else { return Err("ann is not of the office".into()) };
    let step = refused.into_machine().decide(true, 12).by(Actor::service("office")).because("fits");
    let decided = SomeApplication::from(step.commit(&mut log)?);
    let work = decided.fire(Command::ToInWork)?.by("ann").commit(&mut log)?;
    let gone = work.fire(Command::Withdraw)?.commit(&mut log)?;
    assert_eq!(gone.into_parts(), (written(), ApplicationStage::Withdrawn, 6));
    let expected = [
        "create: -> IN-WORK",
        "hand_in: IN-WORK -> HANDED-IN",
        "remark: HANDED-IN -> HANDED-IN",
        "decide: HANDED-IN -> done",
        "to_in_work: done -> IN-WORK",
        "withdraw: IN-WORK -> WITHDRAWN",
    ];
    assert_eq!(moves(&log), expected);
    assert_eq!(log[1].data, Some(json!({ "clerk": "bob" })));
    assert_eq!(log[3].data, Some(json!([true, 12])));
    assert!(log.iter().all(|record| record.machine.as_deref() == Some("application")));
    assert!(log.iter().flat_map(|record| &record.subject).all(|subject| subject.kind == "application"));
    assert_eq!(SomeApplication::replay(written(), &log)?.version(), 6);
    Ok(())
}

#[test]
fn former_names_are_read() -> Tested {
    let office = SomeApplication::resume_named(written(), "FILED", Some(&json!({ "clerk": "bob" })), 2)?;
    assert_eq!(office.state().name, "HANDED-IN");
    let mut log = Vec::new();
    let step = office.fire(from_value(json!("annotate"))?)?;
    let office = step.by("ann").because("slow").commit(&mut log)?;
    assert_eq!(office.version(), 3);
    assert_eq!(moves(&log), ["remark: HANDED-IN -> HANDED-IN"]);
    Ok(())
}
