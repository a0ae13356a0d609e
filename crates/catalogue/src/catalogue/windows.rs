//! The metrics of a line in a window.

use ensilinja_ledger::{
    Decision, Flag, NpsGroup, Promise, Quantile, Resolution, Sums, Undecided, UnknownWait, Verdict, Window, Within,
};
use ensilinja_model::{AttemptResult, Outcome, Survey, YesNo};

use crate::metric::{Metric, MetricKind, MetricLabel, MetricOrigin, WaitKind, words};
use crate::number::Number;

/// Every window.
const ALL: &[Window] = Window::ALL;
/// The windows for figures that are too sparse within hours.
const DAYS: &[Window] = &[Window::Today, Window::Yesterday, Window::Open5Days];

/// A row of counts by the words of one vocabulary.
macro_rules! counts_by {
    ($name:literal, $windows:ident, $label:literal = $words:ident, $read:ident, $help:literal) => {
        Metric {
            name: $name,
            kind: MetricKind::Gauge,
            labels: &[MetricLabel::words($label, words!($words))],
            help: $help,
            origin: MetricOrigin::Window {
                windows: $windows,
                read: |window, emit| {
                    for word in $words::ALL {
                        emit(&[word.as_str()], Number::Count(window.sums.$read(*word)));
                    }
                },
            },
        }
    };
}

/// A row of one number for each window.
macro_rules! one {
    ($name:literal, $windows:ident, $number:ident($read:ident), $help:literal) => {
        Metric {
            name: $name,
            kind: MetricKind::Gauge,
            labels: &[],
            help: $help,
            origin: MetricOrigin::Window {
                windows: $windows,
                read: |window, emit| emit(&[], Number::$number(window.sums.$read())),
            },
        }
    };
}

/// A row of a distribution of waits.
macro_rules! waits {
    ($name:literal, $windows:expr, $kind:ident($read:ident), $help:literal) => {
        Metric {
            name: $name,
            kind: MetricKind::GaugeHistogram,
            labels: &[],
            help: $help,
            origin: MetricOrigin::Waits { windows: $windows, kind: WaitKind::$kind, read: Sums::$read },
        }
    };
}

/// A row of the quantiles of a distribution, absent where it is empty.
macro_rules! quantiles {
    ($name:literal, $windows:ident, $quantiles:ident, $help:literal) => {
        Metric {
            name: $name,
            kind: MetricKind::Gauge,
            labels: &[MetricLabel::words("q", words!(Quantile))],
            help: $help,
            origin: MetricOrigin::Window {
                windows: $windows,
                read: |window, emit| {
                    let Some(quantiles) = window.$quantiles else { return };
                    for quantile in Quantile::ALL {
                        let ms = i64::try_from(quantiles.ms(*quantile)).unwrap_or(i64::MAX);
                        emit(&[quantile.as_str()], Number::Millis(ms));
                    }
                },
            },
        }
    };
}

