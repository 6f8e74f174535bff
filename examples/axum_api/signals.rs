//! How the program ends: the first signal stops the service gracefully, the second ends it at once.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::oneshot;

/// How long the commits that are under way may take after the service has ended.
const LAST_COMMITS: Duration = Duration::from_secs(1);

/// Ready when the service must stop.
pub(crate) type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs the program. Commits that have begun are completed before the log is closed.
pub(crate) fn run(program: impl Future<Output = Result<(), Box<dyn Error>>>) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(program);
    runtime.shutdown_timeout(LAST_COMMITS);
    outcome
}

/// Serves until SIGINT or SIGTERM. A second one is an error, so that the program does not end with success.
pub(crate) async fn serve_until_signal<S: Future<Output = io::Result<()>>>(
    serve: impl FnOnce(Stop) -> S,
) -> Result<(), Box<dyn Error>> {
    let mut signals = Signals::listen()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let service = serve(Box::pin(async move { drop(stopped.await) }));
    let signalled = async {
        signals.next().await;
        drop(stop);
        signals.next().await;
    };
    tokio::select! {
        served = service => Ok(served?),
        () = signalled => Err("ended by a second signal; requests in flight are not answered".into()),
    }
}

/// The signals that end a service. Service managers send SIGTERM, a terminal sends SIGINT.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // If no signal handler can be installed, the process must be killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
