//! The routes: what a request says is read here, and the shop is asked.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /orders` | 201 and the order |
//! | `GET /orders/{id}` | the order, with a link for each transition that is available |
//! | `POST /orders/{id}/pay`, `ship`, `deliver`, `cancel`, `refund`, `remark` | the order as it then is; else see `Problem` |
//! | `GET /orders/{id}/history?order=newest&limit=20` | a page of records of order, payment and shipment, and where the next one is |
//!
//! Who acts is read from the header `x-actor`. **A header is not authentication**: anybody can write anything into
//! it. A service that means it puts a login in front, and makes the scope from what that has found out.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, RawQuery, Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde::de::DeserializeOwned;
use tollgate::sink::Scope;

use super::history::{Page, Wanted};
use super::problem::Problem;
use super::shop::Shop;
use super::view::View;

type Answer = Result<Json<View>, Problem>;

/// A route that reads a command from the body and has the shop carry it out.
macro_rules! command {
    ($command:ident) => {
        post(
            async |State(shop): State<Shop>,
                   Extension(scope): Extension<Scope>,
                   Path(id): Path<String>,
                   body: Bytes|
                   -> Answer { Ok(Json(shop.$command(number(&id)?, read(&body)?, &scope).await?)) },
        )
    };
}

pub(crate) fn router(shop: Shop) -> Router {
    Router::new()
        .route("/orders", post(place))
        .route("/orders/{id}", get(show))
        .route("/orders/{id}/pay", command!(pay))
        .route("/orders/{id}/ship", command!(ship))
        .route("/orders/{id}/deliver", command!(deliver))
        .route("/orders/{id}/cancel", command!(cancel))
        .route("/orders/{id}/refund", command!(refund))
        .route("/orders/{id}/remark", command!(remark))
        .route("/orders/{id}/history", get(history))
        .method_not_allowed_fallback(async || Problem::Method)
        .fallback(async || Problem::Missing("there is nothing here; orders are under `/orders`".to_owned()))
        .layer(middleware::from_fn(scope))
        .with_state(shop)
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

async fn place(State(shop): State<Shop>, Extension(scope): Extension<Scope>, body: Bytes) -> Result<Response, Problem> {
    let view = shop.place(read(&body)?, &scope).await?;
    let location = [(LOCATION, format!("/orders/{}", view.id))];
    Ok((StatusCode::CREATED, location, Json(view)).into_response())
}

async fn show(State(shop): State<Shop>, Extension(scope): Extension<Scope>, Path(id): Path<String>) -> Answer {
    Ok(Json(shop.show(number(&id)?, &scope).await?))
}

async fn history(
    State(shop): State<Shop>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Page>, Problem> {
    let wanted = Wanted::read(query.as_deref().unwrap_or_default())?;
    Ok(Json(shop.history(number(&id)?, &wanted).await?))
}

/// The body as it is, whatever type it claims to have: serde says where it is malformed.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::Malformed(error.to_string()))
}

fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| Problem::Missing(format!("there is no order {id}")))
}