pub(super) const METRICS: &[Metric] = &[
    one!("ensilinja_window_contacts_offered", ALL, Count(offered), "Contacts that arrived at the line"),
    counts_by!(
        "ensilinja_window_contacts_decided",
        ALL,
        "result" = Decision,
        decided,
        "Contacts with a final result; the sum over results is the denominator of rates"
    ),
    counts_by!(
        "ensilinja_window_contacts_undecided",
        ALL,
        "result" = Undecided,
        undecided,
        "Contacts that stopped waiting without a final result"
    ),
    counts_by!(
        "ensilinja_window_contacts_within_threshold",
        ALL,
        "result" = Within,
        within_threshold,
        "Contacts decided within the line's threshold (inclusive), short abandons excluded"
    ),
    counts_by!(
        "ensilinja_window_contacts_wait_unknown",
        DAYS,
        "result" = UnknownWait,
        wait_unknown,
        "Contacts that waited for an unknown time, by how the wait ended; no figure of waits contains them, and answered \
         and abandoned ones are left out of the service level"
    ),
    one!(
        "ensilinja_window_contacts_handled",
        ALL,
        Count(handled),
        "Contacts answered, or reached by callback; the denominator of the coverage of outcomes"
    ),
    counts_by!(
        "ensilinja_window_contacts_flagged",
        DAYS,
        "flag" = Flag,
        flagged,
        "Contacts with data anomalies; a contact can have several flags, so never sum over them"
    ),
    counts_by!(
        "ensilinja_window_callback_attempts",
        ALL,
        "result" = AttemptResult,
        callback_attempts,
        "Callback attempts until the request was resolved"
    ),
    counts_by!(
        "ensilinja_window_callbacks_closed",
        ALL,
        "result" = Resolution,
        callbacks_closed,
        "Callback requests resolved"
    ),
    Metric {
        name: "ensilinja_window_promises",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::words("promise", words!(Promise)), MetricLabel::words("result", words!(Verdict))],
        help: "Settled promises, one per contact of a line with a promise; void ones are neither kept nor broken",
        origin: MetricOrigin::Window {
            windows: ALL,
            read: |window, emit| {
                for promise in Promise::ALL {
                    for verdict in Verdict::ALL {
                        let count = window.sums.promises(*promise, *verdict);
                        emit(&[promise.as_str(), verdict.as_str()], Number::Count(count));
                    }
                }
            },
        },
    },
    counts_by!("ensilinja_window_outcomes", ALL, "outcome" = Outcome, outcomes, "Outcomes recorded"),
    counts_by!(
        "ensilinja_window_nps_answers",
        DAYS,
        "group" = NpsGroup,
        nps_answers,
        "Answers to the recommendation question: promoters give 9 or 10, passives 7 or 8, detractors 0 to 6"
    ),
    Metric {
        name: "ensilinja_window_survey_answers",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::words("question", words!(Survey)), MetricLabel::words("answer", words!(YesNo))],
        help: "Answers to the yes/no questions: knows how care continues, got a solution",
        origin: MetricOrigin::Window {
            windows: DAYS,
            read: |window, emit| {
                for survey in Survey::ALL {
                    for answer in YesNo::ALL {
                        let count = window.sums.survey_answers(*survey, *answer);
                        emit(&[survey.as_str(), answer.as_str()], Number::Count(count));
                    }
                }
            },
        },
    },
    waits!(
        "ensilinja_window_answer_wait_seconds",
        &[Window::Hour, Window::Today, Window::Open5Days],
        Answer(answer_waits),
        "Waits of answered contacts, from arrival or the queue (the line's wait_from) to answer; exact, from waits in ms"
    ),
    waits!(
        "ensilinja_window_callback_wait_seconds",
        &[Window::Today, Window::Open5Days],
        Callback(callback_waits),
        "Waits of contacts called back, from the request until they were reached, in wall time"
    ),
    waits!(
        "ensilinja_window_callback_open_wait_seconds",
        &[Window::Today, Window::Open5Days],
        Callback(callback_open_waits),
        "Waits of contacts called back, counting only the time in which the line was open"
    ),
    one!(
        "ensilinja_window_abandon_wait_sum_seconds",
        ALL,
        Millis(abandon_wait_sum_ms),
        "Total wait of abandoned contacts, short abandons included"
    ),
    one!(
        "ensilinja_window_timed_out_wait_sum_seconds",
        ALL,
        Millis(timed_out_wait_sum_ms),
        "Total wait of contacts that timed out, whether they count in rates or are left out"
    ),
    one!(
        "ensilinja_window_handling_sum_seconds",
        ALL,
        Millis(handling_sum_ms),
        "Total handling time of answered contacts, counted when the contact ended or was transferred"
    ),
    quantiles!(
        "ensilinja_window_answer_wait_quantile_seconds",
        ALL,
        answer_wait_quantiles,
        "Quantile of the waits of answered contacts, within 1 %; absent if there are none"
    ),
    quantiles!(
        "ensilinja_window_callback_wait_quantile_seconds",
        DAYS,
        callback_wait_quantiles,
        "Quantile of the waits of contacts called back, in wall time, within 1 %; absent if there are none"
    ),
];
