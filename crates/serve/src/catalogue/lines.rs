//! How a line stands now, and what it is.

use super::{Kind, Label, Metric, Number, Origin};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "ensilinja_contacts_waiting",
        kind: Kind::Gauge,
        labels: &[],
        help: "Contacts waiting now, the menu included",
        origin: Origin::Line(|line, emit| emit(&[], Number::Count(line.waiting))),
    },
    Metric {
        name: "ensilinja_waiting_oldest_seconds",
        kind: Kind::Gauge,
        labels: &[],
        help: "The longest wait among those waiting now; 0 if nobody waits",
        origin: Origin::Line(|line, emit| emit(&[], Number::Millis(line.waiting_oldest_ms))),
    },
    Metric {
        name: "ensilinja_callbacks_outstanding",
        kind: Kind::Gauge,
        labels: &[Label::words("due", || vec!["later"])],
        help: "Callback requests not resolved yet",
        origin: Origin::Line(|line, emit| emit(&["later"], Number::Count(line.callbacks_outstanding))),
    },
    Metric {
        name: "ensilinja_callback_oldest_seconds",
        kind: Kind::Gauge,
        labels: &[],
        help: "The age of the oldest callback request not resolved yet; 0 if there is none",
        origin: Origin::Line(|line, emit| emit(&[], Number::Millis(line.callback_oldest_ms))),
    },
    Metric {
        name: "ensilinja_line_open",
        kind: Kind::Gauge,
        labels: &[],
        help: "1 while the line is open, else 0",
        origin: Origin::Line(|line, emit| emit(&[], Number::Count(i64::from(line.open)))),
    },
    Metric {
        name: "ensilinja_line_last_change_timestamp_seconds",
        kind: Kind::Gauge,
        labels: &[],
        help: "When the line last opened or closed; absent if it never does",
        origin: Origin::Line(|line, emit| {
            if let Some(at) = line.last_change {
                emit(&[], Number::Millis(at.as_millis()));
            }
        }),
    },
    Metric {
        name: "ensilinja_line_next_change_timestamp_seconds",
        kind: Kind::Gauge,
        labels: &[],
        help: "When the line will next open or close; absent if it never does",
        origin: Origin::Line(|line, emit| {
            if let Some(at) = line.next_change {
                emit(&[], Number::Millis(at.as_millis()));
            }
        }),
    },
    Metric {
        name: "ensilinja_line_info",
        kind: Kind::Gauge,
        labels: &[
            Label::described("name_fi", "the line's name in Finnish"),
            Label::described("name_sv", "in Swedish"),
            Label::described("name_en", "in English"),
            Label::described("group", "the lines it is shown with"),
            Label::described("service_area", "the service it belongs to"),
        ],
        help: "What the line is called and where it belongs; always 1",
        origin: Origin::Card(|card, emit| {
            emit(&[&card.name_fi, &card.name_sv, &card.name_en, &card.group, &card.service_area], Number::Count(1));
        }),
    },
];
