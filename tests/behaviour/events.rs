//! Events: their records, their refusals, and that they change no state. Their properties are tested in
//! `event_properties`.

use std::collections::HashMap;

use plugin::{ClearComments, CommentOnTable};
use serde::Serialize;
use tollgate::chart::Requirement;
use tollgate::chrono::{DateTime, Utc};
use tollgate::events::{CreateTable, InsertRows, Login};
use tollgate::serde_json::{self, Value, json};
use tollgate::{Actor, Cause, Event, Id, JsonLines, NoAudit, Record, RecordKind, SubjectRef, sink};

use crate::Tested;
use crate::door::DoorMachine;
use crate::faulty::{Both, Down, Refusing};
use crate::report::{AnyReport, Report, draft, in_review};
use crate::trail::said;

pub(crate) fn trees() -> CreateTable {
    CreateTable { database: "town".into(), table: "trees".into(), schema: "(id integer)".into() }
}

/// Returns the JSON of the one record of this event.
fn recorded<E: Event>(event: E) -> Value {
    let mut log: Vec<Record> = Vec::new();
    let Ok(_) = event.fire().commit(&mut log) else { panic!("a vector accepts everything") };
    said(&log[0])
}

#[test]
fn an_event_is_recorded_with_its_name_its_properties_and_what_the_step_said() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let at: DateTime<Utc> = "2026-05-01T09:30:00Z".parse()?;
    let mut step = trees().occurred().by("ann").because("spring").with("ip", "192.0.2.7").at(at);
    let id = step.record_id();
    assert_eq!(step.about(&Report::titled("Water")).commit(&mut log)?, trees(), "the commit gives the event back");
    assert_eq!(
        serde_json::to_string(&log[0])?,
        format!(
            r#"{{"v":1,"id":"{id}","at":"2026-05-01T09:30:00.000000000Z","kind":"event","subject":{{"kind":"Report","id":7}},"actor":{{"kind":"user","id":"ann"}},"reason":"spring","context":{{"ip":"192.0.2.7"}},"event":"create-table","properties":{{"database":"town","schema":"(id integer)","table":"trees"}}}}"#
        )
    );
    let back: Record = serde_json::from_str(&serde_json::to_string(&log[0])?)?;
    assert_eq!(back, log[0]);
    Ok(())
}

#[test]
fn an_event_without_properties_says_its_name_alone() {
    assert_eq!(recorded(Login), json!({ "v": 1, "kind": "event", "event": "login" }));
}

#[test]
fn an_event_about_a_machine_is_about_its_subject_and_moves_nothing() -> Tested {
    let (report, mut log) = in_review();
    let subject = SubjectRef { kind: "Report".into(), id: Id::from(7) };
    Login.occurred().about(&report).commit(&mut log)?;
    assert_eq!(report.version(), 2);
    let any = AnyReport::from(report);
    Login.occurred().about(&any).commit(&mut log)?;
    Login.occurred().about(&subject).commit(&mut log)?;
    Login.occurred().about(&Report::titled("Water")).commit(&mut log)?;
    for record in &log[2..] {
        let bare = json!({ "v": 1, "kind": "event", "event": "login", "subject": { "kind": "Report", "id": 7 } });
        assert_eq!(said(record), bare, "no machine, no chart, no version, no states");
    }
    // The machine continues in its state.
    assert_eq!((any.version(), any.state().name), (2, "Review"));
    Ok(())
}

#[test]
fn an_event_about_a_machine_with_a_bare_id_names_the_machine() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let door = DoorMachine::create("front").commit(&mut log)?;
    Login.occurred().about(&door).commit(&mut log)?;
    assert_eq!(log[1].subject, log[0].subject);
    assert_eq!(log[1].subject.as_ref().map(ToString::to_string).as_deref(), Some("Door front"));
    let _ = door.open();
    Ok(())
}

#[test]
fn an_event_about_a_machine_is_not_before_its_last_record() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let late: DateTime<Utc> = "2126-05-01T09:30:00Z".parse()?;
    let door = DoorMachine::create("front").at(late).commit(&mut log)?;
    Login.occurred().about(&door).commit(&mut log)?;
    assert_eq!(log[1].at, late, "the clock is behind");
    let early = "2026-05-01T09:30:00Z".parse()?;
    let refused = Login.occurred().about(&door).at(early).commit(&mut log).expect_err("it is too early");
    assert!(matches!(refused.cause(), Cause::Time { given, last } if (*given, *last) == (early, late)));
    Login.occurred().at(early).commit(&mut log)?;
    assert_eq!(log.len(), 3);
    Ok(())
}

