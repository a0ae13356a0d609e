//! Replaces the ids of contacts by a keyed hash, and leaves out everything that no figure needs.
//!
//! ```text
//! record of an event --decode--> contact, line, visit, time, fact --keyed hash of contact and visit--> a new record
//! ```
//!
//! The new record is not the old one with parts removed, which would keep unforeseen fields: it is written anew
//! from what the decoder has understood. So no member, header or key of the old record survives. What states no event
//! of a known line is left out and counted, because it cannot be known which of its parts are personal.
//!
//! The same key gives the same pseudonyms, so contacts join over several archives. Without the key a pseudonym cannot
//! be recomputed from a guessed id, a telephone number for example. After the key is destroyed, nothing leads back.

use std::borrow::Cow;
use std::fmt;

use ensilinja_model::{EventTime, Headers, LineId};
use ensilinja_wire::{Decoder, Record, Statement, encode_structured_from};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;

use crate::record::ArchivedRecord;
use crate::writer::hexadecimal;

/// The fewest bytes of a key: as many as the hash has.
const FEWEST_BYTES: usize = 32;

/// The bytes of the hash that a pseudonym has: enough that no two contacts share one.
const PSEUDONYM_BYTES: usize = 16;

/// The `source` of events whose ids were replaced.
const SOURCE: &str = "/ensilinja/archive";

/// Years that an event can be written in again, in ms.
const WRITABLE_MS: std::ops::Range<i64> = -62_167_219_200_000..253_370_764_800_000;

/// A key that replaces ids. It has no `Debug` that shows it.
#[derive(Clone)]
pub struct PseudonymKey(PKey<Private>);

/// The key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PseudonymKeyError {
    /// It is too short to keep ids from being guessed.
    #[error(
        "it has {found} bytes and needs {FEWEST_BYTES} or more; `openssl rand -base64 48 > KEYFILE` makes one: keep it \
         apart from the archives, as it leads from an id to its pseudonym"
    )]
    Short {
        /// How many bytes it has, without the newline at its end.
        found: usize,
    },
    /// OpenSSL does not take it.
    #[error("OpenSSL does not accept it")]
    Refused,
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey")
    }
}

impl PseudonymKey {
    /// The key of a key file: all of its bytes but a newline at the end.
    ///
    /// # Errors
    /// If it is shorter than 32 bytes.
    pub fn of(text: &[u8]) -> Result<Self, PseudonymKeyError> {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.len() < FEWEST_BYTES {
            return Err(PseudonymKeyError::Short { found: text.len() });
        }
        PKey::hmac(text).map(Self).map_err(|_| PseudonymKeyError::Refused)
    }

    /// What tells this key from another. It does not lead to the key.
    #[must_use]
    pub fn id(&self) -> String {
        hexadecimal(&self.hash(b"key", b"")[..8])
    }

    /// The pseudonym of a contact.
    #[must_use]
    pub fn contact(&self, id: &str) -> String {
        format!("p-{}", hexadecimal(&self.hash(b"contact", id.as_bytes())[..PSEUDONYM_BYTES]))
    }

    /// The pseudonym of a visit. Senders choose the text freely, so it may hold an id.
    fn visit(&self, visit: &str) -> String {
        hexadecimal(&self.hash(b"visit", visit.as_bytes())[..PSEUDONYM_BYTES])
    }

    /// HMAC-SHA-256 of a text, for one purpose.
    fn hash(&self, purpose: &[u8], text: &[u8]) -> [u8; 32] {
        let signed = Signer::new(MessageDigest::sha256(), &self.0).and_then(|mut signer| {
            signer.update(purpose)?;
            signer.update(&[0])?;
            signer.update(text)?;
            signer.sign_to_vec()
        });
        let hash = signed.expect("OpenSSL has SHA-256, and the key was accepted");
        hash.try_into().expect("SHA-256 has 32 bytes")
    }
}

/// Replaces the ids of the records of events.
pub struct Pseudonymiser {
    key: PseudonymKey,
    lines: Vec<LineId>,
    decoder: Decoder,
}

impl Pseudonymiser {
    /// For events of these lines.
    #[must_use]
    pub fn new(key: PseudonymKey, lines: Vec<LineId>) -> Self {
        // Legs are not used, so their hash needs no secret.
        let decoder = Decoder::new(&lines, [0; 16]);
        Self { key, lines, decoder }
    }

