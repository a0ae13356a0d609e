//! The metrics page: walks the catalogue and writes each row's series.
//!
//! Figures are written straight from the snapshot, because there are thousands of them and none has a life between
//! two scrapes; the few counters that do have one are kept by the `prometheus` crate and written from what it gathers.

use ensilinja_ledger::{Bounds, Figures, Waits, Window, WindowFigures};
use prometheus::proto;

use crate::catalogue::{Emit, Kind, Metric, Number, Origin, WaitKind, metrics};
use crate::line_card::LineCard;
use crate::page::{Format, Page, push_label, push_number};
use crate::pipeline::Pipeline;
use crate::snapshot::Snapshot;

/// What does not change between two pages: the lines, and the bounds of the distributions.
#[derive(Debug)]
pub struct Exposition {
    cards: Vec<LineCard>,
    /// `line="...",channel="..."` of each card.
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
        let labels = cards.iter().map(line_labels).collect();
        let upper_bounds = |bounds_ms: &[u32]| {
            UpperBounds(bounds_ms.iter().map(|ms| written(Number::Millis(i64::from(*ms)))).collect())
        };
        Self {
            cards,
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
                    read(snapshot, &mut |values, number| write_one(&mut page, metric, "", values, None, number));
                }
                Origin::Card(read) | Origin::Targets(read) => {
                    page.begin(metric, "");
                    for (card, labels) in self.cards.iter().zip(&self.labels) {
                        read(card, &mut |values, number| write_one(&mut page, metric, labels, values, None, number));
                    }
                }
                Origin::Window { .. } | Origin::Indicators { .. } | Origin::Waits { .. } | Origin::Line(_) => {
                    if let Some(figures) = &snapshot.figures {
                        self.write_figures(&mut page, metric, figures);
                    }
                }
            }
        }
        page.finish()
    }

    fn write_figures(&self, page: &mut Page, metric: &'static Metric, figures: &Figures) {
        match &metric.origin {
            Origin::Line(read) => {
                page.begin(metric, "");
                for (labels, line) in self.labels.iter().zip(&figures.lines) {
                    read(line, &mut |values, number| write_one(page, metric, labels, values, None, number));
                }
            }
            Origin::Window { windows, read } => {
                page.begin(metric, "");
                for (labels, _, window, line) in self.windows(windows, figures) {
                    read(line, &mut |values, number| write_one(page, metric, labels, values, Some(window), number));
                }
            }
            Origin::Indicators { windows, read } => {
                page.begin(metric, "");
                for (labels, card, window, line) in self.windows(windows, figures) {
                    let emit: Emit<'_> =
                        &mut |values, number| write_one(page, metric, labels, values, Some(window), number);
                    read(card, &line.sums, emit);
                }
            }
            Origin::Waits { windows, kind, read } => {
                // The text format has three families, one after the other; OpenMetrics has one, and keeps together
                // what belongs to one line and window.
                let parts: &[&[&'static str]] = match page.format() {
                    Format::Text => &[&["_bucket"], &["_gcount"], &["_gsum"]],
                    Format::OpenMetrics => &[&["_bucket", "_gcount", "_gsum"]],
                };
                for family in parts {
                    page.begin(metric, family[0]);
                    for (labels, _, window, line) in self.windows(windows, figures) {
                        for part in *family {
                            write_waits(page, metric, part, labels, window, self.bounds(*kind), read(&line.sums));
                        }
                    }
                }
            }
            Origin::Targets(_) | Origin::Card(_) | Origin::Snapshot(_) | Origin::Registry => {}
        }
    }

    /// The figures of each line in those of the windows that history reaches.
    fn windows<'a>(
        &'a self,
        windows: &'a [Window],
        figures: &'a Figures,
    ) -> impl Iterator<Item = (&'a str, &'a LineCard, Window, &'a WindowFigures)> {
        let lines = self.labels.iter().zip(&self.cards).zip(&figures.lines);
        lines.flat_map(move |((labels, card), line)| {
            let known = windows.iter().filter_map(|window| Some((*window, line.window(*window)?)));
            known.map(move |(window, figures)| (labels.as_str(), card, window, figures))
        })
    }

    pub(crate) const fn bounds(&self, kind: WaitKind) -> &UpperBounds {
        match kind {
            WaitKind::Answer => &self.answer_bounds,
            WaitKind::Callback => &self.callback_bounds,
        }
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

fn line_labels(card: &LineCard) -> String {
    let mut labels = String::new();
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

fn write_one(page: &mut Page, metric: &Metric, line: &str, values: &[&str], window: Option<Window>, number: Number) {
    let mut sample = page.sample(metric, "");
    if !line.is_empty() {
        sample = sample.labels(line);
    }
    for (label, value) in metric.labels.iter().zip(values) {
        sample = sample.label(label.name, value);
    }
    if let Some(window) = window {
        sample = sample.label("window", window.as_str());
    }
    sample.number(number);
}

fn write_waits(
    page: &mut Page,
    metric: &Metric,
    part: &str,
    line: &str,
    window: Window,
    bounds: &UpperBounds,
    waits: &Waits,
) {
    let mut write = |le: Option<&str>, number| {
        let mut sample = page.sample(metric, part).labels(line).label("window", window.as_str());
        if let Some(le) = le {
            sample = sample.label("le", le);
        }
        sample.number(number);
    };
    match part {
        "_bucket" => bounds.counts(waits).for_each(|(le, count)| write(Some(le), Number::Count(count))),
        "_gcount" => write(None, Number::Count(waits.count())),
        _ => write(None, Number::Millis(waits.sum_ms())),
    }
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
        let one = |page: &mut Page, real| write_one(page, metric, "", &values, None, Number::Real(real));
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
