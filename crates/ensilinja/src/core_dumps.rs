//! Core dumps: forbidden, because the memory of a process that reads events holds contact ids and payloads.
//!
//! The process makes itself *not dumpable* (`PR_SET_DUMPABLE`). Then the kernel writes no core, neither to a file nor
//! to a handler such as systemd-coredump, regardless of `ulimit -c` and `core_pattern`. A limit of 0 (`RLIMIT_CORE`)
//! would not be enough, because handlers on a pipe are started anyway. As a consequence debuggers and profilers of the
//! same user cannot attach, and `/proc/PID/mem`, `environ` and the like belong to root. The process can still read its
//! own metrics, which a test proves as a user other than root.

use anyhow::Context as _;
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

/// The environment variable that allows core dumps and debuggers: `on`. Empty, unset and `off` forbid them.
pub const VARIABLE: &str = "ENSILINJA_CORE_DUMPS";

/// Forbids core dumps of this process, unless the environment allows them.
///
/// # Errors
/// If the environment variable is neither `on` nor `off`, or the system does not know the setting.
pub fn forbid_unless_allowed() -> anyhow::Result<()> {
    let variable = std::env::var_os(VARIABLE).unwrap_or_default();
    match variable.to_str() {
        Some("on") => Ok(()),
        Some("" | "off") => set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .with_context(|| format!("the system cannot forbid core dumps; set {VARIABLE}=on to allow them")),
        _ => anyhow::bail!("{VARIABLE} is {:?}; it should be on or off", variable.to_string_lossy()),
    }
}
