//! The command line: the table of commands, their arguments, and what is generated from the table.

pub mod after_help;
mod calendar;
mod check;
mod compare;
mod completions;
mod demo;
mod dlq;
mod explain;
mod lines;
mod listing;
mod man;
mod one_of;
mod replay;
mod report;
mod run;
mod simulate;
mod source;
mod table;
mod when;

pub use calendar::CalendarArguments;
pub use check::CheckArguments;
pub use compare::{CompareArguments, Compared};
pub use completions::CompletionsArguments;
pub use demo::DemoArguments;
pub use dlq::{
    DlqArguments, DlqCommand, LettersArguments, ListLettersArguments, RedriveArguments, SelectionArguments,
    ShowLetterArguments,
};
pub use explain::ExplainArguments;
pub use lines::LinesArguments;
pub use listing::ListingArguments;
pub use man::ManArguments;
pub use replay::{KnownAt, ReplayArguments, ReplayFormat};
pub use report::{ReportArguments, ReportFormatOption};
pub use run::RunArguments;
pub use simulate::SimulateArguments;
pub use source::SourceArguments;
pub use table::{Command, CommandLine, read, table};
pub use when::When;