    /// Which key it is.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.key.id()
    }

    /// The record with pseudonyms.
    ///
    /// # Errors
    /// Why the record states nothing that counts, as a word: it has to be left out.
    pub fn replace(&self, record: &ArchivedRecord<'_>) -> Result<ArchivedRecord<'static>, &'static str> {
        let named = |(name, value): &(Cow<'_, [u8]>, Option<Cow<'_, [u8]>>)| {
            Some((std::str::from_utf8(name).ok()?.to_owned(), value.as_ref().map(|value| value.to_vec())))
        };
        let headers: Vec<(String, Option<Vec<u8>>)> = record.headers.iter().filter_map(named).collect();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        let known = record.timestamp_ms.filter(|ms| *ms > 0).map(EventTime::from_millis);
        let wire = Record {
            key: record.key.as_deref(),
            value: record.value.as_deref(),
            headers: Headers::known(&headers),
            timestamp: known.unwrap_or(Record::UNKNOWN_TIME),
        };
        let reason = |rejection: ensilinja_wire::Rejection| rejection.reason.as_str();
        let event = self.decoder.decode(&wire).map_err(reason)?;
        if !WRITABLE_MS.contains(&event.at.as_millis()) {
            return Err("malformed");
        }
        let contact = self.key.contact(&Decoder::contact(&wire).map_err(reason)?);
        let visit = Decoder::visit(&wire).map_err(reason)?.map(|visit| self.key.visit(&visit));
        let line = &self.lines[event.line.as_usize()];
        let encoded = encode_structured_from(
            SOURCE,
            &Statement {
                contact: &contact,
                line,
                visit: visit.as_deref(),
                to_line: None,
                at: event.at,
                fact: event.fact,
            },
        );
        let header = |(name, value): (String, Vec<u8>)| (Cow::Owned(name.into_bytes()), Some(Cow::Owned(value)));
        Ok(ArchivedRecord {
            topic: Cow::Owned(record.topic.clone().into_owned()),
            partition: record.partition,
            offset: record.offset,
            timestamp_ms: record.timestamp_ms,
            timestamp_type: record.timestamp_type,
            key: Some(Cow::Owned(encoded.key)),
            headers: encoded.headers.into_iter().map(header).collect(),
            value: Some(Cow::Owned(encoded.value)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::TimestampType;

    const KEY: &[u8] = b"0123456789abcdef0123456789abcdef\n";

    fn replaced(value: &str, key: &str, headers: &[(&str, &str)]) -> Result<String, &'static str> {
        let lines = vec![LineId::parse("mipa").unwrap()];
        let header = |(name, value): &(&str, &str)| {
            (Cow::Owned(name.as_bytes().to_vec()), Some(Cow::Owned(value.as_bytes().to_vec())))
        };
        let record = ArchivedRecord {
            topic: "events".into(),
            partition: 0,
            offset: 1,
            timestamp_ms: Some(1_758_006_900_000),
            timestamp_type: TimestampType::Create,
            key: Some(Cow::Borrowed(key.as_bytes())),
            headers: headers.iter().map(header).collect(),
            value: Some(Cow::Borrowed(value.as_bytes())),
        };
        let replaced = Pseudonymiser::new(PseudonymKey::of(KEY).unwrap(), lines).replace(&record)?;
        let mut line = Vec::new();
        replaced.write_line(&mut line);
        Ok(String::from_utf8(line).unwrap())
    }

    #[test]
    fn nothing_personal_survives_wherever_it_was() {
        let value = r#"{"specversion":"1.0","id":"canary-1","source":"/canary-2","subject":"canary-3",
            "type":"fi.ensilinja.contact.offered","time":"2025-09-16T10:15:00.123+03:00","dataschema":"canary-4",
            "canary5":"canary-6","data":{"line":"mipa","visit":"canary-7","phone":"canary-8","notes":{"a":["canary-9"]}}}"#;
        let line = replaced(value, "canary-10", &[("canary-11", "canary-12"), ("content-type", "canary-13")]).unwrap();
        assert!(!line.contains("canary"), "{line}");
        assert!(line.contains("2025-09-16T07:15:00.123Z") && line.contains("mipa"), "{line}");
        let same = PseudonymKey::of(KEY.trim_ascii_end()).unwrap();
        assert_eq!(line.matches(&same.contact("canary-3")).count(), 2, "the key and the subject: {line}");
        let other = PseudonymKey::of(b"another key of more than 32 bytes, at least").unwrap();
        assert_ne!(other.contact("canary-3"), same.contact("canary-3"));
        assert_ne!(other.id(), same.id());
    }

    #[test]
    fn what_states_no_event_of_a_known_line_is_left_out_with_its_reason() {
        let event = r#"{"specversion":"1.0","id":"1","source":"/s","subject":"c","time":"2025-09-16T10:15:00Z",
            "type":"fi.ensilinja.contact.offered","data":{"line":"LINE"}}"#;
        assert_eq!(replaced(&event.replace("LINE", "other"), "c", &[]), Err("unknown_line"));
        assert_eq!(replaced("a name and a number", "c", &[]), Err("malformed"));
        assert!(replaced(&event.replace("contact.offered", "x"), "c", &[]).is_err());
    }

    #[test]
    fn a_short_key_is_refused() {
        assert_eq!(PseudonymKey::of(b"too short\n").map(drop), Err(PseudonymKeyError::Short { found: 9 }));
    }
}
