//! The id of a topic (KIP-516). It distinguishes a topic from a later topic of the same name.
//!
//! A topic keeps its id for as long as it exists. A topic that is deleted and recreated has another one, and no id is
//! ever used again.

use std::fmt;
use std::str::FromStr;

/// The alphabet of URL-safe base64, which Kafka's own tools use for ids.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How many letters of six bits 128 bits take.
const LETTERS: usize = 22;

/// The id of a topic: 128 bits, never all zero. It is written as `kafka-topics.sh --describe` writes it: 22 letters of
/// URL-safe base64, without padding.
///
/// ```
/// use ensilinja_librdkafka::TopicId;
///
/// let id = TopicId::from_bits(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef).unwrap();
/// assert_eq!(id.to_string(), "ASNFZ4mrze8BI0VniavN7w");
/// assert_eq!("ASNFZ4mrze8BI0VniavN7w".parse(), Ok(id));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TopicId(u128);

/// The text is no topic id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicIdError;

impl TopicId {
    /// The id with these bits; `None` for zero, the value of brokers without topic ids.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Option<Self> {
        if bits == 0 { None } else { Some(Self(bits)) }
    }

    /// Its bits.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |index: usize| {
            // The last letter holds the last two bits, followed by four zero bits.
            let shift = 122 - 6 * i32::try_from(index).expect("there are 22 letters");
            let six = if shift < 0 { self.0 << -shift } else { self.0 >> shift } & 0x3f;
            char::from(ALPHABET[usize::try_from(six).expect("six bits")])
        };
        f.write_str(&(0..LETTERS).map(letter).collect::<String>())
    }
}

impl FromStr for TopicId {
    type Err = TopicIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != LETTERS {
            return Err(TopicIdError);
        }
        let mut bits: u128 = 0;
        for (index, letter) in text.bytes().enumerate() {
            let six = ALPHABET.iter().position(|known| *known == letter).ok_or(TopicIdError)?;
            let six = u128::try_from(six).expect("an index of 64 letters");
            bits = if index + 1 < LETTERS { bits << 6 | six } else { bits << 2 | six >> 4 };
        }
        let id = Self::from_bits(bits).ok_or(TopicIdError)?;
        // The last four bits must be zero, so that an id has only one spelling.
        if id.to_string() == text { Ok(id) } else { Err(TopicIdError) }
    }
}

impl fmt::Display for TopicIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a topic id has 22 letters of URL-safe base64 and is not all zero")
    }
}

impl std::error::Error for TopicIdError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_parses_from_its_own_text() {
        for bits in [1, u128::MAX, 1 << 127, 0xffff_0000_ffff_0000_ffff_0000_ffff_0000] {
            let id = TopicId::from_bits(bits).unwrap();
            assert_eq!(id.to_string().parse(), Ok(id), "{id}");
        }
        assert_eq!(TopicId::from_bits(u128::MAX).unwrap().to_string(), "_____________________w");
    }

    #[test]
    fn zero_is_no_id() {
        assert_eq!(TopicId::from_bits(0), None);
        assert_eq!("AAAAAAAAAAAAAAAAAAAAAA".parse::<TopicId>(), Err(TopicIdError));
    }

    #[test]
    fn a_text_that_is_no_id_is_refused() {
        for text in
            ["", "ASNFZ4mrze8BI0VniavN7", "ASNFZ4mrze8BI0VniavN7w=", "ASNFZ4mrze8BI0VniavN7x", "ASNFZ4mrze8BI0Vni/vN7w"]
        {
            assert_eq!(text.parse::<TopicId>(), Err(TopicIdError), "{text}");
        }
    }
}
