//! Finds a figure by the name that a person types: the name of its metric or a part of it, or the word of a label.
//!
//! ```text
//! ensilinja_window_contacts_decided{result="abandoned_queue"}     the series as in the metrics
//! contacts_decided{result=abandoned_queue}, abandoned_queue       an unambiguous part of it
//! decided                                                         the sum over its labels
//! promise_kept                                                    an indicator: its numerator and denominator
//! abandoned, answered, pending                                    a few everyday words
//! ```
//!
//! Names and numbers both come from the catalogue. A number can be read from the figures of a line, or from the figures
//! that a single entry of one contact would make.

use ensilinja_ledger::{LineFigures, Quantile, Window, WindowFigures};
use ensilinja_model::vocabulary;

use crate::catalogue::metrics;
use crate::line_info::LineInfo;
use crate::metric::{Metric, MetricOrigin};
use crate::number::Number;

/// A figure of a line: one series of a metric, or the sum of some.
#[derive(Clone, Debug)]
pub struct NamedFigure {
    metric: &'static Metric,
    part: SeriesPart,
    /// The selected values of each label of the metric; an empty list selects all.
    selected: Vec<Vec<&'static str>>,
}

/// The part of a metric that a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SeriesPart {
    /// Its number.
    Number,
    /// The number of waits in a distribution.
    Count,
    /// The sum of the waits.
    Sum,
}

vocabulary! {
    /// How a figure is aggregated from the entries of contacts.
    Aggregation {
        /// The sum over entries.
        Sum = "sum",
        /// A quantile of the values that entries measure.
        Quantile = "quantile",
        /// The value of a single contact: the oldest, or the next.
        Single = "single",
    }
}

vocabulary! {
    /// The unit of a figure.
    FigureUnit {
        /// A count.
        Count = "count",
        /// A duration in ms.
        Duration = "duration",
        /// An instant in ms since 1970.
        Instant = "instant",
    }
}

/// Why a text is not the name of a figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamedFigureError {
    /// No figure has this name.
    #[error("there is no figure {0}")]
    Unknown(String),
    /// Several figures have this name.
    #[error("{name} is ambiguous: it can be {}", .alternatives.join(" or "))]
    Ambiguous {
        /// The name.
        name: String,
        /// The unambiguous names.
        alternatives: Vec<String>,
    },
    /// The metric is not derived from contacts.
    #[error("{0} is derived from the opening hours, the configuration or the process, not from contacts")]
    NotOfContacts(&'static str),
    /// The values of a label cannot be summed, so one must be given.
    #[error("{figure} needs a {label}, because its values cannot be summed: {}", .values.join(", "))]
    NeedsLabel {
        /// The figure.
        figure: &'static str,
        /// The label.
        label: &'static str,
        /// Its possible values.
        values: Vec<&'static str>,
    },
    /// The figure has no label with this name.
    #[error("{figure} has no label {label}; it has {}", if .labels.is_empty() { "none".to_owned() } else { .labels.join(", ") })]
    NoSuchLabel {
        /// The figure.
        figure: &'static str,
        /// The name of the label.
        label: String,
        /// The labels of the figure.
        labels: Vec<&'static str>,
    },
    /// The label never has this value.
    #[error("{label} cannot be {value}; it is one of {}", .values.join(", "))]
    NoSuchValue {
        /// The label.
        label: &'static str,
        /// The value.
        value: String,
        /// Its possible values.
        values: Vec<&'static str>,
    },
    /// The text is not a name with optional labels.
    #[error(
        "{0} cannot be understood; write a figure as abandoned_queue or contacts_decided{{result=\"abandoned_queue\"}}"
    )]
    NotUnderstood(String),
}

/// Everyday words: the word, the JSON name of the metric, one of its labels, and the prefix of the selected values.
const EVERYDAY_WORDS: [(&str, &str, &str, &str); 4] = [
    ("abandoned", "contacts_decided", "result", "abandoned_"),
    ("answered", "contacts_decided", "result", "answered"),
    ("pending", "promises_pending", "promise", ""),
    ("nps", "nps_answers", "group", ""),
];

/// Labels under which a contact can have several values, or whose values are not counts.
const NEVER_SUMMED: [&str; 3] = ["indicator", "flag", QUANTILE];

