//! The metrics of the state of a line now, and of its description.

use ensilinja_ledger::{Due, Promise};
use ensilinja_model::{EventTime, WaitFrom};

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
        help: "Contacts waiting now, including those in the menu",
        origin: MetricOrigin::Line(|line, emit| emit(&[], Number::Count(line.waiting))),
    },
    Metric {
        name: "ensilinja_waiting_oldest_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "The longest known wait of a contact waiting now, by the line's wait_from; 0 if none waits",
        origin: MetricOrigin::Line(|line, emit| emit(&[], Number::Millis(line.waiting_oldest_ms))),
    },
    Metric {
        name: "ensilinja_callbacks_outstanding",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::words("due", words!(Due))],
        help: "Callback requests not yet resolved, by deadline; all are `later` on a line that promises no callback",
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
        help: "The age of the oldest outstanding callback request; 0 if there is none",
        origin: MetricOrigin::Line(|line, emit| emit(&[], Number::Millis(line.callback_oldest_ms))),
    },
    Metric {
        name: "ensilinja_callback_overdue_oldest_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "How long the callback request with the earliest missed deadline has been overdue; 0 if none is overdue",
        origin: MetricOrigin::Line(|line, emit| emit(&[], Number::Millis(line.callback_overdue_oldest_ms))),
    },
    Metric {
        name: "ensilinja_callback_next_due_timestamp_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "The earliest future deadline of an outstanding callback request; absent if there is none",
        origin: MetricOrigin::Line(|line, emit| instant(line.callback_next_due, emit)),
    },
    Metric {
        name: "ensilinja_callback_next_due_open_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "Open time of the line until the earliest future deadline of an outstanding callback request; absent if there is none",
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
        help: "Promises not yet settled, to be shown beside the share of kept ones",
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
            MetricLabel::described("group_fi", "their name in Finnish"),
            MetricLabel::described("group_sv", "in Swedish"),
            MetricLabel::described("group_en", "in English"),
            MetricLabel::described("service_area", "the service it belongs to"),
            MetricLabel::described("wait_from", "from where waits count: arrival, queue, or by_date if that changes"),
        ],
        help: "The names, the group and the service of the line, and from where its waits count; always 1",
        origin: MetricOrigin::Info(|info, emit| {
            let names = [&info.name_fi, &info.name_sv, &info.name_en].map(String::as_str);
            let [name_fi, name_sv, name_en] = names;
            let wait_from = info.wait_from.map_or("by_date", WaitFrom::as_str);
            let [group_fi, group_sv, group_en] = info.group_names.each_ref().map(String::as_str);
            let group = [info.group.as_str(), group_fi, group_sv, group_en];
            let values =
                [&[name_fi, name_sv, name_en], group.as_slice(), &[info.service_area.as_str(), wait_from]].concat();
            emit(&values, Number::Count(1));
        }),
    },
];
