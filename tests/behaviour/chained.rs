//! The head of a subject's chain, where a sink keeps one: carried from commit to commit, and lost only by the sink.

use std::collections::HashMap;
use std::future::ready;

use hmac_sha256::Hash;
use tollgate::machine::resume_from;
use tollgate::sink::{self, Offer, Offers, Receipt, Scope};
use tollgate::{
    AsyncBatchSink, AsyncSink, BatchSink, Digest, NoAudit, Record, Sink, StateMachine, Subject, commit_all,
    commit_all_async,
};

use crate::Tested;
use crate::faulty::{Both, Down};
use crate::report::{AnyReport, Report, ReportMachine, ReportState, ReportTransition};

/// Keeps a chain for each subject, and refuses what does not follow its head, as a store does.
#[derive(Debug, Default)]
struct Chain {
    log: Vec<Record>,
    heads: HashMap<String, Digest>,
    /// The machine of each record, and its table.
    of: Vec<(&'static str, Option<&'static str>)>,
    is_down: bool,
}

impl Sink for Chain {
    type Error = Down;

    fn on_success(&mut self, _: &Record) -> Result<(), Down> {
        unreachable!("a commit says what it knows")
    }

    fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Down> {
        let record = offer.record();
        let (Some(subject), Some(chart), false) = (&record.subject, offer.chart(), self.is_down) else {
            return Err(Down);
        };
        let head = self.heads.get(&subject.to_string()).copied();
        assert_eq!(record.prev, head, "the machine knows the head");
        let digest = Digest::new(Hash::hash(&record.canonical()));
        self.heads.insert(subject.to_string(), digest);
        self.log.push(record.clone());
        self.of.push((chart.machine, offer.table().map(|table| table.name)));
        Ok(Receipt::with_head(digest))
    }
}

impl BatchSink for Chain {
    fn on_success_all(&mut self, _: &[Record]) -> Result<(), Down> {
        unreachable!("a commit says what it knows")
    }

    fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Down> {
        if self.is_down {
            return Err(Down);
        }
        offers.iter().map(|offer| self.accept(offer)).collect()
    }
}

/// The same for a commit that waits.
struct Waiting<'a>(&'a mut Chain);

impl AsyncSink for Waiting<'_> {
    type Error = Down;

    async fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        self.0.on_success(record)
    }

    async fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Down> {
        self.0.accept(offer)
    }
}

impl AsyncBatchSink for Waiting<'_> {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), Down> {
        self.0.on_success_all(records)
    }

    async fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Down> {
        self.0.accept_all(offers)
    }
}

fn with_id(id: u64) -> Report {
    Report { id, ..Report::titled("Water") }
}

#[test]
fn the_head_goes_from_commit_to_commit_in_whatever_form_the_machine_is() -> Tested {
    let mut chain = Chain::default();
    let report = ReportMachine::create(with_id(7)).commit(&mut chain)?;
    let report = report.submit("bob".to_owned(), None).commit(&mut chain)?;
    let report = report.comment().because("x").commit(&mut chain)?;
    let any = AnyReport::from(report).fire(ReportTransition::Comment)?.because("y").commit(&mut chain)?;
    let AnyReport::Review(report) = any else { return Err("it stays in review".into()) };
    let report = report.reject().by("bob").because("no sources").commit(&mut chain)?;
    let report = report.archive().commit(&mut chain)?;
    assert_eq!((report.version(), chain.log.len(), chain.log[0].prev), (6, 6, None));
    for pair in chain.log.windows(2) {
        assert_eq!(pair[1].prev, Some(Digest::new(Hash::hash(&serde_json::to_vec(&pair[0])?))));
    }
    Ok(())
}

#[test]
fn a_refusal_leaves_the_head_where_it_is() -> Tested {
    let mut chain = Chain::default();
    let report = ReportMachine::create(with_id(7)).commit(&mut chain)?;
    chain.is_down = true;
    let refused = report.archive().commit(&mut chain).expect_err("it is down");
    chain.is_down = false;
    let report = refused.into_machine().submit("bob".to_owned(), None).commit(&mut chain)?;
    chain.is_down = true;
    let refused = commit_all([report.comment().because("x")], &mut chain).expect_err("it is down");
    chain.is_down = false;
    let [report] = commit_all(refused.into_step(), &mut chain)?;
    assert_eq!((report.version(), chain.log.len()), (3, 3));
    Ok(())
}

#[test]
fn each_subject_of_a_batch_has_a_head_of_its_own() -> Tested {
    let mut chain = Chain::default();
    let [a, b] = commit_all([1, 2].map(|id| ReportMachine::create(with_id(id))), &mut chain)?;
    let a = a.submit("bob".to_owned(), None).commit(&mut chain)?;
    let (b, a) = commit_all((b.archive(), a.reject().by("bob").because("no")), &mut chain)?;
    assert_eq!((a.version(), b.version(), chain.log.len()), (3, 2, 5));
    Ok(())
}

#[test]
fn a_sink_that_keeps_none_leaves_nothing_to_go_on_from() -> Tested {
    let mut chain = Chain::default();
    let mut log: Vec<Record> = Vec::new();
    let report = ReportMachine::create(with_id(7)).commit(&mut chain)?;
    let report = report.submit("bob".to_owned(), None).commit(&mut log)?;
    let head = log[0].prev;
    assert!(head.is_some(), "it says what it follows");
    let report = report.comment().because("x").commit(&mut log)?;
    let report = AnyReport::from(report).fire(ReportTransition::Comment)?.because("y").commit(&mut log)?;
    assert_eq!((report.version(), log[1].prev, log[2].prev), (4, None, None));
    // A record that no sink stored has no successor in the chain either.
    let report =
        ReportMachine::create(with_id(8)).commit(&mut chain)?.submit("bob".to_owned(), None).commit(NoAudit)?;
    let _ = commit_all([report.comment().because("x")], &mut log)?;
    assert_eq!(log[3].prev, None);
    // Nor has a machine that was resumed by its version alone.
    let _ = AnyReport::resume(with_id(8), ReportState::Draft, 1).fire(ReportTransition::Archive)?.commit(&mut log)?;
    assert_eq!(log[4].prev, None);
    Ok(())
}

