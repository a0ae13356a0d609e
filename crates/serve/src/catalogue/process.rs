//! What the operating system says of the process. The `prometheus` crate collects these under names and help texts of
//! its own; a test holds the rows to them.

use super::{Kind, Metric, Origin};

const fn row(name: &'static str, kind: Kind, help: &'static str) -> Metric {
    Metric { name, kind, labels: &[], help, origin: Origin::Registry }
}

pub(super) const METRICS: &[Metric] = &[
    row("process_cpu_seconds_total", Kind::Counter, "Total user and system CPU time spent in seconds."),
    row("process_max_fds", Kind::Gauge, "Maximum number of open file descriptors."),
    row("process_open_fds", Kind::Gauge, "Number of open file descriptors."),
    row("process_resident_memory_bytes", Kind::Gauge, "Resident memory size in bytes."),
    row("process_start_time_seconds", Kind::Gauge, "Start time of the process since unix epoch in seconds."),
    row("process_threads", Kind::Gauge, "Number of OS threads in the process."),
    row("process_virtual_memory_bytes", Kind::Gauge, "Virtual memory size in bytes."),
];
