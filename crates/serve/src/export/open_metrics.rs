//! OpenMetrics with timestamps, family by family: what `promtool tsdb create-blocks-from openmetrics` makes blocks of.
//!
//! ```text
//! # TYPE ensilinja_contacts_waiting gauge
//! # HELP ensilinja_contacts_waiting Contacts waiting now, the menu included
//! ensilinja_contacts_waiting{job="ensilinja",instance="replay",line="mipa",channel="phone"} 3 1757908800
//! ensilinja_contacts_waiting{job="ensilinja",instance="replay",line="mipa",channel="phone"} 1 1757912400
//! # EOF
//! ```
//!
//! A family stands together in the text, and instants come one after the other; so each family is written for itself,
//! an instant at a time, and all of them are put together at the end. Within a family instants ascend.
//!
//! Boards and rules ask the complete process that has been up longest, so a replay tells of itself what a process
//! would: whether its figures are complete, of which instant they are, and that it has been up since 1970. So beside
//! what live processes have told of the same time it is the one that is asked, where it knows all that can be in them.
//! The series that rules record of such a process are written too: see [`recorded`](super::recorded).

use ensilinja_ledger::Figures;

use super::Export;
use super::recorded::{RECORDED, Recorded};
use crate::catalogue::{Metric, Number, Origin, metric, metrics};
use crate::page::{Page, push_label};

/// Reads a number off the figures of an instant, and whether they are complete.
type Read = fn(&Figures, bool) -> Number;

/// What a replay tells of itself at an instant.
const OF_ITSELF: [(&str, Read); 4] = [
    ("ensilinja_day_start_timestamp_seconds", |figures, _| Number::Millis(figures.day_start.as_millis())),
    ("ensilinja_figures_complete", |_, is_complete| Number::Count(i64::from(is_complete))),
    ("ensilinja_figures_as_of_timestamp_seconds", |figures, _| Number::Millis(figures.as_of.as_millis())),
    ("process_start_time_seconds", |_, _| Number::Count(0)),
];

/// A family that is being written.
#[derive(Debug)]
pub struct Family {
    content: Content,
    page: Page,
}

/// What a family is made of.
#[derive(Clone, Copy, Debug)]
enum Content {
    /// A metric of lines, as a live process exposes it.
    Lines(&'static Metric),
    /// What the replay tells of itself.
    Itself(&'static Metric, Read),
    /// A series that a rule records.
    Recorded(&'static Recorded),
}

impl Content {
    const fn metric(self) -> &'static Metric {
        match self {
            Self::Lines(metric) | Self::Itself(metric, _) => metric,
            Self::Recorded(recorded) => &recorded.metric,
        }
    }
}

impl Export {
    /// The last line of the whole text.
    #[must_use]
    pub const fn open_metrics_end() -> &'static str {
        "# EOF\n"
    }

    /// Every family that there is to write, in the order of the text.
    #[must_use]
    pub fn families(&self) -> Vec<Family> {
        let of_lines = metrics().filter(|metric| match metric.origin {
            Origin::Card(_) | Origin::Targets(_) => true,
            _ => metric.is_figure() && self.choice.has(metric),
        });
        let of_itself = OF_ITSELF.iter().map(|(name, read)| Content::Itself(metric(name), *read));
        let recorded = RECORDED.iter().filter(|recorded| self.is_recorded(recorded));
        let contents = of_lines.map(Content::Lines).chain(of_itself).chain(recorded.map(Content::Recorded));
        contents.map(|content| Family { content, page: Page::of_the_past(content.metric()) }).collect()
    }

    /// Writes an instant of all families; `is_complete`, all that can be in its figures is known. `take` is given what
    /// of each there is to write, by its place among them.
    ///
    /// # Errors
    /// Whatever `take` says.
    pub fn open_metrics<E>(
        &self,
        families: &mut [Family],
        figures: &Figures,
        is_complete: bool,
        take: &mut dyn FnMut(usize, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let of_lines = self.of_lines(figures);
        for (place, family) in families.iter_mut().enumerate() {
            let Family { content, page } = family;
            page.set_instant(figures.as_of);
            match *content {
                Content::Lines(metric) => {
                    let windows = &self.choice.windows;
                    self.exposition.write_samples(page, metric, metric.parts(), Some(&of_lines), windows);
                }
                Content::Itself(metric, read) => {
                    let number = read(figures, is_complete);
                    page.sample(metric, "").labels(self.exposition.common_labels()).number(number);
                }
                Content::Recorded(recorded) => self.write_recorded(page, recorded, &of_lines, is_complete),
            }
            take(place, &page.take())?;
        }
        Ok(())
    }
}

/// Labels as they stand before those of a line.
pub(super) fn written<'a>(labels: impl Iterator<Item = &'a (String, String)>) -> String {
    let mut text = String::new();
    for (name, value) in labels {
        if !text.is_empty() {
            text.push(',');
        }
        push_label(&mut text, name, value);
    }
    text
}
