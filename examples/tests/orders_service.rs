//! The example `orders_service`: real requests over loopback, on both databases. Here the service that tests start.

/// Makes two tests of each promise, a `fn(&Server)`: one on a new SQLite file and one on a new Postgres database.
macro_rules! on_both {
    ($($promise:ident)+) => {
        mod sqlite {$(
            #[test]
            fn $promise() {
                super::$promise(&crate::orders_service::Server::on_sqlite(stringify!($promise)));
            }
        )+}

        mod postgres {$(
            #[test]
            #[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
            fn $promise() {
                super::$promise(&crate::orders_service::Server::start(&tollgate_cluster::database(stringify!($promise))));
            }
        )+}
    };
}

mod fields;
mod moves;
mod pages;
mod program;
mod races;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::axum_api::client::{Answer, send};
use crate::scratch;

#[path = "../orders_service/service/mod.rs"]
mod service;

/// A service on a free port, which is stopped when this is dropped.
struct Server {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Server {
    fn on_sqlite(folder: &str) -> Self {
        Self::start(&format!("sqlite://{}", scratch(folder).join("orders.db").display()))
    }

    fn start(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener can wait elsewhere");
        let address = listener.local_addr().expect("it is bound");
        let (end, stopped) = oneshot::channel::<()>();
        let database = url.to_owned();
        let thread = thread::spawn(move || {
            tokio::runtime::Runtime::new()?.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                let stopped = async move { drop(stopped.await) };
                let shop = service::shop::Shop::open(&database).await.expect("the database opens");
                service::serve(listener, shop, stopped).await
            })
        });
        Self { address, end: Some(end), thread: Some(thread) }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.address, method, path, headers, body).expect("the server answers")
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, &[], "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    fn post(&self, actor: &str, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("x-actor", actor)], body)
    }

    /// Creates an order by ann, and returns its path.
    fn place(&self, amount: i64) -> String {
        let placed = self.post("ann", "/orders", &json!({"item": "a lamp", "amount": amount}).to_string());
        assert_eq!(placed.status, 201, "{}", placed.body);
        placed.header("location").expect("it has the path").to_owned()
    }

    fn pay(&self, order: &str) -> Answer {
        self.post("ann", &format!("{order}/pay"), r#"{"card": "4242"}"#)
    }

    fn ship(&self, order: &str) -> Answer {
        self.post("shop", &format!("{order}/ship"), r#"{"carrier": "post"}"#)
    }

    fn deliver(&self, order: &str) -> Answer {
        self.post("shop", &format!("{order}/deliver"), r#"{"signed_by": "ann"}"#)
    }

    /// All records of an order, its payment and its shipment, oldest first.
    fn records(&self, order: &str) -> Vec<Value> {
        let page = self.get(&format!("{order}/history?order=oldest&limit=100"));
        assert!(page["next"].is_null(), "the history is longer than a page");
        page["records"].as_array().expect("a page has records").clone()
    }

    /// The machines and transitions of its records.
    fn story(&self, order: &str) -> Vec<String> {
        let words = |record: &Value| format!("{} {}", record["machine"], record["transition"]).replace('"', "");
        self.records(order).iter().map(words).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(ended, Some(Ok(Ok(())))), "the service ends after the signal: {ended:?}");
        }
    }
}
