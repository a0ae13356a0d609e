//! `archive erase`: a new archive without the records of one contact.
//!
//! Invariant: no record that the decoder takes for one of the contact is left, and no record that the decoder cannot
//! read and that holds the id anywhere. Whether the id occurs in other records is counted and said.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use ensilinja_archive::{ArchiveWriter, ArchivedRecord, Manifest};
use ensilinja_lookback::{Progress as _, ProgressUpdate};
use ensilinja_model::Headers;
use ensilinja_wire::{Decoder, Format, Record};
use jiff::tz::TimeZone;

use super::{key_file, opened};
use crate::cli::EraseContactArguments;
use crate::console::atomic_file::AtomicFile;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::print;
use crate::outcome::Outcome;
use crate::usage_error::UsageError;

/// What a record has to do with the contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// It is of the contact, or cannot be read and holds the id.
    IsOf,
    /// It is of another contact, and holds the id.
    Mentions,
    /// Nothing.
    None,
}

/// Writes the archive without the contact.
///
/// # Errors
/// Bad usage; that the archive is not sound, has no record of the contact, or is of a format whose contacts are not in
/// one place; why the new archive cannot be written.
pub(super) fn erase(arguments: &EraseContactArguments) -> anyhow::Result<Outcome> {
    let EraseContactArguments { file, contact, pseudonymise, output, quiet } = arguments;
    if output.exists() {
        return Err(UsageError::ArchiveExists(output.display().to_string()).into());
    }
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(*quiet, &TimeZone::UTC));
    let mut reader = opened::open(file)?;
    let manifest = reader.manifest().clone();
    let id = id_in(&manifest, contact, pseudonymise.as_deref())?;
    let atomic = AtomicFile::create(output).with_context(|| format!("cannot write {}", output.display()))?;
    // Only the owner may read an archive: it holds personal data.
    atomic.file().set_permissions(Permissions::from_mode(0o600))?;
    let mut writer = ArchiveWriter::new(BufWriter::new(atomic.file().try_clone()?));
    let mut parts = manifest.partitions.clone();
    for part in &mut parts {
        (part.records, part.first, part.last) = (0, None, None);
    }
    progress.begin("erasing", "records");
    let (mut read, mut erased, mut mentions) = (0_u64, 0_u64, 0_u64);
    while let Some((_, record)) = reader.next().with_context(|| format!("{} is no sound archive", file.display()))? {
        read += 1;
        anyhow::ensure!(!stop.load(Ordering::Relaxed), "stopped before the end: there is no new archive");
        progress.show(&ProgressUpdate { done: read, total: Some(manifest.records), count: read, at: None });
        match relation(&record, &id) {
            Relation::IsOf => {
                erased += 1;
                continue;
            }
            Relation::Mentions => mentions += 1,
            Relation::None => {}
        }
        let part = parts.iter_mut().find(|part| part.partition == record.partition && part.topic == record.topic);
        let part = part.context("this is a bug of the program: a record of a partition that is not in the manifest")?;
        part.records += 1;
        part.first = part.first.or(Some(record.offset));
        part.last = Some(record.offset);
        writer.append(&record)?;
    }
    progress.end();
    anyhow::ensure!(
        erased > 0,
        "{} has no record of this contact: give the id as the topic has it, capitals and all",
        file.display()
    );
    let total = manifest.erased + erased;
    let (_, mut output_file) = writer.finish(Manifest { partitions: parts, erased: total, ..manifest })?;
    output_file.flush()?;
    atomic.commit()?;
    print(&summary(arguments, (read, erased, mentions)))?;
    Ok(Outcome::Done)
}

fn summary(arguments: &EraseContactArguments, (read, erased, mentions): (u64, u64, u64)) -> String {
    let (old, new) = (arguments.file.display(), arguments.output.display());
    let mut text = format!(
        "{new}: {} records; {erased} of the contact were erased\n  Past figures that counted the contact are lower by it \
         from now on. Remove {old} and its copies.\n",
        read - erased
    );
    if mentions > 0 {
        writeln!(
            text,
            "  {mentions} records of other contacts hold the same characters and were kept: a short id occurs by chance"
        )
        .expect("a String takes all text");
    }
    text
}

/// The id that the archive has for a contact.
fn id_in(manifest: &Manifest, contact: &str, key: Option<&std::path::Path>) -> anyhow::Result<String> {
    let is_events = |format: &str| format == Format::CloudEvents.as_str();
    if let Some(topic) = manifest.topics.iter().find(|topic| !is_events(&topic.format)) {
        anyhow::bail!(
            "{} has records of the format {}, and only of events it is known where the id of a contact is: erase the \
             contact with the tools of that platform's records, or remove the archive",
            topic.name,
            topic.format
        );
    }
    match (&manifest.pseudonymised, key) {
        (None, None) => Ok(contact.to_owned()),
        (Some(how), Some(path)) => {
            let key = key_file::read(path)?;
            let why =
                format!("the ids of the archive were replaced by the key {}, and this is {}", how.key_id, key.id());
            if key.id() != how.key_id {
                return Err(UsageError::KeyFile { file: path.display().to_string(), why }.into());
            }
            Ok(key.contact(contact))
        }
        (Some(_), None) => {
            anyhow::bail!("the ids of the archive were replaced: give the key with --pseudonymise KEYFILE")
        }
        (None, Some(_)) => anyhow::bail!("the ids of the archive were not replaced: leave out --pseudonymise"),
    }
}

/// What a record has to do with the contact of this id.
fn relation(record: &ArchivedRecord<'_>, id: &str) -> Relation {
    let named =
        record.headers.iter().filter_map(|(name, value)| Some((std::str::from_utf8(name).ok()?, value.as_deref())));
    let headers: Vec<_> = named.collect();
    let wire = Record {
        key: record.key.as_deref(),
        value: record.value.as_deref(),
        headers: Headers::known(&headers),
        timestamp: Record::UNKNOWN_TIME,
    };
    let of = Decoder::contact(&wire);
    if of.as_deref() == Ok(id) || record.key.as_deref() == Some(id.as_bytes()) {
        return Relation::IsOf;
    }
    let holds = |bytes: &Option<Cow<'_, [u8]>>| {
        bytes.as_deref().is_some_and(|bytes| bytes.windows(id.len()).any(|part| part == id.as_bytes()))
    };
    let is_held = !id.is_empty()
        && (holds(&record.key) || holds(&record.value) || record.headers.iter().any(|(_, value)| holds(value)));
    match (is_held, of.is_ok()) {
        (false, _) => Relation::None,
        (true, true) => Relation::Mentions,
        (true, false) => Relation::IsOf,
    }
}
