//! The canonical form of JSON values, from which digests are computed: one text for one value, in every program.
//!
//! Keys are sorted by their bytes at every depth. A number is an `i64`, a `u64` or a finite `f64`; a float always has a
//! `.` or an `e`, and the shortest digits that read back as it. Only what JSON must escape is escaped. `FORMAT.md` in the
//! repository describes the form to the byte. It is not RFC 8785, which writes the float 1.0 as `1` and cannot hold a
//! large `u64`.
//!
//! [`Record::canonical`](crate::Record::canonical) is the form of a whole record,
//! [`Context::canonical`](crate::Context::canonical) and [`Actor::canonical`](crate::Actor::canonical) of its parts.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// Returns the value as canonical JSON. It does not depend on which features of `serde_json` the program enables.
///
/// ```
/// use tollgate::{canonical, serde_json::json};
///
/// assert_eq!(canonical::to_string(&json!({ "b": 1.0, "a": [1, 1e16, "é\n"] })), r#"{"a":[1,1e+16,"é\n"],"b":1.0}"#);
/// ```
#[must_use]
pub fn to_string(value: &Value) -> String {
    super::canonical_value(value)
}

/// Returns the time as a record's line has it: RFC 3339 in UTC with nine digits of a second, so that texts sort as times.
///
/// A time that no record can hold (see [`Record::check`](crate::Record::check)) has another length.
///
/// ```
/// use tollgate::canonical;
/// use tollgate::chrono::DateTime;
///
/// let at = DateTime::from_timestamp(1_777_627_800, 5).ok_or("in range")?;
/// assert_eq!(canonical::time(&at), "2026-05-01T09:30:00.000000005Z");
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn time(at: &DateTime<Utc>) -> String {
    crate::record::time_text(at)
}
