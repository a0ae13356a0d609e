//! The reading of a line: its figures as series, named as in the exposition.

use std::collections::BTreeSet;

use ensilinja_model::{AttemptResult, EventTime, Outcome, Survey, YesNo};

use super::OracleLine;
use super::indicators::{self, indicators};
use super::naive_posting::NaiveState;
use super::naive_timeline::NaiveTimeline;
use super::windows::{self, DAYS_ONLY, EVERY_WINDOW, HOUR, OPEN_5_DAYS, TODAY, WindowContents};
use crate::{LineCalendar, Within};

const ANSWER_WAIT_BOUNDS_SECONDS: [u32; 12] = [5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600];
const CALLBACK_WAIT_BOUNDS_SECONDS: [u32; 12] =
    [300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 172_800, 259_200, 432_000];

/// A family of counts or sums: its name after `ensilinja_window_`, its windows, and its extra labels.
type SeriesFamily = (&'static str, &'static [&'static str], Vec<String>);

fn families() -> Vec<SeriesFamily> {
    let labels = |name: &str, values: &[&str]| values.iter().map(|value| format!("{name}=\"{value}\"")).collect();
    let mut decided: Vec<String> = labels("result", &["answered", "callback_requested", "timed_out"]);
    decided.extend(labels("result", &["abandoned_menu", "abandoned_queue", "abandoned_ringing", "abandoned_short"]));
    let closed = ["reached", "unreached", "cancelled", "duplicate", "expired", "purged", "given_up"];
    let attempts: Vec<_> = AttemptResult::ALL.iter().map(|result| result.as_str()).collect();
    let outcomes: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
    let mut survey = Vec::new();
    for question in Survey::ALL {
        for answer in YesNo::ALL {
            survey.push(format!("question=\"{}\",answer=\"{}\"", question.as_str(), answer.as_str()));
        }
    }
    let mut promises = Vec::new();
    for promise in ["answer", "callback"] {
        promises.extend(["kept", "broken", "void"].map(|v| format!("promise=\"{promise}\",result=\"{v}\"")));
    }
    let every: &[&str] = &EVERY_WINDOW;
    let days: &[&str] = &DAYS_ONLY;
    vec![
        ("contacts_offered", every, vec![String::new()]),
        ("contacts_decided", every, decided),
        ("contacts_undecided", every, labels("result", &["moved", "timed_out", "orphaned"])),
        ("contacts_within_threshold", every, labels("result", &["answered", "abandoned"])),
        ("contacts_wait_unknown", days, labels("result", &["answered", "abandoned", "timed_out"])),
        ("contacts_handled", every, vec![String::new()]),
        ("contacts_flagged", days, labels("flag", &["inferred", "skewed", "outside_hours", "retracted"])),
        ("callback_attempts", every, labels("result", &attempts)),
        ("callbacks_closed", every, labels("result", &closed)),
        ("promises", every, promises),
        ("outcomes", every, labels("outcome", &outcomes)),
        ("nps_answers", days, labels("group", &["promoter", "passive", "detractor"])),
        ("survey_answers", days, survey),
        ("abandon_wait_sum_seconds", every, vec![String::new()]),
        ("timed_out_wait_sum_seconds", every, vec![String::new()]),
        ("handling_sum_seconds", every, vec![String::new()]),
    ]
}

/// The families of histograms, with their windows.
const WAITS: [(&str, &[&str]); 3] = [
    ("answer_wait_seconds", &[HOUR, TODAY, OPEN_5_DAYS]),
    ("callback_wait_seconds", &[TODAY, OPEN_5_DAYS]),
    ("callback_open_wait_seconds", &[TODAY, OPEN_5_DAYS]),
];

/// The bucket bounds of waits to answer, in ms: the usual ones, and every elapsed time that a line promises.
pub(super) fn answer_wait_bounds<'a>(lines: impl Iterator<Item = &'a OracleLine>) -> BTreeSet<u32> {
    let promised = lines.flat_map(|line| {
        let later = line.later_limits.iter().map(|(_, limits)| limits.promise);
        [line.promise].into_iter().chain(later).filter_map(|promise| match promise.answer {
            Some(Within::Wall(ms)) => Some(ms),
            _ => None,
        })
    });
    ANSWER_WAIT_BOUNDS_SECONDS.iter().map(|seconds| seconds * 1000).chain(promised).collect()
}

/// The name of a series. The labels are line, channel, those of the family, the window, and `le`.
fn name(line: &OracleLine, family: &str, own_labels: &str, window: &str, le: &str) -> String {
    let mut name = String::with_capacity(160);
    let comma = if own_labels.is_empty() { "" } else { "," };
    let (id, channel) = (line.id.as_str(), line.channel.as_str());
    for part in ["ensilinja_", family, "{line=\"", id, "\",channel=\"", channel, "\"", comma, own_labels] {
        name.push_str(part);
    }
    for (label, value) in [(",window=\"", window), (",le=\"", le)] {
        if !value.is_empty() {
            for part in [label, value, "\""] {
                name.push_str(part);
            }
        }
    }
    name.push('}');
    name
}

#[expect(clippy::cast_precision_loss, reason = "simulated counts and sums fit 53 bits")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "simulated counts fit 53 bits")]
fn number(n: i64) -> f64 {
    n as f64
}

fn count(n: usize) -> f64 {
    number(i64::try_from(n).expect("simulated counts fit 53 bits"))
}

/// A line at an instant, with the timelines of its legs.
pub(super) struct NaiveReading<'a> {
    pub line: &'a OracleLine,
    pub calendar: &'a LineCalendar,
    pub timelines: Vec<&'a NaiveTimeline>,
    /// The whole second of `now`.
    pub second: i64,
    /// The bucket bounds of waits to answer, in ms.
    pub answer_wait_bounds: &'a BTreeSet<u32>,
}

