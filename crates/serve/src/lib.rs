//! The figures over HTTP: metrics, health, JSON and the live board.
//!
//! Everything served comes from one [`Snapshot`], taken when the request arrives (for the live stream once a second
//! while somebody looks), and from the [`Pipeline`]'s counters;
//! every name, label and help text comes from one [`CATALOGUE`]. The crate decides nothing about contacts: it shows
//! what its [`Source`] says, says how old it is, and leaves out what is not known.
//!
//! ```text
//! GET /metrics ──────────────> Source::snapshot ──┬──> Exposition (text, OpenMetrics)
//! GET /api/figures, /lines ───────────────────────┼──> figures as JSON
//! GET /api/live ──> Live, once a second ──────────┴──> events, the same bytes for every viewer
//! GET / ────────────────────────────────────────────> the board's files
//! ```

mod admission;
mod assets;
mod board_json;
mod catalogue;
mod client;
mod connection;
mod export;
mod exposition;
mod figures_json;
mod host;
mod line_card;
mod line_sample;
mod live;
mod named_figure;
mod negotiation;
mod page;
mod patient_stream;
mod piece;
mod pipeline;
mod renderings;
mod reply;
mod server;
mod site;
mod snapshot;
mod targets;
mod viewer;

pub use admission::ConnectionLimits;
pub use catalogue::{CATALOGUE, Kind, Label, Metric, Part, Values};
pub use client::{Address, AddressError, AskError};
pub use export::{Choice, Export, Family, Knowledge, Run};
pub use exposition::Exposition;
pub use host::AllowedHosts;
pub use line_card::LineCard;
pub use named_figure::{FigureError, Makeup, NamedFigure, Unit};
pub use page::Format;
pub use pipeline::{Build, Pipeline};
pub use server::{BindError, Limits, Server};
pub use site::Site;
pub use snapshot::{Hazards, PartitionState, Readiness, Snapshot, Source};
pub use targets::{Target, Targets};
