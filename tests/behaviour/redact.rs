//! Redaction: the values of certain keys reach no sink, and the step keeps them.

use serde_json::{Value, json};
use tollgate::sink::{self, REDACTED};
use tollgate::{BatchSink, Cause, NoAudit, Record, Sink, StateMachine};

use crate::Tested;
use crate::faulty::{Both, Down, LosingAnswers, Refusing};
use crate::report::{AnyReport, Publication, Report, ReportMachine, ReportTransition, draft, in_review};
use crate::trail::{moves, said};

/// The secret that must not be found anywhere.
const SECRET: &str = "hunter2";

/// An account whose states have a secret at the top level, in nested data, and in place of a number.
#[derive(StateMachine)]
#[machine(name = "Account")]
#[transition(invite, from = Open,            to = Invited)]
#[transition(number, from = Open,            to = Numbered)]
#[transition(rest,   from = Open | Invited,  to = Resting)]
#[transition(note,   from = Invited,         to = _)]
enum AccountState {
    #[state(initial)]
    Open,
    #[state(record)]
    Invited { password: String, profile: Value },
    #[state(terminal, record)]
    Numbered { pin: u32 },
    #[state(terminal)]
    Resting,
}

fn account() -> (AccountMachine<account_state::Open>, Vec<Record>) {
    let mut log = Vec::new();
    let account = AccountMachine::create("a").commit(&mut log).expect("a vector cannot refuse");
    (account, log)
}

fn profile() -> Value {
    json!({"name": "ann", "logins": [{"password": SECRET}, {"of": {"password": {"is": SECRET}}}, SECRET.len()]})
}

fn text(records: &[Record]) -> String {
    serde_json::to_string(records).expect("records are JSON")
}

#[test]
fn what_stands_under_a_key_is_replaced_in_context_and_data_at_any_depth() -> Tested {
    let (account, mut log) = account();
    let step = account.invite(SECRET.to_owned(), profile()).with("token", json!([SECRET])).with("ip", "::1");
    let step = step.with("headers", json!({"cookie": [{"token": null}], "agent": "curl"}));
    let account = step.commit(sink::adapt(&mut log).redact(["token", "password", "absent"]))?;
    assert!(!text(&log).contains(SECRET), "{}", text(&log));
    let record = &log[1];
    assert_eq!(
        serde_json::to_value(&record.context)?,
        json!({"headers": {"agent": "curl", "cookie": [{"token": REDACTED}]}, "ip": "::1", "token": REDACTED})
    );
    let logins = json!([{"password": REDACTED}, {"of": {"password": REDACTED}}, 7]);
    let data = json!({"password": REDACTED, "profile": {"name": "ann", "logins": logins}});
    assert_eq!(record.data, Some(data));
    assert_eq!((account.data().password.as_str(), &account.data().profile), (SECRET, &profile()));
    Ok(())
}

#[test]
fn nothing_but_what_was_named_is_touched() -> Tested {
    let (account, mut log) = account();
    let mut step = account.rest().by("password").because("password").with("Password", "kept").with("ip", "::1");
    let id = step.record_id();
    let _ = step.commit(sink::adapt(&mut log).redact(["password", "ip", "id", "version", "to", "v"]))?;
    let expected = json!({
        "v": 1, "kind": "transition", "subject": {"kind": "Account", "id": "a"}, "machine": "Account",
        "chart": AccountState::CHART.fingerprint, "version": 2, "transition": "rest", "from": "Open", "to": "Resting",
        "actor": {"kind": "user", "id": "password"}, "reason": "password",
        "context": {"Password": "kept", "ip": REDACTED},
    });
    assert_eq!((log[1].id, said(&log[1])), (id, expected));
    Ok(())
}

#[test]
fn the_properties_of_an_event_are_redacted() -> Tested {
    let line = r#"{"v":1,"id":"01970000-0000-7000-8000-000000000000","at":"2026-05-01T09:30:00.000000000Z",
        "kind":"event","event":"login","properties":{"password":"hunter2","tries":[{"password":"hunter2"}]}}"#;
    let event: Record = serde_json::from_str(line)?;
    let mut log: Vec<Record> = Vec::new();
    Sink::on_success(&mut sink::adapt(&mut log).redact(["password"]), &event)?;
    assert_eq!(log[0].properties, Some(json!({"password": REDACTED, "tries": [{"password": REDACTED}]})));
    assert_eq!((log[0].id, &log[0].event), (event.id, &event.event));
    Ok(())
}

