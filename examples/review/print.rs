//! Prints the result: the trail of each report, the refusals, the totals.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

use tollgate::{Record, RecordKind};

use crate::desk::{Desk, Refusal};
use crate::report::AnyReport;

/// The trail at the end of the run.
pub(crate) struct TrailSummary<'a> {
    /// The path or the address.
    pub(crate) name: String,
    pub(crate) records: &'a [Record],
    /// The number of resumed records.
    pub(crate) resumed: usize,
}

/// Prints all of it.
pub(crate) fn everything<E: Display>(out: &mut dyn Write, desk: &Desk<E>, trail: &TrailSummary<'_>) -> io::Result<()> {
    let mut trails: BTreeMap<u64, Vec<&Record>> = BTreeMap::new();
    for record in trail.records.iter().filter(|record| record.is_change()) {
        let number = record.subject.as_ref().and_then(|subject| subject.id.as_u64());
        trails.entry(number.unwrap_or_default()).or_default().push(record);
    }
    for (number, report) in &desk.reports {
        print_report(out, *number, report, &trails[number])?;
    }
    print_refusals(out, &desk.refusals)?;
    print_totals(out, desk, trail)
}

fn print_report(out: &mut dyn Write, number: u64, report: &AnyReport, trail: &[&Record]) -> io::Result<()> {
    let title = Some(plain(report.title.trim())).filter(|title| !title.is_empty());
    writeln!(out, "Report {number}: {} ({})", title.as_deref().unwrap_or("(no title)"), report.state().name)?;
    let head = ["time", "version", "transition", "from -> to", "actor", "reason"].map(str::to_owned);
    let rows = trail.iter().map(|record| {
        [
            record.at.format("%Y-%m-%d %H:%M:%S").to_string(),
            record.version.map(|version| version.to_string()).unwrap_or_default(),
            record.transition.as_deref().unwrap_or_default().to_owned(),
            format!("{} -> {}", record.from.as_deref().unwrap_or("(new)"), record.to.as_deref().unwrap_or_default()),
            record.actor.as_ref().map(|actor| plain(&actor.to_string())).unwrap_or_default(),
            record.reason.as_deref().map(plain).unwrap_or_default(),
        ]
    });
    print_table(out, &std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

fn print_refusals<E: Display>(out: &mut dyn Write, refusals: &[Refusal<E>]) -> io::Result<()> {
    if refusals.is_empty() {
        return Ok(());
    }
    let recorded = refusals.iter().filter(|refusal| refusal.why.is_recorded()).count();
    writeln!(out, "Refused: {}, of which {recorded} in the trail", refusals.len())?;
    let head = ["line", "report", "transition", "actor", "why"].map(str::to_owned);
    let rows = refusals.iter().map(|refusal| {
        let (line, why) = (refusal.line.to_string(), plain(&refusal.why.to_string()));
        match &refusal.asked {
            Some((report, transition, actor)) => {
                let actor = actor.as_deref().map(plain).unwrap_or_default();
                [line, report.to_string(), transition.clone(), actor, why]
            }
            None => [line, String::new(), String::new(), String::new(), why],
        }
    });
    print_table(out, &std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

fn print_totals<E>(out: &mut dyn Write, desk: &Desk<E>, trail: &TrailSummary<'_>) -> io::Result<()> {
    writeln!(out, "Totals")?;
    let (accepted, refused) = (desk.accepted, desk.refusals.len());
    writeln!(out, "  commands: {}, of which {accepted} accepted and {refused} refused", accepted + refused)?;
    print_counts(out, "refused", desk.refusals.iter().map(|refusal| refusal.why.sort()))?;
    print_counts(out, "reports", desk.reports.values().map(|report| report.state().name))?;
    let TrailSummary { name, records, resumed } = trail;
    let refusals = records.iter().filter(|record| record.kind == RecordKind::Refusal).count();
    let changes = records.iter().filter(|record| record.is_change()).count();
    let before = if *resumed > 0 { format!(", of which {resumed} records were resumed") } else { String::new() };
    writeln!(out, "  trail {name}: {changes} changes, {refusals} refusals{before}")
}

/// The number in each category, in alphabetical order.
fn print_counts<'a>(out: &mut dyn Write, what: &str, sorts: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    sorts.for_each(|sort| *counts.entry(sort).or_default() += 1);
    let counts: Vec<String> = counts.iter().map(|(sort, count)| format!("{count} {sort}")).collect();
    if counts.is_empty() { Ok(()) } else { writeln!(out, "  {what}: {}", counts.join(", ")) }
}

/// Prints rows in aligned columns, with an empty line after them.
fn print_table<const N: usize>(out: &mut dyn Write, rows: &[[String; N]]) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..N).map(width).collect();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "  {}", cells.join("  ").trim_end())?;
    }
    writeln!(out)
}

/// Replaces control characters, which would move the cursor: the text comes from an untrusted file.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}
