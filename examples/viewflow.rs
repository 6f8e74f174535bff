//! The report flow of a Viewflow user: a row is loaded, moved and saved, each move is logged with the actor
//! and the ip of its request, a page shows the buttons that this user has, and the history is a table.

#![allow(clippy::print_stdout, reason = "an example prints to its user")]

use std::error::Error;
use std::io;
use std::net::Ipv4Addr;

use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::sink::{self, Scope};
use tollgate::{Actor, JsonLines, Record, StateMachine, Subject, serde_json};

/// A report, as its row holds it.
#[derive(Clone, Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    text: String,
    author: &'static str,
}

#[derive(Clone, StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,              to = Review,    guard = has_text, permission = is_the_author)]
#[transition(approve, from = Review,             to = Published, permission = is_an_editor)]
#[transition(reject,  from = Review,             to = Draft,     permission = is_an_editor, requires(reason))]
#[transition(hide,    from = Published,          to = Hidden,    permission = is_an_editor)]
#[transition(remove,  from = Draft | Hidden,     to = Removed,   permission = is_the_author)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review,
    Published,
    Hidden,
    #[state(terminal)]
    Removed,
}

fn has_text(report: &Report) -> Result<(), &'static str> {
    if report.text.is_empty() { Err("the report has no text yet") } else { Ok(()) }
}

fn is_the_author(report: &Report, actor: &Actor) -> Result<(), String> {
    if actor.id.as_str() == Some(report.author) { Ok(()) } else { Err(format!("only {} may", report.author)) }
}

/// Editors may act on each report except their own.
fn is_an_editor(report: &Report, actor: &Actor) -> Result<(), &'static str> {
    match actor.id.as_str() {
        Some(id) if id == report.author => Err("the author of a report must not edit it"),
        Some("bob" | "eve") => Ok(()),
        _ => Err("only an editor may"),
    }
}

/// A row of the table of reports, as a database would hold it.
struct Row {
    report: Report,
    state: ReportState,
    version: u64,
    last: DateTime<Utc>,
}

/// The request of a browser.
struct Request {
    scope: Scope,
    at: DateTime<Utc>,
}

type Log = JsonLines<Vec<u8>>;

impl Row {
    fn load(&self) -> AnyReport {
        AnyReport::resume(self.report.clone(), self.state.clone(), self.version).last_recorded_at(self.last)
    }

    fn save(&mut self, report: AnyReport, at: DateTime<Utc>) {
        (self.report, self.state, self.version) = report.into_parts();
        self.last = at;
    }
}

/// Handles a button press. A move is written to the row and to the log; a refusal is printed, and logged too.
fn press(row: &mut Row, transition: ReportTransition, why: &str, request: &Request, log: &mut Log) -> String {
    let step = match row.load().fire(transition) {
        Ok(step) => step.at(request.at),
        Err(illegal) => return illegal.to_string(),
    };
    let step = if why.is_empty() { step } else { step.because(why) };
    match step.commit(sink::adapt(log).scoped(&request.scope)) {
        Ok(report) => {
            row.save(report, request.at);
            format!("{}, version {}", row.load().state().name, row.version)
        }
        Err(refused) => refused.cause().to_string(),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut log = JsonLines::new(Vec::new());
    let mut requests = requests();
    let mut request = move |actor| requests(actor);

    let Request { scope, at } = request("ann");
    let report = Report { id: 7, text: String::new(), author: "ann" };
    let created = ReportMachine::create(report).at(at).commit(sink::adapt(&mut log).scoped(&scope))?;
    let (report, state, version) = created.into_parts();
    let mut row = Row { report, state, version, last: at };

    println!("Buttons that are pressed, and their results:");
    let mut presses = |row: &mut Row, actor, button: &str, transition, why| {
        let outcome = press(row, transition, why, &request(actor), &mut log);
        println!("  {actor}  {button:<7}  {outcome}");
    };
    presses(&mut row, "ann", "submit", ReportTransition::Submit, "");
    row.report.text.push_str("Plant more trees.");
    buttons(&row);
    presses(&mut row, "bob", "submit", ReportTransition::Submit, "");
    presses(&mut row, "ann", "submit", ReportTransition::Submit, "");
    buttons(&row);
    presses(&mut row, "ann", "approve", ReportTransition::Approve, "");
    presses(&mut row, "bob", "reject", ReportTransition::Reject, "");
    presses(&mut row, "bob", "reject", ReportTransition::Reject, "no sources");
    presses(&mut row, "eve", "approve", ReportTransition::Approve, "");
    presses(&mut row, "ann", "submit", ReportTransition::Submit, "");
    presses(&mut row, "eve", "approve", ReportTransition::Approve, "");
    buttons(&row);

    history(&log.into_inner()?)?;
    Ok(())
}

/// The example has a fixed clock, so that it prints the same on each run.
fn requests() -> impl FnMut(&'static str) -> Request {
    let mut at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(9);
    let mut number = 0;
    move |actor| {
        number += 1;
        at += TimeDelta::minutes(7);
        let host = if actor == "ann" { 17 } else { 40 };
        let ip = Ipv4Addr::new(192, 0, 2, host);
        Request { scope: Scope::new().by(actor).ip(ip).request_id(number), at }
    }
}

/// The buttons of a page: those that the chart and the guards allow, and for a user also the permissions.
fn buttons(row: &Row) {
    let report = row.load();
    let names = |edges: Vec<&'static tollgate::chart::Edge>| {
        let names: Vec<&str> = edges.into_iter().map(|edge| edge.transition).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let of = |actor: &str| names(report.available_to(&actor.into()));
    let state = report.state().name;
    println!("    buttons in {state}: {} (ann: {}; bob: {})", names(report.available()), of("ann"), of("bob"));
}

/// The log as a table, refusals included.
fn history(log: &[u8]) -> io::Result<()> {
    println!();
    println!("History of report 7 (an illegal press is not a step, so it is not in the log):");
    let head = ["time", "v", "transition", "from -> to", "actor", "ip", "request", "why"].map(str::to_owned);
    let mut rows = vec![head];
    for record in serde_json::Deserializer::from_slice(log).into_iter::<Record>() {
        let Record { at, version, transition, from, to, actor, reason, context, refused_by, refusal, .. } = record?;
        let target = to.unwrap_or_default();
        let refused = refused_by.map(|name| format!("refused by {name}: {}", refusal.unwrap_or_default()));
        rows.push([
            at.format("%Y-%m-%d %H:%M").to_string(),
            version.map_or("-".to_owned(), |version| version.to_string()),
            transition.unwrap_or_default().into_owned(),
            format!("{} -> {target}", from.as_deref().unwrap_or("(new)")),
            actor.map(|actor| actor.to_string()).unwrap_or_default(),
            context.get(Scope::IP).and_then(|ip| ip.as_str()).unwrap_or_default().to_owned(),
            context.get(Scope::REQUEST_ID).map(ToString::to_string).unwrap_or_default(),
            refused.or(reason).unwrap_or_default(),
        ]);
    }
    let widths: [usize; 8] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        println!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    Ok(())
}
