// The error of a handler, for the page on web handlers. The page shows it, and an example includes it.

use tollgate::serde_json::{self, Value, json};
use tollgate::{Cause, CommitError, NotAllowed};

/// A status and a body, whatever your framework calls them.
#[derive(Debug)]
struct Problem {
    status: u16,
    body: Value,
}

impl Problem {
    fn new(status: u16, error: impl Into<String>) -> Self {
        Self { status, body: json!({ "error": error.into() }) }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::new(400, error.to_string()) // the body is not a command
    }
}

impl From<NotAllowed<ReportState>> for Problem {
    fn from(refused: NotAllowed<ReportState>) -> Self {
        Self { status: 409, body: json!({ "error": refused.to_string(), "allowed": refused.allowed() }) }
    }
}

impl<S, E: std::fmt::Display> From<CommitError<S, E>> for Problem {
    fn from(refused: CommitError<S, E>) -> Self {
        if refused.refusal_error().is_some() {
            return Self::new(503, "the refusal could not be recorded");
        }
        match refused.into_cause() {
            Cause::Permission { reason, .. } => Self::new(403, reason),
            Cause::Guard { reason, .. } => Self::new(422, reason),
            Cause::Requirement(missing) => Self::new(422, format!("{missing} is missing")),
            Cause::Sink(_) => Self::new(503, "the change could not be recorded; send the same request again"),
            other => Self::new(422, other.to_string()), // a time or a value that a record cannot hold
        }
    }
}
