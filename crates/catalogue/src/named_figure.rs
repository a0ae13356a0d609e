//! Finding a figure by what people call it: the name of its metric, as much of it as they say, or the word of a label.
//!
//! ```text
//! ensilinja_window_contacts_decided{result="abandoned_queue"}     as the metrics have it
//! contacts_decided{result=abandoned_queue}, abandoned_queue       as much of it as tells it apart
//! decided                                                         the sum over its labels
//! promise_kept                                                    an indicator: what is good, and of how many
//! abandoned, answered, pending                                    a few plain words
//! ```
//!
//! All of it is read off the catalogue, and so is the number: of the figures of a line, or of what one step of one
//! contact alone would make of them.

use ensilinja_ledger::{LineFigures, Quantile, Window, WindowFigures};

use crate::catalogue::metrics;
use crate::line_info::LineInfo;
use crate::metric::{Metric, MetricOrigin};
use crate::number::Number;

/// A figure of a line: one series of a metric, or the sum of some.
#[derive(Clone, Debug)]
pub struct NamedFigure {
    metric: &'static Metric,
    part: SeriesPart,
    /// The values that are asked for of each of the metric's labels; all, if there are none.
    chosen: Vec<Vec<&'static str>>,
}

/// What is taken of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SeriesPart {
    /// Its number.
    Number,
    /// How many waits a distribution has.
    Count,
    /// Their sum.
    Sum,
}

/// How a figure is made of what contacts do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// It is a sum over their steps.
    Sum,
    /// It is a quantile of what their steps measure.
    Quantile,
    /// It is that of one contact: the oldest, or the next.
    Single,
}

/// What the number of a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureUnit {
    /// How many.
    Count,
    /// How long, in ms.
    Duration,
    /// When, in ms since 1970.
    Instant,
}

/// Why a name is no figure that could be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamedFigureError {
    /// Nothing is called so.
    #[error("there is no figure {0}")]
    Unknown(String),
    /// Several are.
    #[error("{name} may be {}", .may_be.join(" or "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// What would tell them apart.
        may_be: Vec<String>,
    },
    /// It is not made of contacts.
    #[error("{0} is not made of contacts: it follows from the opening hours, the configuration or the process")]
    NotOfContacts(&'static str),
    /// Its labels cannot be summed over.
    #[error("{figure} wants a {label}, for its values do not add up: {}", .values.join(", "))]
    NeedsLabel {
        /// The figure.
        figure: &'static str,
        /// The label.
        label: &'static str,
        /// What it may be.
        values: Vec<&'static str>,
    },
    /// It has no such label.
    #[error("{figure} has no label {label}; it has {}", if .labels.is_empty() { "none".to_owned() } else { .labels.join(", ") })]
    NoSuchLabel {
        /// The figure.
        figure: &'static str,
        /// What was said.
        label: String,
        /// Those it has.
        labels: Vec<&'static str>,
    },
    /// The label never says so.
    #[error("{label} is never {value}; it is one of {}", .values.join(", "))]
    NoSuchValue {
        /// The label.
        label: &'static str,
        /// What was said.
        value: String,
        /// What it may be.
        values: Vec<&'static str>,
    },
    /// It cannot be read as a name with labels.
    #[error(
        "{0} is not understood; write a figure as abandoned_queue or contacts_decided{{result=\"abandoned_queue\"}}"
    )]
    NotUnderstood(String),
}

/// Plain words: the metric without its prefixes, a label of it, and what the label's values begin with.
const PLAIN_WORDS: [(&str, &str, &str, &str); 4] = [
    ("abandoned", "contacts_decided", "result", "abandoned_"),
    ("answered", "contacts_decided", "result", "answered"),
    ("pending", "promises_pending", "promise", ""),
    ("nps", "nps_answers", "group", ""),
];

/// Labels of which a contact may be under several values, or whose values are not counts.
const NEVER_SUMMED: [&str; 3] = ["indicator", "flag", QUANTILE];

/// The label of quantiles.
const QUANTILE: &str = "q";

/// What the names of metrics begin with that follow from the opening hours.
const OF_HOURS: &str = "ensilinja_line_";

