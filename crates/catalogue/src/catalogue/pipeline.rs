//! The metrics of the pipeline: events and their results, reading progress, and hazards.

use ensilinja_ledger::Applied;
use ensilinja_model::{Channel, EventTime, FactKind};

use crate::access::AccessRefusal;
use crate::metric::{Emit, Metric, MetricKind, MetricLabel, MetricOrigin, words};
use crate::number::Number;
use crate::skip_reason::SkipReason;
use crate::snapshot::{MemoryUse, PartitionState, Snapshot};

const REASON: MetricLabel = MetricLabel::described("reason", "the reason why the record was rejected");

const ODDITY: MetricLabel =
    MetricLabel::described("oddity", "`key_differs`: the key of the record differs from the subject");

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
    const LABELS: &[MetricLabel] = &[
        MetricLabel::described("topic", "the name of the topic"),
        MetricLabel::described("partition", "the number of the partition"),
    ];
    Metric { name, kind: MetricKind::Gauge, labels: LABELS, help, origin: MetricOrigin::Snapshot(read) }
}

fn partitions(now: &Snapshot, emit: Emit<'_>, number: impl Fn(&PartitionState) -> Number) {
    for partition in &now.partitions {
        emit(&[&partition.topic, &partition.partition.to_string()], number(partition));
    }
}

fn instant(at: Option<EventTime>, emit: Emit<'_>) {
    if let Some(at) = at {
        emit(&[], Number::Millis(at.as_millis()));
    }
}