#[test]
fn replay_passes_over_events_wherever_they_stand() -> Tested {
    let (report, mut log) = draft();
    for position in [0, 2] {
        let mut event: Vec<Record> = Vec::new();
        Login.occurred().about(&report).commit(&mut event)?;
        log.insert(position.min(log.len()), event.remove(0));
    }
    let report = report.submit("bob".into(), None).commit(&mut log)?;
    trees().occurred().commit(&mut log)?;
    let lines: Vec<u8> =
        log.iter().flat_map(|record| [serde_json::to_vec(record).expect("JSON"), vec![b'\n']].concat()).collect();
    let read: Vec<Record> = JsonLines::read_from(&lines[..]).collect::<Result<_, _>>()?;
    assert_eq!(read, log);
    let replayed = AnyReport::replay(Report::titled("Water"), &read)?;
    assert_eq!((replayed.version(), replayed.into_parts().1), (2, report.into_parts().1));
    Ok(())
}

#[test]
fn a_refused_event_leaves_nothing_and_is_tried_again_with_the_same_record_id() -> Tested {
    let mut down = Refusing::default();
    let step = trees().occurred().by("ann").because("spring").with("ip", "192.0.2.7").about(&Report::titled("Water"));
    let refused = step.commit(&mut down).expect_err("the log is down");
    assert_eq!(refused.to_string(), "`create-table` about Report 7: the sink refused: the log is down");
    let refused = refused.into_step().commit(&mut down).expect_err("the log is down still");
    let mut log: Vec<Record> = Vec::new();
    refused.into_step().commit(&mut log)?;
    assert_eq!(down.offered, [log[0].clone(), log[0].clone()], "id, time and all that was said are the same");

    let refused = trees().occurred().commit(&mut down).expect_err("the log is down");
    assert_eq!(refused.to_string(), "`create-table`: the sink refused: the log is down");
    assert_eq!(refused.into_machine(), trees(), "a step that is given up gives the event back");
    Ok(())
}

#[tokio::test]
async fn an_event_goes_into_a_sink_that_waits() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    assert_eq!(trees().occurred().by("ann").commit_async(&mut log).await?, trees());
    assert_eq!(log[0].properties, Some(serde_json::to_value(trees())?));

    let mut down = Refusing::default();
    let refused = trees().occurred().commit_async(&mut down).await.expect_err("the log is down");
    refused.into_step().commit_async(&mut log).await?;
    assert_eq!(down.offered, log[1..]);

    let future = async move { trees().occurred().commit_async(Vec::new()).await.is_ok() };
    assert!(tokio::spawn(future).await?, "the step can be sent between threads");
    Ok(())
}

#[test]
fn adaptors_fill_in_what_an_event_leaves_open() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let mut scope = sink::adapt(&mut log).by("ann").with("ip", "192.0.2.7");
    trees().occurred().commit(&mut scope)?;
    trees().occurred().by("bob").with("ip", "192.0.2.8").commit(&mut scope)?;
    let said: Vec<_> = log.iter().map(|record| (record.actor.clone(), record.context.get("ip").cloned())).collect();
    let expected = [("ann", "192.0.2.7"), ("bob", "192.0.2.8")];
    assert_eq!(said, expected.map(|(actor, ip)| (Some(Actor::user(actor)), Some(json!(ip)))));
    Ok(())
}

#[test]
fn an_observer_is_told_of_an_event_after_the_sink_has_accepted_it() -> Tested {
    let mut told = Vec::new();
    let observed = sink::adapt(Both::default()).observed_by(|record: &Record| told.push(record.kind));
    trees().occurred().commit(observed)?;
    let down = sink::adapt(Refusing::default()).observed_by(|record: &Record| told.push(record.kind));
    assert!(trees().occurred().commit(down).is_err());
    assert_eq!(told, [RecordKind::Event]);
    Ok(())
}

#[test]
fn event_with_a_blank_actor_is_refused_and_the_refusal_names_the_event() {
    let mut both = Both::default();
    let step = plugin::comment("town", "trees", "tall").by(" ").about(&Report::titled("Water"));
    let refused = step.commit(&mut both).expect_err("a blank actor says nothing");
    assert!(matches!(refused.cause(), Cause::BlankRequirement(Requirement::Actor)));
    assert_eq!(
        refused.to_string(),
        "`comment-on-table` about Report 7: it requires an actor, and the one given is blank"
    );
    assert!(both.successes.is_empty());
    let refusal = said(&both.refusals[0]);
    assert_eq!(
        refusal,
        json!({
            "v": 1, "kind": "refusal", "subject": { "kind": "Report", "id": 7 }, "actor": { "kind": "user", "id": " " },
            "event": "comment-on-table", "refused_by": "actor",
            "refusal": "it requires an actor, and the one given is blank",
        })
    );
    let refused = ClearComments.occurred().by("ann").because(" ").commit(NoAudit).expect_err("a blank reason");
    assert!(matches!(refused.cause(), Cause::BlankRequirement(Requirement::Reason)), "without an audit too");
}

