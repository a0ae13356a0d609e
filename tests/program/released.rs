//! What each release promised, and whether the next one and this version still have it: docs/STABILITY.md as a test.
//!
//! `released/VERSION.txt` has the names of a release: metrics with their labels, commands, options, environment
//! variables and keys of the configuration. A name that is gone or means something else has to be in
//! `released/changes.txt`, with its reason, and one that is gone has to have been deprecated by an earlier release.

mod keys;
mod names;

use std::collections::BTreeMap;
use std::fs;

use crate::repository::{read, stem, top};

const FOLDER: &str = "tests/program/released";

/// A version: major, minor, patch.
type Version = (u32, u32, u32);

/// A version, and its names with what each means.
type Names = (Version, BTreeMap<String, String>);

/// A row of `changes.txt`: a name that is gone or means something else.
#[derive(Debug)]
struct AnnouncedChange {
    /// The version that first has it so.
    since: Version,
    name: String,
    /// The release that deprecated the name.
    deprecated: Option<Version>,
}

#[test]
fn what_a_release_has_is_in_the_next_one_or_its_end_was_announced() {
    let announced = announced_changes();
    let mut versions = releases();
    versions.push((this_version(), names::all()));
    let offences: Vec<_> = versions.windows(2).flat_map(|pair| offences(&pair[0], &pair[1], &announced)).collect();
    assert!(
        offences.is_empty(),
        "\n  {}\n\nOperators' alerts, dashboards, scripts and configurations use these names. Keep the old name working, \
         deprecate it in this release (docs/STABILITY.md says how), and remove it in a later one. What has to change \
         is a row of {FOLDER}/changes.txt and a line of CHANGELOG.md.",
        offences.join("\n  ")
    );
}

/// What of an earlier version is gone or other in a later one without a row, and rows that are not needed.
fn offences((earlier, before): &Names, (later, after): &Names, announced: &[AnnouncedChange]) -> Vec<String> {
    let rows: Vec<_> = announced.iter().filter(|row| *earlier < row.since && row.since <= *later).collect();
    let mut offences = Vec::new();
    for (name, details) in before {
        let row = rows.iter().find(|change| change.name == *name);
        match (after.get(name), row) {
            (Some(same), None) if same == details => {}
            (Some(same), Some(_)) if same == details => {
                offences.push(format!("{name}: it is as before. Remove its row from changes.txt"));
            }
            (Some(other), None) => offences.push(format!("{name}: was \"{details}\", is \"{other}\"")),
            (None, None) => offences.push(format!("{name}: gone")),
            (None, Some(AnnouncedChange { since, deprecated, .. }))
                if !deprecated.is_some_and(|when| when < *since && is_released(when)) =>
            {
                offences.push(format!("{name}: gone, but no earlier release had deprecated it"));
            }
            (_, Some(_)) => {}
        }
    }
    let needless = rows.iter().filter(|change| !before.contains_key(&change.name));
    offences
        .extend(needless.map(|change| format!("{}: the release before does not have it. Remove its row", change.name)));
    offences.iter().map(|offence| format!("{} to {}: {offence}", written(*earlier), written(*later))).collect()
}

#[test]
fn a_release_has_the_list_of_its_names() {
    let version = this_version();
    let path = top().join(FOLDER).join(format!("{}.txt", written(version)));
    if !is_dated(&read("CHANGELOG.md"), &written(version)) || path.exists() {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let lines = names::all().into_iter().map(|(name, details)| format!("{name}: {details}\n"));
        return fs::write(&path, lines.collect::<String>()).expect("it can be written");
    }
    panic!(
        "CHANGELOG.md has a date for {}, but {} is missing: UPDATE_DOCS=1 writes it",
        written(version),
        path.display()
    );
}

#[test]
fn the_upgrade_is_tested_from_the_release_before() {
    let before = releases().iter().map(|(version, _)| *version).filter(|version| *version < this_version()).max();
    let expected = format!("\nprevious_release={}\n", written(before.expect("there is one")));
    assert!(read(".ci/run").contains(&expected), ".ci/run builds another release than the one before this version");
}

#[test]
fn the_changelog_says_which_version_is_released() {
    let text = "## [Unreleased]\n## [0.3.0] - unreleased\n## [0.2.0] - 2026-12-01\n## 0.1.0, 2026-11-22\n";
    let dated = ["0.3.0", "0.2.0", "0.1.0", "2.0"].map(|version| is_dated(text, version));
    assert_eq!(dated, [false, true, true, false]);
}

/// Whether the changelog has a heading of this version with a date.
fn is_dated(changelog: &str, version: &str) -> bool {
    let heading = |line: &&str| {
        let words = line.strip_prefix("## ")?.split([' ', ',', '[', ']']);
        let mut words = words.filter(|word| !word.is_empty() && *word != "-");
        (words.next()? == version).then(|| words.next().is_some_and(|word| word.starts_with("20")))
    };
    changelog.lines().find_map(|line| heading(&line)).unwrap_or(false)
}

/// The releases that have a list, in order, with their names.
fn releases() -> Vec<Names> {
    let versions = crate::repository::files(FOLDER, "txt");
    let mut versions: Vec<_> =
        versions.iter().filter_map(|path| parsed(&stem(path))).filter(|version| *version <= this_version()).collect();
    versions.sort_unstable();
    assert!(!versions.is_empty(), "a release has a list");
    let row = |line: &str| {
        let (name, details) = line.split_once(": ").unwrap_or_else(|| panic!("{line:?} has no colon"));
        (name.to_owned(), details.to_owned())
    };
    let names = |version| read(format!("{FOLDER}/{}.txt", written(version))).lines().map(row).collect();
    versions.into_iter().map(|version| (version, names(version))).collect()
}

/// The rows of `changes.txt`.
fn announced_changes() -> Vec<AnnouncedChange> {
    let text = read(format!("{FOLDER}/changes.txt"));
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [since, name, deprecated, reason] = cells[..] else { panic!("changes.txt: {line:?} has not four cells") };
        let since = parsed(since).unwrap_or_else(|| panic!("changes.txt: {since:?} is no version"));
        assert!(!reason.is_empty(), "changes.txt: {line:?} has no reason");
        AnnouncedChange { since, name: name.to_owned(), deprecated: parsed(deprecated) }
    });
    rows.collect()
}

fn is_released(version: Version) -> bool {
    top().join(FOLDER).join(format!("{}.txt", written(version))).exists()
}

fn this_version() -> Version {
    parsed(env!("CARGO_PKG_VERSION")).expect("the version has three numbers")
}

fn parsed(text: &str) -> Option<Version> {
    let mut numbers = text.split('.').map(str::parse);
    match (numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()) {
        (Ok(major), Ok(minor), Ok(patch), None) => Some((major, minor, patch)),
        _ => None,
    }
}

fn written((major, minor, patch): Version) -> String {
    format!("{major}.{minor}.{patch}")
}
