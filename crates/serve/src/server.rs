//! The server: a listening socket, and limits on the resources of a client.
//!
//! The number and the lifetime of connections are bounded. A client must send a whole request within seconds, cannot
//! send much, and must read its answer. Its connection is closed when it is silent between requests, and in any case
//! after a while. [`Admission`] decides which connections give way when there are too many.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::admission::Admission;
use crate::connection::serve_connection;
use crate::limits::ServerLimits;
use crate::routes::Routes;

/// The send buffer of a connection in the system, in bytes; Linux doubles it. The rest of an answer stays in the
/// program, shared by all clients of the same answer, and shows that a client does not read.
const SEND_BUFFER: u32 = 32 * 1024;

/// Connections that the system queues until they are accepted; `net.core.somaxconn` may limit it to fewer.
const BACKLOG: u32 = 4096;

/// The pause before accepting again when the system has run out of a resource.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// The shortest time between two warnings that no connection can be accepted.
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

/// A server that listens but does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on `address`; port 0 takes a free port. Call it within a tokio runtime.
    ///
    /// # Errors
    /// [`BindError`] names the address and the remedy.
    ///
    /// # Panics
    /// Outside a runtime.
    pub fn bind(address: SocketAddr) -> Result<Self, BindError> {
        let fail = |source: io::Error| BindError { address, why: remedy(&source), source };
        let listener = listen(address).map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        Ok(Self { listener, address })
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves the routes until `stop` resolves. Then it accepts no more connections, lets answers in progress finish
    /// within the grace period, and returns.
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
                    connections.spawn(serve_connection(stream, Arc::clone(&routes), slot, limits, closed.clone()));
                }
                // The client has gone already.
                Err(error) if is_caused_by_client(&error) => {}
                Err(error) => {
                    // Out of file descriptors, most likely.
                    let made_room = admission.make_room();
                    if warned.is_none_or(|warned: Instant| warned.elapsed() >= BETWEEN_WARNINGS) {
                        warned = Some(Instant::now());
                        tracing::warn!(%error, made_room, "connection not accepted");
                    }
                    tokio::time::sleep(RETRY_PAUSE).await;
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
    // Like a listener of the standard library: a restarted process need not wait for old connections.
    socket.set_reuseaddr(true)?;
    // Accepted connections inherit it from the listener.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn is_caused_by_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn remedy(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "another process already listens there; stop it or choose another port".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address".to_owned(),
        io::ErrorKind::PermissionDenied => "not permitted; ports below 1024 need a privilege".to_owned(),
        _ => error.to_string(),
    }
}
