//! The pipeline's counters: the results of live events.
//!
//! All series exist from the start, at 0, and each is looked up once, so counting an event is one addition. Events that
//! are read again to rebuild the figures are not live; the caller does not count them.

use ensilinja_catalogue::{
    AccessRefusal, Metric, MetricKind, RegistryFamily, RegistrySeries, RegistryValue, SkipReason,
};
use ensilinja_ledger::Applied;
use ensilinja_model::FactKind;
use prometheus::core::Collector;
use prometheus::proto;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry};

/// Upper bounds of the delay from an event to the figures, in seconds; close together where a healthy pipeline is.
const DELAY_BOUNDS_SECONDS: [f64; 14] =
    [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0];

/// The running build.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// The version of the program.
    pub version: &'static str,
    /// The revision of its source.
    pub revision: &'static str,
}

/// The counters of one process. Counting never waits.
#[derive(Debug)]
pub struct Pipeline {
    build: Build,
    registry: Registry,
    events: Vec<[IntCounter; Applied::ALL.len()]>,
    rejected: Vec<(&'static str, IntCounter)>,
    odd: Vec<(&'static str, IntCounter)>,
    refused: Vec<IntCounter>,
    skipped: [IntCounter; SkipReason::ALL.len()],
    delay: Histogram,
}

impl Pipeline {
    /// Counters at 0. `rejections` are all reasons for rejecting a record, and `oddities` all oddities of an accepted
    /// one.
    #[must_use]
    pub fn new(build: Build, rejections: &[&'static str], oddities: &[&'static str]) -> Self {
        let registry = Registry::new();
        let info = register(&registry, vector("ensilinja_build_info", IntGaugeVec::new));
        info.with_label_values(&[build.version, build.revision]).set(1);
        let events = register(&registry, vector("ensilinja_events_total", IntCounterVec::new));
        let rejected = register(&registry, vector("ensilinja_events_rejected_total", IntCounterVec::new));
        let odd = register(&registry, vector("ensilinja_events_odd_total", IntCounterVec::new));
        let refused = register(&registry, vector("ensilinja_http_refused_total", IntCounterVec::new));
        let skipped = register(&registry, vector("ensilinja_records_skipped_total", IntCounterVec::new));
        let delay = register(&registry, delay_histogram());
        #[cfg(target_os = "linux")]
        register_process(&registry);
        Self {
            build,
            registry,
            events: FactKind::ALL
                .iter()
                .map(|kind| {
                    std::array::from_fn(|i| events.with_label_values(&[kind.as_str(), Applied::ALL[i].as_str()]))
                })
                .collect(),
            rejected: rejections.iter().map(|reason| (*reason, rejected.with_label_values(&[reason]))).collect(),
            odd: oddities.iter().map(|oddity| (*oddity, odd.with_label_values(&[oddity]))).collect(),
            refused: AccessRefusal::ALL.iter().map(|reason| refused.with_label_values(&[reason.as_str()])).collect(),
            skipped: std::array::from_fn(|i| skipped.with_label_values(&[SkipReason::ALL[i].as_str()])),
            delay,
        }
    }

    /// Counts a live event that was applied `delay_ms` after it happened. The delay is recorded only if the event
    /// changed a fact: a duplicate sent a day later says nothing about the pipeline.
    #[expect(clippy::cast_precision_loss, reason = "a delay in ms fits 53 bits")]
    pub fn event(&self, kind: FactKind, applied: Applied, delay_ms: i64) {
        self.events[kind as usize][applied as usize].inc();
        if applied == Applied::Applied {
            self.delay.observe(delay_ms.max(0) as f64 / 1000.0);
        }
    }

    /// Counts a rejected live record. Reasons that were not given at the start are ignored: there is never a new
    /// series.
    pub fn rejected(&self, reason: &str) {
        if let Some((_, counter)) = self.rejected.iter().find(|(known, _)| *known == reason) {
            counter.inc();
        }
    }

    /// Counts an oddity of an accepted live record. Oddities that were not given at the start are ignored.
    pub fn odd(&self, oddity: &str) {
        if let Some((_, counter)) = self.odd.iter().find(|(known, _)| *known == oddity) {
            counter.inc();
        }
    }

    /// Counts a connection or a request that was refused.
    pub(crate) fn refused(&self, reason: AccessRefusal) {
        self.refused[reason as usize].inc();
    }

    /// Counts a live record that is left to the processes of other shards.
    pub fn skipped(&self, reason: SkipReason) {
        self.skipped[reason as usize].inc();
    }

    pub(crate) const fn build(&self) -> Build {
        self.build
    }

    /// The current values, for the catalogue to write.
    #[must_use]
    pub fn gather(&self) -> Vec<RegistryFamily> {
        let known = |family: &proto::MetricFamily| Metric::named(family.name()).map(|metric| values(metric, family));
        self.registry.gather().iter().filter_map(known).collect()
    }
}

/// The values of a family, its labels in the order of the catalogue, and its series in the order of their labels.
fn values(metric: &Metric, family: &proto::MetricFamily) -> RegistryFamily {
    let label = |series: &proto::Metric, name: &str| {
        let pair = series.get_label().iter().find(|pair| pair.name() == name);
        pair.map_or_else(String::new, |pair| pair.value().to_owned())
    };
    let one = |series: &proto::Metric| RegistrySeries {
        labels: metric.labels.iter().map(|own| label(series, own.name)).collect(),
        value: match metric.kind {
            MetricKind::Counter => RegistryValue::Number(series.get_counter().get_value()),
            MetricKind::Gauge => RegistryValue::Number(series.get_gauge().get_value()),
            MetricKind::Histogram | MetricKind::GaugeHistogram => histogram(series.get_histogram()),
        },
    };
    let mut series: Vec<RegistrySeries> = family.get_metric().iter().map(one).collect();
    series.sort_by(|left, right| left.labels.cmp(&right.labels));
    RegistryFamily { name: family.name().to_owned(), series }
}

fn histogram(histogram: &proto::Histogram) -> RegistryValue {
    RegistryValue::Histogram {
        buckets: histogram.get_bucket().iter().map(|one| (one.upper_bound(), one.cumulative_count())).collect(),
        count: histogram.get_sample_count(),
        sum: histogram.get_sample_sum(),
    }
}

/// A metric that the catalogue must have.
fn metric(name: &str) -> &'static Metric {
    Metric::named(name).expect("each counter is in the catalogue")
}

fn options(name: &str) -> Opts {
    let metric = metric(name);
    Opts::new(metric.name, metric.help)
}

fn vector<V>(name: &str, new: impl FnOnce(Opts, &[&str]) -> prometheus::Result<V>) -> V {
    let labels: Vec<&str> = metric(name).labels.iter().map(|label| label.name).collect();
    new(options(name), &labels).expect("names and labels of the catalogue are valid")
}

fn delay_histogram() -> Histogram {
    let options = HistogramOpts::from(options("ensilinja_event_delay_seconds")).buckets(DELAY_BOUNDS_SECONDS.into());
    Histogram::with_opts(options).expect("the bounds ascend")
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> C {
    registry.register(Box::new(collector.clone())).expect("each metric is registered once");
    collector
}

#[cfg(target_os = "linux")]
fn register_process(registry: &Registry) {
    use prometheus::process_collector::ProcessCollector;
    registry.register(Box::new(ProcessCollector::for_self())).expect("each metric is registered once");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ensilinja_catalogue::metrics;

    use super::*;

    const BUILD: Build = Build { version: "1.2.3", revision: "abc" };

    fn count(pipeline: &Pipeline, name: &str) -> f64 {
        let families = pipeline.gather();
        let family = families.iter().find(|family| family.name == name).unwrap();
        let number = |series: &RegistrySeries| match series.value {
            RegistryValue::Number(number) => number,
            RegistryValue::Histogram { .. } => panic!("{name} is a counter"),
        };
        family.series.iter().map(number).sum()
    }

    #[test]
    fn the_registry_and_the_catalogue_have_the_same_names_and_help_texts() {
        let pipeline = Pipeline::new(BUILD, &["malformed"], &["key_differs"]);
        let collected = pipeline.registry.gather();
        let collected: BTreeMap<_, _> = collected.iter().map(|family| (family.name(), family.help())).collect();
        let expected: BTreeMap<_, _> =
            metrics().filter(|metric| metric.is_in_registry()).map(|metric| (metric.name, metric.help)).collect();
        assert_eq!(collected, expected);
    }

    #[test]
    fn an_unknown_reason_makes_no_series() {
        let pipeline = Pipeline::new(BUILD, &["malformed", "future"], &["key_differs"]);
        for reason in ["future", "nonsense", "future"] {
            pipeline.rejected(reason);
            pipeline.odd(reason);
        }
        pipeline.odd("key_differs");
        assert!((count(&pipeline, "ensilinja_events_odd_total") - 1.0).abs() < f64::EPSILON);
        assert!((count(&pipeline, "ensilinja_events_rejected_total") - 2.0).abs() < f64::EPSILON);
        let families = pipeline.gather();
        let rejected = families.iter().find(|family| family.name == "ensilinja_events_rejected_total").unwrap();
        assert_eq!(rejected.series.len(), 2);
    }
}
