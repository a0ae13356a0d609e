//! Processor time and memory of a process, as Linux reports them.

use std::fs;

use anyhow::Context as _;

/// Ticks a second in `/proc/PID/stat`. All usual Linux systems have this value.
const TICKS_A_SECOND: f64 = 100.0;

/// Processor time of all threads of a running process so far, user and system, in seconds.
pub fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = read(pid, "stat")?;
    // The name of the program stands in brackets and may contain anything. utime and stime are the 12th and 13th fields
    // after it.
    let (_, after_name) = stat.rsplit_once(')').context("a stat line has a name")?;
    let mut times = after_name.split_whitespace().skip(11).map(str::parse::<f64>);
    let mut next = || anyhow::Ok(times.next().context("a stat line has times")??);
    Ok((next()? + next()?) / TICKS_A_SECOND)
}

/// Resident memory, in bytes.
pub fn resident_bytes(pid: u32) -> anyhow::Result<u64> {
    status_bytes(pid, "VmRSS:")
}

/// The highest resident memory so far, in bytes.
pub fn peak_resident_bytes(pid: u32) -> anyhow::Result<u64> {
    status_bytes(pid, "VmHWM:")
}

fn status_bytes(pid: u32, field: &str) -> anyhow::Result<u64> {
    let status = read(pid, "status")?;
    let value = status.lines().find_map(|line| line.strip_prefix(field)).context("the field is there")?;
    let kibibytes: u64 = value.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
}

fn read(pid: u32, file: &str) -> anyhow::Result<String> {
    let path = format!("/proc/{pid}/{file}");
    fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))
}
