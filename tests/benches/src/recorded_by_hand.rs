//! The floor of a recorded transition: read the clock, make a version 7 UUID, build a plain record, push it.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tollgate::{Actor, Context, Digest, Record, RecordKind, SubjectRef};
use uuid::{ContextV7, Timestamp, Uuid};

use crate::by_hand::Machine;
use crate::with_tollgate::ReportState;
use crate::{REPORT, Report, assert_same_work, time_recorded};

/// The fields of `Record`, without its rules.
#[expect(dead_code, reason = "written and not read, as a record is by the program that makes it")]
struct PlainRecord {
    id: Uuid,
    at: DateTime<Utc>,
    kind: RecordKind,
    subject: Option<SubjectRef>,
    machine: Option<Cow<'static, str>>,
    chart: Option<Digest>,
    version: Option<u64>,
    transition: Option<Cow<'static, str>>,
    from: Option<Cow<'static, str>>,
    to: Option<Cow<'static, str>>,
    actor: Option<Actor>,
    reason: Option<String>,
    context: Context,
    parameters: Context,
    data: Option<Value>,
    personal: Vec<Digest>,
    prev: Option<Digest>,
    event: Option<Cow<'static, str>>,
    properties: Option<Value>,
    refused_by: Option<Cow<'static, str>>,
    refusal: Option<String>,
    position: Option<u64>,
}

// As many bytes to build and to push, or the floor would be another's.
const _: () = assert!(size_of::<PlainRecord>() == size_of::<Record>());

impl PlainRecord {
    #[inline]
    fn of<S>(machine: &Machine<S>, new_id: impl Fn(DateTime<Utc>) -> Uuid, [transition, from, to]: Names) -> Self {
        let at = Utc::now();
        PlainRecord {
            id: new_id(at),
            at,
            kind: RecordKind::Transition,
            subject: Some(SubjectRef { kind: "Report".into(), id: machine.report().id.into() }),
            machine: Some("Report".into()),
            chart: Some(ReportState::CHART.fingerprint),
            version: Some(machine.version() + 1),
            transition: Some(transition.into()),
            from: Some(from.into()),
            to: Some(to.into()),
            actor: None,
            reason: None,
            context: Context::default(),
            parameters: Context::default(),
            data: None,
            personal: Vec::new(),
            prev: None,
            event: None,
            properties: None,
            refused_by: None,
            refusal: None,
            position: None,
        }
    }
}

type Names = [&'static str; 3];

/// The clock is read once, and the id made of the record's time.
pub fn with_own_context(cycles: u64) -> Duration {
    let context = ContextV7::new();
    time(cycles, |at| {
        let seconds = at.timestamp().unsigned_abs();
        Uuid::new_v7(Timestamp::from_unix(&context, seconds, at.timestamp_subsec_nanos()))
    })
}

/// The uuid crate's one call, which reads the clock once more and counts under a lock that all threads share.
pub fn with_now_v7(cycles: u64) -> Duration {
    time(cycles, |_| Uuid::now_v7())
}

fn time(cycles: u64, new_id: impl Fn(DateTime<Utc>) -> Uuid) -> Duration {
    let (machine, elapsed) = time_recorded(
        cycles,
        Machine::create(REPORT),
        |machine, records| {
            records.push(PlainRecord::of(&machine, &new_id, ["submit", "Draft", "Review"]));
            machine.submit()
        },
        |machine, records| {
            records.push(PlainRecord::of(&machine, &new_id, ["reject", "Review", "Draft"]));
            machine.reject()
        },
    );
    let (report, version): (Report, u64) = (*machine.report(), machine.version());
    assert_same_work(cycles, report, version);
    elapsed
}