/// The label of quantiles.
const QUANTILE: &str = "q";

/// The prefix of the metrics that are derived from the opening hours.
const OPENING_HOURS_PREFIX: &str = "ensilinja_line_";

impl NamedFigure {
    /// The figures with this name: one figure, or two for an indicator (numerator and denominator) and for a
    /// distribution of waits (sum and count).
    ///
    /// # Errors
    /// [`NamedFigureError`] names the alternatives.
    pub fn find(text: &str) -> Result<Vec<Self>, NamedFigureError> {
        let (name, selectors) = split(text).ok_or_else(|| NamedFigureError::NotUnderstood(text.to_owned()))?;
        let mut found = by_metric(&name);
        if found.is_empty() {
            found = by_everyday_word(&name);
        }
        if found.is_empty() {
            found = by_value(&name);
        }
        let are_of_one_indicator =
            found.iter().all(|(metric, _)| matches!(metric.origin, MetricOrigin::Indicators { .. }));
        match &*found {
            [] => return Err(unknown(&name)),
            [_] => {}
            _ if are_of_one_indicator => {}
            _ => {
                let alternatives =
                    found.iter().map(|(metric, selected)| written(metric.json_name(), metric, selected, "=")).collect();
                return Err(NamedFigureError::Ambiguous { name, alternatives });
            }
        }
        let mut figures = Vec::new();
        for (metric, mut selected) in found {
            select(metric, &mut selected, &selectors)?;
            let parts: &[SeriesPart] = match metric.origin {
                MetricOrigin::Waits { .. } => &[SeriesPart::Sum, SeriesPart::Count],
                _ => &[SeriesPart::Number],
            };
            figures.extend(parts.iter().map(|part| Self { metric, part: *part, selected: selected.clone() }));
        }
        Ok(figures)
    }

    /// Every word that finds a figure, for suggestions to a misspelt name.
    #[must_use]
    pub fn words() -> Vec<&'static str> {
        let of_metrics = of_contacts().map(Metric::json_name);
        let of_labels = of_contacts().flat_map(|metric| metric.labels).flat_map(|label| label.values.known());
        let mut words: Vec<&str> =
            of_metrics.chain(EVERYDAY_WORDS.iter().map(|word| word.0)).chain(of_labels).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// The series of the figure, as a query without line and window.
    #[must_use]
    pub fn series(&self) -> String {
        let suffix = match self.part {
            SeriesPart::Number => "",
            SeriesPart::Count => "_gcount",
            SeriesPart::Sum => "_gsum",
        };
        written(&format!("{}{suffix}", self.metric.name), self.metric, &self.selected, "=~")
    }