fn memory(now: &Snapshot, emit: Emit<'_>, number: impl Fn(&MemoryUse) -> u64) {
    if let Some(memory) = &now.hazards.memory {
        emit(&[], Number::Count(i64::try_from(number(memory)).unwrap_or(i64::MAX)));
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
        "Live events applied to the figures, by their effect",
    ),
    registered(
        "ensilinja_events_rejected_total",
        MetricKind::Counter,
        &[REASON],
        "Live records that could not be read as events",
    ),
    registered(
        "ensilinja_events_odd_total",
        MetricKind::Counter,
        &[ODDITY],
        "Live records that were accepted although they are unusual; figures are not affected",
    ),
    registered(
        "ensilinja_records_skipped_total",
        MetricKind::Counter,
        &[MetricLabel::words("reason", words!(SkipReason))],
        "Live records left to the processes of other shards; 0 without shards",
    ),
    Metric {
        name: "ensilinja_shard",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::described("shard", "the name of a shard of the configuration")],
        help: "1 for the shard that this process has, 0 for every other one; absent without shards",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (shard, is_own) in &now.shards {
                emit(&[shard], Number::Count(i64::from(*is_own)));
            }
        }),
    },
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
            "`made_anew`: a topic was deleted and created again; `records_lost`; `deleted`: a topic of a pattern was deleted",
        )],
        help: "How often the log of a topic was replaced by another one, from which all figures were rebuilt",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (reason, count) in &now.log_replaced {
                emit(&[reason], Number::Count(i64::try_from(*count).unwrap_or(i64::MAX)));
            }
        }),
    },
    gauge(
        "ensilinja_dead_letters_waiting",
        "Dead letters waiting to be written; a few for a short time are normal",
        |now, emit| emit(&[], Number::of(now.hazards.dead_letters_waiting)),
    ),
    gauge(
        "ensilinja_dead_letters_blocked_seconds",
        "How long the oldest dead letter has waited to be written, or how long writing has failed; 0 if neither",
        |now, emit| emit(&[], Number::Real(now.hazards.dead_letters_blocked_seconds)),
    ),
    Metric {
        name: "ensilinja_topic_setting_wrong",
        kind: MetricKind::Gauge,
        labels: &[
            MetricLabel::described("topic", "the name of the topic"),
            MetricLabel::described("setting", "the setting by Kafka's name"),
        ],
        help: "1 if a setting of the topic loses events or makes figures unreliable, else 0; checked every minute, absent while it cannot be read",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (topic, setting, is_wrong) in &now.hazards.topic_settings {
                emit(&[topic, setting], Number::Count(i64::from(*is_wrong)));
            }
        }),
    },
    Metric {
        name: "ensilinja_connection_insecure",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::described("risk", "the risk, such as `certificate_unverified`")],
        help: "1 if the connection to the brokers is less secure in this respect than its settings suggest, else 0",
        origin: MetricOrigin::Snapshot(|now, emit| {
            for (risk, is_so) in &now.hazards.insecure {
                emit(&[risk], Number::Count(i64::from(*is_so)));
            }
        }),
    },
    gauge(
        "ensilinja_memory_limit_bytes",
        "Memory at which the process is killed: the limit of its cgroup, or server.memory_limit; absent without a limit",
        |now, emit| memory(now, emit, |memory| memory.limit),
    ),
    gauge(
        "ensilinja_memory_used_bytes",
        "Memory in use as that limit counts it, without file pages that can be dropped; absent without a limit",
        |now, emit| memory(now, emit, |memory| memory.used),
    ),
    registered(
        "ensilinja_http_refused_total",
        MetricKind::Counter,
        &[MetricLabel::words("reason", words!(AccessRefusal))],
        "Connections and requests that the HTTP server refused for want of TLS, a certificate, a password or a right",
    ),
    gauge(
        "ensilinja_web_config_last_reload_successful",
        "1 if the web configuration file and its certificates are in force as they are now, 0 if the last change of one was refused; absent without the file",
        |now, emit| {
            if let Some(is_current) = now.hazards.web_file.is_current {
                emit(&[], Number::Count(i64::from(is_current)));
            }
        },
    ),
    gauge(
        "ensilinja_tls_certificate_valid_until_timestamp_seconds",
        "The certificate of the HTTP server, or one that it sends along, expires at this instant; absent without TLS",
        |now, emit| instant(now.hazards.web_file.certificate_valid_until, emit),
    ),
    registered(
        "ensilinja_event_delay_seconds",
        MetricKind::Histogram,
        &[],
        "Delay from when a live event happened until the figures include it; 0 if the clock of the source is ahead",
    ),
    by_partition("ensilinja_kafka_lag_messages", "Records not yet read", |now, emit| {
        partitions(now, emit, |partition| Number::Count(partition.lag_messages));
    }),
    by_partition(
        "ensilinja_kafka_lag_seconds",
        "The age of the next record to be read; 0 if all are read",
        |now, emit| {
            partitions(now, emit, |partition| Number::Real(partition.lag_seconds));
        },
    ),
    by_partition(
        "ensilinja_partition_ready",
        "1 once the partition has been read to the end that it had when the process started, else 0",
        |now, emit| partitions(now, emit, |partition| Number::Count(i64::from(partition.ready))),
    ),
    gauge("ensilinja_partitions", "Partitions of all topics", |now, emit| {
        emit(&[], Number::of(now.partitions.len()));
    }),
    gauge("ensilinja_rebuild_progress_ratio", "The share of the history that has been read, 0 to 1", |now, emit| {
        emit(&[], Number::Real(now.rebuild_progress));
    }),
    gauge("ensilinja_legs", "Legs (contact x line x visit) held in memory", |now, emit| {
        if let Some(figures) = &now.figures {
            emit(&[], Number::of(figures.legs));
        }
    }),
    gauge(
        "ensilinja_figures_complete",
        "1 while the figures are rebuilt and include everything published until a minute ago or later, else 0",
        |now, emit| emit(&[], Number::Count(i64::from(now.readiness.complete))),
    ),
    gauge(
        "ensilinja_complete_until_timestamp_seconds",
        "The figures include everything published before this instant",
        |now, emit| instant(now.complete_until, emit),
    ),
    gauge("ensilinja_figures_as_of_timestamp_seconds", "The instant of the figures", |now, emit| {
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
        "How far the computer's clock is ahead of the clock of the figures or, if only records disagree, of their timestamps; 0 while it is trusted",
        |now, emit| emit(&[], Number::Millis(now.clock_disbelieved_ms)),
    ),
    Metric {
        name: "ensilinja_clock_steps_total",
        kind: MetricKind::Counter,
        labels: &[],
        help: "How often the computer's clock moved by more than two seconds against its steady clock",
        origin: MetricOrigin::Snapshot(|now, emit| {
            emit(&[], Number::Count(i64::try_from(now.clock_steps).unwrap_or(i64::MAX)));
        }),
    },
    Metric {
        name: "ensilinja_last_event_timestamp_seconds",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::words("channel", words!(Channel))],
        help: "When the newest event of the channel happened, no later than it was read; outcomes, feedback and retractions excluded; absent before the first",
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
        "The running build; always 1",
    ),
];
