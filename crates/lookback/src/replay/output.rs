//! The output of a replay: the figures of instants in one of the formats for programs, written as they come.

use std::sync::atomic::AtomicBool;

use ensilinja_catalogue::{Export, RunHeader, run_file};
use ensilinja_ledger::Figures;
use ensilinja_model::vocabulary;
use jiff::tz::TimeZone;

use super::metric_families::MetricFamilies;
use super::sink::{OutputError, OutputSink};
use crate::local_time::zoned;

vocabulary! {
    /// The format of a replay's figures.
    FiguresFormat {
        /// One row for each figure and instant.
        Csv = "csv",
        /// One line for each instant, as `/api/figures` answers: a run file.
        JsonLines = "jsonl",
        /// Series with timestamps, for Prometheus.
        OpenMetrics = "openmetrics",
    }
}

/// The figures of instants on their way to a sink.
pub(super) struct FiguresOutput<'a> {
    export: Export,
    format: OpenFormat,
    sink: Box<dyn OutputSink + 'a>,
    zone: TimeZone,
    /// Each instant is handed on as soon as it is written.
    flush_each: bool,
    instants: u64,
}

/// A format, with what it needs until the end.
pub(super) enum OpenFormat {
    Csv,
    JsonLines(Box<RunHeader>),
    OpenMetrics(MetricFamilies),
}

impl<'a> FiguresOutput<'a> {
    /// Writes the beginning. `flush_each`: an instant is not held back until more of them have come.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn begin(
        export: Export,
        format: OpenFormat,
        sink: Box<dyn OutputSink + 'a>,
        zone: TimeZone,
        flush_each: bool,
    ) -> Result<Self, OutputError> {
        let mut output = Self { export, format, sink, zone, flush_each, instants: 0 };
        match &output.format {
            OpenFormat::Csv => output.write(Export::csv_header())?,
            OpenFormat::JsonLines(header) => {
                let line = header.to_line();
                output.write(&line)?;
            }
            OpenFormat::OpenMetrics(_) => {}
        }
        Ok(output)
    }

    /// Writes an instant. `is_complete`: everything that can be in its figures is known.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn add(&mut self, figures: &Figures, is_complete: bool) -> Result<(), OutputError> {
        match &mut self.format {
            OpenFormat::Csv => {
                let time = zoned(figures.as_of, &self.zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
                let mut text = String::new();
                self.export.csv_rows(&time, figures, &mut text);
                self.write(&text)?;
            }
            OpenFormat::JsonLines(_) => {
                let zone = self.zone.iana_name().expect("the zone was found by its name");
                let line = self.export.instant_line(zone, figures);
                self.write(&line)?;
            }
            OpenFormat::OpenMetrics(families) => families.add(&self.export, figures, is_complete)?,
        }
        self.instants += 1;
        if self.flush_each { self.flush() } else { Ok(()) }
    }

    /// Writes the end; a file gets its name. Returns false if `stop` is set before a text that is put together at the
    /// end is whole. Nothing is left of a file then.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn finish(mut self, stop: &AtomicBool) -> Result<bool, OutputError> {
        let is_whole = match self.format {
            OpenFormat::Csv => true,
            OpenFormat::JsonLines(_) => {
                let line = run_file::end_line(self.instants);
                let sink = &mut self.sink;
                sink.write(line.as_bytes()).map_err(|why| OutputError::of_sink(sink.name(), why))?;
                true
            }
            OpenFormat::OpenMetrics(families) => families.finish(&mut *self.sink, stop)?,
        };
        if is_whole {
            let name = self.sink.name().to_owned();
            self.sink.finish().map_err(|why| OutputError::of_sink(&name, why))?;
        }
        Ok(is_whole)
    }

    /// Ends early: hands on what a stream can have of what was written. Returns whether that is anything.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn abandon(mut self) -> Result<bool, OutputError> {
        let is_readable = self.sink.is_stream() && !matches!(self.format, OpenFormat::OpenMetrics(_));
        if is_readable {
            self.flush()?;
        }
        Ok(is_readable)
    }

    fn write(&mut self, text: &str) -> Result<(), OutputError> {
        self.sink.write(text.as_bytes()).map_err(|why| OutputError::of_sink(self.sink.name(), why))
    }

    fn flush(&mut self) -> Result<(), OutputError> {
        self.sink.flush().map_err(|why| OutputError::of_sink(self.sink.name(), why))
    }
}
