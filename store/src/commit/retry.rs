//! The retry after a conflict.

use std::error::Error as StdError;

use tollgate::CommitError;

use crate::error::{Conflict, Error};

/// An error that may be a conflict: those of this crate, a `Box` of them, and your own types that implement it.
pub trait MayConflict {
    /// Returns the conflict, if it is one.
    fn conflict(&self) -> Option<&Conflict>;
}

impl MayConflict for Error {
    fn conflict(&self) -> Option<&Conflict> {
        match self {
            Error::Conflict(conflict) => Some(conflict),
            _ => None,
        }
    }
}

impl<S> MayConflict for CommitError<S, Error> {
    fn conflict(&self) -> Option<&Conflict> {
        match self.cause() {
            tollgate::Cause::Sink(error) => error.conflict(),
            _ => None,
        }
    }
}

/// Looks for a conflict among the error and its sources.
fn among<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Conflict> {
    let mut next = Some(error);
    while let Some(error) = next {
        let conflict = error.downcast_ref::<Error>().and_then(MayConflict::conflict);
        let boxed = || error.downcast_ref::<Box<Conflict>>().map(|conflict| &**conflict);
        if let Some(conflict) = conflict.or_else(|| error.downcast_ref()).or_else(boxed) {
            return Some(conflict);
        }
        next = error.source();
    }
    None
}

impl MayConflict for Box<dyn StdError + Send + Sync> {
    fn conflict(&self) -> Option<&Conflict> {
        among(&**self)
    }
}

impl MayConflict for Box<dyn StdError> {
    fn conflict(&self) -> Option<&Conflict> {
        among(&**self)
    }
}

/// Calls `attempt` again after a conflict, at most `tries` times in all, and returns the last result.
///
/// Each attempt must read the subject again, because another commit has changed it.
///
/// ```
/// # use tollgate::{Id, StateMachine};
/// # #[derive(StateMachine)]
/// # #[transition(pay, from = Open, to = Paid)]
/// # enum OrderState {
/// #     #[state(initial)]
/// #     Open,
/// #     #[state(terminal)]
/// #     Paid,
/// # }
/// use tollgate_store::{Store, retry};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Store::open("sqlite::memory:").await?;
/// OrderMachine::create(Id::from(7)).commit_async(&store).await?;
/// let order = retry(3, async || {
///     let order = store.resume::<OrderState>(Id::from(7)).await?;
///     Ok::<_, Box<dyn std::error::Error>>(order.fire(OrderTransition::Pay)?.commit_async(&store).await?)
/// })
/// .await?;
/// assert_eq!(order.state().name, "Paid");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The first error of `attempt` that is not a conflict, or the conflict of the last attempt.
pub async fn retry<T, E: MayConflict, F: Future<Output = Result<T, E>>>(
    tries: u32,
    // Not `AsyncFnMut`: its future is not known to be `Send`, as one in a handler of a web service has to be.
    mut attempt: impl FnMut() -> F,
) -> Result<T, E> {
    let mut left = tries;
    loop {
        left = left.saturating_sub(1);
        match attempt().await {
            Err(error) if left > 0 && error.conflict().is_some() => {}
            outcome => return outcome,
        }
    }
}
