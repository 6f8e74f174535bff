//! The service: reports behind HTTP. The program and its tests start the same one.

pub(crate) mod desk;
mod problem;
mod report;
mod request;
mod restore;
mod routes;
mod stop;

use std::future::Future;
use std::io;

use tokio::net::TcpListener;

use self::desk::Desk;

/// Serves the desk until `stop` is ready; requests in flight then have a few seconds.
pub(crate) async fn serve(
    listener: TcpListener,
    desk: Desk,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    stop::serve(listener, routes::router(desk), stop).await
}
