//! The server: sockets, and bounds on what a client may take of them.
//!
//! Whatever a client does, it holds one of a bounded number of connections for a bounded time: it has to send a whole
//! header soon, cannot send much, is let go when it is silent between requests, and for good after a while, so that one
//! that never reads its answer does not stay for ever. A live stream is told to end then, and ends in order. Beyond the
//! bound clients are told so, and beyond a second bound they are cut off.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, watch};
use tokio::task::JoinSet;

use crate::site::Site;

/// Connections beyond the limit that are told to come again; any more are closed without a word.
const REFUSALS: usize = 64;

/// The largest header, request line included, in bytes.
const LARGEST_HEADER: usize = 16 * 1024;

/// How much the program keeps ready to be sent on a connection, in bytes; more only where one piece of an answer is
/// more. A board whose network is slow should see the latest figures, and not those of the last minute one by one.
const MOST_UNSENT: usize = 32 * 1024;

/// How long answers that are under way may take once the connection or the server is to close.
const GRACE: Duration = Duration::from_millis(1500);

/// What clients may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections that are served at a time.
    pub connections: usize,
    /// How long a client may take to send a whole header, the silence before it included.
    pub header_time: Duration,
    /// How long one connection may be used before the client has to make another.
    pub connection_life: Duration,
}

impl Default for Limits {
    /// Enough for hundreds of boards, each of which takes half a dozen connections while it loads and one from then on.
    /// The times are no round numbers on purpose: a connection should not be closed just as the next scrape arrives on
    /// it.
    fn default() -> Self {
        Self { connections: 512, header_time: Duration::from_secs(11), connection_life: Duration::from_secs(307) }
    }
}

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
    /// Listens on `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// [`BindError`] says what the address is and what can be done.
    pub async fn bind(address: SocketAddr) -> Result<Self, BindError> {
        let fail = |source: io::Error| BindError { address, why: why_not(&source), source };
        let listener = TcpListener::bind(address).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves the site until `stop` is done; then takes no more connections, lets answers under way finish within the
    /// grace, and returns.
    pub async fn serve(self, site: Arc<Site>, limits: Limits, stop: impl Future<Output = ()>) {
        let mut places = Places::new(limits.connections);
        let (closing, closed) = watch::channel(());
        let mut connections = JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                Some(_) = connections.join_next() => continue,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    if let Some(place) = places.take() {
                        connections.spawn(converse(stream, Arc::clone(&site), place, limits, closed.clone()));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted; trying again");
                    // Out of file descriptors, most likely: wait for some to come free.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(self.listener);
        drop(closing);
        while connections.join_next().await.is_some() {}
    }
}

/// The places for connections.
struct Places {
    served: Arc<Semaphore>,
    refused: Arc<Semaphore>,
    full: bool,
}

/// A connection's place, free again when it is dropped.
struct Place {
    served: bool,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    fn new(served: usize) -> Self {
        Self { served: Arc::new(Semaphore::new(served)), refused: Arc::new(Semaphore::new(REFUSALS)), full: false }
    }

    /// A place, of those that are served while there are any; `None` when even those that are refused are taken.
    fn take(&mut self) -> Option<Place> {
        let served = Arc::clone(&self.served).try_acquire_owned();
        let was_full = std::mem::replace(&mut self.full, served.is_err());
        if self.full && !was_full {
            tracing::warn!("too many connections; more are refused until some end");
        }
        let refused = |_: TryAcquireError| Arc::clone(&self.refused).try_acquire_owned();
        Some(Place { served: served.is_ok(), _permit: served.or_else(refused).ok()? })
    }
}

/// Serves one connection to its end.
async fn converse(stream: TcpStream, site: Arc<Site>, place: Place, limits: Limits, mut closed: watch::Receiver<()>) {
    // Answers are written whole: waiting to fill packets would only delay the last one.
    let _ = stream.set_nodelay(true);
    // Streams end when it is dropped.
    let (staying, leaving) = watch::channel(());
    let service = service_fn(|request| {
        let (site, leaving) = (Arc::clone(&site), leaving.clone());
        async move {
            let answer = if place.served { site.answer(request, leaving).await } else { Site::busy() };
            Ok::<_, Infallible>(answer)
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_time)
            .max_header_size(LARGEST_HEADER)
            .max_buf_size(MOST_UNSENT)
            .keep_alive(place.served)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        _ = closed.changed() => None,
        () = tokio::time::sleep(limits.connection_life) => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        drop(staying);
        let Ok(ended) = tokio::time::timeout(GRACE, connection).await else {
            return tracing::debug!("a connection was cut off with an answer under way");
        };
        ended
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

fn why_not(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "another process listens there already; stop it or choose another port".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        io::ErrorKind::PermissionDenied => "not permitted; ports below 1024 need a privilege".to_owned(),
        _ => error.to_string(),
    }
}
