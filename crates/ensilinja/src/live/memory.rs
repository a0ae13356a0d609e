//! The memory in use, where a limit is set: a process that reaches it is killed, reads everything again, and is killed
//! again. So it says before that how near it is.
//!
//! ```text
//! /proc/self/cgroup   0::/system.slice/ensilinja.service
//! limits              memory.max of ensilinja.service, of system.slice, of the root; the one most full counts
//! server.memory_limit against the resident memory of this process: for a machine without cgroups
//! ```
//!
//! In a container the root is that of the container. Limits are read anew each time, because `systemctl set-property`
//! and Kubernetes change them while a process runs.

use std::fs;
use std::path::{Path, PathBuf};

use ensilinja_catalogue::MemoryUse;

/// From this part of the limit on, in percent, the process says that memory is nearly full. The alert
/// `EnsilinjaMemoryLimit` uses the same.
const NEARLY_FULL_PERCENT: u64 = 85;

/// Where the first version of cgroups writes that there is no limit: the largest number of whole pages.
const NO_LIMIT_V1: u64 = 1 << 62;

const MIB: u64 = 1 << 20;

/// Where the limits of this process are.
pub(super) struct MemoryGauge {
    groups: Vec<Group>,
    configured: Option<u64>,
}

/// A control group that this process is in, directly or by a group in it.
struct Group {
    folder: PathBuf,
    names: &'static FileNames,
}

/// What the files of a group are called.
struct FileNames {
    limit: &'static str,
    used: &'static str,
    /// The row of `memory.stat` with the file pages that can be dropped at any time.
    droppable: &'static str,
}

const V1: FileNames =
    FileNames { limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes", droppable: "total_inactive_file" };
const V2: FileNames = FileNames { limit: "memory.max", used: "memory.current", droppable: "inactive_file" };

impl MemoryGauge {
    /// The limits of the groups of this process, and that of the configuration.
    pub(super) fn new(configured: Option<u64>) -> Self {
        let listed = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Self { groups: groups(&listed, Path::new("/sys/fs/cgroup")), configured }
    }

    /// The memory in use beside the limit that is most full; `None` if none is set.
    pub(super) fn read(&self) -> Option<MemoryUse> {
        let of_groups = self.groups.iter().filter_map(Group::read);
        let configured = self.configured.and_then(|limit| {
            let status = fs::read_to_string("/proc/self/status").ok()?;
            Some(MemoryUse { used: number_after(&status, "VmRSS:")?.saturating_mul(1024), limit })
        });
        fullest(of_groups.chain(configured))
    }
}

impl Group {
    fn read(&self) -> Option<MemoryUse> {
        let text = |name: &str| fs::read_to_string(self.folder.join(name)).ok();
        memory_use(self.names, &text(self.names.limit)?, &text(self.names.used)?, &text("memory.stat")?)
    }
}

/// The groups in `/proc/self/cgroup`, each with those that it is in.
fn groups(listed: &str, root: &Path) -> Vec<Group> {
    let mut groups = Vec::new();
    for line in listed.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let (top, names) = match controllers {
            "" => (root.to_owned(), &V2),
            _ if controllers.split(',').any(|name| name == "memory") => (root.join("memory"), &V1),
            _ => continue,
        };
        let inner = Path::new(path.trim_start_matches('/'));
        let folders = inner.ancestors().map(|folder| top.join(folder));
        groups.extend(folders.map(|folder| Group { folder, names }));
    }
    groups
}

/// What the files of a group say; `None` without a limit.
fn memory_use(names: &FileNames, limit: &str, used: &str, stat: &str) -> Option<MemoryUse> {
    let limit = limit.trim().parse::<u64>().ok().filter(|limit| (1..NO_LIMIT_V1).contains(limit))?;
    let used: u64 = used.trim().parse().ok()?;
    let droppable = number_after(stat, names.droppable).unwrap_or(0);
    Some(MemoryUse { used: used.saturating_sub(droppable), limit })
}

/// The number in the row that begins with this word.
fn number_after(text: &str, word: &str) -> Option<u64> {
    let mut rows = text.lines().map(str::split_whitespace);
    rows.find_map(|mut row| (row.next() == Some(word)).then(|| row.next()?.parse().ok())?)
}

