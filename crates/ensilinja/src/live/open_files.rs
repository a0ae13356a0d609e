//! The limit of open files: each connection needs one, and the limit that a process starts with (often 1024) is too
//! low.
//!
//! The soft limit is raised as far as the connections need and the hard limit allows. If that is not enough, fewer
//! connections are served, so that files for Kafka and the log remain.

use ensilinja_serve::ConnectionLimits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files for everything else: brokers, pipes, the log, and connections that are being closed.
const OTHER_FILES: u64 = 512;

/// Raises the limit of open files for these connections, and returns the connections that fit it.
#[must_use]
pub(super) fn make_room(connections: ConnectionLimits) -> ConnectionLimits {
    let needed = connections.total() as u64 + OTHER_FILES;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = raised(current, maximum, needed);
    let limit = match raised {
        Some(limit) if setrlimit(Resource::Nofile, Rlimit { current: Some(limit), maximum }).is_ok() => Some(limit),
        _ => current,
    };
    let possible = possible(limit, connections);
    if possible != connections {
        tracing::warn!(
            open_files = limit,
            needed,
            connections = possible.total(),
            remedy = "raise it with ulimit -Hn or LimitNOFILE",
            "limit of open files too low, fewer connections served"
        );
    }
    possible
}

/// The soft limit to set; `None` if the present one is enough or cannot be raised. A limit of `None` means unlimited.
fn raised(current: Option<u64>, maximum: Option<u64>, needed: u64) -> Option<u64> {
    let current = current.filter(|current| *current < needed)?;
    Some(maximum.map_or(needed, |maximum| maximum.min(needed))).filter(|raised| *raised > current)
}

/// The connections that fit a limit, beside the other files.
fn possible(limit: Option<u64>, connections: ConnectionLimits) -> ConnectionLimits {
    let Some(limit) = limit else { return connections };
    // A limit lower than what everything else needs is shared.
    let left = limit.saturating_sub(OTHER_FILES).max(limit / 4);
    connections.within(usize::try_from(left).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_raised_as_far_as_needed_and_allowed() {
        assert_eq!(raised(Some(1024), Some(524_288), 4_000), Some(4_000));
        assert_eq!(raised(Some(1024), Some(2048), 4_000), Some(2048));
        assert_eq!(raised(Some(1024), None, 4_000), Some(4_000));
        assert_eq!(raised(Some(1024), Some(1024), 4_000), None);
        assert_eq!(raised(Some(20_000), Some(20_000), 4_000), None);
        assert_eq!(raised(None, None, 4_000), None);
    }

    #[test]
    fn a_low_limit_leaves_fewer_connections_of_every_kind() {
        let all = ConnectionLimits::default();
        assert_eq!(possible(None, all), all);
        assert_eq!(possible(Some(all.total() as u64 + OTHER_FILES), all), all);
        for limit in [64, 256, 1024, 2048] {
            let few = possible(Some(limit), all);
            assert!(few.total() < usize::try_from(limit).unwrap() && few.probes > 0 && few.streams > 0, "{few:?}");
        }
    }
}
