//! The service: orders, their payments and their shipments behind HTTP. The program and its tests start the same one.

mod history;
mod order;
mod payment;
mod problem;
mod routes;
mod shipment;
pub(crate) mod shop;
mod tables;
mod view;

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use self::shop::Shop;

/// Serves the shop until that is ready, and lets the requests that have begun come to their end.
pub(crate) async fn serve(
    listener: TcpListener,
    shop: Shop,
    until: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = routes::router(shop).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(until).await
}
