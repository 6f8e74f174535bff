//! Records as events of `tracing`, and spans in records: compared with the output of a subscriber that collects them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use tollgate::observer::Trace;
use tollgate::serde_json::{Value, json};
use tollgate::tracing::field::{Field, Visit};
use tollgate::tracing::{Event, Level, Metadata, Subscriber};
use tollgate::{Actor, JsonLines, Record, sink};
use tracing::instrument::WithSubscriber;
use tracing::{Dispatch, Instrument, Span, info_span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::Tested;
use crate::faulty::Refusing;
use crate::report::{Report, ReportMachine, draft, in_review};

/// An event: its metadata, its span, and its fields.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Collected {
    metadata: (Level, &'static str, &'static str),
    pub(crate) span: Option<&'static str>,
    pub(crate) fields: BTreeMap<&'static str, Value>,
}

#[derive(Clone, Default)]
pub(crate) struct Collector(Arc<Mutex<Vec<Collected>>>);

impl Collector {
    pub(crate) fn events(&self) -> Vec<Collected> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn subscriber(&self) -> impl Subscriber + Send + Sync + 'static {
        Registry::default().with(self.clone())
    }
}

struct Fields(BTreeMap<&'static str, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name(), value.into());
    }
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata: &'static Metadata<'static> = event.metadata();
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Collected {
            metadata: (*metadata.level(), metadata.target(), metadata.name()),
            span: context.event_span(event).map(|span| span.name()),
            fields: fields.0,
        });
    }
}

/// Returns the expected fields of these records: their JSON, flattened.
fn flattened(record: &Record) -> Result<BTreeMap<String, Value>, Box<dyn std::error::Error>> {
    let Value::Object(mut json) = tollgate::serde_json::to_value(record)? else { return Err("an object".into()) };
    for left_out in ["v", "chart", "prev"] {
        json.remove(left_out);
    }
    let mut flat = BTreeMap::new();
    for (key, value) in json {
        match (key.as_str(), value) {
            ("subject" | "actor", Value::Object(parts)) => {
                flat.extend(parts.into_iter().map(|(part, value)| (format!("{key}.{part}"), value)));
            }
            ("context" | "data" | "properties", value) => {
                flat.insert(key, value.to_string().into());
            }
            (_, value) => {
                flat.insert(key, value);
            }
        }
    }
    Ok(flat)
}

