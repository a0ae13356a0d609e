//! The samples of a metric of lines, one by one: what the pages of metrics and the tables of the past are made of.

use ensilinja_ledger::{Figures, Window, WindowFigures};

use crate::catalogue::{Metric, Number, Origin};
use crate::exposition::Exposition;
use crate::line_card::LineCard;

/// One number of one line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineSample<'a> {
    /// What follows the metric's name: empty, or of a distribution `_bucket`, `_gcount` or `_gsum`.
    pub(crate) part: &'static str,
    /// The place of the line among the cards.
    pub(crate) line: usize,
    /// The values of the metric's own labels, in their order.
    pub(crate) values: &'a [&'a str],
    /// The window, of a metric that has them.
    pub(crate) window: Option<Window>,
    /// The upper bound, of a bucket.
    pub(crate) le: Option<&'a str>,
    /// The number.
    pub(crate) number: Number,
}

impl Exposition {
    /// Every sample of a metric of lines: line by line, and within a line window by window, of those of its windows
    /// that are among `windows` and that history reaches. Of a distribution, these `parts`. A metric that belongs to no
    /// line has none, and without figures there are only those of what a line is and aims at.
    pub(crate) fn samples(
        &self,
        metric: &'static Metric,
        parts: &[&'static str],
        figures: Option<&Figures>,
        windows: &[Window],
        emit: &mut dyn FnMut(&LineSample<'_>),
    ) {
        for (line, card) in self.cards().iter().enumerate() {
            let mut plain = |values: &[&str], window, number| {
                emit(&LineSample { part: "", line, values, window, le: None, number });
            };
            match &metric.origin {
                Origin::Card(read) | Origin::Targets(read) => {
                    read(card, &mut |values, number| plain(values, None, number));
                }
                Origin::Line(read) => {
                    if let Some(figures) = figures {
                        read(&figures.lines[line], &mut |values, number| plain(values, None, number));
                    }
                }
                _ => {
                    let Some(figures) = figures else { continue };
                    for window in metric.windows().iter().filter(|window| windows.contains(window)) {
                        if let Some(known) = figures.lines[line].window(*window) {
                            let place = (line, card, *window);
                            self.window_samples(metric, parts, place, known, emit);
                        }
                    }
                }
            }
        }
    }

    fn window_samples(
        &self,
        metric: &'static Metric,
        parts: &[&'static str],
        (line, card, window): (usize, &LineCard, Window),
        figures: &WindowFigures,
        emit: &mut dyn FnMut(&LineSample<'_>),
    ) {
        let mut one = |part, values: &[&str], le, number| {
            emit(&LineSample { part, line, values, window: Some(window), le, number });
        };
        match &metric.origin {
            Origin::Window { read, .. } => read(figures, &mut |values, number| one("", values, None, number)),
            Origin::Indicators { read, .. } => {
                read(card, &figures.sums, &mut |values, number| one("", values, None, number));
            }
            Origin::Waits { kind, read, .. } => {
                let waits = read(&figures.sums);
                for part in parts {
                    match *part {
                        "_bucket" => self
                            .bounds(*kind)
                            .counts(waits)
                            .for_each(|(le, count)| one(part, &[], Some(le), Number::Count(count))),
                        "_gcount" => one(part, &[], None, Number::Count(waits.count())),
                        _ => one(part, &[], None, Number::Millis(waits.sum_ms())),
                    }
                }
            }
            Origin::Line(_) | Origin::Targets(_) | Origin::Card(_) | Origin::Snapshot(_) | Origin::Registry => {}
        }
    }
}
