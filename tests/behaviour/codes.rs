//! A refusal for programs and clients: its code, its JSON, and words without Rust; and the records that auditors read.

use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::events::Login;
use tollgate::serde_json::{self, json};
use tollgate::{Cause, Event, Record, RecordKind, Refusal, StateMachine, Subject, SubjectRef, commit_all, sink};

use crate::Tested;
use crate::faulty::Both;
use crate::report::{AnyReport, Report, ReportState, ReportTransition, draft, in_review};

/// A letter whose guards and permission give words or none.
#[derive(Debug, Clone, Subject)]
struct Letter {
    #[subject(id)]
    number: u32,
    is_signed: bool,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Letter)]
#[transition(send, from = Draft, to = Sent, guard = is_signed)]
#[transition(print, from = Draft, to = Sent, guard = Letter::is_printable)]
#[transition(burn, from = Draft, to = Burnt, permission = may_burn)]
#[transition(shred, from = Draft, to = Burnt, permission = may_shred)]
enum LetterState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Sent,
    #[state(terminal)]
    Burnt,
}

fn is_signed(letter: &Letter) -> bool {
    letter.is_signed
}

impl Letter {
    fn is_printable(&self) -> Result<(), String> {
        Err(format!("letter {} has no\npages", self.number))
    }
}

fn may_burn(_: &Letter, _: &tollgate::Actor) -> bool {
    false
}

fn may_shred(_: &Letter, actor: &tollgate::Actor) -> Result<(), String> {
    Err(format!("{} owns no shredder", actor.id))
}

fn letter(log: &mut Vec<Record>) -> LetterMachine<letter_state::Draft> {
    let letter = LetterMachine::create(Letter { number: 1, is_signed: false }).commit(log);
    letter.map_err(|refused| refused.to_string()).expect("a log in memory refuses nothing")
}

#[test]
fn refusal_of_guard_names_it_in_a_field_and_not_in_the_message() -> Tested {
    let mut log = Vec::new();
    let step = |transition, to| json!({ "machine": "Letter", "transition": transition, "from": "Draft", "to": to });
    let assert_is = |refusal: Refusal, code, message, of: (&str, &str), mut expected: serde_json::Value| {
        expected["code"] = json!(code);
        expected["message"] = json!(message);
        expected[of.0] = json!(of.1);
        assert_eq!(json!(refusal), expected);
        assert_eq!(refusal.code, code);
    };
    let refused = letter(&mut log).send().commit(&mut log).expect_err("it is not signed");
    let message = "a condition of `send` does not hold";
    assert_is(refused.to_client(), "guard", message, ("guard", "is_signed"), step("send", "Sent"));
    let refused = letter(&mut log).print().commit(&mut log).expect_err("it has no pages");
    let message = "letter 1 has no\\npages";
    assert_is(refused.to_client(), "guard", message, ("guard", "Letter::is_printable"), step("print", "Sent"));
    let refused = letter(&mut log).burn().by("ann").commit(&mut log).expect_err("she may not");
    let message = "the actor has no permission for `burn`";
    assert_is(refused.to_client(), "permission", message, ("permission", "may_burn"), step("burn", "Burnt"));
    let refused = letter(&mut log).shred().by("ann").commit(&mut log).expect_err("she may not");
    let message = "ann owns no shredder";
    assert_is(refused.to_client(), "permission", message, ("permission", "may_shred"), step("shred", "Burnt"));
    Ok(())
}

#[test]
fn refusal_of_sink_contains_none_of_its_words() {
    let secret = sink::from_fn(|_: &Record| Err("postgres://admin:hunter2@db/ is down"));
    let refused = draft().0.archive().commit(secret).expect_err("it is down");
    assert!(refused.to_string().contains("hunter2"), "the log of the operator needs it: {refused}");
    assert_eq!(
        json!(refused.to_client()),
        json!({
            "code": "sink",
            "message": "recording `archive` failed",
            "machine": "Report",
            "transition": "archive",
            "from": "Draft",
            "to": "Archived",
        })
    );
}