impl<'a> NaiveReading<'a> {
    /// Every figure of the line except quantiles.
    pub(super) fn figures(&self) -> Vec<(String, f64)> {
        let mut all = self.states();
        let families = families();
        for filed in self.windows() {
            for (family, windows, rows) in &families {
                if windows.contains(&filed.window) {
                    all.extend(rows.iter().map(|labels| self.total(&filed, family, labels)));
                }
            }
            for (family, _) in WAITS.iter().filter(|(_, windows)| windows.contains(&filed.window)) {
                all.extend(self.histogram(&filed, family));
            }
            if indicators::WINDOWS.contains(&filed.window) {
                all.extend(self.indicators(&filed));
            }
        }
        all
    }

    /// The contents of each window that has begun.
    fn windows(&self) -> impl Iterator<Item = WindowContents<'a>> {
        EVERY_WINDOW.into_iter().filter_map(|window| {
            let seconds = windows::seconds(window, self.second, self.calendar)?;
            Some(WindowContents::within(&self.timelines, window, &seconds))
        })
    }

    fn total(&self, filed: &WindowContents<'_>, family: &'static str, labels: &str) -> (String, f64) {
        let sum = filed.sum(family, labels);
        let value = if family.ends_with("_seconds") { seconds(sum) } else { number(sum) };
        (name(self.line, &format!("window_{family}"), labels, filed.window, ""), value)
    }

    fn histogram(&self, filed: &WindowContents<'_>, family: &'static str) -> Vec<(String, f64)> {
        let samples = filed.samples(family, "");
        let row = |part: &str, le: &str| name(self.line, &format!("window_{family}_{part}"), "", filed.window, le);
        let bounds: Vec<i64> = if family == "answer_wait_seconds" {
            self.answer_wait_bounds.iter().map(|ms| i64::from(*ms)).collect()
        } else {
            CALLBACK_WAIT_BOUNDS_SECONDS.iter().map(|seconds| i64::from(*seconds) * 1000).collect()
        };
        let mut rows = Vec::new();
        for bound in bounds {
            let at_or_below = samples.iter().filter(|ms| **ms <= bound).count();
            rows.push((row("bucket", &seconds(bound).to_string()), count(at_or_below)));
        }
        rows.push((row("bucket", "+Inf"), count(samples.len())));
        rows.push((row("gcount", ""), count(samples.len())));
        rows.push((row("gsum", ""), seconds(samples.iter().sum())));
        rows
    }

    fn indicators(&self, filed: &WindowContents<'_>) -> Vec<(String, f64)> {
        let mut rows = Vec::new();
        for (indicator, good, valid) in indicators(self.line, filed) {
            let labels = format!("indicator=\"{indicator}\"");
            rows.push((name(self.line, "indicator_good", &labels, filed.window, ""), number(good)));
            rows.push((name(self.line, "indicator_valid", &labels, filed.window, ""), number(valid)));
        }
        rows
    }

    /// The figures without a window.
    fn states(&self) -> Vec<(String, f64)> {
        let now = EventTime::from_seconds(self.second);
        let there: Vec<&NaiveState> = self
            .timelines
            .iter()
            .flat_map(|timeline| &timeline.stays)
            .filter(|stay| (stay.from_second..stay.to_second).contains(&self.second))
            .collect();
        let of = |family: &str| there.iter().filter(|stay| stay.family == family).collect::<Vec<_>>();
        let counted =
            |family: &str, labels: &str| count(of(family).iter().filter(|stay| stay.labels == labels).count());
        let oldest = |family: &str| {
            seconds(of(family).iter().map(|stay| now.millis_since(stay.since)).max().unwrap_or(0).max(0))
        };
        let row = |family: &str, labels: &str| name(self.line, family, labels, "", "");

        let mut rows: Vec<(String, f64)> = [
            ("contacts_waiting", ""),
            ("promises_pending", "promise=\"answer\""),
            ("promises_pending", "promise=\"callback\""),
            ("callbacks_outstanding", "due=\"later\""),
            ("callbacks_outstanding", "due=\"today\""),
            ("callbacks_outstanding", "due=\"overdue\""),
        ]
        .into_iter()
        .map(|(family, labels)| (row(family, labels), counted(family, labels)))
        .collect();
        rows.push((row("waiting_oldest_seconds", ""), oldest("waits")));
        rows.push((row("callback_oldest_seconds", ""), oldest("callbacks_outstanding")));
        let missed = there.iter().filter_map(|stay| stay.deadline_missed).min();
        let overdue_ms = missed.map_or(0, |deadline| now.millis_since(deadline));
        rows.push((row("callback_overdue_oldest_seconds", ""), seconds(overdue_ms)));
        rows.push((row("line_open", ""), count(usize::from(self.calendar.is_open(now)))));
        if let Some(next) = there.iter().filter_map(|stay| stay.deadline_ahead).min() {
            rows.push((row("callback_next_due_timestamp_seconds", ""), seconds(next.as_millis())));
            rows.push((row("callback_next_due_open_seconds", ""), seconds(self.calendar.open_ms(now, next))));
        }
        rows
    }

    /// The exact quantiles of waits.
    pub(super) fn quantiles(&self) -> Vec<(String, f64)> {
        let families: [(&str, &str, &[&str]); 2] = [
            ("answer_wait_seconds", "window_answer_wait_quantile_seconds", &EVERY_WINDOW),
            ("callback_wait_seconds", "window_callback_wait_quantile_seconds", &DAYS_ONLY),
        ];
        let mut all = Vec::new();
        for filed in self.windows() {
            for (samples_of, family, _) in families.iter().filter(|(_, _, windows)| windows.contains(&filed.window)) {
                let mut samples = filed.samples(samples_of, "").to_vec();
                samples.sort_unstable();
                for (q, tenths) in [("0.5", 5), ("0.9", 9)] {
                    let rank = (samples.len() * tenths).div_ceil(10);
                    if let Some(sample) = rank.checked_sub(1).and_then(|index| samples.get(index)) {
                        let labels = format!("q=\"{q}\"");
                        all.push((name(self.line, family, &labels, filed.window, ""), seconds(*sample)));
                    }
                }
            }
        }
        all
    }
}
