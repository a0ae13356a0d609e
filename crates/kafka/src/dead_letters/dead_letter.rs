//! A dead letter as it is read again: what it says of a record, and what it still has of it.
//!
//! The record's own headers come first and may be called anything, so what the letter says begins at the *last* header
//! that names the source's topic. Whatever does not say all it should, or lies under another key than the position that
//! it names, is no letter of this program's.

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;

use crate::dead_letters::headers::{
    DETAIL, FIRST_SEEN, HEADERS_BYTES, REASON, RECORD_KEY, RECORD_KEY_BYTES, RECORD_TIMESTAMP, SOURCE_OFFSET,
    SOURCE_PARTITION, SOURCE_TOPIC, SOURCE_TOPIC_ID, VALUE_BYTES,
};
use crate::dead_letters::outgoing::{KEPT_BYTES, key_of};
use crate::record::{Header, IncomingRecord, known_timestamp};
use crate::record_position::RecordPosition;

/// What a dead letter says of a record, and has of it. It has no `Debug`, for all of the record may tell of a person.
#[derive(Clone)]
pub struct DeadLetter<'a> {
    /// Where the record lies, or lay: retention may have deleted it.
    pub position: RecordPosition,
    /// The id of its topic: a topic of the same name that was made anew has another one. `None` where the brokers
    /// told none, and in letters of versions before 0.2.
    pub topic_id: Option<TopicId>,
    /// The reason it was refused for, as it was counted.
    pub reason: &'a str,
    /// What exactly was wrong, as a code.
    pub detail: &'a str,
    /// When the process that wrote this letter first saw the record.
    pub first_seen: EventTime,
    /// The record's own timestamp; `None` where it is unknown.
    pub record_timestamp: Option<EventTime>,
    /// The record's key.
    pub key: KeptBytes<'a>,
    /// The record's value.
    pub value: KeptBytes<'a>,
    /// The record's headers.
    pub headers: KeptHeaders<'a>,
}

/// What a letter has of the key or the value of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeptBytes<'a> {
    /// The record had none: Kafka's null.
    Null,
    /// All of it.
    Whole(&'a [u8]),
    /// Its beginning.
    Beginning {
        /// As much as is kept.
        bytes: &'a [u8],
        /// How many bytes it had; of a key that is not known.
        of: Option<u64>,
    },
    /// Nothing but how many bytes it had.
    Size(u64),
}

/// What a letter has of the headers of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeptHeaders<'a> {
    /// All of them, in order.
    Whole(&'a [Header<'a>]),
    /// Nothing but about how many bytes they took: they were too many, or the name of one cannot be read.
    Size(u64),
}

/// A record that a letter has all of.
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
    /// Whether it is as the record had it.
    const fn is_whole(&self) -> bool {
        matches!(self, Self::Null | Self::Whole(_))
    }

    /// What is left of it; `None` if nothing is, or there was nothing.
    #[must_use]
    pub const fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Whole(bytes) | Self::Beginning { bytes, .. } => Some(bytes),
            Self::Null | Self::Size(_) => None,
        }
    }

    /// How many bytes the record had of it: at least, of a key that was cut.
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
    /// The letter that a record of the dead-letter topic is; `None` if it is none of this program's.
    #[must_use]
    pub fn of(record: &IncomingRecord<'a>) -> Option<Self> {
        let begins = record.headers.iter().rposition(|(name, _)| *name == SOURCE_TOPIC)?;
        let (own_headers, said) = record.headers.split_at(begins);
        let said = Said(said);
        let position = RecordPosition {
            topic: said.text(SOURCE_TOPIC)?.to_owned(),
            partition: said.number(SOURCE_PARTITION)?,
            offset: said.number(SOURCE_OFFSET)?,
        };
        let topic_id = match said.value(SOURCE_TOPIC_ID) {
            Some(_) => Some(said.text(SOURCE_TOPIC_ID)?.parse().ok()?),
            None => None,
        };
        if record.key? != key_of(&position, topic_id).as_bytes() {
            return None;
        }
        Some(Self {
            position,
            topic_id,
            reason: said.text(REASON)?,
            detail: said.text(DETAIL)?,
            first_seen: said.instant(FIRST_SEEN)?,
            record_timestamp: match said.value(RECORD_TIMESTAMP) {
                Some(_) => known_timestamp(Some(said.instant(RECORD_TIMESTAMP)?)),
                None => None,
            },
            key: match (said.value(RECORD_KEY), said.number(RECORD_KEY_BYTES)) {
                // One of just that length may have been longer.
                (Some(key), _) if key.len() >= KEPT_BYTES => KeptBytes::Beginning { bytes: key, of: None },
                (Some(key), _) => KeptBytes::Whole(key),
                (None, Some(bytes)) => KeptBytes::Size(bytes),
                (None, None) => KeptBytes::Null,
            },
            value: match (record.value, said.number(VALUE_BYTES)) {
                (Some(bytes), of @ Some(_)) => KeptBytes::Beginning { bytes, of },
                (Some(value), None) => KeptBytes::Whole(value),
                (None, Some(bytes)) => KeptBytes::Size(bytes),
                (None, None) => KeptBytes::Null,
            },
            headers: match said.number(HEADERS_BYTES) {
                Some(bytes) => KeptHeaders::Size(bytes),
                None => KeptHeaders::Whole(own_headers),
            },
        })
    }

    /// The record as it was; `None` if the letter has not all of it.
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

