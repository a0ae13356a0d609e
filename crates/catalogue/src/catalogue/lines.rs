//! How a line stands now, and what it is.

use ensilinja_ledger::{Due, Promise};
use ensilinja_model::EventTime;

use crate::metric::{Emit, Metric, MetricKind, MetricLabel, MetricOrigin, words};
use crate::number::Number;

fn instant(at: Option<EventTime>, emit: Emit<'_>) {
    if let Some(at) = at {
        emit(&[], Number::Millis(at.as_millis()));
    }
}

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "ensilinja_contacts_waiting",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "Contacts waiting now, the menu included",
        origin: MetricOrigin::Line(|line, emit| emit(&[], Number::Count(line.waiting))),
    },
    Metric {
        name: "ensilinja_waiting_oldest_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "The longest wait among those waiting now; 0 if nobody waits",
        origin: MetricOrigin::Line(|line, emit| emit(&[], Number::Millis(line.waiting_oldest_ms))),
    },
    Metric {
        name: "ensilinja_callbacks_outstanding",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::words("due", words!(Due))],
        help: "Callback requests not resolved yet, by deadline; all are due later where the line promises no callback",
        origin: MetricOrigin::Line(|line, emit| {
            for due in Due::ALL {
                emit(&[due.as_str()], Number::Count(line.callbacks_outstanding(*due)));
            }
        }),
    },
    Metric {
        name: "ensilinja_callback_oldest_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "The age of the oldest callback request not resolved yet; 0 if there is none",
        origin: MetricOrigin::Line(|line, emit| emit(&[], Number::Millis(line.callback_oldest_ms))),
    },
    Metric {
        name: "ensilinja_callback_next_due_timestamp_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "The earliest deadline still ahead of a callback request not resolved yet; absent if there is none",
        origin: MetricOrigin::Line(|line, emit| instant(line.callback_next_due, emit)),
    },
    Metric {
        name: "ensilinja_callback_next_due_open_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "How long the line is open until the earliest deadline still ahead of a callback request; absent if there is none",
        origin: MetricOrigin::Line(|line, emit| {
            if let Some(ms) = line.callback_next_due_open_ms {
                emit(&[], Number::Millis(ms));
            }
        }),
    },
    Metric {
        name: "ensilinja_promises_pending",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::words("promise", words!(Promise))],
        help: "Promises made and not settled yet, to be shown beside the share of those kept",
        origin: MetricOrigin::Line(|line, emit| {
            for promise in Promise::ALL {
                emit(&[promise.as_str()], Number::Count(line.promises_pending(*promise)));
            }
        }),
    },
    Metric {
        name: "ensilinja_line_open",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "1 while the line is open, else 0",
        origin: MetricOrigin::Line(|line, emit| emit(&[], Number::Count(i64::from(line.open)))),
    },
    Metric {
        name: "ensilinja_line_last_change_timestamp_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "When the line last opened or closed; absent if it never does",
        origin: MetricOrigin::Line(|line, emit| instant(line.last_change, emit)),
    },
    Metric {
        name: "ensilinja_line_next_change_timestamp_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "When the line will next open or close; absent if it never does",
        origin: MetricOrigin::Line(|line, emit| instant(line.next_change, emit)),
    },
    Metric {
        name: "ensilinja_line_info",
        kind: MetricKind::Gauge,
        labels: &[
            MetricLabel::described("name_fi", "the line's name in Finnish"),
            MetricLabel::described("name_sv", "in Swedish"),
            MetricLabel::described("name_en", "in English"),
            MetricLabel::described("group", "the lines it is shown with"),
            MetricLabel::described("service_area", "the service it belongs to"),
        ],
        help: "What the line is called and where it belongs; always 1",
        origin: MetricOrigin::Info(|info, emit| {
            emit(&[&info.name_fi, &info.name_sv, &info.name_en, &info.group, &info.service_area], Number::Count(1));
        }),
    },
];
