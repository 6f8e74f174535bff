//! The machine, and its view for a client.

use serde::Serialize;
use serde_json::{Value, json};
use tollgate::chart::Edge;
use tollgate::{Actor, StateMachine, Subject};

/// A report on its way to the public.
#[derive(Debug, Subject)]
pub(crate) struct Report {
    #[subject(id)]
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) author: Actor,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,             to = Review,    guard = has_title, requires(actor))]
#[transition(approve, from = Review,            to = Published, permission = is_not_the_author)]
#[transition(reject,  from = Review,            to = Draft,     permission = is_not_the_author, requires(reason))]
#[transition(archive, from = Draft | Published, to = Archived,  requires(actor))]
pub(crate) enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review {
        reviewer: String,
    },
    Published,
    #[state(terminal)]
    Archived,
}

fn has_title(report: &Report) -> Result<(), &'static str> {
    if report.title.trim().is_empty() { Err("the report has no title") } else { Ok(()) }
}

/// Requires a second person: the author must not decide.
fn is_not_the_author(report: &Report, actor: &Actor) -> Result<(), &'static str> {
    if *actor == report.author { Err("the author of a report must not decide on it") } else { Ok(()) }
}

/// A report as JSON, with what can be done next.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    pub(crate) id: u64,
    title: String,
    state: &'static str,
    version: u64,
    #[serde(skip_serializing_if = "Value::is_null")]
    data: Value,
    available: Vec<Link>,
}

impl View {
    /// Lists the transitions that the chart and the guards allow, and for a known actor also the permissions.
    pub(crate) fn of(report: &AnyReport, actor: Option<&Actor>) -> Self {
        let available = actor.map_or_else(|| report.available(), |actor| report.available_to(actor));
        let data = match report {
            AnyReport::Review(report) => json!({ "reviewer": report.data().reviewer }),
            AnyReport::Draft(_) | AnyReport::Published(_) | AnyReport::Archived(_) => Value::Null,
        };
        Self {
            id: report.id,
            title: report.title.clone(),
            state: report.state().name,
            version: report.version(),
            data,
            available: links(report.id, available),
        }
    }
}

/// A transition as a link: where its command goes, what it requires, and which values it carries.
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    name: &'static str,
    to: &'static str,
    method: &'static str,
    href: String,
    requires: Vec<&'static str>,
    carries: &'static [&'static str],
}

pub(crate) fn links(report: u64, edges: Vec<&'static Edge>) -> Vec<Link> {
    let link = |edge: &'static Edge| Link {
        name: edge.transition,
        to: edge.to,
        method: "POST",
        href: format!("/reports/{report}/transitions"),
        requires: edge.requires.iter().map(|requirement| requirement.name()).collect(),
        carries: ReportState::CHART.state(edge.to).map_or(&[], |state| state.fields),
    };
    edges.into_iter().map(link).collect()
}
