//! The routes: they read requests and call the desk.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /reports` | 201 and the report |
//! | `GET /reports/{id}` | the report, with a link for each transition that is available |
//! | `GET /reports/{id}/history` | its records, refusals among them |
//! | `POST /reports/{id}/transitions` | the report in its new state; else see `Problem` |
//! | `POST /reports/{id}/retries/{record}` | the same, for a step that the log has refused |
//!
//! The actor is read from the header `x-actor`, in UTF-8. **A header is not authentication**: any client can write any
//! name into it. In production, put a login in front and build the scope from its result.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use tokio::task::spawn_blocking;
use tollgate::Record;
use tollgate::sink::Scope;
use tollgate::uuid::Uuid;

use super::desk::Desk;
use super::problem::Problem;
use super::report::View;
use super::request::{self, Body, Params};

pub(crate) fn router(desk: Desk) -> Router {
    Router::new()
        .route("/reports", post(create))
        .route("/reports/{id}", get(show))
        .route("/reports/{id}/history", get(history))
        .route("/reports/{id}/transitions", post(fire))
        .route("/reports/{id}/retries/{record}", post(retry))
        .method_not_allowed_fallback(async || Problem::Method)
        .fallback(async || Problem::Unknown("there is nothing here; reports are under `/reports`".to_owned()))
        .layer(middleware::from_fn(request::scope))
        .layer(request::body_limit())
        .with_state(desk)
}

/// Calls the desk on one of the runtime's blocking threads, because it may wait for its mutex and for the disk.
async fn at<T: Send + 'static>(
    desk: Desk,
    ask: impl FnOnce(&Desk) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let asked = spawn_blocking(move || ask(&desk)).await;
    asked.unwrap_or_else(|panicked| Err(Problem::Other(panicked.to_string())))
}

async fn create(State(desk): State<Desk>, Extension(scope): Extension<Scope>, body: Body) -> Result<Response, Problem> {
    let draft = body.read()?;
    let view = at(desk, move |desk| desk.create(draft, &scope)).await?;
    let location = [(LOCATION, format!("/reports/{}", view.id))];
    Ok((StatusCode::CREATED, location, Json(view)).into_response())
}

async fn show(
    State(desk): State<Desk>,
    Extension(scope): Extension<Scope>,
    Params(id): Params<String>,
) -> Result<Json<View>, Problem> {
    let id = number(&id)?;
    Ok(Json(at(desk, move |desk| desk.show(id, &scope)).await?))
}

async fn history(State(desk): State<Desk>, Params(id): Params<String>) -> Result<Json<Vec<Record>>, Problem> {
    let id = number(&id)?;
    Ok(Json(at(desk, move |desk| desk.history(id)).await?))
}

async fn fire(
    State(desk): State<Desk>,
    Extension(scope): Extension<Scope>,
    Params(id): Params<String>,
    body: Body,
) -> Result<Json<View>, Problem> {
    let (id, command) = (number(&id)?, body.read()?);
    Ok(Json(at(desk, move |desk| desk.fire(id, command, &scope)).await?))
}

async fn retry(
    State(desk): State<Desk>,
    Extension(scope): Extension<Scope>,
    Params((id, record)): Params<(String, String)>,
) -> Result<Json<View>, Problem> {
    let record = Uuid::parse_str(&record).map_err(|_| Problem::Unknown(format!("`{record}` is not a record's id")))?;
    let id = number(&id)?;
    Ok(Json(at(desk, move |desk| desk.retry(id, record, &scope)).await?))
}

fn number(id: &str) -> Result<u64, Problem> {
    id.parse().map_err(|_| Problem::Unknown(format!("there is no report {id}")))
}
