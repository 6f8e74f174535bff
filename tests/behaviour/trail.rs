//! Trails in forms that tests compare.

use serde_json::Value;
use tollgate::Record;

/// Returns the record without its id and its time, which no two commits share.
pub(crate) fn said(record: &Record) -> Value {
    let mut json = serde_json::to_value(record).expect("a record is JSON");
    let fields = json.as_object_mut().expect("a record is an object");
    assert!(fields.remove("id").is_some() && fields.remove("at").is_some(), "a record has an id and a time");
    json
}

/// Returns `create: -> Draft`, a line for each record.
pub(crate) fn moves(log: &[Record]) -> Vec<String> {
    let name = |name: &Option<std::borrow::Cow<'static, str>>| name.as_deref().unwrap_or_default().to_owned();
    log.iter()
        .map(|record| format!("{}: {} -> {}", name(&record.transition), name(&record.from), name(&record.to)))
        .collect()
}

/// Returns the versions in the order of the log.
pub(crate) fn versions(log: &[Record]) -> Vec<u64> {
    log.iter().filter_map(|record| record.version).collect()
}
