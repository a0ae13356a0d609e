//! The metrics page: walks the catalogue and writes each row's series.
//!
//! Figures are written straight from the snapshot, because there are thousands of them and none has a life between
//! two scrapes; the few counters that do have one are kept by the `prometheus` crate and written from what it gathers.

use ensilinja_ledger::{Bounds, Figures, Waits, Window};
use prometheus::proto;

use crate::catalogue::{Kind, Metric, Number, Origin, WaitKind, metrics};
use crate::line_card::LineCard;
use crate::line_sample::LineSample;
use crate::page::{Format, Page, push_label, push_number};
use crate::pipeline::Pipeline;
use crate::snapshot::Snapshot;

/// What does not change between two pages: the lines, and the bounds of the distributions.
#[derive(Debug)]
pub struct Exposition {
    cards: Vec<LineCard>,
    /// `job="...",instance="..."`, or whatever is the same for all; empty if nothing is.
    common_labels: String,
    /// `line="...",channel="..."` of each card, after what is the same for all.
    labels: Vec<String>,
    answer_bounds: UpperBounds,
    callback_bounds: UpperBounds,
}

/// The upper bounds of a distribution as `le` says them, the last of all (`+Inf`) left out.
#[derive(Debug)]
pub(crate) struct UpperBounds(Vec<String>);

impl Exposition {
    /// The exposition of these lines, in the order of the figures; `bounds` are those of the ledger's rules.
    #[must_use]
    pub fn new(cards: Vec<LineCard>, bounds: &Bounds) -> Self {
        Self::labelled(String::new(), cards, bounds)
    }

    /// The same with labels, as [`push_label`] writes them, before those of each line.
    pub(crate) fn labelled(common_labels: String, cards: Vec<LineCard>, bounds: &Bounds) -> Self {
        let labels = cards.iter().map(|card| line_labels(&common_labels, card)).collect();
        let upper_bounds = |bounds_ms: &[u32]| {
            UpperBounds(bounds_ms.iter().map(|ms| written(Number::Millis(i64::from(*ms)))).collect())
        };
        Self {
            cards,
            common_labels,
            labels,
            answer_bounds: upper_bounds(&bounds.answer_wait_ms),
            callback_bounds: upper_bounds(&bounds.callback_wait_ms),
        }
    }

    /// The whole page.
    #[must_use]
    pub fn page(&self, format: Format, snapshot: &Snapshot, pipeline: &Pipeline) -> String {
        let mut page = Page::new(format);
        let gathered = pipeline.gather();
        for metric in metrics() {
            match &metric.origin {
                Origin::Registry => {
                    if let Some(family) = gathered.iter().find(|family| family.name() == metric.name) {
                        page.begin(metric, "");
                        write_gathered(&mut page, metric, family);
                    }
                }
                Origin::Snapshot(read) => {
                    page.begin(metric, "");
                    read(snapshot, &mut |values, number| write_one(&mut page, metric, values, number));
                }
                Origin::Window { .. }
                | Origin::Indicators { .. }
                | Origin::Waits { .. }
                | Origin::Line(_)
                | Origin::Targets(_)
                | Origin::Card(_) => self.write_lines(&mut page, metric, snapshot.figures.as_ref(), Window::ALL),
            }
        }
        page.finish()
    }