#[test]
fn refusal_of_value_names_the_field_and_no_words_of_its_type() {
    struct Odd;
    impl serde::Serialize for Odd {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("core::cell::RefCell<Pool> is borrowed"))
        }
    }
    let refused = draft().0.archive().with("odd", Odd).commit(&mut Vec::new()).expect_err("it has no JSON");
    let refusal = refused.to_client();
    assert_eq!((refusal.code, &*refusal.message), ("not_recordable", "`context.odd` cannot be recorded"));
    assert_eq!(refusal.field.as_deref(), Some("context.odd"));
}

#[test]
fn refusal_in_batch_names_its_step_and_its_position() {
    let (review, mut log) = in_review();
    let (other, _) = draft();
    let steps = (other.archive(), review.reject().by("bob").because(" "));
    let refused = commit_all(steps, &mut log).expect_err("the reason is blank");
    let refusal = refused.to_client();
    assert_eq!((refusal.code, refusal.position, refused.code()), ("reason_required", Some(1), "reason_required"));
    assert_eq!(refusal.transition.as_deref(), Some("reject"));

    let down = || Both { is_down: true, ..Both::default() };
    let refused = commit_all(vec![draft().0.archive()], down()).expect_err("it is down");
    assert_eq!(refused.to_client().transition.as_deref(), Some("archive"), "there is one step");
    let refused = commit_all([draft().0.archive(), draft().0.archive()], down()).expect_err("it is down");
    assert_eq!(json!(refused.to_client()), json!({ "code": "sink", "message": "recording the steps failed" }));
}

#[test]
fn refusal_of_event_names_the_event() {
    let refused = Login.occurred().by("ann").with("score", f64::NAN).commit(&mut Vec::new()).expect_err("NaN");
    assert_eq!(
        json!(refused.to_client()),
        json!({
            "code": "not_recordable",
            "message": "`context.score` cannot be recorded",
            "event": "login",
            "field": "context.score",
        })
    );
}

#[test]
fn refusal_of_illegal_transition_names_the_allowed_ones() -> Tested {
    let draft = AnyReport::from(draft().0);
    let not_allowed = draft.fire(ReportTransition::Approve(crate::report::Publication { issue: 1 }));
    let not_allowed = not_allowed.expect_err("a draft is not approved");
    assert_eq!(not_allowed.code(), "illegal_transition");
    assert_eq!(
        json!(not_allowed.to_client()),
        json!({
            "code": "illegal_transition",
            "message": "`approve` does not leave `Draft`",
            "machine": "Report",
            "transition": "approve",
            "from": "Draft",
            "allowed": ["submit", "archive"],
        })
    );
    let archived = AnyReport::resume(Report::titled("Water"), ReportState::Archived, 2);
    let not_allowed = archived.fire(ReportTransition::Archive).expect_err("it is terminal");
    assert_eq!(json!(not_allowed.to_client())["allowed"], json!([]), "a terminal state is left by none");
    Ok(())
}

#[test]
fn each_cause_has_its_code() -> Tested {
    let (report, mut log) = in_review();
    let refused = report.reject().by(" ").because("no").commit(&mut log).expect_err("the actor is blank");
    assert_eq!((refused.code(), refused.cause().code()), ("actor_required", "actor_required"));
    assert_eq!(refused.to_client().message, "an actor is required, and the one given is blank");
    let refused = refused.into_step().by("bob").because("").commit(&mut log).expect_err("the reason is blank");
    assert_eq!(refused.code(), "reason_required");
    assert_eq!(refused.to_client().message, "a reason is required, and the one given is blank");
    let past = Utc::now() - TimeDelta::days(9000);
    let refused = refused.into_step().because("no").at(past).commit(&mut log).expect_err("the time goes back");
    assert_eq!(refused.code(), "time_before_last_record");
    assert_eq!(refused.to_client().message, refused.cause().to_string(), "times are facts, and not words of Rust");
    let step = refused.into_step().at(DateTime::<Utc>::MAX_UTC);
    assert_eq!(step.commit(&mut log).expect_err("no record holds it").code(), "not_recordable");
    let last = AnyReport::resume(Report::titled("Water"), ReportState::Draft, u64::MAX);
    let refused = last.fire(ReportTransition::Archive)?.commit(&mut log).expect_err("no version follows");
    assert_eq!(refused.code(), "version_exhausted");
    Ok(())
}

