//! The server: a socket, and bounds on what a client may take of the program.
//!
//! Whatever a client does, it holds one of a bounded number of connections for a bounded time: it has to send a whole
//! request within seconds, cannot send much, has to read what it is sent, is let go when it is silent between
//! requests, and for good after a while. Who has to give way where there are too many is [`Admission`]'s business.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::admission::Admission;
use crate::connection::converse;
use crate::limits::ServerLimits;
use crate::routes::Routes;

/// What the system keeps of an answer that the client has not read yet, in bytes; it doubles that for its own needs.
/// What does not fit stays in the program, shared by all who are sent the same, and shows that a client does not read.
const SEND_BUFFER: u32 = 32 * 1024;

/// Connections that the system keeps until they are accepted; it may keep fewer (`net.core.somaxconn`).
const BACKLOG: u32 = 4096;

/// How long to wait before accepting again where the system has run out of something.
const BREATHER: Duration = Duration::from_millis(50);

/// How often the log says, at most, that no connection can be accepted.
const BETWEEN_WARNINGS: Duration = Duration::from_mins(1);

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {why}")]
pub struct BindError {
    address: SocketAddr,
    why: String,
    #[source]
    source: io::Error,
}

/// A server that listens and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on `address`; port 0 takes a free one. To be called within a runtime of tokio.
    ///
    /// # Errors
    /// [`BindError`] says what the address is and what can be done.
    ///
    /// # Panics
    /// Outside a runtime.
    pub fn bind(address: SocketAddr) -> Result<Self, BindError> {
        let fail = |source: io::Error| BindError { address, why: why_not(&source), source };
        let listener = listen(address).map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves the routes until `stop` is done; then takes no more connections, lets answers under way finish within the
    /// grace, and returns.
    pub async fn serve(self, routes: Arc<Routes>, limits: ServerLimits, stop: impl Future<Output = ()>) {
        let admission = Admission::new(limits.connections);
        let (closing, closed) = watch::channel(());
        let mut connections = JoinSet::new();
        let mut warned = None;
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                Some(_) = connections.join_next() => continue,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, client)) => {
                    let slot = admission.arrive(client.ip());
                    connections.spawn(converse(stream, Arc::clone(&routes), slot, limits, closed.clone()));
                }
                // The client has changed its mind already.
                Err(error) if is_of_one_client(&error) => {}
                Err(error) => {
                    // Out of file descriptors, most likely.
                    let made_room = admission.make_room();
                    if warned.is_none_or(|warned: Instant| warned.elapsed() >= BETWEEN_WARNINGS) {
                        warned = Some(Instant::now());
                        tracing::warn!(%error, made_room, "a connection could not be accepted; trying again");
                    }
                    tokio::time::sleep(BREATHER).await;
                }
            }
        }
        drop(self.listener);
        drop(closing);
        while connections.join_next().await.is_some() {}
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As a listener of the standard library does: a process that starts anew need not wait for old connections.
    socket.set_reuseaddr(true)?;
    // What is accepted has it from the listener.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn why_not(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "another process listens there already; stop it or choose another port".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        io::ErrorKind::PermissionDenied => "not permitted; ports below 1024 need a privilege".to_owned(),
        _ => error.to_string(),
    }
}
