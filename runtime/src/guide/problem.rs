// The error of a handler, for the page on web handlers. The page shows it, and an example includes it.

use tollgate::commit::Steps;
use tollgate::serde_json::{self, Value, json};
use tollgate::{CommitError, NotAllowed};

/// A status and a body, whatever your framework calls them.
#[derive(Debug)]
struct Problem {
    status: u16,
    body: Value,
}

impl Problem {
    fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, body: json!({ "code": code, "message": message.into() }) }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::new(400, "malformed", error.to_string()) // the body is not a command
    }
}

impl From<NotAllowed<ReportState>> for Problem {
    fn from(refused: NotAllowed<ReportState>) -> Self {
        Self { status: 409, body: json!(refused.to_client()) }
    }
}

impl<S: Steps, E> From<CommitError<S, E>> for Problem {
    fn from(refused: CommitError<S, E>) -> Self {
        let status = match refused.code() {
            _ if refused.refusal_error().is_some() => 503, // the sink could not record the refusal
            "permission" => 403,
            "sink" => 503,
            _ => 422,
        };
        Self { status, body: json!(refused.to_client()) }
    }
}