impl NamedFigure {
    /// The figures that go by this name: one, or the two of an indicator (what is good, and of how many) or of a
    /// distribution of waits (how many, and how long in all).
    ///
    /// # Errors
    /// [`NamedFigureError`] says what would be understood.
    pub fn find(text: &str) -> Result<Vec<Self>, NamedFigureError> {
        let (name, selectors) = parted(text).ok_or_else(|| NamedFigureError::NotUnderstood(text.to_owned()))?;
        let mut found = by_metric(&name);
        if found.is_empty() {
            found = by_plain_word(&name);
        }
        if found.is_empty() {
            found = by_value(&name);
        }
        let is_one_thing = found.iter().all(|(metric, _)| matches!(metric.origin, MetricOrigin::Indicators { .. }));
        match &*found {
            [] => return Err(unknown(&name)),
            [_] => {}
            _ if is_one_thing => {}
            _ => {
                let may_be =
                    found.iter().map(|(metric, chosen)| written(metric.json_name(), metric, chosen, "=")).collect();
                return Err(NamedFigureError::Ambiguous { name, may_be });
            }
        }
        let mut figures = Vec::new();
        for (metric, mut chosen) in found {
            choose(metric, &mut chosen, &selectors)?;
            let parts: &[SeriesPart] = match metric.origin {
                MetricOrigin::Waits { .. } => &[SeriesPart::Sum, SeriesPart::Count],
                _ => &[SeriesPart::Number],
            };
            figures.extend(parts.iter().map(|part| Self { metric, part: *part, chosen: chosen.clone() }));
        }
        Ok(figures)
    }

    /// Every word by which some figure is found, for whoever looks for the one that was meant.
    #[must_use]
    pub fn words() -> Vec<&'static str> {
        let of_metrics = of_contacts().map(Metric::json_name);
        let of_labels = of_contacts().flat_map(|metric| metric.labels).flat_map(|label| label.values.known());
        let mut words: Vec<&str> = of_metrics.chain(PLAIN_WORDS.iter().map(|word| word.0)).chain(of_labels).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// The series that it is, or is the sum of, as a query for them without its line and window.
    #[must_use]
    pub fn series(&self) -> String {
        let suffix = match self.part {
            SeriesPart::Number => "",
            SeriesPart::Count => "_gcount",
            SeriesPart::Sum => "_gsum",
        };
        written(&format!("{}{suffix}", self.metric.name), self.metric, &self.chosen, "=~")
    }

    /// What it means.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        self.metric.help
    }

    /// The windows it is told for; none, if it is a figure of an instant.
    #[must_use]
    pub const fn windows(&self) -> &'static [Window] {
        self.metric.windows()
    }

    /// How it is made.
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

    /// Whether it is a part of an indicator: what is good, or of how many.
    #[must_use]
    pub const fn is_of_indicator(&self) -> bool {
        matches!(self.metric.origin, MetricOrigin::Indicators { .. })
    }

    /// Which quantile it is, if it is one.
    #[must_use]
    pub fn quantile(&self) -> Option<Quantile> {
        let place = self.metric.labels.iter().position(|label| label.name == QUANTILE)?;
        self.chosen[place].first().and_then(|quantile| Quantile::from_name(quantile))
    }

    /// What its number is.
    #[must_use]
    pub fn unit(&self) -> FigureUnit {
        match self.part {
            SeriesPart::Sum => FigureUnit::Duration,
            SeriesPart::Number if self.metric.name.ends_with("_timestamp_seconds") => FigureUnit::Instant,
            SeriesPart::Number if self.metric.unit() == Some("seconds") => FigureUnit::Duration,
            SeriesPart::Number | SeriesPart::Count => FigureUnit::Count,
        }
    }

    /// The figure of a window of a line; `None` where there is none, or it is a figure of an instant.
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

    /// The figure of an instant of a line; `None` where there is none, or it is a figure of a window.
    #[must_use]
    pub fn of_line(&self, line: &LineFigures) -> Option<i64> {
        match &self.metric.origin {
            MetricOrigin::Line(read) => self.sum(|emit| read(line, emit)),
            _ => None,
        }
    }

    /// The sum of the chosen series; `None` if there are none.
    fn sum(&self, read: impl FnOnce(&mut dyn FnMut(&[&str], Number))) -> Option<i64> {
        let mut sum = None;
        read(&mut |said, number| {
            let is_chosen =
                said.iter().zip(&self.chosen).all(|(said, chosen)| chosen.is_empty() || chosen.contains(said));
            if let (true, Number::Count(more) | Number::Millis(more)) = (is_chosen, number) {
                *sum.get_or_insert(0) += more;
            }
        });
        sum
    }
}

/// A metric, and the values chosen of each of its labels.
type Candidate = (&'static Metric, Vec<Vec<&'static str>>);

/// The metrics of lines that contacts make.
fn of_contacts() -> impl Iterator<Item = &'static Metric> {
    metrics().filter(|metric| match metric.origin {
        MetricOrigin::Window { .. } | MetricOrigin::Waits { .. } | MetricOrigin::Indicators { .. } => true,
        MetricOrigin::Line(_) => !metric.name.starts_with(OF_HOURS),
        MetricOrigin::Targets(_) | MetricOrigin::Info(_) | MetricOrigin::Snapshot(_) | MetricOrigin::Registry => false,
    })
}

