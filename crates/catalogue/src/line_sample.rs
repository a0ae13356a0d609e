//! The samples of a metric of lines, one by one. The text formats and the tables of the past are made of them.

use ensilinja_ledger::{Figures, Window, WindowFigures};

use crate::line_info::LineInfo;
use crate::line_table::LineTable;
use crate::metric::{Metric, MetricOrigin};
use crate::number::Number;

/// One number of one line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineSample<'a> {
    /// What follows the metric's name: nothing, or `_bucket`, `_gcount` or `_gsum` of a distribution.
    pub(crate) suffix: &'static str,
    /// The index of the line in the table.
    pub(crate) line: usize,
    /// The values of the metric's own labels, in their order.
    pub(crate) values: &'a [&'a str],
    /// The window, if the metric has windows.
    pub(crate) window: Option<Window>,
    /// The upper bound of a bucket.
    pub(crate) le: Option<&'a str>,
    /// The number.
    pub(crate) number: Number,
}

impl LineTable {
    /// Emits every sample of a metric of lines: line by line, and within a line window by window. Only windows that the
    /// metric has, that are in `windows`, and that history covers; of a distribution, only these `suffixes`. A metric
    /// without lines has no samples. Without figures there are only descriptions and targets.
    pub(crate) fn samples(
        &self,
        metric: &'static Metric,
        suffixes: &[&'static str],
        figures: Option<&Figures>,
        windows: &[Window],
        emit: &mut dyn FnMut(&LineSample<'_>),
    ) {
        for (line, info) in self.infos().iter().enumerate() {
            let mut plain = |values: &[&str], window, number| {
                emit(&LineSample { suffix: "", line, values, window, le: None, number });
            };
            match &metric.origin {
                MetricOrigin::Info(read) | MetricOrigin::Targets(read) => {
                    read(info, &mut |values, number| plain(values, None, number));
                }
                MetricOrigin::DatedTargets(read) => {
                    if let Some(figures) = figures {
                        read(info, figures.as_of, &mut |values, number| plain(values, None, number));
                    }
                }
                MetricOrigin::Line(read) => {
                    if let Some(figures) = figures {
                        read(&figures.lines[line], &mut |values, number| plain(values, None, number));
                    }
                }
                _ => {
                    let Some(figures) = figures else { continue };
                    for window in metric.windows().iter().filter(|window| windows.contains(window)) {
                        if let Some(known) = figures.lines[line].window(*window) {
                            let place = (line, info, *window);
                            self.window_samples(metric, suffixes, place, known, emit);
                        }
                    }
                }
            }
        }
    }

    fn window_samples(
        &self,
        metric: &'static Metric,
        suffixes: &[&'static str],
        (line, info, window): (usize, &LineInfo, Window),
        figures: &WindowFigures,
        emit: &mut dyn FnMut(&LineSample<'_>),
    ) {
        let mut one = |suffix, values: &[&str], le, number| {
            emit(&LineSample { suffix, line, values, window: Some(window), le, number });
        };
        match &metric.origin {
            MetricOrigin::Window { read, .. } => read(figures, &mut |values, number| one("", values, None, number)),
            MetricOrigin::Indicators { read, .. } => {
                read(info, &figures.sums, &mut |values, number| one("", values, None, number));
            }
            MetricOrigin::Waits { kind, read, .. } => {
                let waits = read(&figures.sums);
                for suffix in suffixes {
                    match *suffix {
                        "_bucket" => self
                            .bounds(*kind)
                            .counts(waits)
                            .for_each(|(le, count)| one(suffix, &[], Some(le), Number::Count(count))),
                        "_gcount" => one(suffix, &[], None, Number::Count(waits.count())),
                        _ => one(suffix, &[], None, Number::Millis(waits.sum_ms())),
                    }
                }
            }
            MetricOrigin::Line(_)
            | MetricOrigin::Targets(_)
            | MetricOrigin::DatedTargets(_)
            | MetricOrigin::Info(_)
            | MetricOrigin::Snapshot(_)
            | MetricOrigin::Registry => {}
        }
    }
}