#[test]
fn a_refusal_is_redacted_too_and_the_step_keeps_its_values() -> Tested {
    let mut log = Both::default();
    let report = ReportMachine::create(Report::titled("")).commit(&mut log)?;
    let step = report.submit("bob".to_owned(), None).with("token", SECRET);
    let refused = step.commit(sink::adapt(&mut log).redact(["token"])).expect_err("it has no title");
    assert!(matches!(refused.cause(), Cause::Guard { .. }));
    assert_eq!(log.refusals[0].context.get("token"), Some(&REDACTED.into()));
    let _ = refused.into_step().commit(&mut log).expect_err("it has no title yet");
    assert_eq!(log.refusals[1].context.get("token"), Some(&SECRET.into()));
    Ok(())
}

#[test]
fn a_retry_offers_an_equal_record_and_the_step_still_holds_what_was_said() -> Tested {
    let (account, mut log) = account();
    let mut refusing = Refusing::default();
    let step = account.invite(SECRET.to_owned(), profile()).by("ann").because("new").with("token", SECRET);
    let refused = step.commit(sink::adapt(&mut refusing).redact(["token", "password"])).expect_err("it is down");
    let mut refused =
        refused.into_step().commit(sink::adapt(&mut refusing).redact(["token", "password"])).expect_err("it is down");
    assert_eq!(refusing.offered[0], refusing.offered[1]);
    assert!(!text(&refusing.offered).contains(SECRET));
    for keys in [&["token"][..], &[]] {
        // After a redaction, the step still passes all values to a sink that may see them.
        refused = refused.into_step().commit(sink::adapt(&mut refusing).redact(keys.to_vec())).expect_err("it is down");
    }
    let _ = refused.into_step().commit(&mut log)?;
    assert_eq!(refusing.offered[3], log[1]);
    assert_eq!((log[1].id, log[1].context.get("token")), (refusing.offered[0].id, Some(&SECRET.into())));
    Ok(())
}

#[test]
fn a_sink_that_wrote_and_lost_its_answer_knows_the_second_try() -> Tested {
    let (account, _) = account();
    let mut losing = LosingAnswers { to_lose: 1, ..LosingAnswers::default() };
    let step = account.rest().with("token", SECRET);
    let refused = step.commit(sink::adapt(&mut losing).redact(["token"])).expect_err("the answer is lost");
    let _ = refused.into_step().commit(sink::adapt(&mut losing).redact(["token"]))?;
    assert_eq!((losing.log.len(), losing.asked), (1, 2));
    Ok(())
}

#[test]
fn what_an_adaptor_on_either_side_fills_in_is_redacted() -> Tested {
    let keys = ["token", "password"];
    let nested = json!({"password": SECRET});
    for is_inside in [true, false] {
        let mut log = Both::default();
        let (report, records) = draft();
        let step = AnyReport::from(report).fire(ReportTransition::Archive)?;
        let illegal = AnyReport::from(in_review().0).fire(ReportTransition::Approve(Publication { issue: 1 }))?;
        if is_inside {
            let mut filling =
                sink::adapt(&mut log).with("token", SECRET).with("more", nested.clone()).by("ann").redact(keys);
            let _ = step.commit(&mut filling)?;
            let _ = illegal.commit(&mut filling).expect_err("ann wrote it");
            filling.on_success(&records[0])?;
            filling.on_refusal(&records[0])?;
        } else {
            let mut filling =
                sink::adapt(&mut log).redact(keys).with("token", SECRET).with("more", nested.clone()).by("ann");
            let _ = step.commit(&mut filling)?;
            let _ = illegal.commit(&mut filling).expect_err("ann wrote it");
            filling.on_success(&records[0])?;
            filling.on_refusal(&records[0])?;
        }
        let all = [log.successes, log.refusals].concat();
        assert_eq!(all.len(), 4);
        assert!(!text(&all).contains(SECRET), "{}", text(&all));
        assert!(all.iter().all(|record| record.context.get("token") == Some(&REDACTED.into())));
        assert!(all.iter().all(|record| record.context.get("more") == Some(&json!({"password": REDACTED}))));
        assert!(all.iter().all(|record| record.actor == Some("ann".into())));
    }
    Ok(())
}

#[test]
fn redactions_add_up() -> Tested {
    let (account, mut log) = account();
    let step = account.rest().with("a", SECRET).with("b", SECRET).with("c", json!({"a": SECRET, "d": 1}));
    let sink =
        sink::adapt(&mut log).redact(["a"]).redact(vec!["b".to_owned(), "a".to_owned()]).redact(Vec::<String>::new());
    let _ = step.commit(sink)?;
    assert_eq!(
        serde_json::to_value(&log[1].context)?,
        json!({"a": REDACTED, "b": REDACTED, "c": {"a": REDACTED, "d": 1}})
    );
    Ok(())
}

/// A sink of batches that shows its records.
#[derive(Default)]
struct Batches(Vec<Record>);

impl Sink for Batches {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        self.on_success_all(std::slice::from_ref(record))
    }
}

impl BatchSink for Batches {
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), Down> {
        if self.0.len() + records.len() > 4 {
            return Err(Down);
        }
        self.0.extend_from_slice(records);
        Ok(())
    }
}