/// The name, and the labels with what they are to say.
fn parted(text: &str) -> Option<(String, Vec<(String, String)>)> {
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

/// Whether a metric goes by this name: with or without its prefixes and its unit.
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

fn by_plain_word(name: &str) -> Vec<Candidate> {
    let of_word = |(_, metric, label, begins): &(&str, &str, &str, &str)| {
        let metric =
            of_contacts().find(|known| known.json_name() == *metric).expect("plain words are of the catalogue");
        let chosen = metric.labels.iter().map(|own| {
            own.values.known().into_iter().filter(|value| own.name == *label && value.starts_with(begins)).collect()
        });
        (metric, chosen.collect())
    };
    PLAIN_WORDS.iter().filter(|word| word.0 == name).map(of_word).collect()
}

fn by_value(name: &str) -> Vec<Candidate> {
    let chosen = |metric: &'static Metric| {
        let is_it = |value: &&'static str| *value == name;
        let chosen: Vec<Vec<&str>> =
            metric.labels.iter().map(|label| label.values.known().into_iter().filter(is_it).collect()).collect();
        chosen.iter().any(|values| !values.is_empty()).then_some((metric, chosen))
    };
    of_contacts().filter_map(chosen).collect()
}

fn unknown(name: &str) -> NamedFigureError {
    let other = metrics().find(|metric| metric.name == name || metric.json_name() == name);
    other.map_or_else(
        || NamedFigureError::Unknown(name.to_owned()),
        |metric| NamedFigureError::NotOfContacts(metric.name),
    )
}

/// Narrows the choice by what the selectors say.
fn choose(
    metric: &'static Metric,
    chosen: &mut [Vec<&'static str>],
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
        chosen[place] = vec![value];
    }
    for (label, chosen) in metric.labels.iter().zip(chosen) {
        if NEVER_SUMMED.contains(&label.name) && chosen.len() != 1 {
            let (figure, label, values) = (metric.json_name(), label.name, label.values.known());
            return Err(NamedFigureError::NeedsLabel { figure, label, values });
        }
    }
    Ok(())
}

/// A name with the chosen values of its labels; `several` stands before more than one.
fn written(name: &str, metric: &Metric, chosen: &[Vec<&'static str>], several: &str) -> String {
    let said = metric.labels.iter().zip(chosen).filter(|(_, chosen)| !chosen.is_empty());
    let said: Vec<String> = said
        .map(|(label, chosen)| {
            let equals = if chosen.len() > 1 { several } else { "=" };
            format!("{}{equals}\"{}\"", label.name, chosen.join("|"))
        })
        .collect();
    if said.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", said.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str) -> Vec<String> {
        NamedFigure::find(name).unwrap_or_else(|error| panic!("{error}")).iter().map(NamedFigure::series).collect()
    }

    #[test]
    fn a_figure_is_found_by_as_much_of_its_name_as_tells_it_apart() {
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
    fn what_is_not_understood_is_refused_with_what_would_be() {
        for (name, refusal) in [
            ("abandonned", "there is no figure abandonned"),
            ("reached", "reached may be callback_attempts{result=\"reached\"} or callbacks_closed{result=\"reached\"}"),
            (
                "flagged",
                "contacts_flagged wants a flag, for its values do not add up: inferred, skewed, outside_hours, \
                         retracted",
            ),
            ("answer_wait_quantile", "answer_wait_quantile_seconds wants a q, for its values do not add up: 0.5, 0.9"),
            (
                "decided{result=lost}",
                "result is never lost; it is one of answered, callback_requested, abandoned_menu, \
                                      abandoned_queue, abandoned_ringing, abandoned_short",
            ),
            ("offered{result=lost}", "contacts_offered has no label result; it has none"),
            (
                "line_open",
                "ensilinja_line_open is not made of contacts: it follows from the opening hours, the \
                           configuration or the process",
            ),
            (
                "decided{",
                "decided{ is not understood; write a figure as abandoned_queue or \
                          contacts_decided{result=\"abandoned_queue\"}",
            ),
        ] {
            assert_eq!(NamedFigure::find(name).unwrap_err().to_string(), refusal);
        }
    }

    #[test]
    fn every_word_finds_a_figure_or_is_told_apart() {
        let words = NamedFigure::words();
        assert!(words.len() > 80, "{words:?}");
        for word in words {
            match NamedFigure::find(word) {
                Ok(found) => assert!(!found.is_empty()),
                Err(NamedFigureError::Ambiguous { may_be, .. }) => {
                    assert!(may_be.iter().all(|name| NamedFigure::find(name).is_ok()), "{word}: {may_be:?}");
                }
                Err(NamedFigureError::NeedsLabel { .. }) => {}
                Err(error) => panic!("{word}: {error}"),
            }
        }
    }

    #[test]
    fn what_is_oldest_or_next_is_one_contact_s_and_a_quantile_is_neither_that_nor_a_sum() {
        for metric in of_contacts() {
            let chosen = vec![Vec::new(); metric.labels.len()];
            let aggregation = NamedFigure { metric, part: SeriesPart::Number, chosen }.aggregation();
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
