//! The versions of the program and its parts, and the machine it runs on.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::thread;

/// Files of the kernel, with the words for their first line.
const FILES: [(&str, &str); 6] = [
    ("/proc/sys/kernel/osrelease", "kernel"),
    ("/proc/uptime", "seconds since its start, and idle"),
    ("/proc/loadavg", "load"),
    ("/proc/meminfo", "memory"),
    ("/sys/fs/cgroup/memory.max", "memory limit of the control group, bytes"),
    ("/sys/fs/cgroup/cpu.max", "processor limit of the control group, µs a period"),
];

/// The description. A file that the kernel does not have is left out.
pub(super) fn description() -> String {
    let mut text = format!("ensilinja {}\n", env!("CARGO_PKG_VERSION"));
    let mut line = |what: &str, value: &str| writeln!(text, "{what}: {value}").expect("a String takes all text");
    line("Kafka client", &ensilinja_kafka::client_version());
    line("architecture", env::consts::ARCH);
    line("processors", &thread::available_parallelism().map_or_else(|why| why.to_string(), |count| count.to_string()));
    for (file, what) in FILES {
        if let Some(value) = fs::read_to_string(file).ok().as_deref().and_then(|text| text.lines().next()) {
            line(what, value.trim());
        }
    }
    // Their values may be secrets.
    let mut variables: Vec<String> = env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    variables.retain(|name| name.starts_with("ENSILINJA_"));
    variables.sort();
    line("variables that are set", &variables.join(", "));
    text
}
