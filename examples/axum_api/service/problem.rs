//! Failed requests, as a status and a body: `{"code": .., "message": ..}`, and the facts that a client can act on.

use std::io;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tollgate::uuid::Uuid;
use tollgate::{NotAllowed, Refusal};

use super::report::{AnyReport, Link, ReportState, links};
use super::request::BadRequest;

/// A failed request. In none of these cases has a report moved.
#[derive(Debug)]
pub(crate) enum Problem {
    /// 404.
    Unknown(String),
    /// 405.
    Method,
    /// 400, 413, 415 or 422: a part of the request cannot be read, or a field of it is not acceptable.
    BadRequest(BadRequest),
    /// 409, with the transitions that are allowed: the chart has no such edge.
    NotAllowed { refusal: Box<Refusal>, version: u64, available: Vec<Link> },
    /// 403 if the permission was not given, else 422: the request is understood, and does not meet a condition. 428 would
    /// read well, but is for requests that lack `If-Match` and the like; 401 would require a way to log in.
    Refused(Box<Refusal>),
    /// 422: a report has an author, and the request has no actor.
    NoAuthor,
    /// 503: the log failed. The error is for the operator alone. If the step is kept, `retry` commits it again with the
    /// same record id.
    Log { error: io::Error, record: Option<Uuid>, retry: Option<String> },
    /// 500.
    Other(String),
}

impl Problem {
    /// The problem, and the unchanged report.
    pub(crate) fn not_allowed(not_allowed: NotAllowed<ReportState>) -> (Self, AnyReport) {
        let refusal = Box::new(not_allowed.to_client());
        let report = not_allowed.into_machine();
        let available = links(report.id, report.allowed());
        (Self::NotAllowed { refusal, version: report.version(), available }, report)
    }

    fn describe(self) -> (StatusCode, Value) {
        match self {
            Self::Unknown(words) => (StatusCode::NOT_FOUND, body("not_found", &words)),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                body(
                    "method_not_allowed",
                    "this resource has no such method; the header `allow` names those that it has",
                ),
            ),
            Self::BadRequest(bad) => bad.describe(),
            Self::NotAllowed { refusal, version, available } => {
                let mut body = json!(refusal);
                body["version"] = version.into();
                body["available"] = json!(available);
                (StatusCode::CONFLICT, body)
            }
            Self::Refused(refusal) => {
                let is_denied = refusal.code == "permission";
                let status = if is_denied { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY };
                (status, json!(refusal))
            }
            Self::NoAuthor => (StatusCode::UNPROCESSABLE_ENTITY, body("actor_required", "an actor is required")),
            Self::Log { error, record, retry } => {
                eprintln!("axum_api: the log refused: {error}");
                let mut body = body("sink", "the log failed, and nothing moved");
                if let Some(record) = record {
                    body["record"] = record.to_string().into();
                }
                if let Some(href) = retry {
                    body["retry"] = json!({ "method": "POST", "href": href });
                }
                (StatusCode::SERVICE_UNAVAILABLE, body)
            }
            Self::Other(words) => {
                eprintln!("axum_api: {words}");
                (StatusCode::INTERNAL_SERVER_ERROR, body("internal", "the service failed"))
            }
        }
    }
}

fn body(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

impl From<BadRequest> for Problem {
    fn from(bad: BadRequest) -> Self {
        Self::BadRequest(bad)
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
