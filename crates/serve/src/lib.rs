//! The figures over HTTP: metrics, health, JSON and the live board.
//!
//! Each answer is made from one [`Snapshot`](ensilinja_catalogue::Snapshot), taken when the request arrives (for the
//! live stream once a second while there is a client), and from the counters of the [`Pipeline`]. The catalogue
//! (`ensilinja-catalogue`) writes the texts. This crate decides nothing about contacts: it shows the state that its
//! [`SnapshotSource`] gives, with its age, and leaves out what is unknown.
//!
//! ```text
//! GET /metrics ──────────────> SnapshotSource::snapshot ──┬──> Exposition (text, OpenMetrics)
//! GET /api/figures, /lines ───────────────────────────────┼──> figures as JSON
//! GET /api/at, /days, /contacts ──> LookBack, one at a time ──> answers about the past
//! GET /api/live ──> LiveStream, once a second ────────────┴──> events, the same bytes for every client
//! GET / ────────────────────────────────────────────────────> the board's files
//! ```

mod admission;
mod assets;
mod board_json;
mod client;
mod connection;
mod gzip_chunk;
mod host;
mod limits;
mod line_past;
mod links;
mod live;
mod look_back;
mod negotiation;
mod password_hash;
mod patient_stream;
mod pipeline;
mod protection;
mod query;
mod renderings;
mod reply;
mod routes;
mod server;
mod source;
mod sse_client;
mod tls;
mod transport;
mod users;

pub use admission::ConnectionLimits;
pub use client::{
    Authorization, CertificateOwner, ProbeAnswer, ProcessAddress, ProcessAddressError, ProcessClient,
    ProcessRequestError, TlsClientSettings, TlsFault, TrustedAuthorities, TrustedBy,
};
pub use host::AllowedHosts;
pub use limits::ServerLimits;
pub use links::BoardLinks;
pub use password_hash::PasswordHash;
pub use pipeline::{Build, Pipeline};
pub use protection::{CurrentProtection, Protection, ProtectionSettings};
pub use routes::Routes;
pub use server::{BindError, Server};
pub use source::{ContactsQuestion, ContactsRefusal, Memory, PastFigures, SnapshotSource};
pub use tls::{CertificateValidity, ClientCertificates, TlsError, TlsSettings, TlsSide};
pub use users::WebUser;
