//! Figures as series: what lies in which window, named as the exposition names it.
//!
//! A read at `now` takes what is filed under whole seconds up to that of `now`. Every window is [from, to) in whole
//! seconds, so one that ends now ends a second after the second of `now` began.

use ensilinja_model::{AttemptResult, EventTime, Outcome, Survey, YesNo};
use jiff::tz::TimeZone;

use super::OracleLine;
use super::leg_story::{LegStory, Posting, Stay};
use crate::local_day::{day_before, local, midnight};

const MINUTES_15: &str = "15m";
const HOUR: &str = "1h";
const TODAY: &str = "today";
const YESTERDAY: &str = "yesterday";
const EVERY_WINDOW: [&str; 4] = [MINUTES_15, HOUR, TODAY, YESTERDAY];
const DAYS_ONLY: [&str; 2] = [TODAY, YESTERDAY];

const ANSWER_WAIT_BOUNDS_SECONDS: [i64; 12] = [5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600];
const CALLBACK_WAIT_BOUNDS_SECONDS: [i64; 12] =
    [300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 172_800, 259_200, 432_000];

/// An instant, and what the local clock makes of it.
pub(super) struct Moment {
    second: i64,
    midnight: i64,
    midnight_before: i64,
    local: jiff::civil::DateTime,
}

impl Moment {
    pub(super) fn of(now: EventTime, zone: &TimeZone) -> Self {
        let local = local(now, zone);
        Self {
            second: now.floor_second(),
            midnight: midnight(local.date(), zone).floor_second(),
            midnight_before: midnight(day_before(local.date()), zone).floor_second(),
            local,
        }
    }

    /// The seconds of a window, [from, to).
    fn seconds(&self, window: &str) -> std::ops::Range<i64> {
        let end = self.second + 1;
        match window {
            MINUTES_15 => end - 900..end,
            HOUR => end - 3_600..end,
            TODAY => self.midnight..end,
            _ => self.midnight_before..self.midnight,
        }
    }
}

/// The families that count or add up, with their windows and the extra labels they always have rows for.
fn summed_families() -> Vec<(&'static str, &'static [&'static str], Vec<String>)> {
    let labels = |name: &str, values: &[&str]| values.iter().map(|value| format!("{name}=\"{value}\"")).collect();
    let mut decided: Vec<String> = labels("result", &["answered", "callback_requested"]);
    decided.extend(labels("result", &["abandoned_menu", "abandoned_queue", "abandoned_ringing", "abandoned_short"]));
    let closed = ["reached", "unreached", "cancelled", "duplicate", "expired", "purged", "given_up"];
    let mut survey = Vec::new();
    for question in Survey::ALL {
        for answer in YesNo::ALL {
            survey.push(format!("question=\"{}\",answer=\"{}\"", question.as_str(), answer.as_str()));
        }
    }
    let every: &[&str] = &EVERY_WINDOW;
    let days: &[&str] = &DAYS_ONLY;
    vec![
        ("contacts_offered", every, vec![String::new()]),
        ("contacts_decided", every, decided),
        ("contacts_undecided", every, labels("result", &["moved", "orphaned"])),
        ("contacts_within_threshold", every, labels("result", &["answered", "abandoned"])),
        ("contacts_handled", every, vec![String::new()]),
        ("contacts_flagged", days, labels("flag", &["inferred", "skewed", "outside_hours", "retracted"])),
        (
            "callback_attempts",
            every,
            labels("result", &AttemptResult::ALL.iter().map(|r| r.as_str()).collect::<Vec<_>>()),
        ),
        ("callbacks_closed", every, labels("result", &closed)),
        ("outcomes", every, labels("outcome", &Outcome::ALL.iter().map(|o| o.as_str()).collect::<Vec<_>>())),
        ("nps_answers", days, labels("group", &["promoter", "passive", "detractor"])),
        ("survey_answers", days, survey),
        ("abandon_wait_sum_seconds", every, vec![String::new()]),
        ("handling_sum_seconds", every, vec![String::new()]),
    ]
}

/// The name of a series: labels are line and channel, the family's own, the window, and `le` last.
fn name(line: &OracleLine, family: &str, own_labels: &str, window: &str, le: &str) -> String {
    let mut labels = vec![format!("line=\"{}\"", line.id), format!("channel=\"{}\"", line.channel.as_str())];
    if !own_labels.is_empty() {
        labels.push(own_labels.to_owned());
    }
    for (label, value) in [("window", window), ("le", le)] {
        if !value.is_empty() {
            labels.push(format!("{label}=\"{value}\""));
        }
    }
    format!("ensilinja_{family}{{{}}}", labels.join(","))
}

#[expect(clippy::cast_precision_loss, reason = "simulated counts and sums fit 53 bits")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "simulated counts fit 53 bits")]
fn count(n: usize) -> f64 {
    n as f64
}

fn within<'a>(
    stories: &'a [LegStory],
    family: &'a str,
    window: std::ops::Range<i64>,
) -> impl Iterator<Item = &'a Posting> {
    stories
        .iter()
        .flat_map(|story| &story.postings)
        .filter(move |posting| posting.family == family && window.contains(&posting.second))
}

