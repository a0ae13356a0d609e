//! Publications: records as they go to the topic, and what a test needs to know of them.

use std::fmt;

use ensilinja_model::EventTime;
use ensilinja_wire::{Detail, Reason, encode_binary, encode_structured};

use crate::SimEvent;

/// A record, and when it is published.
#[derive(Clone, PartialEq, Eq)]
pub struct Publication {
    /// When it is published: the record's timestamp.
    pub at: EventTime,
    /// The record's key; `None` is Kafka's null.
    pub key: Option<Vec<u8>>,
    /// The record's headers, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// The record's value; `None` is Kafka's null.
    pub value: Option<Vec<u8>>,
    /// What the record says; `None` for a poisonous one, and for one that was not simulated.
    pub event: Option<SimEvent>,
    /// What is wrong with the record, if anything.
    pub poison: Option<Poison>,
}

/// What is wrong with a poisonous record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Poison {
    /// 0 for the first poisonous record of a stream, 1 for the second; the record carries it in the header
    /// [`POISON_HEADER`], in decimal digits.
    pub tag: u64,
    /// The name of the case in the wire's table of malformed records.
    pub case: &'static str,
    /// What the record must be counted under.
    pub reason: Reason,
    /// What exactly it must be rejected as.
    pub detail: Detail,
}

/// The header in which a poisonous record carries its tag. It means nothing to a reader.
pub const POISON_HEADER: &str = "simulator-poison";

impl Publication {
    /// The record that says `event`, in binary mode or else in structured mode.
    pub(crate) fn of(event: SimEvent, at: EventTime, binary: bool) -> Self {
        let statement = event.statement();
        let encoded = if binary { encode_binary(&statement) } else { encode_structured(&statement) };
        Self {
            at,
            key: Some(encoded.key),
            headers: encoded.headers.into_iter().map(|(name, value)| (name, Some(value))).collect(),
            value: Some(encoded.value),
            event: Some(event),
            poison: None,
        }
    }
}

impl fmt::Debug for Publication {
    /// Leaves key, headers and value out: they hold a contact's id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publication")
            .field("at", &self.at)
            .field("event", &self.event)
            .field("poison", &self.poison)
            .finish_non_exhaustive()
    }
}
