//! What went wrong, as a status and a body: `{"error": ..}`, and the facts that a client can act on.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tollgate::chart::Requirement;
use tollgate::chrono::SecondsFormat;
use tollgate::uuid::Uuid;
use tollgate::{Cause, CommitError, NotAllowed, StateMachine};
use tollgate_store::{Conflict, Error, MayConflict, NotACursor, SubjectPlace};

/// What went wrong. In none of these cases but `Unknown` has anything moved.
#[derive(Debug)]
pub(crate) enum Problem {
    /// 404.
    Missing(String),
    /// 405.
    Method,
    /// 400: the body or the query is not what it should be.
    Malformed(String),
    /// 409, with what is allowed instead: the chart has no such edge.
    NotAllowed { error: String, state: &'static str, allowed: Vec<&'static str> },
    /// 409: somebody else moved it since this request read it.
    Conflict(Box<Conflict>),
    /// 403.
    Denied { permission: &'static str, reason: String },
    /// 422: the request is understood, and what it asks for does not hold.
    Guard { guard: &'static str, reason: String },
    /// 422 as well.
    Required(Requirement),
    /// 503: the database was lost in mid-commit, and `record` tells later what became of it.
    Unknown { error: String, record: Uuid },
    /// 503: the database has refused, or cannot be reached.
    Database(String),
    /// 500.
    Other(String),
}

impl Problem {
    fn describe(self) -> (StatusCode, Value) {
        match self {
            Self::Missing(words) => (StatusCode::NOT_FOUND, json!({ "error": words })),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                json!({ "error": "this resource has no such method; the header `allow` names those that it has" }),
            ),
            Self::Malformed(words) => (StatusCode::BAD_REQUEST, json!({ "error": words })),
            Self::NotAllowed { error, state, allowed } => {
                (StatusCode::CONFLICT, json!({ "error": error, "state": state, "allowed": allowed }))
            }
            Self::Conflict(conflict) => {
                let place = |place: &SubjectPlace| json!({ "version": place.version, "state": place.state });
                let (expected, found) = (place(&conflict.expected), place(&conflict.found));
                let since = conflict.since.map(|since| since.to_rfc3339_opts(SecondsFormat::Nanos, true));
                let error = conflict.to_string();
                let body = json!({ "error": error, "expected": expected, "found": found, "since": since });
                (StatusCode::CONFLICT, body)
            }
            Self::Denied { permission, reason } => {
                (StatusCode::FORBIDDEN, json!({ "error": reason, "permission": permission }))
            }
            Self::Guard { guard, reason } => {
                (StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": reason, "guard": guard }))
            }
            Self::Required(requirement) => {
                let place = match requirement {
                    Requirement::Actor => "the header `x-actor`",
                    _ => "the body as `reason`",
                };
                let error = format!("this requires {requirement}: say it in {place}");
                (StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": error, "missing": requirement.name() }))
            }
            Self::Unknown { error, record } => {
                (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": error, "record": record.to_string() }))
            }
            Self::Database(words) => (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": words })),
            Self::Other(words) => (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": words })),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, body) = self.describe();
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, 1.into());
        }
        response
    }
}

impl MayConflict for Problem {
    fn conflict(&self) -> Option<&Conflict> {
        match self {
            Self::Conflict(conflict) => Some(conflict),
            _ => None,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict(conflict) => Self::Conflict(conflict),
            Error::Unknown { record, .. } => Self::Unknown { error: error.to_string(), record },
            Error::Database { .. } | Error::StoreClosed => Self::Database(error.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<NotACursor> for Problem {
    fn from(error: NotACursor) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl<S> From<CommitError<S, Error>> for Problem {
    fn from(refused: CommitError<S, Error>) -> Self {
        if let Some(unrecorded) = refused.refusal_error() {
            return Self::Database(format!("what was refused could not be recorded: {unrecorded}"));
        }
        match refused.into_cause() {
            Cause::Guard { name, reason } => Self::Guard { guard: name, reason },
            Cause::Permission { name, reason } => Self::Denied { permission: name, reason },
            Cause::Requirement(requirement) => Self::Required(requirement),
            Cause::Sink(error) => error.into(),
            other => Self::Other(other.to_string()),
        }
    }
}

impl<M: StateMachine> From<NotAllowed<M>> for Problem {
    fn from(not_allowed: NotAllowed<M>) -> Self {
        let error = not_allowed.to_string();
        Self::NotAllowed { error, state: not_allowed.state(), allowed: not_allowed.allowed() }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{self:?}")
    }
}

impl std::error::Error for Problem {}
