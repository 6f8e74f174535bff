//! Restores the reports from the log. The desk starts with them.

use std::collections::BTreeMap;

use tollgate::{Record, RecordKind};

use super::report::{AnyReport, Report, ReportState};

/// Replays each report. An error names the report, the record and the reason; the desk must not start then, because it would
/// give out numbers and versions that the log has already.
pub(crate) fn restore(records: &[Record]) -> Result<BTreeMap<u64, AnyReport>, String> {
    let mut histories: BTreeMap<u64, Vec<&Record>> = BTreeMap::new();
    for record in records.iter().filter(|record| is_of_a_report(record)) {
        let subject = record.subject.as_ref();
        let subject = subject.ok_or_else(|| format!("record {} has no subject", record.id))?;
        let id = subject.id.as_u64();
        let id = id.ok_or_else(|| format!("record {} is about {subject}; reports have numbers", record.id))?;
        histories.entry(id).or_default().push(record);
    }
    histories.into_iter().map(|(id, history)| Ok((id, replay(id, &history)?))).collect()
}

/// Refusals moved nothing. A change that names no machine is kept: the replay refuses it.
fn is_of_a_report(record: &Record) -> bool {
    record.is_change() && record.machine.as_deref().is_none_or(|machine| machine == ReportState::CHART.machine)
}

/// No state holds the title and the author: the creation's context and actor do.
fn replay(id: u64, history: &[&Record]) -> Result<AnyReport, String> {
    let first = history[0];
    let title = first.context.get("title").and_then(|title| title.as_str()).map(str::to_owned);
    let author = first.actor.clone();
    let (title, author) = match (title, author) {
        (Some(title), Some(author)) => (title, author),
        _ if first.kind == RecordKind::Creation => {
            return Err(format!("report {id}: record {} has no title or no actor", first.id));
        }
        // The replay names the reason: this history does not begin with a creation.
        (title, author) => (title.unwrap_or_default(), author.unwrap_or_else(|| "unknown".into())),
    };
    AnyReport::replay(Report { id, title, author }, history.iter().copied()).map_err(|error| {
        let record = history.get(error.position - 1).unwrap_or(&first);
        format!("report {id}: record {}: {}", record.id, error.why)
    })
}
