//! The service: orders, their payments and their shipments behind HTTP. The program and its tests start the same one.

mod history;
mod order;
mod payment;
mod problem;
// The tests include both services in one program.
#[allow(clippy::duplicate_mod, reason = "each service is complete by itself")]
#[path = "../../axum_api/service/request.rs"]
mod request;
mod routes;
mod shipment;
pub(crate) mod shop;
#[allow(clippy::duplicate_mod, reason = "each service is complete by itself")]
#[path = "../../axum_api/service/stop.rs"]
mod stop;
mod tables;
mod view;

use std::future::Future;
use std::io;

use tokio::net::TcpListener;

use self::shop::Shop;

/// Serves the shop until `until` is ready; requests in flight then have a few seconds.
pub(crate) async fn serve(
    listener: TcpListener,
    shop: Shop,
    until: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    stop::serve(listener, routes::router(shop), until).await
}
