//! A dead letter as it is read from its topic: its description of a record, and the bytes of it that it kept.
//!
//! The record's own headers come first and may have any names, so the description of the record begins at the *last*
//! header that names the source topic. A record that lacks a part of the description, or whose key is not the position
//! it describes, is no dead letter of this program.

use ensilinja_librdkafka::TopicId;
use ensilinja_model::{EventTime, Header};

use crate::dead_letters::headers::{
    DETAIL, FIRST_SEEN, HEADERS_BYTES, REASON, RECORD_KEY, RECORD_KEY_BYTES, RECORD_TIMESTAMP, SOURCE_OFFSET,
    SOURCE_PARTITION, SOURCE_TOPIC, SOURCE_TOPIC_ID, VALUE_BYTES,
};
use crate::dead_letters::outgoing::{KEPT_BYTES, key_of};
use crate::record::{IncomingRecord, known_timestamp};
use crate::record_position::RecordPosition;

/// A dead letter. It has no `Debug`, because every part of the record may identify a person.
#[derive(Clone)]
pub struct DeadLetter<'a> {
    /// The position of the record. Retention may have deleted the record.
    pub position: RecordPosition,
    /// The id of its topic: a topic of the same name that was recreated has another one. `None` if the brokers told
    /// none, and in dead letters of versions before 0.2.
    pub topic_id: Option<TopicId>,
    /// The reason, as in the metric label.
    pub reason: &'a str,
    /// The exact fault, as a code.
    pub detail: &'a str,
    /// When the process that wrote the dead letter first saw the record.
    pub first_seen: EventTime,
    /// The timestamp of the record; `None` if it is unknown.
    pub record_timestamp: Option<EventTime>,
    /// The record's key.
    pub key: KeptBytes<'a>,
    /// The record's value.
    pub value: KeptBytes<'a>,
    /// The record's headers.
    pub headers: KeptHeaders<'a>,
}

/// What a dead letter has of the key or the value of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeptBytes<'a> {
    /// The record had none (Kafka's null).
    Null,
    /// All of it.
    Whole(&'a [u8]),
    /// Only the beginning.
    Beginning {
        /// The bytes that are kept.
        bytes: &'a [u8],
        /// How many bytes the record had; `None` for a key, because that is not recorded.
        of: Option<u64>,
    },
    /// Only how many bytes the record had.
    Size(u64),
}

/// What a dead letter has of the headers of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeptHeaders<'a> {
    /// All of them, in order.
    Whole(&'a [Header<'a>]),
    /// Only about how many bytes they took: they were too many, or the name of one cannot be read.
    Size(u64),
}

/// A record of which the dead letter has everything.
#[derive(Clone, Copy)]
pub struct OriginalRecord<'a> {
    /// The key, if it had one.
    pub key: Option<&'a [u8]>,
    /// The headers in order.
    pub headers: &'a [Header<'a>],
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
}

impl<'a> KeptBytes<'a> {
    /// Whether nothing is missing.
    const fn is_whole(&self) -> bool {
        matches!(self, Self::Null | Self::Whole(_))
    }

    /// The bytes that are kept; `None` if none are.
    #[must_use]
    pub const fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Whole(bytes) | Self::Beginning { bytes, .. } => Some(bytes),
            Self::Null | Self::Size(_) => None,
        }
    }

    /// How many bytes the record had; of a key that was cut, at least as many.
    #[must_use]
    pub const fn record_bytes(&self) -> u64 {
        match self {
            Self::Null => 0,
            Self::Whole(bytes) | Self::Beginning { bytes, of: None } => bytes.len() as u64,
            Self::Beginning { of: Some(size), .. } | Self::Size(size) => *size,
        }
    }
}

