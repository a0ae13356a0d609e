//! How the figures come about: events in, what became of them, how far the reading is.

use ensilinja_ledger::Applied;
use ensilinja_model::{Channel, EventTime, FactKind};

use crate::metric::{Emit, Metric, MetricKind, MetricLabel, MetricOrigin, words};
use crate::number::Number;
use crate::snapshot::{PartitionState, Snapshot};

const REASON: MetricLabel = MetricLabel::described("reason", "one of the reasons for which a record can be refused");

const ODDITY: MetricLabel =
    MetricLabel::described("oddity", "`key_differs`: the record's key is other than the subject");

const fn registered(
    name: &'static str,
    kind: MetricKind,
    labels: &'static [MetricLabel],
    help: &'static str,
) -> Metric {
    Metric { name, kind, labels, help, origin: MetricOrigin::Registry }
}

const fn gauge(name: &'static str, help: &'static str, read: fn(&Snapshot, Emit<'_>)) -> Metric {
    Metric { name, kind: MetricKind::Gauge, labels: &[], help, origin: MetricOrigin::Snapshot(read) }
}

const fn by_partition(name: &'static str, help: &'static str, read: fn(&Snapshot, Emit<'_>)) -> Metric {
    const LABELS: &[MetricLabel] = &[MetricLabel::described("partition", "the number of the partition")];
    Metric { name, kind: MetricKind::Gauge, labels: LABELS, help, origin: MetricOrigin::Snapshot(read) }
}

fn partitions(now: &Snapshot, emit: Emit<'_>, number: impl Fn(&PartitionState) -> Number) {
    for (index, partition) in now.partitions.iter().enumerate() {
        emit(&[&index.to_string()], number(partition));
    }
}

fn instant(at: Option<EventTime>, emit: Emit<'_>) {
    if let Some(at) = at {
        emit(&[], Number::Millis(at.as_millis()));
    }
}

pub(super) const METRICS: &[Metric] = &[
    gauge("ensilinja_day_start_timestamp_seconds", "The latest local midnight", |now, emit| {
        instant(now.figures.as_ref().map(|figures| figures.day_start), emit);
    }),
    registered(
        "ensilinja_events_total",
        MetricKind::Counter,
        &[MetricLabel::words("type", words!(FactKind)), MetricLabel::words("result", words!(Applied))],
        "Live events that reached the figures, and what they changed",
    ),
    registered(
        "ensilinja_events_rejected_total",
        MetricKind::Counter,
        &[REASON],
        "Live records that could not be taken as events",
    ),
    registered(
        "ensilinja_events_odd_total",
        MetricKind::Counter,
        &[ODDITY],
        "Live records that were accepted although something about them is unusual; figures are not affected",
    ),
    Metric {
        name: "ensilinja_dead_letters_total",
        kind: MetricKind::Counter,
        labels: &[REASON],
        help: "Dead letters written and acknowledged",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (reason, count) in &now.dead_letters {
                emit(&[reason], Number::Count(i64::try_from(*count).unwrap_or(i64::MAX)));
            }
        }),
    },
    Metric {
        name: "ensilinja_log_replaced_total",
        kind: MetricKind::Counter,
        labels: &[MetricLabel::described(
            "reason",
            "`made_anew`: the topic was deleted and made again; `records_lost`",
        )],
        help: "Times the topic's log was replaced by another one, and figures were rebuilt from it",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (reason, count) in &now.log_replaced {
                emit(&[reason], Number::Count(i64::try_from(*count).unwrap_or(i64::MAX)));
            }
        }),
    },
    gauge(
        "ensilinja_dead_letters_waiting",
        "Dead letters that wait to be written; a few for a moment are no harm",
        |now, emit| emit(&[], Number::of(now.hazards.dead_letters_waiting)),
    ),
    gauge(
        "ensilinja_dead_letters_blocked_seconds",
        "How long the oldest dead letter has waited to be written, or how long none can be; 0 if neither",
        |now, emit| emit(&[], Number::Real(now.hazards.dead_letters_blocked_seconds)),
    ),
    Metric {
        name: "ensilinja_topic_setting_wrong",
        kind: MetricKind::Gauge,
        labels: &[
            MetricLabel::described("topic", "`events` or `dead_letters`"),
            MetricLabel::described("setting", "the setting by Kafka's name"),
        ],
        help: "1 if a setting of the topic loses events or makes figures doubtful, else 0; looked at every minute, absent while it cannot be seen",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (topic, setting, is_wrong) in &now.hazards.topic_settings {
                emit(&[topic, setting], Number::Count(i64::from(*is_wrong)));
            }
        }),
    },
    Metric {
        name: "ensilinja_connection_insecure",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::described("risk", "what is not safe, such as `certificate_unverified`")],
        help: "1 if the connection to the brokers is less safe in this way than its settings seem to ask for, else 0",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (risk, is_so) in &now.hazards.insecure {
                emit(&[risk], Number::Count(i64::from(*is_so)));
            }
        }),
    },
    registered(
        "ensilinja_event_delay_seconds",
        MetricKind::Histogram,
        &[],
        "From when a live event happened until the figures knew; a source's clock that runs ahead counts as 0",
    ),
    by_partition("ensilinja_kafka_lag_messages", "Records not read yet", |now, emit| {
        partitions(now, emit, |partition| Number::Count(partition.lag_messages));
    }),
    by_partition(
        "ensilinja_kafka_lag_seconds",
        "The age of the next record not read yet; 0 if all are",
        |now, emit| {
            partitions(now, emit, |partition| Number::Real(partition.lag_seconds));
        },
    ),
    by_partition(
        "ensilinja_partition_ready",
        "1 once the partition has been read up to where it ended when the process started, else 0",
        |now, emit| partitions(now, emit, |partition| Number::Count(i64::from(partition.ready))),
    ),
    gauge("ensilinja_partitions", "Partitions of the topic", |now, emit| {
        emit(&[], Number::of(now.partitions.len()));
    }),
    gauge("ensilinja_rebuild_progress_ratio", "How much of the history has been read, 0 to 1", |now, emit| {
        emit(&[], Number::Real(now.rebuild_progress));
    }),
    gauge("ensilinja_legs", "Legs (contact x line x visit) held in memory", |now, emit| {
        if let Some(figures) = &now.figures {
            emit(&[], Number::of(figures.legs));
        }
    }),
    gauge(
        "ensilinja_figures_complete",
        "1 while the figures are rebuilt and hold all that was published until a minute ago at the latest, else 0",
        |now, emit| emit(&[], Number::Count(i64::from(now.readiness.complete))),
    ),
    gauge(
        "ensilinja_complete_until_timestamp_seconds",
        "The figures hold everything that was published before this instant",
        |now, emit| instant(now.complete_until, emit),
    ),
    gauge("ensilinja_figures_as_of_timestamp_seconds", "The instant the figures are of", |now, emit| {
        instant(now.figures.as_ref().map(|figures| figures.as_of), emit);
    }),
    gauge("ensilinja_history_start_timestamp_seconds", "Every event since this instant has been read", |now, emit| {
        instant(now.history_start, emit);
    }),
    gauge(
        "ensilinja_calendar_valid_until_timestamp_seconds",
        "Opening hours and holidays are known until this instant",
        |now, emit| instant(now.calendar_valid_until, emit),
    ),
    gauge(
        "ensilinja_clock_disbelieved_seconds",
        "How far the computer's clock is ahead of the time that figures go by or, if only records disagree, of their timestamps; 0 while it is believed",
        |now, emit| emit(&[], Number::Millis(now.clock_disbelieved_ms)),
    ),
    Metric {
        name: "ensilinja_clock_steps_total",
        kind: MetricKind::Counter,
        labels: &[],
        help: "Times the computer's clock was set by more than two seconds against its steady clock",
        origin: MetricOrigin::Snapshot(|now, emit| {
            emit(&[], Number::Count(i64::try_from(now.clock_steps).unwrap_or(i64::MAX)));
        }),
    },
    Metric {
        name: "ensilinja_last_event_timestamp_seconds",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::words("channel", words!(Channel))],
        help: "When the newest event of the channel happened, at the latest when it came; outcomes, feedback and retractions apart; absent before the first",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (channel, at) in &now.newest_events {
                emit(&[channel.as_str()], Number::Millis(at.as_millis()));
            }
        }),
    },
    registered(
        "ensilinja_build_info",
        MetricKind::Gauge,
        &[MetricLabel::described("version", "of the program"), MetricLabel::described("revision", "of its source")],
        "What is running; always 1",
    ),
];