#[test]
fn a_batch_is_redacted_as_one_and_refused_as_one() -> Tested {
    let (account, mut records) = account();
    let _ = account.rest().with("token", SECRET).commit(&mut records)?;
    let mut redacting = sink::adapt(Batches::default()).with("password", SECRET).redact(["token", "password"]);
    redacting.on_success_all(&records)?;
    redacting.on_success_all(&[])?;
    let plain = in_review().1;
    redacting.on_success_all(&plain)?;
    assert_eq!(redacting.on_success_all(&records), Err(Down));
    let taken = redacting.into_inner().into_inner().into_inner().0;
    assert!(taken.len() == 4 && !text(&taken).contains(SECRET), "{}", text(&taken));
    let mut unnamed = sink::adapt(Batches::default()).redact(["token"]);
    unnamed.on_success_all(&plain)?;
    assert_eq!(unnamed.into_inner().into_inner().0, plain, "what holds no such key is passed on as it is");
    assert_eq!(records[1].context.get("token"), Some(&SECRET.into()));
    Ok(())
}

#[test]
fn an_observer_inside_sees_what_the_sink_sees_and_one_outside_sees_everything() -> Tested {
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    let (account, mut log) = account();
    let sink = sink::adapt(&mut log).observed_by(|record: &Record| inside.push(record.clone())).redact(["token"]);
    let sink = sink::adapt(sink).observed_by(|record: &Record| outside.push(record.clone()));
    let _ = account.rest().with("token", SECRET).commit(sink)?;
    assert_eq!(inside, log[1..]);
    assert_eq!(outside[0].context.get("token"), Some(&SECRET.into()));
    Ok(())
}

#[test]
fn a_redacted_trail_verifies_and_gives_back_no_secret() -> Tested {
    let (account, mut log) = account();
    let account = account.invite(SECRET.to_owned(), profile()).commit(sink::adapt(&mut log).redact(["password"]))?;
    let AnyAccount::Invited(back) = AnyAccount::replay("a", &log)? else { return Err("it is invited".into()) };
    assert_eq!((back.version(), back.data().password.as_str()), (2, REDACTED));
    let account = account.note().commit(sink::adapt(&mut log).redact(["password"]))?;
    let _ = account.rest().commit(&mut log)?;
    assert_eq!(AnyAccount::replay("a", &log)?.state().name, "Resting");
    assert_eq!(moves(&log)[2..], ["note: Invited -> Invited", "rest: Invited -> Resting"]);
    assert!(!text(&log).contains(SECRET));

    let (account, mut log) = self::account();
    let _ = account.number(4711).commit(sink::adapt(&mut log).redact(["pin"]))?;
    let AnyAccount::Numbered(back) = AnyAccount::replay("a", &log)? else { return Err("it is numbered".into()) };
    assert_eq!((back.version(), back.data().pin), (2, 0));
    Ok(())
}

#[test]
fn what_no_audit_gives_up_is_not_redacted_either() -> Tested {
    let (account, _) = account();
    assert_eq!(account.rest().with("token", SECRET).commit(sink::adapt(NoAudit).redact(["token"]))?.version(), 2);
    Ok(())
}

/// A separate module, because elsewhere a sink of both kinds is used as a synchronous one.
mod waiting {
    use tollgate::{JsonLines, sink};

    use super::{Publication, SECRET, Tested, account, in_review, profile, text};
    use crate::faulty::Refusing;

    #[tokio::test]
    async fn a_sink_that_waits_sees_as_little() -> Tested {
        let mut refusing = Refusing::default();
        let (account, mut log) = account();
        let step = account.invite(SECRET.to_owned(), profile()).with("token", SECRET);
        let redacting = sink::adapt(&mut refusing).with("token", SECRET).redact(["token", "password"]);
        let refused = step.commit_async(redacting).await.expect_err("it is down");
        let redacting = sink::adapt(&mut log).redact(["token", "password"]).with("token", SECRET).with("ip", "::1");
        let account = refused.into_step().commit_async(redacting).await?;
        assert_eq!(account.data().password, SECRET);
        assert!(!text(&refusing.offered).contains(SECRET) && !text(&log).contains(SECRET));
        assert_eq!((refusing.offered[0].id, log[1].context.len()), (log[1].id, 2));

        let mut lines = JsonLines::new(Vec::new());
        let step = in_review().0.approve(Publication { issue: 1 }).by("ann").with("token", SECRET);
        let _ = step.commit_async(sink::adapt(&mut lines).redact(["token"])).await.expect_err("ann wrote it");
        let written = String::from_utf8(lines.into_inner()?)?;
        assert!(written.contains(r#""kind":"refusal""#) && written.contains(r#""token":"[redacted]""#), "{written}");
        assert!(!written.contains(SECRET));
        Ok(())
    }
}