/// Returns all recorded refusals.
fn refusals(log: &Both) -> Vec<(&str, &str)> {
    log.refusals.iter().filter_map(|record| record.refused_by.as_deref().zip(record.refusal.as_deref())).collect()
}

#[test]
fn recorded_refusal_has_no_words_of_rust() -> Tested {
    let mut log = Both::default();
    let (report, _) = in_review();
    let refused = report.reject().by("").because("no").commit(&mut log).expect_err("the actor is blank");
    let refused = refused.into_step().by("bob").because("").commit(&mut log).expect_err("the reason is blank");
    let approve = AnyReport::from(refused.into_machine());
    let approve = approve.fire(ReportTransition::Approve(crate::report::Publication { issue: 1 }))?;
    let _ = approve.commit(&mut log).expect_err("the permission needs an actor");
    assert_eq!(
        refusals(&log),
        [
            ("actor", "it requires an actor, and the one given is blank"),
            ("reason", "it requires a reason, and the one given is blank"),
            ("actor", "it requires an actor, and none was given"),
        ]
    );
    Ok(())
}

#[test]
fn refusal_of_a_time_records_the_time_that_was_given() -> Tested {
    let mut log = Both::default();
    let (report, first) = draft();
    let last = first[0].at;
    let given = last - TimeDelta::nanoseconds(1);
    let refused = report.archive().at(given).commit(&mut log).expect_err("the time goes back");
    let far: DateTime<Utc> = DateTime::from_timestamp(253_402_300_800, 7).ok_or("chrono holds the year 10000")?;
    let refused = refused.into_step().at(far).commit(&mut log).expect_err("no record holds it");
    let leap = DateTime::from_timestamp(1_483_228_799, 1_500_000_000).ok_or("a leap second")?;
    let refused = refused.into_step().at(leap).commit(&mut log).expect_err("no record holds it");
    let blank = refused.into_machine().submit("bob".into(), None).at(last);
    assert_eq!(blank.commit(&mut log)?.version(), 2);
    let account = SubjectRef { kind: "Account".into(), id: 1.into() };
    let refused = Login.occurred().by("ann").about(&account).at(far).commit(&mut log).expect_err("no record holds it");
    assert!(matches!(refused.cause(), Cause::Data(_)));

    let at = |record: &Record| record.parameters.get("at").and_then(|at| at.as_str()).map(str::to_owned);
    let given = tollgate::canonical::time(&given);
    assert_eq!(
        log.refusals.iter().map(at).collect::<Vec<_>>(),
        [
            Some(given.clone()),
            Some("+10000-01-01T00:00:00.000000007Z".to_owned()),
            Some("2016-12-31T23:59:60.500000000Z".to_owned()),
            Some("+10000-01-01T00:00:00.000000007Z".to_owned()),
        ]
    );
    let [backwards, ..] = &log.refusals[..] else { return Err("there are four".into()) };
    assert_eq!((backwards.kind, backwards.at >= last), (RecordKind::Refusal, true));
    let line = String::from_utf8(backwards.canonical())?;
    assert!(line.contains(&format!(r#""parameters":{{"at":"{given}"}}"#)), "{line}");
    assert_eq!(&serde_json::from_str::<Record>(&line)?, backwards);
    Ok(())
}

#[test]
fn refusal_for_another_reason_records_no_second_time() -> Tested {
    let mut log = Both::default();
    let (report, first) = in_review();
    let given = first[1].at + TimeDelta::days(1);
    let _ = report.reject().by("").because("no").at(given).commit(&mut log).expect_err("the actor is blank");
    assert_eq!((log.refusals[0].at, log.refusals[0].parameters.is_empty()), (given, true));
    Ok(())
}
