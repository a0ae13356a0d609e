//! What a replay writes: the figures of instants in one of the formats for programs, as they come.

use std::sync::atomic::AtomicBool;

use ensilinja_catalogue::{Export, RunHeader, run_file};
use ensilinja_ledger::Figures;
use jiff::tz::TimeZone;

use super::destination::Destination;
use super::families::Families;
use crate::local_time::zoned;

/// The figures of instants on their way to where they are written.
pub struct Output {
    export: Export,
    form: Form,
    destination: Destination,
    zone: TimeZone,
    /// Each instant is handed over as soon as it is written.
    at_once: bool,
    instants: u64,
}

/// The form that they have.
pub enum Form {
    /// A row a figure.
    Csv,
    /// A line an instant.
    JsonLines(Box<RunHeader>),
    /// Family by family, in the end.
    OpenMetrics(Families),
}

impl Output {
    /// Begins to write. `at_once`, an instant is not held back until more of them have come.
    ///
    /// # Errors
    /// If the destination does not take it.
    pub fn begin(
        export: Export,
        form: Form,
        mut destination: Destination,
        zone: TimeZone,
        at_once: bool,
    ) -> anyhow::Result<Self> {
        match &form {
            Form::Csv => destination.write(Export::csv_header().as_bytes())?,
            Form::JsonLines(run) => destination.write(run.to_line().as_bytes())?,
            Form::OpenMetrics(_) => {}
        }
        Ok(Self { export, form, destination, zone, at_once, instants: 0 })
    }

    /// Writes an instant; `is_complete`, all that can be in its figures is known.
    ///
    /// # Errors
    /// If the destination does not take it.
    pub fn take(&mut self, figures: &Figures, is_complete: bool) -> anyhow::Result<()> {
        match &mut self.form {
            Form::Csv => {
                let time = zoned(figures.as_of, &self.zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
                let mut text = String::new();
                self.export.csv_rows(&time, figures, &mut text);
                self.destination.write(text.as_bytes())?;
            }
            Form::JsonLines(_) => {
                let zone = self.zone.iana_name().expect("the zone was found by its name");
                self.destination.write(self.export.instant_line(zone, figures).as_bytes())?;
            }
            Form::OpenMetrics(families) => families.add(&self.export, figures, is_complete)?,
        }
        self.instants += 1;
        if self.at_once { self.destination.flush() } else { Ok(()) }
    }

    /// All instants have been written.
    ///
    /// # Errors
    /// If the destination does not take the rest; [`Stopped`](super::stepping::Stopped) if `stop` is set before a text
    /// that is put together in the end is whole. Nothing is left of a file then.
    pub fn finish(mut self, stop: &AtomicBool) -> anyhow::Result<()> {
        match self.form {
            Form::Csv => {}
            Form::JsonLines(_) => self.destination.write(run_file::end_line(self.instants).as_bytes())?,
            Form::OpenMetrics(families) => families.finish(&mut self.destination, stop)?,
        }
        self.destination.finish()
    }

    /// There will be no more: hands over what a stream can have of what was written. Says whether there is anything.
    ///
    /// # Errors
    /// If the destination does not take it.
    pub fn abandon(mut self) -> anyhow::Result<bool> {
        let is_there = self.destination.is_stream() && !matches!(self.form, Form::OpenMetrics(_));
        if is_there {
            self.destination.flush()?;
        }
        Ok(is_there)
    }
}
