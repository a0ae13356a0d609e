//! The command line: the table of commands, their arguments, and what is generated from the table.

pub mod after_help;
mod archive;
mod calendar;
mod check;
mod compare;
mod demo;
mod dlq;
mod explain;
mod health;
mod import;
mod lines;
mod reference;
mod replay;
mod report;
mod run;
mod simulate;
mod source;
mod support_bundle;
mod table;
mod time_argument;
mod values;

pub use archive::{
    ArchiveArguments, ArchiveCommand, CreateArchiveArguments, EraseContactArguments, RestoreArchiveArguments,
    VerifyArchiveArguments,
};
pub use calendar::CalendarArguments;
pub use check::CheckArguments;
pub use compare::{CompareArguments, Compared};
pub use demo::{DemoArguments, DemoSource};
pub use dlq::{
    DlqArguments, DlqCommand, LettersArguments, ListLettersArguments, RedriveArguments, SelectionArguments,
    ShowLetterArguments,
};
pub use explain::ExplainArguments;
pub use health::HealthArguments;
pub use import::ImportArguments;
pub use lines::LinesArguments;
pub use reference::{CompletionsArguments, ManArguments};
pub use replay::{KnownAt, ReplayArguments, ReplayFormat};
pub use report::{FigureOnRequest, ReportArguments, ReportFormatOption};
pub use run::RunArguments;
pub use simulate::SimulateArguments;
pub use source::SourceArguments;
pub use support_bundle::SupportBundleArguments;
pub use table::{Command, CommandLine, read, table};
pub use time_argument::TimeArgument;
pub use values::{AccessArguments, ListingArguments};
