//! The routes: what a request says is read here, and the desk is asked.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /reports` | 201 and the report |
//! | `GET /reports/{id}` | the report, with a link for each transition that is available |
//! | `GET /reports/{id}/history` | its records, refusals among them |
//! | `POST /reports/{id}/transitions` | the report in its new state; else see `Problem` |
//! | `POST /reports/{id}/retries/{record}` | the same, for a step that the log has refused |
//!
//! Who acts is read from the header `x-actor`. **A header is not authentication**: anybody can write anything into
//! it. A service that means it puts a login in front, and makes the scope from what that has found out.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde::de::DeserializeOwned;
use tokio::task::spawn_blocking;
use tollgate::Record;
use tollgate::sink::Scope;
use tollgate::uuid::Uuid;

use super::desk::Desk;
use super::problem::Problem;
use super::report::View;

pub(crate) fn router(desk: Desk) -> Router {
    Router::new()
        .route("/reports", post(create))
        .route("/reports/{id}", get(show))
        .route("/reports/{id}/history", get(history))
        .route("/reports/{id}/transitions", post(fire))
        .route("/reports/{id}/retries/{record}", post(retry))
        .method_not_allowed_fallback(async || Problem::Method)
        .fallback(async || Problem::Unknown("there is nothing here; reports are under `/reports`".to_owned()))
        .layer(middleware::from_fn(scope))
        .with_state(desk)
}

/// Makes the request's scope and hands it on as an extension; its id goes back with the response. Behind a
/// proxy of one's own the ip would be read from what that proxy says.
async fn scope(ConnectInfo(peer): ConnectInfo<SocketAddr>, mut request: Request, next: Next) -> Response {
    let scope = scope_of(peer, request.headers());
    let id = scope.context().get(Scope::REQUEST_ID).and_then(|id| HeaderValue::from_str(id.as_str()?).ok());
    request.extensions_mut().insert(scope);
    let mut response = next.run(request).await;
    if let Some(id) = id {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

fn scope_of(peer: SocketAddr, headers: &HeaderMap) -> Scope {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let mut scope = Scope::new().ip(peer.ip());
    if let Some(id) = header("x-request-id") {
        scope = scope.request_id(id);
    }
    if let Some(actor) = header("x-actor") {
        scope = scope.by(actor);
    }
    scope
}

/// Asks the desk where it may wait for its turn and for the disk: on a thread that the runtime keeps for that.
async fn at<T: Send + 'static>(
    desk: Desk,
    ask: impl FnOnce(&Desk) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let asked = spawn_blocking(move || ask(&desk)).await;
    asked.unwrap_or_else(|panicked| Err(Problem::Other(panicked.to_string())))
}

async fn create(
    State(desk): State<Desk>,
    Extension(scope): Extension<Scope>,
    body: Bytes,
) -> Result<Response, Problem> {
    let draft = read(&body)?;
    let view = at(desk, move |desk| desk.create(draft, &scope)).await?;
    let location = [(LOCATION, format!("/reports/{}", view.id))];
    Ok((StatusCode::CREATED, location, Json(view)).into_response())
}

async fn show(
    State(desk): State<Desk>,
    Extension(scope): Extension<Scope>,
    Path(id): Path<String>,
) -> Result<Json<View>, Problem> {
    let id = number(&id)?;
    Ok(Json(at(desk, move |desk| desk.show(id, &scope)).await?))
}

async fn history(State(desk): State<Desk>, Path(id): Path<String>) -> Result<Json<Vec<Record>>, Problem> {
    let id = number(&id)?;
    Ok(Json(at(desk, move |desk| desk.history(id)).await?))
}

async fn fire(
    State(desk): State<Desk>,
    Extension(scope): Extension<Scope>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<View>, Problem> {
    let (id, command) = (number(&id)?, read(&body)?);
    Ok(Json(at(desk, move |desk| desk.fire(id, command, &scope)).await?))
}

async fn retry(
    State(desk): State<Desk>,
    Extension(scope): Extension<Scope>,
    Path((id, record)): Path<(String, String)>,
) -> Result<Json<View>, Problem> {
    let record = Uuid::parse_str(&record).map_err(|_| Problem::Unknown(format!("`{record}` is not a record's id")))?;
    let id = number(&id)?;
    Ok(Json(at(desk, move |desk| desk.retry(id, record, &scope)).await?))
}

/// The body as it is, whatever type it claims to have: serde says where it is malformed.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(Problem::Malformed)
}

fn number(id: &str) -> Result<u64, Problem> {
    id.parse().map_err(|_| Problem::Unknown(format!("there is no report {id}")))
}