#[test]
fn a_refusal_is_no_link_of_the_chain() -> Tested {
    let mut chain = Chain::default();
    let mut telling = Both::default();
    let report = ReportMachine::create(Report::titled("")).commit(&mut chain)?;
    let refused = report.submit("bob".to_owned(), None).commit(&mut telling).expect_err("it has no title");
    assert_eq!((telling.refusals[0].prev, telling.refusals[0].version), (None, None));
    let _ = refused.into_machine().archive().commit(&mut chain)?;
    Ok(())
}

#[test]
fn adaptors_in_any_order_let_the_head_and_the_declaration_through() -> Tested {
    let mut chain = Chain::default();
    let scope = Scope::new();
    let report = ReportMachine::create(with_id(7))
        .commit(sink::adapt(&mut chain).redact(["code"]).observed_by(|_: &Record| {}))?;
    let report = report
        .submit("bob".to_owned(), None)
        .commit(sink::adapt(&mut chain).redact(["code"]).with("code", 1).by("ann").scoped(&scope))?;
    let report =
        report.comment().because("x").commit(sink::adapt(&mut chain).by("ann").observed_by(|_: &Record| {}))?;
    let report = report
        .comment()
        .because("y")
        .commit(sink::adapt(&mut chain).observed_by(|_: &Record| {}).with("code", 1).redact(["code"]).in_span())?;
    let batch =
        sink::adapt(&mut chain).scoped(&scope).observed_by(|_: &Record| {}).with("code", 1).redact(["code"]).by("ann");
    let [report] = commit_all([report.comment().because("z")], batch)?;
    let _ = report.comment().because("!").commit(&mut Box::new(&mut chain))?;
    assert_eq!((chain.log.len(), chain.of), (6, vec![("Report", None); 6]));
    Ok(())
}

#[tokio::test]
async fn so_they_do_where_the_sink_waits() -> Tested {
    let mut chain = Chain::default();
    let scope = Scope::new();
    let sink = sink::adapt(Waiting(&mut chain)).redact(["code"]).observed_by(|_: &Record| {}).by("ann").in_span();
    let report = ReportMachine::create(with_id(7)).commit_async(sink).await?;
    let sink = sink::adapt(Waiting(&mut chain))
        .with("code", 1)
        .redact(["code"])
        .scoped(&scope)
        .observed_by_async(|_: &Record| ready(()));
    let report = report.submit("bob".to_owned(), None).commit_async(sink).await?;
    let sink = sink::adapt(Waiting(&mut chain)).observed_by(|_: &Record| {}).with("code", 1).redact(["code"]).by("ann");
    let [report] = commit_all_async([report.comment().because("x")], sink).await?;
    let sink = sink::adapt(Waiting(&mut chain))
        .redact(["code"])
        .with("code", 1)
        .observed_by_async(|_: &Record| ready(()))
        .scoped(&scope);
    let [report] = commit_all_async([report.comment().because("y")], sink).await?;
    let _ = report.comment().because("z").commit_async(&mut Box::new(Waiting(&mut chain))).await?;
    assert_eq!((chain.log.len(), chain.of), (5, vec![("Report", None); 5]));
    Ok(())
}

#[test]
fn what_was_written_is_brought_back_with_its_head() -> Tested {
    let mut chain = Chain::default();
    let report = ReportMachine::create(with_id(7)).commit(&mut chain)?;
    let _ = report.submit("bob".to_owned(), Some(3)).commit(&mut chain)?;
    let last = chain.log.last().ok_or("two records")?.clone();
    let head = chain.heads.values().next().copied();
    let any = resume_from::<ReportState>(with_id(7), &last, head)?;
    assert_eq!((any.version(), any.state().name), (2, "Review"));
    let report = any.fire(ReportTransition::Comment)?.because("x").commit(&mut chain)?;
    assert_eq!(report.version(), 3);
    let long_ago = last.at - tollgate::chrono::TimeDelta::days(1);
    let early = report.fire(ReportTransition::Comment)?.because("x").at(long_ago).commit(&mut chain);
    assert!(early.is_err(), "its time is known too");
    Ok(())
}

#[test]
fn what_the_sink_is_told_of_the_machine_is_its_own() -> Tested {
    #[derive(Subject)]
    #[subject(table = "press.papers")]
    struct Paper {
        #[subject(id)]
        id: u64,
    }
    #[derive(StateMachine)]
    #[machine(subject = Paper)]
    #[transition(print, from = Set, to = Printed)]
    enum PaperState {
        #[state(initial)]
        Set,
        #[state(terminal)]
        Printed,
    }
    let mut chain = Chain::default();
    let paper = PaperMachine::create(Paper { id: 1 });
    let (paper, _) = commit_all((paper, ReportMachine::create(with_id(7))), &mut chain)?;
    let _ = paper.print().commit(&mut chain)?;
    assert_eq!(chain.of, [("Paper", Some("press.papers")), ("Report", None), ("Paper", Some("press.papers"))]);
    Ok(())
}
