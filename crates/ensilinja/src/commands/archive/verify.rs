//! `archive verify`: whether archives are whole and unchanged, and what is between them.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use ensilinja_archive::{ArchiveFinding, Manifest, Verification, VerifiedFile, review};
use ensilinja_lookback::local_time::to_the_minute;
use ensilinja_lookback::{Progress, ProgressUpdate};
use ensilinja_model::EventTime;
use ensilinja_report::fitted;
use jiff::tz::TimeZone;

use super::opened;
use crate::cli::VerifyArchiveArguments;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::{ListingFormat, print};
use crate::outcome::Outcome;

/// Progress is shown every so many records.
const SHOW_EVERY: u64 = 4_096;

/// Verifies archives. [`Outcome::Found`] if something is wrong.
///
/// # Errors
/// That it was stopped, or cannot print.
pub(super) fn verify(arguments: &VerifyArchiveArguments) -> anyhow::Result<Outcome> {
    let first = arguments.files.iter().find_map(|path| opened::open(path).ok());
    let zone = first.map_or(TimeZone::UTC, |reader| zone_of(reader.manifest()));
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.quiet, &zone));
    let mut found = Verification::default();
    for path in &arguments.files {
        found.files.push(verified(path, &stop, &progress)?);
    }
    progress.end();
    let sound = found.files.iter().enumerate().filter(|(_, file)| file.fault.is_none());
    let sound: Vec<(usize, &Manifest)> =
        sound.filter_map(|(index, file)| Some((index, file.manifest.as_ref()?))).collect();
    let manifests: Vec<&Manifest> = sound.iter().map(|(_, manifest)| *manifest).collect();
    let name = |index: usize| found.files[sound[index].0].file.clone();
    let (mut problems, mut notes) = (Vec::new(), Vec::new());
    for finding in review(&manifests) {
        let words = in_words(&finding, &name, &zone);
        if finding.is_problem() { problems.push(words) } else { notes.push(words) }
    }
    (found.problems, found.notes) = (problems, notes);
    print(&match arguments.listing.format {
        ListingFormat::Table => fitted(&text(&found), arguments.listing.width()),
        ListingFormat::Json => found.to_json(),
    })?;
    Ok(if found.is_sound() { Outcome::Done } else { Outcome::Found })
}

/// Reads all of a file.
fn verified(path: &Path, stop: &AtomicBool, progress: &dyn Progress) -> anyhow::Result<VerifiedFile> {
    let file = path.display().to_string();
    let mut reader = match opened::open(path) {
        Ok(reader) => reader,
        Err(error) => return Ok(VerifiedFile { file, fault: Some(format!("{error:#}")), manifest: None }),
    };
    let manifest = reader.manifest().clone();
    progress.begin(&format!("verifying {file}"), "records");
    let mut records = 0;
    let fault = loop {
        match reader.next() {
            Ok(None) => break None,
            Err(error) => break Some(format!("{file} is no sound archive: {error}")),
            Ok(Some((_, record))) => {
                records += 1;
                if records % SHOW_EVERY == 0 {
                    anyhow::ensure!(!stop.load(Ordering::Relaxed), "stopped before the end of {file}");
                    let at = record.timestamp_ms.map(EventTime::from_millis);
                    progress.show(&ProgressUpdate { done: records, total: Some(manifest.records), count: records, at });
                }
            }
        }
    };
    Ok(VerifiedFile { file, fault, manifest: Some(manifest) })
}

/// A finding in words.
fn in_words(finding: &ArchiveFinding, name: &dyn Fn(usize) -> String, zone: &TimeZone) -> String {
    let local = |ms: &i64| to_the_minute(EventTime::from_millis(*ms), zone);
    match finding {
        ArchiveFinding::Gap { after, before, from_ms, to_ms } => format!(
            "no archive covers {} to {}, between {} and {}: name the missing one, or create it while the topic has it",
            local(from_ms),
            local(to_ms),
            name(*after),
            name(*before)
        ),
        ArchiveFinding::MissingOffsets { topic, partition, first, count } => format!(
            "{count} offsets of {topic}/{partition} from {first} on are in no archive: between the ranges, records with \
             timestamps of another time, or deleted before an archive was made"
        ),
        ArchiveFinding::Overlap { one, other, offsets } => {
            format!("{} and {} share {offsets} offsets; each record counts once", name(*one), name(*other))
        }
        ArchiveFinding::Cut { archive, topic, partitions } => format!(
            "{}: {partitions} partitions of {topic} had lost their first records before the archive was made, so records \
             at the beginning of its range may be missing",
            name(*archive)
        ),
        ArchiveFinding::OtherKey { one, other } => format!(
            "{} and {} have ids of different keys, or only one has pseudonyms: they cannot be read together",
            name(*one),
            name(*other)
        ),
        ArchiveFinding::OtherTopic { one, other, topic } => format!(
            "{} has {topic} of another cluster, or of another topic of this name, than {}: whether something is missing \
             between them is unknown",
            name(*other),
            name(*one)
        ),
    }
}

fn text(found: &Verification) -> String {
    let mut lines = Vec::new();
    for VerifiedFile { file, fault, manifest } in &found.files {
        match (fault, manifest) {
            (Some(fault), _) => lines.push(format!("NOT SOUND  {fault}")),
            (None, Some(manifest)) => lines.extend(of_manifest(file, manifest)),
            (None, None) => {}
        }
    }
    lines.extend(found.problems.iter().map(|problem| format!("MISSING    {problem}")));
    lines.extend(found.notes.iter().map(|note| format!("note       {note}")));
    let (files, sound) = (found.files.len(), found.files.iter().filter(|file| file.fault.is_none()).count());
    lines.push(match (found.is_sound(), files) {
        (true, 1) => "The archive is whole.".to_owned(),
        (true, _) => format!("All {files} archives are whole, and nothing is missing between them."),
        (false, _) => format!("{sound} of {files} archives are sound; {} problems between them.", found.problems.len()),
    });
    lines.join("\n") + "\n"
}

/// The time zone in which the range of an archive was named.
fn zone_of(manifest: &Manifest) -> TimeZone {
    TimeZone::get(&manifest.time_zone).unwrap_or(TimeZone::UTC)
}

fn of_manifest(file: &str, manifest: &Manifest) -> Vec<String> {
    let zone = zone_of(manifest);
    let [from, to, created] = [manifest.from_ms, manifest.to_ms, manifest.created_ms]
        .map(|ms| to_the_minute(EventTime::from_millis(ms), &zone));
    let topics: Vec<&str> = manifest.topics.iter().map(|topic| topic.name.as_str()).collect();
    let mut lines = vec![
        format!("sound      {file}: {} records of {}, from {from} to {to}", manifest.records, topics.join(", ")),
        format!("           made {created} ({}) by {}", manifest.time_zone, manifest.product),
        format!("           sha256 {}", manifest.sha256),
    ];
    if let Some(how) = &manifest.pseudonymised {
        let left_out: u64 = how.left_out.values().sum();
        lines.push(format!("           ids are replaced by the key {}; {left_out} records left out", how.key_id));
    }
    if manifest.erased > 0 {
        lines.push(format!("           {} records of contacts were erased", manifest.erased));
    }
    lines
}
