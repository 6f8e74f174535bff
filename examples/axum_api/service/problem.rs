//! What went wrong, as a status and a body: `{"error": ..}`, and the facts that a client can act on.

use std::io;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tollgate::Cause;
use tollgate::chart::Requirement;
use tollgate::uuid::Uuid;

use super::report::{AnyReport, Link, links};

/// What went wrong. In none of these cases has anything moved.
#[derive(Debug)]
pub(crate) enum Problem {
    /// 404.
    Unknown(String),
    /// 405.
    Method,
    /// 400, with serde's words: the body is not a command.
    Malformed(serde_json::Error),
    /// 409, with what is allowed instead: the chart has no such edge.
    NotAllowed { error: String, state: &'static str, version: u64, allowed: Vec<Link> },
    /// 403.
    Denied { permission: &'static str, reason: String },
    /// 422: the request is understood, and what it asks for does not hold.
    Guard { guard: &'static str, reason: String },
    /// 422 as well. 428 would read well, but is for requests that lack `If-Match` and the like; 401 would want
    /// a way to log in, and the header `x-actor` is none.
    Missing(Requirement),
    /// 503: the sink has refused. Where the step is kept, `retry` commits it again with the same record id.
    Log { error: io::Error, record: Option<Uuid>, retry: Option<String> },
    /// 500.
    Other(String),
}

impl Problem {
    pub(crate) fn not_allowed(error: String, report: &AnyReport) -> Self {
        let allowed = links(report.id, report.allowed());
        Self::NotAllowed { error, state: report.state().name, version: report.version(), allowed }
    }

    pub(crate) fn refused(cause: Cause<io::Error>) -> Self {
        match cause {
            Cause::Guard { name, reason } => Self::Guard { guard: name, reason },
            Cause::Permission { name, reason } => Self::Denied { permission: name, reason },
            Cause::Requirement(requirement) => Self::Missing(requirement),
            Cause::Sink(error) => Self::Log { error, record: None, retry: None },
            other => Self::Other(other.to_string()),
        }
    }

    fn describe(self) -> (StatusCode, Value) {
        match self {
            Self::Unknown(words) => (StatusCode::NOT_FOUND, json!({ "error": words })),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                json!({ "error": "this resource has no such method; the header `allow` names those that it has" }),
            ),
            Self::Malformed(error) => (StatusCode::BAD_REQUEST, json!({ "error": error.to_string() })),
            Self::NotAllowed { error, state, version, allowed } => (
                StatusCode::CONFLICT,
                json!({ "error": error, "state": state, "version": version, "allowed": allowed }),
            ),
            Self::Denied { permission, reason } => {
                (StatusCode::FORBIDDEN, json!({ "error": reason, "permission": permission }))
            }
            Self::Guard { guard, reason } => {
                (StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": reason, "guard": guard }))
            }
            Self::Missing(requirement) => {
                let place = match requirement {
                    Requirement::Actor => "the header `x-actor`",
                    _ => "the body as `reason`",
                };
                let error = format!("this requires {requirement}: say it in {place}");
                (StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": error, "missing": requirement.name() }))
            }
            Self::Log { error, record, retry } => {
                let mut body = json!({ "error": format!("the log has refused, and nothing moved: {error}") });
                if let Some(record) = record {
                    body["record"] = record.to_string().into();
                }
                if let Some(href) = retry {
                    body["retry"] = json!({ "method": "POST", "href": href });
                }
                (StatusCode::SERVICE_UNAVAILABLE, body)
            }
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
