//! A loopback proxy that cuts a connection at a chosen point.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::machines::Failure;

/// The point at which the next connection with a matching statement is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Nowhere,
    /// Before the server receives the statement.
    Before,
    /// After the server has answered, before the answer is forwarded.
    After,
}

#[derive(Debug)]
struct State {
    cut: std::sync::Mutex<(Cut, Vec<u8>)>,
    cuts: AtomicUsize,
    is_shut: AtomicBool,
}

/// A proxy in front of a server.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    pub(crate) url: String,
    state: Arc<State>,
}

impl Proxy {
    /// Starts a proxy in front of the server of this URL.
    pub(crate) async fn before(url: &str) -> Result<Self, Failure> {
        let (user, rest) = url.split_once('@').ok_or("it names a user")?;
        let (server, database) = rest.split_once('/').ok_or("it names a database")?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("{user}@{}/{database}", listener.local_addr()?);
        let state = Arc::new(State {
            cut: (Cut::Nowhere, Vec::new()).into(),
            cuts: AtomicUsize::new(0),
            is_shut: AtomicBool::new(false),
        });
        let proxy = Self { url, state: Arc::clone(&state) };
        let server = server.to_owned();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if state.is_shut.load(Ordering::SeqCst) {
                    continue;
                }
                let (state, server) = (Arc::clone(&state), server.clone());
                tokio::spawn(async move {
                    let _ = carry(client, &server, &state).await;
                });
            }
        });
        Ok(proxy)
    }

    /// Cuts the next connection that sends these bytes to the server.
    pub(crate) fn cut_at(&self, cut: Cut, bytes: &[u8]) {
        *self.state.cut.lock().expect("no test panics with it") = (cut, bytes.to_vec());
    }

    /// Sets whether new connections are refused.
    pub(crate) fn shut(&self, is_shut: bool) {
        self.state.is_shut.store(is_shut, Ordering::SeqCst);
    }

    pub(crate) fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

/// Forwards bytes both ways until one side ends, or the connection is cut.
async fn carry(mut client: TcpStream, server: &str, state: &State) -> std::io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let (mut there, mut back) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut is_doomed = false;
    loop {
        tokio::select! {
            count = client.read(&mut there) => {
                let count = count?;
                if count == 0 {
                    return Ok(());
                }
                let cut = {
                    let mut cut = state.cut.lock().expect("no test panics with it");
                    let is_it = cut.0 != Cut::Nowhere && there[..count].windows(cut.1.len()).any(|window| window == cut.1);
                    if is_it { std::mem::replace(&mut cut.0, Cut::Nowhere) } else { Cut::Nowhere }
                };
                if cut != Cut::Nowhere {
                    state.cuts.fetch_add(1, Ordering::SeqCst);
                }
                if cut == Cut::Before {
                    return Ok(());
                }
                is_doomed |= cut == Cut::After;
                server.write_all(&there[..count]).await?;
            }
            count = server.read(&mut back) => {
                let count = count?;
                // The server has executed it and answers; the answer is discarded.
                if count == 0 || is_doomed {
                    return Ok(());
                }
                client.write_all(&back[..count]).await?;
            }
        }
    }
}