#[test]
fn each_record_is_an_event_whose_fields_say_what_the_record_says() -> Tested {
    let collector = Collector::default();
    let mut log: Vec<Record> = Vec::new();
    tracing::subscriber::with_default(collector.subscriber(), || -> Tested {
        let mut traced = sink::adapt(&mut log).observed_by(Trace::new());
        let report = ReportMachine::create(Report::titled("Water")).commit(&mut traced)?;
        let report =
            report.submit("bob".to_owned(), None).by(17).with("ip", "::1").with("tries", 2).commit(&mut traced)?;
        let report =
            report.comment().by(Actor::service("importer").named("The importer")).because("x").commit(&mut traced)?;
        let _ = report.comment().by(Actor::system(u64::MAX)).because("y").commit(&mut traced)?;
        Ok(())
    })?;
    let events = collector.events();
    assert_eq!((events.len(), log.len()), (4, 4));
    for (event, record) in events.iter().zip(&log) {
        let fields: BTreeMap<_, _> =
            event.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        assert_eq!(fields, flattened(record)?);
        assert_eq!(event.metadata, (Level::INFO, "tollgate", "record"));
    }
    assert_eq!(events[1].fields["subject.id"], json!(7), "a number stays a number");
    assert_eq!(events[1].fields["actor.id"], json!(17));
    assert_eq!(events[1].fields["context"], json!(r#"{"ip":"::1","tries":2}"#));
    assert_eq!(events[3].fields["actor.id"], json!(u64::MAX));
    Ok(())
}

#[test]
fn whom_somebody_acts_for_is_a_field_and_a_uuid_a_text() -> Tested {
    let collector = Collector::default();
    tracing::subscriber::with_default(collector.subscriber(), || -> Tested {
        let clerk = Actor::user("00000000-0000-7000-8000-000000000007").named("Ann");
        let robot = Actor::service("00000000-0000-7000-8000-000000000008").on_behalf_of(clerk);
        let _ = draft().0.archive().by(robot).commit(sink::adapt(Vec::new()).observed_by(Trace::new()))?;
        Ok(())
    })?;
    let fields = &collector.events()[0].fields;
    assert_eq!(fields["actor.id"], json!("00000000-0000-7000-8000-000000000008"));
    assert_eq!((&fields["actor.kind"], &fields["actor.on_behalf_of"]), (&json!("service"), &json!("Ann")));
    Ok(())
}

#[test]
fn the_level_is_chosen_and_what_is_refused_is_no_event() -> Tested {
    let collector = Collector::default();
    tracing::subscriber::with_default(collector.subscriber(), || -> Tested {
        for level in [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE] {
            let _ = draft().0.archive().commit(sink::adapt(Vec::new()).observed_by(Trace::at(level)))?;
        }
        let refused = draft().0.archive().commit(sink::adapt(Refusing::default()).observed_by(Trace::new()));
        assert!(refused.is_err());
        Ok(())
    })?;
    let levels: Vec<_> = collector.events().iter().map(|event| event.metadata.0).collect();
    assert_eq!(levels, [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE]);
    Ok(())
}

#[test]
fn the_id_of_the_span_is_in_the_context() -> Tested {
    let collector = Collector::default();
    tracing::subscriber::with_default(collector.subscriber(), || -> Tested {
        let mut log: Vec<Record> = Vec::new();
        let mut spanned = sink::adapt(&mut log).in_span().observed_by(Trace::new());
        let report = in_review().0;
        let outer = info_span!("outer");
        let inner = info_span!("inner");
        let report = report.comment().because("outside").commit(&mut spanned)?;
        let report = outer.in_scope(|| report.comment().because("in outer").commit(&mut spanned))?;
        let report = inner.in_scope(|| report.comment().because("in inner").commit(&mut spanned))?;
        let _ = inner.in_scope(|| report.comment().because("said").with("span", "mine").commit(&mut spanned))?;
        drop(spanned);
        let spans: Vec<_> = log.iter().map(|record| record.context.get("span").cloned()).collect();
        let id_of = |span: &tracing::Span| span.id().map(|id| json!(id.into_u64()));
        assert!(id_of(&outer).is_some() && id_of(&outer) != id_of(&inner));
        assert_eq!(spans, [None, id_of(&outer), id_of(&inner), Some(json!("mine"))]);
        Ok(())
    })?;
    let spans: Vec<_> = collector.events().iter().map(|event| event.span).collect();
    assert_eq!(
        spans,
        [None, Some("outer"), Some("inner"), Some("inner")],
        "an event is told in the span of its commit"
    );
    Ok(())
}

#[test]
fn a_span_in_the_context_is_in_a_refusal_and_in_a_batch_and_survives_a_retry() -> Tested {
    tracing::subscriber::with_default(Collector::default().subscriber(), || -> Tested {
        let (first, second) = (info_span!("first"), info_span!("second"));
        let id_of = |span: &tracing::Span| span.id().map(|id| json!(id.into_u64()));
        let mut log: Vec<Record> = Vec::new();
        let refused = first.in_scope(|| draft().0.archive().commit(sink::adapt(Refusing::default()).in_span()));
        let step = refused.expect_err("it is down").into_step();
        let _ = second.in_scope(|| step.commit(sink::adapt(&mut log).in_span()))?;
        assert_eq!(log[0].context.get("span"), id_of(&first).as_ref(), "the second try says what the first said");

        let (_, records) = in_review();
        let mut batch: Vec<Record> = Vec::new();
        second.in_scope(|| tollgate::BatchSink::on_success_all(&mut sink::adapt(&mut batch).in_span(), &records))?;
        assert!(batch.iter().all(|record| record.context.get("span") == id_of(&second).as_ref()));
        Ok(())
    })
}

#[tokio::test]
async fn what_is_committed_in_the_span_of_a_task_has_the_id_of_that_span() -> Tested {
    let collector = Collector::default();
    async {
        let span = info_span!("task");
        let id = span.id().map(|id| json!(id.into_u64()));
        let mut log: Vec<Record> = Vec::new();
        let mut spanned = sink::adapt(&mut log).in_span().observed_by(Trace::new());
        let _ = draft().0.archive().commit_async(&mut spanned).instrument(span).await?;
        drop(spanned);
        assert!(id.is_some());
        assert_eq!(log[0].context.get("span").cloned(), id);
        Ok::<(), Box<dyn std::error::Error>>(())
    }
    .with_subscriber(collector.subscriber())
    .await?;
    assert_eq!(collector.events()[0].span, Some("task"));
    Ok(())
}

#[test]
fn an_event_of_a_shared_file_is_in_the_span_in_which_its_record_was_committed() -> Tested {
    let directory = tempfile::tempdir()?;
    let log = JsonLines::open(directory.path().join("trail.jsonl"))?.observed_by(Trace::new());
    let collector = Collector::default();
    let dispatch = Dispatch::new(collector.subscriber());
    let commit = |id: u64| ReportMachine::create(Report { id, ..Report::titled("Water") }).commit(&log).map(drop);
    // Threads in one span, threads in another, and threads in none, all at once: one thread notifies for the others.
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..9)
            .map(|thread| {
                let (dispatch, commit) = (&dispatch, &commit);
                scope.spawn(move || {
                    tracing::dispatcher::with_default(dispatch, || {
                        let span = match thread % 3 {
                            0 => info_span!("zero"),
                            1 => info_span!("one"),
                            _ => Span::none(),
                        };
                        (0..20).try_for_each(|turn| span.in_scope(|| commit(thread + 9 * turn)))
                    })
                })
            })
            .collect();
        threads.into_iter().all(|thread| thread.join().is_ok_and(|committed| committed.is_ok()))
    })
    .then_some(())
    .ok_or("a commit was refused")?;
    let events = collector.events();
    assert_eq!(events.len(), 180, "each reaches the subscriber of the thread that committed it");
    for event in events {
        let expected = [Some("zero"), Some("one"), None];
        let id = event.fields["subject.id"].as_u64().ok_or("a number")?;
        assert_eq!(event.span, expected[usize::try_from(id % 3)?]);
    }
    Ok(())
}

#[tokio::test]
async fn an_event_of_a_task_is_in_the_span_of_the_task() -> Tested {
    let directory = tempfile::tempdir()?;
    let log = JsonLines::open(directory.path().join("trail.jsonl"))?.observed_by(Trace::new());
    let collector = Collector::default();
    let commit = async {
        ReportMachine::create(Report::titled("Water")).commit_async(&log).await.map(drop)?;
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    let span = tracing::subscriber::with_default(collector.subscriber(), || info_span!("request"));
    commit.instrument(span).with_subscriber(Dispatch::none()).await?;
    assert!(collector.events().is_empty(), "no subscriber, no event");
    let commit = async {
        ReportMachine::create(Report::titled("Water")).commit_async(&log).await.map(drop)?;
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    let dispatch = Dispatch::new(collector.subscriber());
    let span = tracing::dispatcher::with_default(&dispatch, || info_span!("request"));
    commit.instrument(span).with_subscriber(dispatch).await?;
    assert_eq!(collector.events().iter().map(|event| event.span).collect::<Vec<_>>(), [Some("request")]);
    Ok(())
}
