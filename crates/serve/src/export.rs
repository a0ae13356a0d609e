//! Figures of the past for other programs: the live ones, by the same catalogue, at instants of which each is told.
//!
//! ```text
//! Figures at an instant --+--> CSV: a row a figure                     (csv)
//!                         +--> JSON: a line an instant                 (json_lines)
//!                         `--> OpenMetrics with timestamps, by family  (open_metrics)
//! ```
//!
//! The third also has what Prometheus would have recorded of them (recorded).
//!
//! What must hold: a figure has the name, the labels and the digits that the live process gives it, for all of them are
//! made of the same rows by the same code. What is not known is absent, never 0.

mod csv;
mod json_lines;
mod open_metrics;
mod recorded;

use ensilinja_ledger::{Bounds, Figures, Window};

use crate::catalogue::{Metric, Origin, metrics};
use crate::exposition::Exposition;
use crate::figures_json::name_of;
use crate::line_card::LineCard;

pub use json_lines::{Knowledge, Run};
pub use open_metrics::Family;

/// Which figures are wanted.
#[derive(Clone, Debug)]
pub struct Choice {
    windows: Vec<Window>,
    /// All, if it is `None`.
    figures: Option<Vec<&'static Metric>>,
}

/// Writes the figures of some lines.
#[derive(Debug)]
pub struct Export {
    exposition: Exposition,
    /// As the rules record: without `instance`.
    recorded: Exposition,
    /// The label `job`, as it is written; empty if it was not given.
    job: String,
    is_recorded: bool,
    /// The places of the lines among all that figures are of.
    lines: Vec<usize>,
    choice: Choice,
}

impl Metric {
    /// Whether it is a figure of a line: a number that an instant of the past has.
    #[must_use]
    pub const fn is_figure(&self) -> bool {
        matches!(
            self.origin,
            Origin::Window { .. } | Origin::Waits { .. } | Origin::Indicators { .. } | Origin::Line(_)
        )
    }

    /// The figure of a line with this name, as metrics have it or as `/api/figures` has it; `None` if there is none.
    #[must_use]
    pub fn figure(name: &str) -> Option<&'static Self> {
        metrics().filter(|metric| metric.is_figure()).find(|metric| metric.name == name || name_of(metric) == name)
    }
}

impl Choice {
    /// These windows and these figures; all, where none are named.
    #[must_use]
    pub fn new(windows: &[Window], figures: &[&'static Metric]) -> Self {
        let windows = if windows.is_empty() { Window::ALL } else { windows };
        let windows = Window::ALL.iter().copied().filter(|window| windows.contains(window)).collect();
        Self { windows, figures: (!figures.is_empty()).then(|| figures.to_vec()) }
    }

    /// The windows, in their order.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// The names of the metrics; `None` for all.
    #[must_use]
    pub fn figures(&self) -> Option<Vec<&'static str>> {
        Some(self.figures.as_ref()?.iter().map(|metric| metric.name).collect())
    }

    fn has(&self, metric: &'static Metric) -> bool {
        self.figures.as_ref().is_none_or(|chosen| chosen.contains(&metric))
    }
}

impl Export {
    /// An export of some lines: `cards` are those of all lines, in the order of the figures, and `lines` the places of
    /// the wanted ones among them, ascending. `labels` are put before those of each line in OpenMetrics: the job and
    /// the instance under which Prometheus is to find the series.
    #[must_use]
    pub fn new(
        cards: Vec<LineCard>,
        lines: Vec<usize>,
        choice: Choice,
        bounds: &Bounds,
        labels: &[(String, String)],
    ) -> Self {
        let cards = cards.into_iter().enumerate().filter(|(place, _)| lines.contains(place)).map(|(_, card)| card);
        let cards: Vec<_> = cards.collect();
        let written =
            |is_wanted: fn(&str) -> bool| open_metrics::written(labels.iter().filter(|(name, _)| is_wanted(name)));
        Self {
            recorded: Exposition::labelled(written(|name| name != "instance"), cards.clone(), bounds),
            exposition: Exposition::labelled(written(|_| true), cards, bounds),
            job: written(|name| name == "job"),
            is_recorded: true,
            lines,
            choice,
        }
    }

    /// The same without the series that rules record.
    #[must_use]
    pub fn without_recorded(self) -> Self {
        Self { is_recorded: false, ..self }
    }

    /// The figures of the wanted lines.
    fn of_lines(&self, figures: &Figures) -> Figures {
        let lines = self.lines.iter().map(|line| figures.lines[*line].clone()).collect();
        Figures { lines, ..*figures }
    }
}