    /// Writes a metric of lines, of these of its windows.
    pub(crate) fn write_lines(
        &self,
        page: &mut Page,
        metric: &'static Metric,
        figures: Option<&Figures>,
        windows: &[Window],
    ) {
        // The text format has three families of a distribution, one after the other; OpenMetrics has one, and keeps
        // together what belongs to one line and window.
        let families: &[&[&'static str]] = match (metric.kind, page.format()) {
            (Kind::GaugeHistogram, Format::Text) => &[&["_bucket"], &["_gcount"], &["_gsum"]],
            _ => &[metric.parts()],
        };
        for parts in families {
            page.begin(metric, parts[0]);
            self.write_samples(page, metric, parts, figures, windows);
        }
    }

    /// Writes these parts of a family that has begun.
    pub(crate) fn write_samples(
        &self,
        page: &mut Page,
        metric: &'static Metric,
        parts: &[&'static str],
        figures: Option<&Figures>,
        windows: &[Window],
    ) {
        self.samples(metric, parts, figures, windows, &mut |said| self.write_sample(page, metric, said));
    }

    fn write_sample(&self, page: &mut Page, metric: &'static Metric, said: &LineSample<'_>) {
        let mut sample = page.sample(metric, said.part).labels(&self.labels[said.line]);
        for (label, value) in metric.labels.iter().zip(said.values) {
            sample = sample.label(label.name, value);
        }
        if let Some(window) = said.window {
            sample = sample.label("window", window.as_str());
        }
        if let Some(le) = said.le {
            sample = sample.label("le", le);
        }
        sample.number(said.number);
    }

    pub(crate) const fn bounds(&self, kind: WaitKind) -> &UpperBounds {
        match kind {
            WaitKind::Answer => &self.answer_bounds,
            WaitKind::Callback => &self.callback_bounds,
        }
    }

    /// The labels that are the same for all lines.
    pub(crate) fn common_labels(&self) -> &str {
        &self.common_labels
    }

    pub(crate) fn cards(&self) -> &[LineCard] {
        &self.cards
    }
}

impl UpperBounds {
    /// Each bound with how many waits are at or below it; `+Inf` comes last and has them all.
    pub(crate) fn counts<'a>(&'a self, waits: &'a Waits) -> impl Iterator<Item = (&'a str, i64)> {
        let below = self.0.iter().map(String::as_str).zip(waits.at_or_below());
        below.chain(std::iter::once(("+Inf", waits.count())))
    }
}

fn line_labels(common: &str, card: &LineCard) -> String {
    let mut labels = common.to_owned();
    if !labels.is_empty() {
        labels.push(',');
    }
    push_label(&mut labels, "line", card.id.as_str());
    labels.push(',');
    push_label(&mut labels, "channel", card.channel.as_str());
    labels
}

fn written(number: Number) -> String {
    let mut text = String::new();
    push_number(&mut text, number);
    text
}

/// Writes a sample that belongs to no line.
fn write_one(page: &mut Page, metric: &Metric, values: &[&str], number: Number) {
    let mut sample = page.sample(metric, "");
    for (label, value) in metric.labels.iter().zip(values) {
        sample = sample.label(label.name, value);
    }
    sample.number(number);
}

fn write_gathered(page: &mut Page, metric: &'static Metric, family: &proto::MetricFamily) {
    let value_of = |series: &proto::Metric, label: &str| {
        series
            .get_label()
            .iter()
            .find(|pair| pair.name() == label)
            .map_or_else(String::new, |pair| pair.value().to_owned())
    };
    let labelled = |series| metric.labels.iter().map(|label| value_of(series, label.name)).collect::<Vec<_>>();
    let mut all: Vec<_> = family.get_metric().iter().map(|series| (labelled(series), series)).collect();
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    for (values, series) in all {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let one = |page: &mut Page, real| write_one(page, metric, &values, Number::Real(real));
        match metric.kind {
            Kind::Counter => one(page, series.get_counter().get_value()),
            Kind::Gauge => one(page, series.get_gauge().get_value()),
            Kind::Histogram | Kind::GaugeHistogram => write_histogram(page, metric, series.get_histogram()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of events fits 53 bits")]
fn write_histogram(page: &mut Page, metric: &Metric, histogram: &proto::Histogram) {
    for bucket in histogram.get_bucket() {
        let le = written(Number::Real(bucket.upper_bound()));
        page.sample(metric, "_bucket").label("le", &le).number(Number::Real(bucket.cumulative_count() as f64));
    }
    let count = Number::Real(histogram.get_sample_count() as f64);
    page.sample(metric, "_bucket").label("le", "+Inf").number(count);
    page.sample(metric, "_sum").number(Number::Real(histogram.get_sample_sum()));
    page.sample(metric, "_count").number(count);
}
