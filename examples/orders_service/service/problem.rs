//! Failed requests, as a status and a body: `{"code": .., "message": ..}`, and the facts that a client can act on.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tollgate::chrono::SecondsFormat;
use tollgate::commit::Steps;
use tollgate::uuid::Uuid;
use tollgate::{Cause, CommitError, NotAllowed, Refusal, StateMachine};
use tollgate_store::{Conflict, Error, MayConflict, NotACursor, SubjectPlace};

use super::request::BadRequest;

/// A failed request. In none of these cases but `Unknown` has anything moved.
#[derive(Debug)]
pub(crate) enum Problem {
    /// 404.
    Missing(String),
    /// 405.
    Method,
    /// 400, 413, 415 or 422: a part of the request cannot be read, or a field of it is not acceptable.
    BadRequest(BadRequest),
    /// 409 if the chart has no such edge, 403 if the permission was not given, else 422: the request is understood, and
    /// does not meet a condition.
    Refused(Box<Refusal>),
    /// 409: another request moved it since this request read it.
    Conflict(Box<Conflict>),
    /// 422: an order has a customer, and the request has no actor.
    NoCustomer,
    /// 503: the database was lost in mid-commit, and `record` shows later whether it was written. The text is for the
    /// operator alone.
    Unknown { error: String, record: Uuid },
    /// 503: the database refused, or cannot be reached. The text is for the operator alone.
    Database(String),
    /// 500. The text is for the operator alone.
    Other(String),
}

impl Problem {
    fn describe(self) -> (StatusCode, Value) {
        match self {
            Self::Missing(words) => (StatusCode::NOT_FOUND, body("not_found", &words)),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                body(
                    "method_not_allowed",
                    "this resource has no such method; the header `allow` names those that it has",
                ),
            ),
            Self::BadRequest(bad) => bad.describe(),
            Self::Refused(refusal) => {
                let status = match refusal.code {
                    "illegal_transition" => StatusCode::CONFLICT,
                    "permission" => StatusCode::FORBIDDEN,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                (status, json!(refusal))
            }
            Self::Conflict(conflict) => {
                let place = |place: &SubjectPlace| json!({ "version": place.version, "state": place.state });
                let since = conflict.since.map(|since| since.to_rfc3339_opts(SecondsFormat::Nanos, true));
                let mut body = body("conflict", &conflict.to_string());
                body["expected"] = place(&conflict.expected);
                body["found"] = place(&conflict.found);
                body["since"] = since.into();
                (StatusCode::CONFLICT, body)
            }
            Self::NoCustomer => (StatusCode::UNPROCESSABLE_ENTITY, body("actor_required", "an actor is required")),
            Self::Unknown { error, record } => {
                eprintln!("orders_service: {error}");
                let mut body = body("unknown_outcome", "it is unknown whether it was written");
                body["record"] = record.to_string().into();
                (StatusCode::SERVICE_UNAVAILABLE, body)
            }
            Self::Database(words) => {
                eprintln!("orders_service: {words}");
                (StatusCode::SERVICE_UNAVAILABLE, body("sink", "the database failed, and nothing moved"))
            }
            Self::Other(words) => {
                eprintln!("orders_service: {words}");
                (StatusCode::INTERNAL_SERVER_ERROR, body("internal", "the service failed"))
            }
        }
    }
}

fn body(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message })
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
        Self::BadRequest(BadRequest::malformed(error.to_string()))
    }
}

impl From<BadRequest> for Problem {
    fn from(bad: BadRequest) -> Self {
        Self::BadRequest(bad)
    }
}

impl<S: Steps> From<CommitError<S, Error>> for Problem {
    fn from(refused: CommitError<S, Error>) -> Self {
        if let Some(unrecorded) = refused.refusal_error() {
            return Self::Database(format!("the refusal could not be recorded: {unrecorded}"));
        }
        let refusal = refused.to_client();
        match refused.into_cause() {
            Cause::Sink(error) => error.into(),
            _ => Self::Refused(Box::new(refusal)),
        }
    }
}

impl<M: StateMachine> From<NotAllowed<M>> for Problem {
    fn from(not_allowed: NotAllowed<M>) -> Self {
        Self::Refused(Box::new(not_allowed.to_client()))
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
