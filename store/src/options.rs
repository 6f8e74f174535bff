//! The options with which a store is opened.

use std::time::Duration;

use tollgate::StateMachine;
use tollgate::machine::Declaration;

/// The options with which a store is opened: the database, the machines, and whether it keeps a chain.
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
/// use tollgate_store::Store;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Store::options("sqlite::memory:").machine::<OrderState>().open().await?;
/// let order = OrderMachine::create(Id::from(7)).commit_async(&store).await?;
/// # let _ = order;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is opened until `open` is called"]
#[allow(clippy::struct_excessive_bools, reason = "each is an option that a caller sets or not")]
pub struct Options {
    pub(crate) url: String,
    pub(crate) machines: Vec<&'static Declaration>,
    pub(crate) keeps_chain: bool,
    pub(crate) synchronous: Synchronous,
    pub(crate) connections: u32,
    pub(crate) timeout: Duration,
    pub(crate) role: Option<String>,
    pub(crate) transaction_pooling: bool,
    pub(crate) restores: bool,
}

/// The crashes that a commit on SQLite survives once it is acknowledged: the values of `PRAGMA synchronous`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Synchronous {
    /// `FULL`: a commit survives a crash of the program and of the machine. SQLite syncs the log at each commit.
    #[default]
    Full,
    /// `NORMAL`: a commit survives a crash of the program. A crash of the machine can lose the last commits; the database
    /// stays consistent.
    Normal,
}

impl Options {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            machines: Vec::new(),
            keeps_chain: true,
            synchronous: Synchronous::Full,
            connections: 10,
            timeout: Duration::from_secs(30),
            role: None,
            transaction_pooling: false,
            restores: false,
        }
    }

    /// Registers the machine when the store is opened, and checks that its chart has every state in which subjects are.
    /// A machine that is not named here is registered when it is first used.
    pub fn machine<M: StateMachine>(mut self) -> Self {
        self.machines.push(Declaration::of::<M>());
        self
    }

    /// Keeps no chain: records carry no digest.
    pub fn without_chain(mut self) -> Self {
        self.keeps_chain = false;
        self
    }

    /// On SQLite: sets `PRAGMA synchronous`. [`Synchronous::Full`] by default.
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// On Postgres: limits the connections of the store. 10 by default. A connection counts until its backend on the server
    /// is free: if you drop a commit that waits for a lock, it counts until the statement has ended.
    ///
    /// The pool for your own queries (`Postgres::pool`) has at most as many again, if you use it.
    pub fn connections(mut self, connections: u32) -> Self {
        self.connections = connections;
        self
    }

    /// On Postgres: works behind a pooler that lends its connections for one transaction each, such as `PgBouncer` in
    /// transaction mode.
    ///
    /// The store then prepares no named statement, and puts each statement into a transaction: a commit is four round trips
    /// instead of one, and is planned each time. The store never needs a session: it uses no `SET`, no `LISTEN`, no cursor
    /// and no lock that outlives a transaction, so all of it works behind a pooler. These do not, because they belong to a
    /// session: settings in the address (`options=..`), which `PgBouncer` refuses, and in queries of your own `LISTEN`, `SET`
    /// without `LOCAL`, session advisory locks, and statements of `sqlx` without `persistent(false)` in a transaction.
    ///
    /// Poolers in session mode need no option, and poolers in statement mode do not work: they refuse transactions.
    pub fn transaction_pooling(mut self) -> Self {
        self.transaction_pooling = true;
        self
    }

    /// Sets the longest time to wait for a connection, or for another program's lock on an SQLite file. 30 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// On Postgres: makes this role where it is missing, and lets it insert records and read. It can change nothing, and
    /// register no chart. It logs in once you let it, `ALTER ROLE .. LOGIN PASSWORD ..`, and moves the subjects of a table
    /// on which you grant it `SELECT` and `UPDATE`. It cannot record a change that is more than a day ahead of the server's clock.
    pub fn insert_only_role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// Restores the triggers, functions and indexes that protect the records, if they were dropped, disabled or changed. Use it
    /// after [`Error::Unprotected`](crate::Error::Unprotected), once you know who changed them: records that were changed in
    /// the meantime stay as they are. On Postgres it needs the owner of the tables.
    pub fn restore_protection(mut self) -> Self {
        self.restores = true;
        self
    }
}

/// Returns the address without its password.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => format!("{scheme}://{}@{host}", user.split_once(':').map_or(user, |(user, _)| user)),
        None => url.to_owned(),
    }
}
