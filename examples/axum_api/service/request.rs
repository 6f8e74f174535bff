//! Reads the parts of a request that both services share: body, path and headers. Each fault becomes a `BadRequest`.
//!
//! A client gets JSON for every fault but one: if the bytes are not HTTP at all, hyper answers before axum sees a request,
//! with a status and an empty body.

use std::net::{IpAddr, SocketAddr};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tollgate::sink::Scope;

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The longest text in a field or a header, in characters.
const TEXT_LIMIT: usize = 200;

/// A request that cannot be carried out as it was sent, as a status and a body. Nothing has happened.
#[derive(Debug)]
pub(crate) struct BadRequest {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// The field of the body that has to change.
    field: Option<&'static str>,
}

impl BadRequest {
    /// 400: a part of the request cannot be read.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "malformed", message: message.into(), field: None }
    }

    /// 422: the body was read, and the value of a field is not acceptable.
    pub(crate) fn field(field: &'static str, why: impl AsRef<str>) -> Self {
        let message = format!("`{field}` {}", why.as_ref());
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, code: "field", message, field: Some(field) }
    }

    pub(crate) fn describe(self) -> (StatusCode, Value) {
        let mut body = json!({ "code": self.code, "message": self.message });
        if let Some(field) = self.field {
            body["field"] = field.into();
        }
        (self.status, body)
    }
}

impl IntoResponse for BadRequest {
    fn into_response(self) -> Response {
        let (status, body) = self.describe();
        (status, Json(body)).into_response()
    }
}

/// Sets the limit of a body. A layer, because axum's own limit is larger than a command needs.
pub(crate) fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(BODY_LIMIT)
}

/// A body of JSON. A `content-type` may be left out; if there is one, it must be that of JSON.
#[derive(Debug)]
pub(crate) struct Body(Bytes);

impl Body {
    /// Reads the command; the message is serde's, with line and column.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, BadRequest> {
        serde_json::from_slice(&self.0).map_err(|error| BadRequest::malformed(error.to_string()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = BadRequest;

    async fn from_request(request: Request, state: &S) -> Result<Self, BadRequest> {
        check_content_type(request.headers())?;
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => BadRequest {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                code: "too_large",
                message: format!("the body is larger than {BODY_LIMIT} bytes; send a smaller one"),
                field: None,
            },
            _ => BadRequest::malformed(format!("the body cannot be read: {}", rejection.body_text())),
        })?;
        Ok(Self(bytes))
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), BadRequest> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let found = String::from_utf8_lossy(value.as_bytes());
    let essence = found.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    let message = format!("the body is `{}`; send `application/json`", essence.escape_debug());
    Err(BadRequest { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, code: "unsupported_type", message, field: None })
}

/// The parameters of a path, percent-decoded. Bytes that are not UTF-8 are refused.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = BadRequest;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, BadRequest> {
        let read = Path::from_request_parts(parts, state).await;
        let Path(params) = read.map_err(|_| BadRequest::malformed("the path is not UTF-8; percent-encode UTF-8"))?;
        Ok(Self(params))
    }
}

/// Builds the request's scope and passes it on as an extension; the response carries its id. Behind your own proxy, read
/// the ip from the header that the proxy sets.
pub(crate) async fn scope(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Result<Response, BadRequest> {
    let scope = scope_of(peer.ip(), request.headers())?;
    let id =
        scope.context().get(Scope::REQUEST_ID).and_then(|id| HeaderValue::from_bytes(id.as_str()?.as_bytes()).ok());
    request.extensions_mut().insert(scope);
    let mut response = next.run(request).await;
    if let Some(id) = id {
        response.headers_mut().insert("x-request-id", id);
    }
    Ok(response)
}

fn scope_of(peer: IpAddr, headers: &HeaderMap) -> Result<Scope, BadRequest> {
    let mut scope = Scope::new().ip(peer);
    if let Some(id) = header(headers, "x-request-id")? {
        scope = scope.request_id(id);
    }
    if let Some(actor) = header(headers, "x-actor")? {
        scope = scope.by(actor);
    }
    Ok(scope)
}

/// Reads a header as UTF-8, which is what curl sends. A value that cannot be used is refused: if it counted as absent, the
/// step would be recorded without its actor.
fn header<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, BadRequest> {
    let refuse = |why: &str| Err(BadRequest::malformed(format!("the header `{name}` {why}")));
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return refuse("is there twice; send it once");
    }
    let Ok(text) = std::str::from_utf8(value.as_bytes()) else {
        return refuse("is not UTF-8; encode it as UTF-8");
    };
    if text.trim().is_empty() {
        return refuse("is empty; give it a value or leave it out");
    }
    match text_fault(text) {
        Some(fault) => refuse(&fault),
        None => Ok(Some(text)),
    }
}

/// Refuses a text that is blank, too long, or has control characters.
pub(crate) fn check_text(field: &'static str, text: &str) -> Result<(), BadRequest> {
    if text.trim().is_empty() {
        return Err(BadRequest::field(field, "is blank; give it a value"));
    }
    check_optional_text(field, text)
}

/// Refuses a text that is too long or has control characters. A blank one is left to the machine.
pub(crate) fn check_optional_text(field: &'static str, text: &str) -> Result<(), BadRequest> {
    text_fault(text).map_or(Ok(()), |fault| Err(BadRequest::field(field, fault)))
}

fn text_fault(text: &str) -> Option<String> {
    if text.chars().any(char::is_control) {
        return Some("has a control character; remove it".to_owned());
    }
    let length = text.chars().count();
    (length > TEXT_LIMIT).then(|| format!("has {length} characters; use at most {TEXT_LIMIT}"))
}
