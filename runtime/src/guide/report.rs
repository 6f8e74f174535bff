// The machine of the pages on tests and on web handlers. Their examples include this file: a doctest is a separate program.

use tollgate::{Actor, StateMachine, Subject};

#[derive(Clone, Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
    author: String,
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,             to = Review,    guard = has_title)]
#[transition(approve, from = Review,            to = Published, permission = is_not_the_author)]
#[transition(reject,  from = Review,            to = Draft,     requires(actor, reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review { reviewer: String },
    Published,
    #[state(terminal)]
    Archived,
}

fn has_title(report: &Report) -> Result<(), &'static str> {
    if report.title.is_empty() { Err("the report has no title") } else { Ok(()) }
}

fn is_not_the_author(report: &Report, actor: &Actor) -> Result<(), &'static str> {
    if actor.id.as_str() == Some(&report.author) { Err("authors do not approve their own reports") } else { Ok(()) }
}