impl<'a> DeadLetter<'a> {
    /// The dead letter in a record of the dead-letter topic; `None` if this program has not written it.
    #[must_use]
    pub fn of(record: &IncomingRecord<'a>) -> Option<Self> {
        let begins = record.headers.all().iter().rposition(|(name, _)| *name == SOURCE_TOPIC)?;
        let (own_headers, description) = record.headers.all().split_at(begins);
        let description = Description(description);
        let position = RecordPosition {
            topic: description.text(SOURCE_TOPIC)?.to_owned(),
            partition: description.number(SOURCE_PARTITION)?,
            offset: description.number(SOURCE_OFFSET)?,
        };
        let topic_id = match description.value(SOURCE_TOPIC_ID) {
            Some(_) => Some(description.text(SOURCE_TOPIC_ID)?.parse().ok()?),
            None => None,
        };
        if record.key? != key_of(&position, topic_id).as_bytes() {
            return None;
        }
        Some(Self {
            position,
            topic_id,
            reason: description.text(REASON)?,
            detail: description.text(DETAIL)?,
            first_seen: description.instant(FIRST_SEEN)?,
            record_timestamp: match description.value(RECORD_TIMESTAMP) {
                Some(_) => known_timestamp(Some(description.instant(RECORD_TIMESTAMP)?)),
                None => None,
            },
            key: match (description.value(RECORD_KEY), description.number(RECORD_KEY_BYTES)) {
                // A key of exactly this length may have been longer.
                (Some(key), _) if key.len() >= KEPT_BYTES => KeptBytes::Beginning { bytes: key, of: None },
                (Some(key), _) => KeptBytes::Whole(key),
                (None, Some(bytes)) => KeptBytes::Size(bytes),
                (None, None) => KeptBytes::Null,
            },
            value: match (record.value, description.number(VALUE_BYTES)) {
                (Some(bytes), of @ Some(_)) => KeptBytes::Beginning { bytes, of },
                (Some(value), None) => KeptBytes::Whole(value),
                (None, Some(bytes)) => KeptBytes::Size(bytes),
                (None, None) => KeptBytes::Null,
            },
            headers: match description.number(HEADERS_BYTES) {
                Some(bytes) => KeptHeaders::Size(bytes),
                None => KeptHeaders::Whole(own_headers),
            },
        })
    }

    /// The record; `None` if the dead letter lacks a part of it.
    #[must_use]
    pub const fn record(&self) -> Option<OriginalRecord<'a>> {
        match (self.key.is_whole() && self.value.is_whole(), self.headers) {
            (true, KeptHeaders::Whole(headers)) => {
                Some(OriginalRecord { key: self.key.bytes(), headers, value: self.value.bytes() })
            }
            _ => None,
        }
    }
}

