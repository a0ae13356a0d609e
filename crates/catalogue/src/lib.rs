//! The catalogue of metrics, and the figures written by it: text formats, JSON, CSV, and run files.
//!
//! ```text
//! CATALOGUE ──┬──> Exposition: Prometheus' text format, OpenMetrics       of a Snapshot
//!             ├──> figures_json: JSON                                     of a Snapshot
//!             ├──> Export: CSV, JSON lines, OpenMetrics with timestamps   of Figures at instants of the past
//!             └──> NamedFigure: a figure by the name that a person types
//!
//! run file  RunHeader, Export::instant_line, end_line ──> text ──> RunReader ──> FiguresDocument
//! ```
//!
//! ```
//! use ensilinja_catalogue::{Aggregation, NamedFigure};
//!
//! let [abandoned] = &NamedFigure::find("abandoned_queue").unwrap()[..] else { panic!("it is one figure") };
//! assert_eq!(abandoned.series(), "ensilinja_window_contacts_decided{result=\"abandoned_queue\"}");
//! assert_eq!(abandoned.aggregation(), Aggregation::Sum);
//! ```
//!
//! Each name, label and help text is written once, in [`CATALOGUE`]. The crate decides nothing about contacts: the
//! figures come from the ledger. It is pure: it knows no files, no clock, no environment and no HTTP.

mod access;
mod catalogue;
mod contact_list;
mod day_comparison;
mod export;
mod exposition;
mod figures_document;
pub mod figures_json;
mod line_info;
mod line_sample;
mod line_table;
mod metric;
mod named_figure;
mod number;
mod registry;
pub mod run_file;
mod skip_reason;
mod snapshot;
mod targets;
mod text_format;

pub use access::{AccessRefusal, WebFileState};
pub use catalogue::{CATALOGUE, CatalogueSection, metrics};
pub use contact_list::{ContactList, ContactSeries, ListedContact, ListedEntry, ListedPromise, contacts_json};
pub use day_comparison::{
    ComparedDay, DayComparison, ExpectedArrivals, NotExpected, Spread, days_json, intervals_json,
};
pub use export::{Export, FigureSelection, OpenMetricsFamily};
pub use exposition::Exposition;
pub use figures_document::{FiguresDocument, LineDocument, NotFigures, from_seconds};
pub use line_info::LineInfo;
pub use line_table::LineTable;
pub use metric::{LabelValues, Metric, MetricKind, MetricLabel, json_name};
pub use named_figure::{Aggregation, FigureUnit, NamedFigure, NamedFigureError};
pub use registry::{RegistryFamily, RegistrySeries, RegistryValue};
pub use run_file::reader::{RunFileError, RunReader};
pub use run_file::{Knowledge, NotARunLine, RunHeader, RunLine, RunScope};
pub use skip_reason::SkipReason;
pub use snapshot::{Hazards, MemoryUse, PartitionState, Readiness, Snapshot, own_shard};
pub use targets::{Target, Targets, VolumeGoals, VolumeScope, VolumeStep};
pub use text_format::MetricsFormat;
