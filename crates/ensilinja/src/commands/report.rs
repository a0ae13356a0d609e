//! `ensilinja report`: the figures of a period of the past, as tables on standard output.

use ensilinja_config::Config;
use ensilinja_lookback::period_report::{PeriodReportRequest, period_report};
use ensilinja_lookback::{LookbackContext, LookbackError};
use ensilinja_report::{FiguresOnRequest, ReportFormat, ReportRequest};

use crate::cli::{FigureOnRequest, ReportArguments, ReportFormatOption};
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::{self, print};
use crate::lookback_context::{FileRecords, lookback_context};
use crate::outcome::Outcome;

/// Reads the events, and prints the report. [`Outcome::Found`] if contact ids are reused as a habit.
///
/// # Errors
/// [`UsageError`](crate::usage_error::UsageError) and [`RequestError`](ensilinja_lookback::RequestError) for a bad
/// request; otherwise why the events cannot be read or the report cannot be printed.
pub fn report(arguments: &ReportArguments, config: &Config) -> anyhow::Result<Outcome> {
    let zone = &config.zone;
    let complete_since = arguments.source.complete_since;
    let also = FiguresOnRequest {
        orphaned: arguments.also.contains(&FigureOnRequest::Orphaned),
        inferred: arguments.also.contains(&FigureOnRequest::Inferred),
        outside_hours: arguments.also.contains(&FigureOnRequest::OutsideHours),
    };
    let request = PeriodReportRequest {
        period: arguments.from.instant_of("--from", zone)?..arguments.to.instant_of("--to", zone)?,
        lines: &arguments.lines,
        report: ReportRequest { by: arguments.by, language: arguments.language, public: arguments.public, also },
        format: match arguments.format {
            ReportFormatOption::Table => table(arguments.width),
            ReportFormatOption::Csv => ReportFormat::Csv,
            ReportFormatOption::Json => ReportFormat::Json,
            ReportFormatOption::Markdown => ReportFormat::Markdown,
            ReportFormatOption::Html => ReportFormat::Html,
        },
        offsets: &[],
        known_before: None,
        complete_since: complete_since.map(|when| when.instant_of("--complete-since", zone)).transpose()?,
    };
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.quiet, zone));
    let context = lookback_context(config, FileRecords::of(&arguments.source), &stop, &progress)?;
    let (text, outcome) = text(&request, &context)?;
    print(&text)?;
    Ok(outcome)
}

/// The text of a report. [`Outcome::Found`] if contact ids are reused as a habit.
///
/// # Errors
/// As [`report`].
pub fn text(
    request: &PeriodReportRequest<'_>,
    context: &LookbackContext<'_>,
) -> Result<(String, Outcome), LookbackError> {
    let report = period_report(request, context)?;
    Ok((report.text, if report.has_reused_ids { Outcome::Found } else { Outcome::Done }))
}

/// Tables of this width, or as wide as the terminal.
pub fn table(width: Option<u16>) -> ReportFormat {
    ReportFormat::Table { width: width.unwrap_or_else(standard_output::width).into() }
}
