// A machine that uses every attribute.
#![deny(warnings, missing_docs, clippy::pedantic)]
//! A crate with docs.

use tollgate as renamed;

/// The reviewed text.
#[derive(renamed::Subject)]
#[subject(kind = "Paper", crate = crate::renamed)]
pub struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

impl Report {
    fn has_title(&self) -> bool {
        !self.title.is_empty()
    }

    fn is_short(&self) -> Result<(), String> {
        if self.title.len() < 80 { Ok(()) } else { Err(format!("{} letters are too many", self.title.len())) }
    }

    fn may_publish(&self, actor: &renamed::Actor) -> Result<(), &'static str> {
        if actor.id == renamed::Id::from("bob") { Ok(()) } else { Err("only bob publishes") }
    }
}

fn is_read<S: renamed::State<Machine = ReportState>>(report: &PaperIn<S>) -> bool {
    report.version() > 1
}

/// The states of a report.
#[derive(renamed::StateMachine)]
#[machine(subject = Report, name = "Paper", was = "Report", was = "Article", rename_all = "kebab-case")]
#[machine(crate = crate::renamed, base = Paper, machine = PaperIn, any = SomePaper, transition = PaperMove, module = paper)]
#[transition(submit, from = Draft, to = InReview, guard = Report::has_title, doc = "Gives it to a reader.")]
#[transition(reject, from = InReview, to = Draft, requires(actor, reason), rename = "send-back", was = "refuse")]
#[transition(publish, from = InReview, to = Published, guard = [Report::is_short, is_read], permission = Report::may_publish)]
#[transition(from = Draft | Published, to = Archived)]
#[transition(comment, from = _, to = _, requires(reason))]
pub enum ReportState {
    /// It is written.
    #[state(initial)]
    Draft,
    /// It is read.
    #[state(record, rename = "review", was = "checking", was = "reading", data = Reading)]
    InReview {
        /// The reviewer.
        reviewer: String,
    },
    /// It is out.
    #[state(record)]
    Published(String, u32),
    /// It is put away.
    #[state(terminal)]
    Archived,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut log = Vec::new();
    let report = PaperIn::create(Report { id: 7, title: "Bees".to_owned() }).commit(&mut log)?;
    let report = report.submit("bob".to_owned()).commit(&mut log)?;
    let Reading { reviewer } = report.data();
    assert_eq!(reviewer, "bob");
    let report = report.comment().because("late").commit(&mut log)?;
    let report = report.publish("Nature".to_owned(), 7).by("bob").commit(&mut log)?;
    let report = report.to_archived().commit(&mut log)?;
    let in_archive: &PaperIn<paper::Archived> = &report;
    assert_eq!(in_archive.version(), 5);
    let report = SomePaper::replay(Report { id: 7, title: String::new() }, &log)?;
    let Err(not_allowed) = report.fire(PaperMove::Publish("Nature".to_owned(), 8)) else {
        return Err("the archive is the end".into());
    };
    assert_eq!((not_allowed.state(), not_allowed.transition()), ("archived", "publish"));
    Ok(())
}
