//! The path of a subject, read from a log.

use tollgate::Record;

/// Returns `create: -> Draft`, a line for each record.
pub(crate) fn moves(log: &[Record]) -> Vec<String> {
    let line = |record: &Record| {
        let transition = record.transition.as_deref().unwrap_or_default();
        let to = record.to.as_deref().unwrap_or_default();
        match record.from.as_deref() {
            Some(from) => format!("{transition}: {from} -> {to}"),
            None => format!("{transition}: -> {to}"),
        }
    };
    log.iter().map(line).collect()
}
