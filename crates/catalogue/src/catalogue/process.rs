//! The metrics of the process, from the operating system. The `prometheus` crate sets their names and help texts, and a
//! test of `serve` keeps these rows equal to them.

use crate::metric::{Metric, MetricKind, MetricOrigin};

const fn row(name: &'static str, kind: MetricKind, help: &'static str) -> Metric {
    Metric { name, kind, labels: &[], help, origin: MetricOrigin::Registry }
}

pub(super) const METRICS: &[Metric] = &[
    row("process_cpu_seconds_total", MetricKind::Counter, "Total user and system CPU time spent in seconds."),
    row("process_max_fds", MetricKind::Gauge, "Maximum number of open file descriptors."),
    row("process_open_fds", MetricKind::Gauge, "Number of open file descriptors."),
    row("process_resident_memory_bytes", MetricKind::Gauge, "Resident memory size in bytes."),
    row("process_start_time_seconds", MetricKind::Gauge, "Start time of the process since unix epoch in seconds."),
    row("process_threads", MetricKind::Gauge, "Number of OS threads in the process."),
    row("process_virtual_memory_bytes", MetricKind::Gauge, "Virtual memory size in bytes."),
];