    /// The help text of its metric.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        self.metric.help
    }

    /// The windows of the figure; empty for a figure of the instant itself.
    #[must_use]
    pub const fn windows(&self) -> &'static [Window] {
        self.metric.windows()
    }

    /// How the figure is aggregated.
    #[must_use]
    pub fn aggregation(&self) -> Aggregation {
        if self.metric.labels.iter().any(|label| label.name == QUANTILE) {
            Aggregation::Quantile
        } else if self.windows().is_empty() && self.unit() != FigureUnit::Count {
            Aggregation::Single
        } else {
            Aggregation::Sum
        }
    }

    /// Whether it is the numerator or the denominator of an indicator.
    #[must_use]
    pub const fn is_of_indicator(&self) -> bool {
        matches!(self.metric.origin, MetricOrigin::Indicators { .. })
    }

    /// The quantile, if it is one.
    #[must_use]
    pub fn quantile(&self) -> Option<Quantile> {
        let place = self.metric.labels.iter().position(|label| label.name == QUANTILE)?;
        self.selected[place].first().and_then(|quantile| Quantile::from_name(quantile))
    }

    /// The unit of its number.
    #[must_use]
    pub fn unit(&self) -> FigureUnit {
        match self.part {
            SeriesPart::Sum => FigureUnit::Duration,
            SeriesPart::Number if self.metric.name.ends_with("_timestamp_seconds") => FigureUnit::Instant,
            SeriesPart::Number if self.metric.unit() == Some("seconds") => FigureUnit::Duration,
            SeriesPart::Number | SeriesPart::Count => FigureUnit::Count,
        }
    }

    /// The number in a window of a line; `None` if there is none, or it is a figure of the instant itself.
    #[must_use]
    pub fn of_window(&self, info: &LineInfo, window: &WindowFigures) -> Option<i64> {
        match &self.metric.origin {
            MetricOrigin::Window { read, .. } => self.sum(|emit| read(window, emit)),
            MetricOrigin::Indicators { read, .. } => self.sum(|emit| read(info, &window.sums, emit)),
            MetricOrigin::Waits { read, .. } => match self.part {
                SeriesPart::Sum => Some(read(&window.sums).sum_ms()),
                SeriesPart::Count | SeriesPart::Number => Some(read(&window.sums).count()),
            },
            _ => None,
        }
    }

    /// The number of a line at the instant itself; `None` if there is none, or it is a figure of a window.
    #[must_use]
    pub fn of_line(&self, line: &LineFigures) -> Option<i64> {
        match &self.metric.origin {
            MetricOrigin::Line(read) => self.sum(|emit| read(line, emit)),
            _ => None,
        }
    }

    /// The sum of the selected series; `None` if there are none.
    fn sum(&self, read: impl FnOnce(&mut dyn FnMut(&[&str], Number))) -> Option<i64> {
        let mut sum = None;
        read(&mut |values, number| {
            let is_selected = values
                .iter()
                .zip(&self.selected)
                .all(|(value, selected)| selected.is_empty() || selected.contains(value));
            if let (true, Number::Count(more) | Number::Millis(more)) = (is_selected, number) {
                *sum.get_or_insert(0) += more;
            }
        });
        sum
    }
}

/// A metric, and the selected values of each of its labels.
type Candidate = (&'static Metric, Vec<Vec<&'static str>>);

/// The metrics of lines that are derived from contacts.
fn of_contacts() -> impl Iterator<Item = &'static Metric> {
    metrics().filter(|metric| match metric.origin {
        MetricOrigin::Window { .. } | MetricOrigin::Waits { .. } | MetricOrigin::Indicators { .. } => true,
        MetricOrigin::Line(_) => !metric.name.starts_with(OPENING_HOURS_PREFIX),
        MetricOrigin::Targets(_)
        | MetricOrigin::DatedTargets(_)
        | MetricOrigin::Info(_)
        | MetricOrigin::Snapshot(_)
        | MetricOrigin::Registry => false,
    })
}