#[test]
fn the_type_of_an_event_is_data() -> Tested {
    assert_eq!(
        serde_json::to_value(CommentOnTable::TYPE)?,
        json!({
            "name": "comment-on-table",
            "doc": "A comment was written on a table.",
            "requires": ["actor"],
            "properties": [
                { "name": "database", "doc": "The name of the database." },
                { "name": "table", "doc": "The name of the table." },
                { "name": "text", "doc": "The text of the comment, which only its readers may see.", "redacted": true },
            ],
        })
    );
    assert_eq!(ClearComments::TYPE.name, "comments/clear");
    assert_eq!(ClearComments::TYPE.requires, [Requirement::Actor, Requirement::Reason]);
    assert_eq!(serde_json::to_value(Login::TYPE)?, json!({ "name": "login", "doc": "The actor signed in." }));
    Ok(())
}

#[test]
fn event_that_cannot_be_recorded_is_refused_without_an_audit_too() -> Tested {
    #[derive(Debug, Event, Serialize)]
    struct Measured {
        value: f64,
    }

    let refused = Measured { value: f64::NAN }.occurred().commit(NoAudit).expect_err("NaN has no form in JSON");
    let words =
        "`measured`: `properties.value` cannot be recorded: NaN has no form in JSON; record a text, or leave it out";
    assert_eq!(refused.to_string(), words);
    let refused = refused.into_step().commit(&mut Refusing::default()).expect_err("NaN has no form in JSON");
    assert_eq!(refused.to_string(), words);
    Measured { value: 0.5 }.occurred().commit(NoAudit)?;
    Ok(())
}

#[test]
fn events_of_a_crate_that_knows_only_tollgate_are_events_like_any() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let event = plugin::comment("town", "trees", "tall").by(plugin::actor()).commit(&mut log)?;
    assert_eq!((event.text.as_str(), event.shown.rows.len()), ("tall", 3), "the event itself keeps everything");
    ClearComments.occurred().by("ann").because("asked for").commit(&mut log)?;
    assert_eq!(log[0].properties, Some(json!({ "database": "town", "table": "trees", "text": "[redacted]" })));
    assert_eq!(log[0].actor, Some(Actor::service("comments")));
    assert_eq!(log[1].event.as_deref(), Some("comments/clear"));
    let back = CommentOnTable::from_record(&log[0])?.ok_or("another event")?;
    assert_eq!(back, CommentOnTable { text: String::new(), shown: plugin::Shown::default(), ..event });
    Ok(())
}

#[test]
fn generic_code_commits_any_event() -> Tested {
    fn count<E: Event>(counts: &mut HashMap<&'static str, u64>, _: &E) {
        *counts.entry(E::TYPE.name).or_default() += 1;
    }

    fn commit<E: Event>(event: E, log: &mut Both) -> Result<E, Down> {
        event.fire().commit(log).map_err(|_| Down)
    }

    let (mut counts, mut log) = (HashMap::new(), Both::default());
    count(&mut counts, &commit(Login, &mut log)?);
    count(&mut counts, &commit(trees(), &mut log)?);
    let rows =
        InsertRows { database: "town".into(), table: "trees".into(), num_rows: 3, ignore: false, replace: false };
    count(&mut counts, &commit(rows, &mut log)?);
    assert_eq!(counts, HashMap::from([("login", 1), ("create-table", 1), ("insert-rows", 1)]));
    assert_eq!(log.successes.len(), 3);
    Ok(())
}

/// A hand-written event, under the name of a transition, in a hostile module.
mod by_hand {
    use tollgate::{Event, chart::Requirement, commit::NotRequired};
    use tollgate::{EventType, serde_json};

    pub(super) struct Submit;

    impl Event for Submit {
        const TYPE: &'static EventType = &EventType::new("submit", "", &[Requirement::Reason], &[]);
        type ActorRequirement = NotRequired;
        type ReasonRequirement = NotRequired;

        fn __properties(&self) -> Result<Option<serde_json::Value>, tollgate::ValueError> {
            Ok(Some(serde_json::json!({ "kind": "transition", "transition": "submit", "version": 2, "to": "Review" })))
        }

        fn __stored(
            _: Option<&serde_json::Value>,
        ) -> Result<std::borrow::Cow<'_, serde_json::Value>, serde_json::Error> {
            Ok(std::borrow::Cow::Owned(serde_json::Value::Null))
        }
    }
}

#[test]
fn an_event_written_by_hand_under_the_name_of_a_transition_is_an_event_all_the_same() -> Tested {
    let (report, mut log) = draft();
    by_hand::Submit.occurred().because("mischief").about(&report).commit(&mut log)?;
    let record = &log[1];
    assert_eq!((record.kind, record.version, record.is_change()), (RecordKind::Event, None, false));
    assert_eq!((&record.machine, &record.chart, &record.transition, &record.to), (&None, &None, &None, &None));
    assert_eq!(AnyReport::replay(Report::titled("Water"), &log)?.state().name, "Draft");
    // The requirements of its description apply, whatever its markers claim.
    let refused = by_hand::Submit.occurred().commit(&mut log).err().ok_or("nobody said why")?;
    assert!(matches!(refused.cause(), Cause::Requirement(Requirement::Reason)));
    Ok(())
}