/// Every figure of a line except quantiles.
pub(super) fn figures(line: &OracleLine, stories: &[LegStory], moment: &Moment) -> Vec<(String, f64)> {
    let mut all = Vec::new();
    for (family, windows, rows) in summed_families() {
        for window in windows {
            for labels in &rows {
                let postings = within(stories, family, moment.seconds(window)).filter(|p| p.labels == *labels);
                let total: f64 = if family.ends_with("_seconds") {
                    seconds(postings.map(|p| p.amount).sum())
                } else {
                    count(postings.count())
                };
                all.push((name(line, &format!("window_{family}"), labels, window, ""), total));
            }
        }
    }
    for window in [HOUR, TODAY] {
        all.extend(histogram(line, stories, moment, "answer_wait_seconds", &ANSWER_WAIT_BOUNDS_SECONDS, window));
    }
    all.extend(histogram(line, stories, moment, "callback_wait_seconds", &CALLBACK_WAIT_BOUNDS_SECONDS, TODAY));
    all.extend(states(line, stories, moment));
    all
}

fn histogram(
    line: &OracleLine,
    stories: &[LegStory],
    moment: &Moment,
    family: &'static str,
    bounds_seconds: &[i64],
    window: &str,
) -> Vec<(String, f64)> {
    let samples: Vec<i64> = within(stories, family, moment.seconds(window)).map(|p| p.amount).collect();
    let mut rows = Vec::new();
    for bound in bounds_seconds {
        let at_or_below = samples.iter().filter(|ms| **ms <= bound * 1000).count();
        rows.push((name(line, &format!("window_{family}_bucket"), "", window, &bound.to_string()), count(at_or_below)));
    }
    rows.push((name(line, &format!("window_{family}_bucket"), "", window, "+Inf"), count(samples.len())));
    rows.push((name(line, &format!("window_{family}_gcount"), "", window, ""), count(samples.len())));
    rows.push((name(line, &format!("window_{family}_gsum"), "", window, ""), seconds(samples.iter().sum())));
    rows
}

/// What is so at the moment, rather than in a window.
fn states(line: &OracleLine, stories: &[LegStory], moment: &Moment) -> Vec<(String, f64)> {
    let there = |stay: &&Stay| (stay.from_second..stay.to_second).contains(&moment.second);
    let waiting: Vec<&Stay> = stories.iter().filter_map(|story| story.waiting.as_ref()).filter(there).collect();
    let callbacks: Vec<&Stay> =
        stories.iter().filter_map(|story| story.callback_outstanding.as_ref()).filter(there).collect();
    let oldest = |stays: &[&Stay]| {
        let now = EventTime::from_seconds(moment.second);
        seconds(stays.iter().map(|stay| now.millis_since(stay.since)).max().unwrap_or(0).max(0))
    };
    vec![
        (name(line, "contacts_waiting", "", "", ""), count(waiting.len())),
        (name(line, "waiting_oldest_seconds", "", "", ""), oldest(&waiting)),
        (name(line, "callbacks_outstanding", "due=\"later\"", "", ""), count(callbacks.len())),
        (name(line, "callback_oldest_seconds", "", "", ""), oldest(&callbacks)),
        (name(line, "line_open", "", "", ""), count(usize::from(line.hours.is_open(moment.local)))),
    ]
}

/// The quantiles of a line's waits, exact.
pub(super) fn quantiles(line: &OracleLine, stories: &[LegStory], moment: &Moment) -> Vec<(String, f64)> {
    let families: [(&str, &str, &[&str]); 2] = [
        ("answer_wait_seconds", "window_answer_wait_quantile_seconds", &EVERY_WINDOW),
        ("callback_wait_seconds", "window_callback_wait_quantile_seconds", &DAYS_ONLY),
    ];
    let mut all = Vec::new();
    for (samples_of, family, windows) in families {
        for window in windows {
            let mut samples: Vec<i64> = within(stories, samples_of, moment.seconds(window)).map(|p| p.amount).collect();
            samples.sort_unstable();
            for (q, tenths) in [("0.5", 5), ("0.9", 9)] {
                let rank = (samples.len() * tenths).div_ceil(10);
                if let Some(sample) = rank.checked_sub(1).and_then(|index| samples.get(index)) {
                    all.push((name(line, family, &format!("q=\"{q}\""), window, ""), seconds(*sample)));
                }
            }
        }
    }
    all
}
