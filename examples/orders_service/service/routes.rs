//! The routes: they read requests and call the shop.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /orders` | 201 and the order |
//! | `GET /orders/{id}` | the order, with a link for each transition that is available |
//! | `POST /orders/{id}/pay`, `ship`, `deliver`, `cancel`, `refund`, `remark` | the order as it then is; else see `Problem` |
//! | `GET /orders/{id}/history?order=newest&limit=20` | a page of records of order, payment and shipment, and where the next one is |
//!
//! The actor is read from the header `x-actor`, in UTF-8. **A header is not authentication**: any client can write any
//! name into it. In production, put a login in front and build the scope from its result.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use tollgate::sink::Scope;

use super::history::{Page, Wanted};
use super::problem::Problem;
use super::request::{self, Body, Params};
use super::shop::Shop;
use super::view::View;

type Answer = Result<Json<View>, Problem>;

/// A route that reads a command from the body and has the shop carry it out.
macro_rules! command {
    ($command:ident) => {
        post(
            async |State(shop): State<Shop>,
                   Extension(scope): Extension<Scope>,
                   Params(id): Params<String>,
                   body: Body|
                   -> Answer { Ok(Json(shop.$command(number(&id)?, body.read()?, &scope).await?)) },
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
        .layer(middleware::from_fn(request::scope))
        .layer(request::body_limit())
        .with_state(shop)
}

async fn place(State(shop): State<Shop>, Extension(scope): Extension<Scope>, body: Body) -> Result<Response, Problem> {
    let view = shop.place(body.read()?, &scope).await?;
    let location = [(LOCATION, format!("/orders/{}", view.id))];
    Ok((StatusCode::CREATED, location, Json(view)).into_response())
}

async fn show(State(shop): State<Shop>, Extension(scope): Extension<Scope>, Params(id): Params<String>) -> Answer {
    Ok(Json(shop.show(number(&id)?, &scope).await?))
}

async fn history(
    State(shop): State<Shop>,
    Params(id): Params<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Page>, Problem> {
    let wanted = Wanted::read(query.as_deref().unwrap_or_default())?;
    Ok(Json(shop.history(number(&id)?, &wanted).await?))
}

fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| Problem::Missing(format!("there is no order {id}")))
}
