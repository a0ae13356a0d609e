//! Publications: records for the topic, with the facts that tests need about them.

use std::fmt;

use ensilinja_model::EventTime;
use ensilinja_wire::{Detail, Reason, encode_binary, encode_structured};

use crate::SimEvent;

/// A record and its publication time.
#[derive(Clone, PartialEq, Eq)]
pub struct Publication {
    /// The publication time, which is the timestamp of the record.
    pub at: EventTime,
    /// The key of the record; `None` for Kafka's null.
    pub key: Option<Vec<u8>>,
    /// The headers of the record, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// The value of the record; `None` for Kafka's null.
    pub value: Option<Vec<u8>>,
    /// The event in the record; `None` for a poison record, and for a record that was not simulated.
    pub event: Option<SimEvent>,
    /// The error in the record; `None` for a valid record.
    pub poison: Option<Poison>,
}

/// The error in a poison record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Poison {
    /// The number of the poison record in its stream, from 0. The header [`POISON_HEADER`] has it in decimal digits.
    pub tag: u64,
    /// The name of the case in the wire crate's table of malformed records.
    pub case: &'static str,
    /// The expected reason of the rejection.
    pub reason: Reason,
    /// The expected detail of the rejection.
    pub detail: Detail,
}

/// The header with the tag of a poison record. Readers ignore it.
pub const POISON_HEADER: &str = "simulator-poison";

impl Publication {
    /// The record for an event, in binary or structured mode.
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
    /// Omits key, headers and value: they contain the id of a contact.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publication")
            .field("at", &self.at)
            .field("event", &self.event)
            .field("poison", &self.poison)
            .finish_non_exhaustive()
    }
}
