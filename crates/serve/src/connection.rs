//! One connection, from its first byte to its end.
//!
//! A connection gets buffers only when its first byte arrives; with TLS, the handshake comes next. It ends when it
//! sends nothing for too long, when it does not read the answer, when it reaches the end of its life, when it is
//! evicted ([`admission`](crate::admission)), and when the server stops. An answer in progress may then finish within
//! the grace period.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use ensilinja_catalogue::AccessRefusal;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::admission::ConnectionSlot;
use crate::limits::ServerLimits;
use crate::routes::Routes;
use crate::transport::{HandshakeFailure, Transport};

/// The largest header, request line included, in bytes.
const LARGEST_HEADER: usize = 16 * 1024;

/// The bytes that the program buffers for a connection; more only if one chunk of an answer is longer. A board on a
/// slow network should get the latest figures, not all of the last minute one by one.
const MOST_UNSENT: usize = 32 * 1024;

/// How long an answer in progress may take once the connection or the server is closing.
const GRACE: Duration = Duration::from_millis(1500);

/// Serves one connection to its end. `closed` changes when the server stops.
pub(crate) async fn serve_connection(
    stream: TcpStream,
    routes: Arc<Routes>,
    slot: Arc<ConnectionSlot>,
    limits: ServerLimits,
    mut closed: watch::Receiver<()>,
) {
    let accepted = Instant::now();
    // Answers are written whole. Waiting to fill packets would only delay the last one.
    let _ = stream.set_nodelay(true);
    let has_data = tokio::select! {
        readable = stream.readable() => readable.is_ok(),
        () = slot.evicted() => false,
        _ = closed.changed() => false,
        () = sleep_until(accepted + limits.first_request_time) => false,
    };
    if has_data {
        // Boxed, so that a silent connection does not take the memory of an active one.
        Box::pin(async move {
            if let Some(transport) = secure(stream, &routes, &slot, &limits, &mut closed, accepted).await {
                answer(transport, routes, slot, limits, closed, accepted).await;
            }
        })
        .await;
    }
}

/// Makes the handshake, if the server speaks TLS. It takes from the time of the first request, and until that has come
/// the connection counts as silent.
async fn secure(
    stream: TcpStream,
    routes: &Routes,
    slot: &ConnectionSlot,
    limits: &ServerLimits,
    closed: &mut watch::Receiver<()>,
    accepted: Instant,
) -> Option<Transport> {
    let protection = routes.protection();
    let Some(tls) = protection.tls() else { return Some(Transport::plain(stream, limits.unread_time)) };
    let handshake = tokio::select! {
        handshake = Transport::secured(stream, limits.unread_time, &tls.context) => handshake,
        () = slot.evicted() => return None,
        _ = closed.changed() => return None,
        () = sleep_until(accepted + limits.first_request_time) => {
            routes.count_refusal(AccessRefusal::HandshakeTimeout);
            tracing::debug!("connection closed: no TLS handshake in time");
            return None;
        }
    };
    match handshake {
        Ok(transport) => return Some(transport),
        Err(HandshakeFailure::PlainHttp) => {
            routes.count_refusal(AccessRefusal::PlainHttp);
            tracing::debug!("connection closed: plain HTTP on a port with TLS");
        }
        Err(HandshakeFailure::Failed(error)) => {
            routes.count_refusal(AccessRefusal::Handshake);
            tracing::debug!(error, "TLS handshake failed");
        }
    }
    None
}

async fn answer(
    transport: Transport,
    routes: Arc<Routes>,
    slot: Arc<ConnectionSlot>,
    limits: ServerLimits,
    mut closed: watch::Receiver<()>,
    accepted: Instant,
) {
    // Streams end when `staying` is dropped.
    let (staying, leaving) = watch::channel(());
    let service = service_fn(|request| {
        let (routes, slot, leaving) = (Arc::clone(&routes), Arc::clone(&slot), leaving.clone());
        async move { Ok::<_, Infallible>(routes.answer(request, &slot, leaving).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .half_close(true)
            .header_read_timeout(limits.header_time)
            .max_header_size(LARGEST_HEADER)
            .max_buf_size(MOST_UNSENT)
            .serve_connection(TokioIo::new(transport), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = slot.evicted() => None,
        _ = closed.changed() => None,
        () = sleep_until(accepted + limits.connection_life) => None,
        () = no_request(&slot, accepted + limits.first_request_time) => {
            return tracing::debug!("connection closed: no whole request in time");
        }
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        drop(staying);
        let Ok(ended) = tokio::time::timeout(GRACE, connection).await else {
            return tracing::debug!("connection cut off with an answer in progress");
        };
        ended
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection failed");
    }
}

/// Resolves at `deadline` if no whole request has arrived by then; otherwise never.
async fn no_request(slot: &ConnectionSlot, deadline: Instant) {
    sleep_until(deadline).await;
    if slot.has_sent_request() {
        std::future::pending::<()>().await;
    }
}
