//! CSV (RFC 4180) with one row for each figure, for spreadsheets and data frames.
//!
//! ```text
//! time,line,channel,metric,window,labels,value
//! 2025-09-15T10:00:00+03:00,mipa,phone,ensilinja_contacts_waiting,,,3
//! 2025-09-15T10:00:00+03:00,mipa,phone,ensilinja_window_promises,today,promise=answer result=kept,41
//! 2025-09-15T10:00:00+03:00,mipa,phone,ensilinja_window_answer_wait_seconds_bucket,1h,le=60,12
//! ```
//!
//! `labels` has the metric's own labels, in the order of the catalogue, separated by spaces. No field contains a comma,
//! a quote or a line break, so none is quoted.

use std::fmt::Write as _;

use ensilinja_ledger::Figures;

use super::Export;
use crate::catalogue::metrics;
use crate::line_sample::LineSample;

/// The header row with its line break.
const HEADER: &str = "time,line,channel,metric,window,labels,value\r\n";

impl Export {
    /// The header row.
    #[must_use]
    pub const fn csv_header() -> &'static str {
        HEADER
    }

    /// Appends a row for each figure; `time` is their instant as it is written.
    pub fn csv_rows(&self, time: &str, figures: &Figures, text: &mut String) {
        let figures = self.of_lines(figures);
        let table = self.exposition.lines();
        for metric in metrics().filter(|metric| metric.is_figure() && self.selection.has(metric)) {
            table.samples(metric, metric.suffixes(), Some(&figures), &self.selection.windows, &mut |sample| {
                let info = &table.infos()[sample.line];
                let (id, channel) = (info.id.as_str(), info.channel.as_str());
                let window = sample.window.map_or("", |window| window.as_str());
                write!(text, "{time},{id},{channel},{}{},{window},", metric.name, sample.suffix)
                    .expect("writing to a string cannot fail");
                push_labels(text, metric.labels.iter().map(|label| label.name), sample);
                text.push(',');
                sample.number.push_to(text);
                text.push_str("\r\n");
            });
        }
    }
}

fn push_labels<'a>(text: &mut String, names: impl Iterator<Item = &'a str>, sample: &LineSample<'_>) {
    let own = names.zip(sample.values.iter().copied());
    for (place, (name, value)) in own.chain(sample.le.map(|le| ("le", le))).enumerate() {
        let space = if place == 0 { "" } else { " " };
        write!(text, "{space}{name}={value}").expect("writing to a string cannot fail");
    }
}