/// The headers that describe the record.
struct Description<'a>(&'a [Header<'a>]);

impl<'a> Description<'a> {
    fn value(&self, name: &str) -> Option<&'a [u8]> {
        self.0.iter().find(|(other, _)| *other == name)?.1
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.value(name)?).ok()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    /// Reads RFC 3339, or milliseconds.
    fn instant(&self, name: &str) -> Option<EventTime> {
        let text = self.text(name)?;
        let named = text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond);
        named.ok().or_else(|| text.parse().ok()).map(EventTime::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::Headers;

    use super::*;

    const STATEMENTS: [Header<'static>; 7] = [
        (SOURCE_TOPIC, Some(b"events")),
        (SOURCE_PARTITION, Some(b"3")),
        (SOURCE_OFFSET, Some(b"1207")),
        (REASON, Some(b"malformed")),
        (DETAIL, Some(b"truncated")),
        (FIRST_SEEN, Some(b"2025-09-16T07:15:00.25Z")),
        (RECORD_TIMESTAMP, Some(b"9223372036854775807")),
    ];

    /// Reads a dead letter with this key and value, with `own` before and `further` after [`STATEMENTS`].
    fn read<T>(
        key: &str,
        own: &[Header<'_>],
        further: &[Header<'_>],
        value: Option<&[u8]>,
        look: impl FnOnce(DeadLetter<'_>) -> T,
    ) -> Option<T> {
        let headers = [own, &STATEMENTS, further].concat();
        let record = IncomingRecord {
            key: Some(key.as_bytes()),
            value,
            headers: Headers::known(&headers),
            timestamp: None,
            topic: "dead",
            source: 0,
            partition: 0,
            offset: 0,
            rebuilding: true,
            again: false,
        };
        DeadLetter::of(&record).map(look)
    }

    #[test]
    fn a_dead_letter_has_the_position_and_the_fault_of_its_record() {
        let position = read("events/3/1207", &[], &[], Some(b"{"), |letter| {
            assert_eq!((letter.reason, letter.detail), ("malformed", "truncated"));
            assert_eq!(letter.first_seen, EventTime::from_millis(1_758_006_900_250));
            assert_eq!(letter.record_timestamp, Some(EventTime::MAX));
            assert!(
                letter.record().is_some() && letter.value == KeptBytes::Whole(b"{") && letter.key == KeptBytes::Null
            );
            letter.position.to_string()
        });
        assert_eq!(position.as_deref(), Some("events/3/1207"));
    }

    #[test]
    fn a_dead_letter_has_the_topic_id_if_the_brokers_tell_it() {
        let id = "ASNFZ4mrze8BI0VniavN7w";
        let further: [Header<'_>; 1] = [(SOURCE_TOPIC_ID, Some(id.as_bytes()))];
        let key = format!("events/3/1207/{id}");
        let told = |key: &str, further: &[Header<'_>]| read(key, &[], further, None, |letter| letter.topic_id);
        assert_eq!(told(&key, &further), Some(id.parse().ok()));
        assert_eq!(told("events/3/1207", &[]), Some(None));
        assert_eq!((told("events/3/1207", &further), told(&key, &[])), (None, None), "key and headers must agree");
        assert_eq!(told("events/3/1207/x", &[(SOURCE_TOPIC_ID, Some(b"x"))]), None);
    }

    #[test]
    fn the_record_keeps_its_own_headers_whatever_their_names() {
        let own: [Header<'_>; 3] = [(SOURCE_TOPIC, Some(b"another")), (RECORD_KEY, Some(b"forged")), ("ce_type", None)];
        let read = read("events/3/1207", &own, &[(RECORD_KEY, Some(b"c-1"))], None, |letter| {
            assert!(letter.headers == KeptHeaders::Whole(&own) && letter.value == KeptBytes::Null);
            assert!(letter.key == KeptBytes::Whole(b"c-1") && letter.record().is_some());
        });
        assert!(read.is_some());
    }

    #[test]
    fn parts_that_are_missing_have_their_sizes() {
        let cut = vec![b'x'; KEPT_BYTES];
        let further: [Header<'_>; 3] =
            [(RECORD_KEY, Some(&cut)), (VALUE_BYTES, Some(b"70000")), (HEADERS_BYTES, Some(b"80000"))];
        read("events/3/1207", &[], &further, Some(&cut), |letter| {
            assert!(letter.key == KeptBytes::Beginning { bytes: &cut, of: None });
            assert!(letter.value == KeptBytes::Beginning { bytes: &cut, of: Some(70_000) });
            assert!(letter.headers == KeptHeaders::Size(80_000) && letter.record().is_none());
            assert_eq!((letter.key.record_bytes(), letter.value.record_bytes()), (65_536, 70_000));
        })
        .unwrap();
        let sizes: [Header<'_>; 2] = [(RECORD_KEY_BYTES, Some(b"6")), (VALUE_BYTES, Some(b"60000"))];
        read("events/3/1207", &[], &sizes, None, |letter| {
            assert!(
                letter.key == KeptBytes::Size(6)
                    && letter.value == KeptBytes::Size(60_000)
                    && letter.record().is_none()
            );
            assert_eq!((letter.value.bytes(), letter.value.record_bytes()), (None, 60_000));
        })
        .unwrap();
    }

    #[test]
    fn one_missing_part_is_enough_to_have_no_record() {
        for further in [(VALUE_BYTES, b"1"), (HEADERS_BYTES, b"1"), (RECORD_KEY_BYTES, b"1")] {
            let further = [(further.0, Some(&further.1[..]))];
            assert_eq!(
                read("events/3/1207", &[], &further, Some(b"{"), |letter| letter.record().is_some()),
                Some(false)
            );
        }
    }

    #[test]
    fn a_record_of_another_program_is_no_dead_letter() {
        assert!(read("events/3/1208", &[], &[], None, |_| ()).is_none(), "its key is another position");
        for (missing, (name, _)) in STATEMENTS.iter().enumerate() {
            let mut headers = STATEMENTS.to_vec();
            headers.remove(missing);
            let record = IncomingRecord {
                key: Some(b"events/3/1207"),
                value: None,
                headers: Headers::known(&headers),
                timestamp: None,
                topic: "dead",
                source: 0,
                partition: 0,
                offset: 0,
                rebuilding: true,
                again: false,
            };
            let told = DeadLetter::of(&record).map(|letter| letter.record_timestamp);
            // A record may have no timestamp; earlier versions wrote 1970 for it.
            assert_eq!(told, (*name == RECORD_TIMESTAMP).then_some(None), "{name}");
        }
    }
}
