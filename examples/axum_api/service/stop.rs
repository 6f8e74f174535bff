//! Serves until `stop`, and ends within a time limit after that, whatever clients do.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long requests that have begun may take after the stop. One half-sent request would otherwise keep the service
/// running without end.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop` is ready. Requests in flight are then answered for up to [`GRACE`]; the connections that are left are
/// dropped with the runtime.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stopped) = oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        drop(stopping);
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let grace = async {
        let _ = stopped.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = axum::serve(listener, service).with_graceful_shutdown(stop).into_future() => served,
        () = grace => {
            eprintln!("requests that were not complete {} s after the stop are dropped", GRACE.as_secs());
            Ok(())
        }
    }
}
