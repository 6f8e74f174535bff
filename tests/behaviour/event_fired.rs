//! Events whose types are not known where they are committed: a helper with one bound, and a collection of boxes.

use serde::{Deserialize, Serialize};
use tollgate::chart::Requirement;
use tollgate::events::{DropTable, Login, Logout};
use tollgate::{
    AnyEvent, BatchSink, BoxedEventStep, Cause, CommitError, Event, FiredEvent, Record, Sink, commit_all,
    commit_all_async, sink,
};

use crate::Tested;
use crate::faulty::{Both, Down, Refusing};
use crate::report::in_review;

#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
#[event(requires(actor, reason))]
struct Cleared {
    table: String,
}

fn cleared() -> Cleared {
    Cleared { table: "trees".into() }
}

/// A host that records what its plugins report, for the user of a request.
struct Host<S> {
    user: Option<&'static str>,
    log: S,
}

impl<S: Sink> Host<S> {
    fn track<E: Event>(&mut self, event: E) -> Result<E, CommitError<FiredEvent<E>, S::Error>> {
        let step = event.fire().because("a plugin reports it");
        match self.user {
            Some(user) => step.by(user).commit(&mut self.log),
            None => step.commit(&mut self.log),
        }
    }
}

#[test]
fn helper_with_one_bound_commits_events_with_and_without_requirements() -> Tested {
    let mut host = Host { user: Some("ann"), log: Vec::<Record>::new() };
    host.track(Login)?;
    assert_eq!(host.track(cleared())?, cleared());
    let names: Vec<_> = host.log.iter().map(|record| record.event.as_deref()).collect();
    assert_eq!(names, [Some("login"), Some("cleared")]);
    assert!(host.log.iter().all(|record| record.actor == Some("ann".into())));
    Ok(())
}

#[test]
fn fired_event_without_what_it_requires_is_refused_and_given_back() -> Tested {
    let mut host = Host { user: None, log: Both::default() };
    host.track(Login)?;
    let refused = host.track(cleared()).err().ok_or("it requires an actor")?;
    assert!(matches!(refused.cause(), Cause::Requirement(Requirement::Actor)));
    assert_eq!(refused.into_machine(), cleared());
    assert_eq!((host.log.successes.len(), host.log.refusals.len()), (1, 1));
    assert_eq!(host.log.refusals[0].event.as_deref(), Some("cleared"));
    // A sink may know the actor, as it may for `fire` of a machine.
    cleared().fire().because("spring").commit(sink::adapt(&mut host.log).by("bob"))?;
    assert_eq!(host.log.successes[1].actor, Some("bob".into()));
    let refused = cleared().fire().by("ann").commit(&mut host.log).err().ok_or("it requires a reason")?;
    assert!(matches!(refused.cause(), Cause::Requirement(Requirement::Reason)));
    Ok(())
}

fn queue() -> Vec<Box<dyn AnyEvent + Send>> {
    vec![Box::new(Login), Box::new(DropTable { database: "town".into(), table: "trees".into() }), Box::new(cleared())]
}

#[test]
fn boxed_events_of_several_types_are_committed_in_order() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let (report, _) = in_review();
    for event in queue() {
        let name = event.event_type().name;
        let event = event.fire().by("ann").because("spring").about(&report).commit(&mut log)?;
        assert_eq!(event.event_type().name, name, "the commit returns the box");
    }
    let names: Vec<_> = log.iter().map(|record| record.event.as_deref()).collect();
    assert_eq!(names, [Some("login"), Some("drop-table"), Some("cleared")]);
    assert!(log.iter().all(|record| record.subject.is_some() && record.version.is_none()));
    assert_eq!(Cleared::from_record(&log[2])?, Some(cleared()));
    // The record is that of the typed step.
    let mut typed: Vec<Record> = Vec::new();
    let at = log[2].at;
    cleared().occurred().by("ann").because("spring").about(&report).at(at).commit(&mut typed)?;
    typed[0].id = log[2].id;
    assert_eq!(typed[0], log[2]);
    Ok(())
}

#[test]
fn boxed_event_without_what_it_requires_is_refused_and_can_be_retried() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let event: Box<dyn AnyEvent> = Box::new(cleared());
    let refused = event.fire().because("spring").commit(&mut log).err().ok_or("it requires an actor")?;
    assert_eq!(refused.to_string(), "`cleared`: it requires an actor, and none was given");
    refused.into_step().by("ann").commit(&mut log)?;
    let event: Box<dyn AnyEvent> = Box::new(cleared());
    let mut down = Refusing::default();
    let refused = event.fire().by("ann").because("spring").commit(&mut down).err().ok_or("it is down")?;
    assert!(matches!(refused.cause(), Cause::Sink(Down)));
    let event = refused.into_machine();
    assert_eq!(event.downcast_ref::<Cleared>(), Some(&cleared()));
    assert!(event.downcast_ref::<Logout>().is_none());
    assert_eq!(format!("{event:?}"), "AnyEvent(\"cleared\")");
    Ok(())
}

fn steps() -> Vec<BoxedEventStep<dyn AnyEvent + Send>> {
    queue().into_iter().map(|event| event.fire().by("ann").because("spring")).collect()
}

#[test]
fn batch_of_boxed_events_is_committed_as_one() -> Tested {
    fn takes_batches(_: &impl BatchSink) {}
    let mut log: Vec<Record> = Vec::new();
    takes_batches(&log);
    let (events, login) = commit_all((steps(), Login.fire()), &mut log)?;
    assert_eq!((events.len(), login, log.len()), (3, Login, 4));
    let mut incomplete = steps();
    incomplete.push((Box::new(cleared()) as Box<dyn AnyEvent + Send>).fire());
    let refused = commit_all(incomplete, &mut log).err().ok_or("the last has no actor")?;
    assert_eq!((refused.position(), log.len()), (Some(3), 4));
    Ok(())
}

#[tokio::test]
async fn boxed_events_are_committed_by_a_task_that_is_sent() -> Tested {
    let task = tokio::spawn(async {
        let mut log: Vec<Record> = Vec::new();
        for event in queue() {
            event.fire().by("ann").because("spring").commit_async(&mut log).await.map_err(|error| error.to_string())?;
        }
        commit_all_async(steps(), &mut log).await.map_err(|error| error.to_string())?;
        Ok::<_, String>(log.len())
    });
    assert_eq!(task.await??, 6);
    Ok(())
}
