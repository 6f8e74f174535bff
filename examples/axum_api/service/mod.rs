//! The service: reports behind HTTP. The program and its tests start the same one.

pub(crate) mod desk;
mod problem;
mod report;
mod restore;
mod routes;

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use self::desk::Desk;

/// Serves the desk until `stop` is ready, and lets the requests that have begun come to their end.
pub(crate) async fn serve(
    listener: TcpListener,
    desk: Desk,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = routes::router(desk).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