/// The headers in which a letter says something.
struct Said<'a>(&'a [Header<'a>]);

impl<'a> Said<'a> {
    fn value(&self, name: &str) -> Option<&'a [u8]> {
        self.0.iter().find(|(other, _)| *other == name)?.1
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.value(name)?).ok()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    /// RFC 3339, or milliseconds where a calendar has no name for the instant.
    fn instant(&self, name: &str) -> Option<EventTime> {
        let text = self.text(name)?;
        let named = text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond);
        named.ok().or_else(|| text.parse().ok()).map(EventTime::from_millis)
    }
}

#[cfg(test)]
mod tests {
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

    /// What is read of a record with this key, these headers before and after the statements, and this value.
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
            headers: &headers,
            timestamp: None,
            partition: 0,
            offset: 0,
            rebuilding: true,
            again: false,
        };
        DeadLetter::of(&record).map(look)
    }

    #[test]
    fn a_letter_says_where_its_record_lay_and_why_it_was_refused() {
        let said = read("events/3/1207", &[], &[], Some(b"{"), |letter| {
            assert_eq!((letter.reason, letter.detail), ("malformed", "truncated"));
            assert_eq!(letter.first_seen, EventTime::from_millis(1_758_006_900_250));
            assert_eq!(letter.record_timestamp, Some(EventTime::MAX));
            assert!(
                letter.record().is_some() && letter.value == KeptBytes::Whole(b"{") && letter.key == KeptBytes::Null
            );
            letter.position.to_string()
        });
        assert_eq!(said.as_deref(), Some("events/3/1207"));
    }

    #[test]
    fn a_letter_names_the_topic_by_its_id_too_where_brokers_tell_it() {
        let id = "ASNFZ4mrze8BI0VniavN7w";
        let further: [Header<'_>; 1] = [(SOURCE_TOPIC_ID, Some(id.as_bytes()))];
        let key = format!("events/3/1207/{id}");
        let told = |key: &str, further: &[Header<'_>]| read(key, &[], further, None, |letter| letter.topic_id);
        assert_eq!(told(&key, &further), Some(id.parse().ok()));
        assert_eq!(told("events/3/1207", &[]), Some(None));
        assert_eq!((told("events/3/1207", &further), told(&key, &[])), (None, None), "key and headers agree");
        assert_eq!(told("events/3/1207/x", &[(SOURCE_TOPIC_ID, Some(b"x"))]), None);
    }

    #[test]
    fn headers_of_the_record_are_its_own_whatever_they_are_called() {
        let own: [Header<'_>; 3] = [(SOURCE_TOPIC, Some(b"another")), (RECORD_KEY, Some(b"forged")), ("ce_type", None)];
        let read = read("events/3/1207", &own, &[(RECORD_KEY, Some(b"c-1"))], None, |letter| {
            assert!(letter.headers == KeptHeaders::Whole(&own) && letter.value == KeptBytes::Null);
            assert!(letter.key == KeptBytes::Whole(b"c-1") && letter.record().is_some());
        });
        assert!(read.is_some());
    }

    #[test]
    fn what_is_not_whole_is_known_by_its_sizes() {
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
    fn one_part_that_is_not_whole_is_enough() {
        for further in [(VALUE_BYTES, b"1"), (HEADERS_BYTES, b"1"), (RECORD_KEY_BYTES, b"1")] {
            let further = [(further.0, Some(&further.1[..]))];
            assert_eq!(
                read("events/3/1207", &[], &further, Some(b"{"), |letter| letter.record().is_some()),
                Some(false)
            );
        }
    }

    #[test]
    fn what_another_program_has_written_is_no_letter() {
        assert!(read("events/3/1208", &[], &[], None, |_| ()).is_none(), "its key is another position");
        for (missing, (name, _)) in STATEMENTS.iter().enumerate() {
            let mut headers = STATEMENTS.to_vec();
            headers.remove(missing);
            let record = IncomingRecord {
                key: Some(b"events/3/1207"),
                value: None,
                headers: &headers,
                timestamp: None,
                partition: 0,
                offset: 0,
                rebuilding: true,
                again: false,
            };
            let told = DeadLetter::of(&record).map(|letter| letter.record_timestamp);
            // A record may have no timestamp; earlier versions wrote 1970 then.
            assert_eq!(told, (*name == RECORD_TIMESTAMP).then_some(None), "{name}");
        }
    }
}