/// Splits a text into the name and the labels with their values.
fn split(text: &str) -> Option<(String, Vec<(String, String)>)> {
    let (name, rest) = match text.split_once('{') {
        Some((name, rest)) => (name, rest.trim_end().strip_suffix('}')?),
        None => (text, ""),
    };
    let selectors = rest.split(',').map(str::trim).filter(|selector| !selector.is_empty()).map(|selector| {
        let (label, value) = selector.split_once('=')?;
        Some((label.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
    });
    let name = name.trim().to_lowercase().replace(['-', ' '], "_");
    (!name.is_empty()).then(|| selectors.collect::<Option<Vec<_>>>().map(|selectors| (name, selectors)))?
}

/// Whether a metric has this name, with or without its prefixes and its unit.
fn is_called(metric: &'static Metric, name: &str) -> bool {
    let name = name.strip_prefix("ensilinja_").unwrap_or(name);
    let name = name.strip_prefix("window_").unwrap_or(name);
    let short = metric.json_name();
    let plain = ["contacts_", "callbacks_"].iter().find_map(|prefix| short.strip_prefix(prefix)).unwrap_or(short);
    let without_unit = |text: &'static str| text.strip_suffix("_seconds").unwrap_or(text);
    [short, plain, without_unit(short), without_unit(plain)].contains(&name)
}

fn by_metric(name: &str) -> Vec<Candidate> {
    let any = |metric: &'static Metric| (metric, vec![Vec::new(); metric.labels.len()]);
    of_contacts().filter(|metric| is_called(metric, name)).map(any).collect()
}

fn by_everyday_word(name: &str) -> Vec<Candidate> {
    let of_word = |(_, metric, label, begins): &(&str, &str, &str, &str)| {
        let metric = of_contacts()
            .find(|known| known.json_name() == *metric)
            .expect("everyday words name metrics of the catalogue");
        let selected = metric.labels.iter().map(|own| {
            own.values.known().into_iter().filter(|value| own.name == *label && value.starts_with(begins)).collect()
        });
        (metric, selected.collect())
    };
    EVERYDAY_WORDS.iter().filter(|word| word.0 == name).map(of_word).collect()
}

fn by_value(name: &str) -> Vec<Candidate> {
    let selected = |metric: &'static Metric| {
        let is_it = |value: &&'static str| *value == name;
        let selected: Vec<Vec<&str>> =
            metric.labels.iter().map(|label| label.values.known().into_iter().filter(is_it).collect()).collect();
        selected.iter().any(|values| !values.is_empty()).then_some((metric, selected))
    };
    of_contacts().filter_map(selected).collect()
}

fn unknown(name: &str) -> NamedFigureError {
    let other = metrics().find(|metric| metric.name == name || metric.json_name() == name);
    other.map_or_else(
        || NamedFigureError::Unknown(name.to_owned()),
        |metric| NamedFigureError::NotOfContacts(metric.name),
    )
}

/// Narrows the selected values by the selectors.
fn select(
    metric: &'static Metric,
    selected: &mut [Vec<&'static str>],
    selectors: &[(String, String)],
) -> Result<(), NamedFigureError> {
    for (label, value) in selectors {
        let place =
            metric.labels.iter().position(|own| own.name == label).ok_or_else(|| NamedFigureError::NoSuchLabel {
                figure: metric.json_name(),
                label: label.clone(),
                labels: metric.labels.iter().map(|label| label.name).collect(),
            })?;
        let own = &metric.labels[place];
        let known = own.values.known();
        let value = known.iter().find(|known| **known == value).copied().ok_or_else(|| {
            NamedFigureError::NoSuchValue { label: own.name, value: value.clone(), values: known.clone() }
        })?;
        selected[place] = vec![value];
    }
    for (label, selected) in metric.labels.iter().zip(selected) {
        if NEVER_SUMMED.contains(&label.name) && selected.len() != 1 {
            let (figure, label, values) = (metric.json_name(), label.name, label.values.known());
            return Err(NamedFigureError::NeedsLabel { figure, label, values });
        }
    }
    Ok(())
}

/// A name with the selected values of its labels; `several` is the operator before more than one value.
fn written(name: &str, metric: &Metric, selected: &[Vec<&'static str>], several: &str) -> String {
    let selected_labels = metric.labels.iter().zip(selected).filter(|(_, selected)| !selected.is_empty());
    let labels: Vec<String> = selected_labels
        .map(|(label, selected)| {
            let equals = if selected.len() > 1 { several } else { "=" };
            format!("{}{equals}\"{}\"", label.name, selected.join("|"))
        })
        .collect();
    if labels.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", labels.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str) -> Vec<String> {
        NamedFigure::find(name).unwrap_or_else(|error| panic!("{error}")).iter().map(NamedFigure::series).collect()
    }

    #[test]
    fn a_figure_is_found_by_an_unambiguous_part_of_its_name() {
        let decided = "ensilinja_window_contacts_decided";
        for name in [
            "ensilinja_window_contacts_decided{result=\"abandoned_queue\"}",
            "window_contacts_decided{result=abandoned_queue}",
            "contacts_decided{ result = \"abandoned_queue\" }",
            "decided{result=abandoned_queue}",
            "abandoned_queue",
            "Abandoned-Queue",
            "abandoned queue",
        ] {
            assert_eq!(series(name), [format!("{decided}{{result=\"abandoned_queue\"}}")], "{name}");
        }
        assert_eq!(series("decided"), [decided]);
        for (name, found) in [
            ("offered", "ensilinja_window_contacts_offered"),
            ("waiting", "ensilinja_contacts_waiting"),
            ("handled", "ensilinja_window_contacts_handled"),
            ("outstanding", "ensilinja_callbacks_outstanding"),
            ("overdue", "ensilinja_callbacks_outstanding{due=\"overdue\"}"),
            ("waiting_oldest", "ensilinja_waiting_oldest_seconds"),
            ("purged", "ensilinja_window_callbacks_closed{result=\"purged\"}"),
            ("kept", "ensilinja_window_promises{result=\"kept\"}"),
            ("promises{promise=callback}", "ensilinja_window_promises{promise=\"callback\"}"),
            ("answered", "ensilinja_window_contacts_decided{result=\"answered\"}"),
            ("retracted", "ensilinja_window_contacts_flagged{flag=\"retracted\"}"),
            ("answer_wait_quantile{q=0.9}", "ensilinja_window_answer_wait_quantile_seconds{q=\"0.9\"}"),
            (
                "abandoned",
                "ensilinja_window_contacts_decided\
                 {result=~\"abandoned_menu|abandoned_queue|abandoned_ringing|abandoned_short\"}",
            ),
        ] {
            assert_eq!(series(name), [found], "{name}");
        }
    }

    #[test]
    fn an_indicator_is_two_figures_and_so_is_a_distribution() {
        assert_eq!(
            series("promise_kept"),
            [
                "ensilinja_indicator_good{indicator=\"promise_kept\"}",
                "ensilinja_indicator_valid{indicator=\"promise_kept\"}"
            ]
        );
        assert_eq!(series("indicator_good{indicator=service}"), ["ensilinja_indicator_good{indicator=\"service\"}"]);
        assert_eq!(
            series("answer_wait"),
            ["ensilinja_window_answer_wait_seconds_gsum", "ensilinja_window_answer_wait_seconds_gcount"]
        );
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_alternatives() {
        for (name, refusal) in [
            ("abandonned", "there is no figure abandonned"),
            (
                "reached",
                "reached is ambiguous: it can be callback_attempts{result=\"reached\"} or callbacks_closed{result=\"reached\"}",
            ),
            (
                "flagged",
                "contacts_flagged needs a flag, because its values cannot be summed: inferred, skewed, outside_hours, \
                         retracted",
            ),
            (
                "answer_wait_quantile",
                "answer_wait_quantile_seconds needs a q, because its values cannot be summed: 0.5, 0.9",
            ),
            (
                "decided{result=lost}",
                "result cannot be lost; it is one of answered, callback_requested, timed_out, \
                                      abandoned_menu, abandoned_queue, abandoned_ringing, abandoned_short",
            ),
            ("offered{result=lost}", "contacts_offered has no label result; it has none"),
            (
                "line_open",
                "ensilinja_line_open is derived from the opening hours, the configuration or the process, not from \
                 contacts",
            ),
            (
                "decided{",
                "decided{ cannot be understood; write a figure as abandoned_queue or \
                          contacts_decided{result=\"abandoned_queue\"}",
            ),
        ] {
            assert_eq!(NamedFigure::find(name).unwrap_err().to_string(), refusal);
        }
    }

    #[test]
    fn every_word_finds_a_figure_or_its_alternatives() {
        let words = NamedFigure::words();
        assert!(words.len() > 80, "{words:?}");
        for word in words {
            match NamedFigure::find(word) {
                Ok(found) => assert!(!found.is_empty()),
                Err(NamedFigureError::Ambiguous { alternatives, .. }) => {
                    assert!(
                        alternatives.iter().all(|name| NamedFigure::find(name).is_ok()),
                        "{word}: {alternatives:?}"
                    );
                }
                Err(NamedFigureError::NeedsLabel { .. }) => {}
                Err(error) => panic!("{word}: {error}"),
            }
        }
    }

    #[test]
    fn an_oldest_or_next_figure_is_of_a_single_contact_and_a_quantile_is_neither_that_nor_a_sum() {
        for metric in of_contacts() {
            let selected = vec![Vec::new(); metric.labels.len()];
            let aggregation = NamedFigure { metric, part: SeriesPart::Number, selected }.aggregation();
            let expected = if metric.name.contains("quantile") {
                Aggregation::Quantile
            } else if metric.name.contains("oldest") || metric.name.contains("next") {
                Aggregation::Single
            } else {
                Aggregation::Sum
            };
            assert_eq!(aggregation, expected, "{}", metric.name);
        }
    }
}
