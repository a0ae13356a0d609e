//! Figures of the past for other programs: the live figures, from the same catalogue, at given instants.
//!
//! ```text
//! Figures at an instant --+--> CSV: a row a figure                     (csv)
//!                         +--> JSON: a line an instant                 (json_lines, see run_file)
//!                         `--> OpenMetrics with timestamps, by family  (open_metrics)
//! ```
//!
//! OpenMetrics also has the series that Prometheus would have recorded from them (`recorded`).
//!
//! Invariant: a figure has the name, the labels and the digits that the live process gives it, because the same code
//! makes both from the same rows. What is not known is absent, never 0.

mod csv;
mod json_lines;
mod open_metrics;
mod recorded;

use ensilinja_ledger::{Bounds, Figures, Window};

use crate::exposition::Exposition;
use crate::line_info::LineInfo;
use crate::metric::Metric;
use crate::run_file::RunScope;
use crate::text_format::written_labels;

pub use open_metrics::OpenMetricsFamily;

/// The windows and the figures to export.
#[derive(Clone, Debug)]
pub struct FigureSelection {
    /// In the order of [`Window::ALL`].
    windows: Vec<Window>,
    /// `None` for all.
    figures: Option<Vec<&'static Metric>>,
}

/// Writes the figures of selected lines.
#[derive(Debug)]
pub struct Export {
    exposition: Exposition,
    /// The same with the labels of recorded series: without `instance`.
    recorded: Exposition,
    /// The label `job` as it is written; empty if there is none.
    job: String,
    with_recorded: bool,
    /// The indices of the lines among the lines of the figures.
    lines: Vec<usize>,
    selection: FigureSelection,
}

impl FigureSelection {
    /// Selects these windows and figures. An empty list means all.
    #[must_use]
    pub fn new(windows: &[Window], figures: &[&'static Metric]) -> Self {
        let windows = if windows.is_empty() { Window::ALL } else { windows };
        let windows = Window::ALL.iter().copied().filter(|window| windows.contains(window)).collect();
        Self { windows, figures: (!figures.is_empty()).then(|| figures.to_vec()) }
    }

    /// The selection as a run file states it.
    fn scope(&self) -> RunScope {
        let names = |metrics: &Vec<&Metric>| metrics.iter().map(|metric| metric.name.to_owned()).collect();
        RunScope {
            windows: Some(self.windows.iter().map(|window| window.as_str().to_owned()).collect()),
            figures: self.figures.as_ref().map(names),
        }
    }

    fn has(&self, metric: &'static Metric) -> bool {
        self.figures.as_ref().is_none_or(|figures| figures.contains(&metric))
    }
}

impl Export {
    /// An export of some lines. `infos` are those of all lines, in the order of the figures; `lines` are the indices of
    /// the exported ones, ascending. `labels` stand before those of each line in OpenMetrics: the job and the instance
    /// under which Prometheus is to find the series.
    #[must_use]
    pub fn new(
        infos: Vec<LineInfo>,
        lines: Vec<usize>,
        selection: FigureSelection,
        bounds: &Bounds,
        labels: &[(String, String)],
    ) -> Self {
        let infos = infos.into_iter().enumerate().filter(|(index, _)| lines.contains(index)).map(|(_, info)| info);
        let infos: Vec<_> = infos.collect();
        let written = |is_wanted: fn(&str) -> bool| written_labels(labels.iter().filter(|(name, _)| is_wanted(name)));
        Self {
            recorded: Exposition::with_labels(written(|name| name != "instance"), infos.clone(), bounds),
            exposition: Exposition::with_labels(written(|_| true), infos, bounds),
            job: written(|name| name == "job"),
            with_recorded: true,
            lines,
            selection,
        }
    }

    /// The same without the series of recording rules.
    #[must_use]
    pub fn without_recorded(self) -> Self {
        Self { with_recorded: false, ..self }
    }

    /// The ids of the exported lines.
    #[must_use]
    pub fn line_ids(&self) -> Vec<String> {
        self.exposition.lines().infos().iter().map(|info| info.id.as_str().to_owned()).collect()
    }

    /// The selection as a run file states it.
    #[must_use]
    pub fn scope(&self) -> RunScope {
        self.selection.scope()
    }

    /// The figures of the exported lines.
    fn of_lines(&self, figures: &Figures) -> Figures {
        let lines = self.lines.iter().map(|line| figures.lines[*line].clone()).collect();
        Figures { lines, ..*figures }
    }
}