/// The one of which the largest part is used.
fn fullest(all: impl Iterator<Item = MemoryUse>) -> Option<MemoryUse> {
    let product = |one: u64, other: u64| u128::from(one) * u128::from(other);
    all.max_by(|one, other| product(one.used, other.limit).cmp(&product(other.used, one.limit)))
}

/// What to say while memory is nearly full; `None` while it is not.
pub(super) fn nearly_full(memory: &MemoryUse) -> Option<String> {
    let MemoryUse { used, limit } = *memory;
    let is_so = u128::from(used) * 100 >= u128::from(limit) * u128::from(NEARLY_FULL_PERCENT);
    is_so.then(|| {
        format!(
            "memory is nearly full: {} MiB of the limit of {} MiB are in use, and at the limit the process is killed; \
             raise the limit, or divide the lines among several processes with [[shard]]",
            used / MIB,
            limit / MIB
        )
    })
}

#[cfg(test)]
mod tests {
    use ensilinja_test_support::TemporaryFolder;

    use super::*;

    fn folders(listed: &str) -> Vec<String> {
        groups(listed, Path::new("/r")).iter().map(|group| group.folder.display().to_string()).collect()
    }

    #[test]
    fn a_process_is_in_its_group_and_in_all_that_this_one_is_in() {
        assert_eq!(
            folders("0::/system.slice/ensilinja.service\n"),
            ["/r/system.slice/ensilinja.service", "/r/system.slice", "/r/"]
        );
        assert_eq!(folders("0::/\n"), ["/r/"]);
        assert_eq!(folders("12:cpu,cpuacct:/a\n5:memory:/a:b\n1:name=systemd:/a\n"), ["/r/memory/a:b", "/r/memory/"]);
        assert!(folders("nonsense\n\n").is_empty());
    }

    #[test]
    fn without_a_limit_there_is_nothing_to_be_near_to() {
        let read =
            |names, limit, used, stat| memory_use(names, limit, used, stat).map(|memory| (memory.used, memory.limit));
        let stat = "anon 1\ninactive_file 30\ntotal_inactive_file 40\n";
        assert_eq!(read(&V2, "1000\n", "130\n", stat), Some((100, 1000)));
        assert_eq!(read(&V1, "1000\n", "130\n", stat), Some((90, 1000)));
        assert_eq!(read(&V2, "1000", "130", ""), Some((130, 1000)));
        assert_eq!(read(&V2, "max\n", "130\n", stat), None);
        assert_eq!(read(&V1, "9223372036854771712\n", "130\n", stat), None);
        assert_eq!(read(&V2, "1000", "", stat), None);
    }

    #[test]
    fn the_limit_that_is_most_full_counts() {
        let all = [(50, 100), (90, 100), (800, 1000)].map(|(used, limit)| MemoryUse { used, limit });
        assert_eq!(fullest(all.into_iter()), Some(all[1]));
        assert_eq!(fullest([].into_iter()), None);
    }

    #[test]
    fn the_warning_comes_before_the_limit() {
        let said = |used| nearly_full(&MemoryUse { used: used * MIB, limit: 1000 * MIB });
        assert_eq!(said(849), None);
        assert!(said(850).unwrap().starts_with("memory is nearly full: 850 MiB of the limit of 1000 MiB are in use"));
        assert!(said(1_200).is_some());
    }

    #[test]
    fn groups_are_read_from_their_files_and_a_configured_limit_from_the_process() {
        let folder = TemporaryFolder::new("cgroup");
        for (name, text) in [("memory.max", "1000"), ("memory.current", "950"), ("memory.stat", "inactive_file 50\n")] {
            folder.write(name, text);
        }
        let root = folder.file("memory.max").parent().unwrap().to_owned();
        let gauge = MemoryGauge { groups: groups("0::/gone/away\n", &root), configured: None };
        assert_eq!(gauge.read(), Some(MemoryUse { used: 900, limit: 1000 }));
        let gauge = MemoryGauge { groups: Vec::new(), configured: Some(1 << 50) };
        assert!(gauge.read().is_some_and(|memory| memory.used > MIB && memory.limit == 1 << 50));
        assert_eq!(MemoryGauge { groups: Vec::new(), configured: None }.read(), None);
    }
}
