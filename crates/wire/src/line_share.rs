//! The share of a process in the lines, where several processes read the same topics and each has some of the lines.
//!
//! ```text
//! event of an own line        counts, under the number that the line has in this process
//! event of another's line     does not count; usually it is not even parsed
//! rejection                   one process of all keeps it: the others leave it to that one
//! ```
//!
//! Invariant: of any record, each event belongs to exactly one share and a rejection to exactly one, as long as the
//! shares divide the lines. So the shares together count what one process without shares counts, and no more.
//!
//! Whose a rejection is does not depend on the record. If it did, a rejected record of a line that moves to another
//! share could be kept by none, or twice. So the share that keeps rejections parses all records, and the others need
//! not parse those of lines that are not theirs.

use std::sync::Arc;

use ensilinja_model::{Event, LineIndex};

use crate::{Decoder, Record};

/// The lines of one process among all that are configured.
#[derive(Clone, Debug)]
pub struct LineShare {
    /// By line: its number in this process. `None` without shares.
    places: Option<Arc<[Option<LineIndex>]>>,
    keeps_rejections: bool,
}

impl LineShare {
    /// All lines, and all rejections: of a process that shares nothing.
    #[must_use]
    pub const fn all() -> Self {
        Self { places: None, keeps_rejections: true }
    }

    /// The lines at the positions `own` of so many that are configured. In this process they are numbered in that
    /// order. Exactly one of the processes `keeps_rejections`.
    ///
    /// # Panics
    /// If a position is not one of them, or there are more than 65 536.
    #[must_use]
    pub fn of(configured: usize, own: &[usize], keeps_rejections: bool) -> Self {
        let mut places = vec![None; configured];
        for (number, position) in own.iter().enumerate() {
            let number = u16::try_from(number).expect("at most 65 536 lines are configured");
            places[*position] = Some(LineIndex::new(number));
        }
        Self { places: Some(places.into()), keeps_rejections }
    }

    /// Whether there are other shares.
    #[must_use]
    pub const fn is_of_several(&self) -> bool {
        self.places.is_some()
    }

    /// Whether this process counts rejected records, and writes them to the dead letters.
    #[must_use]
    pub const fn keeps_rejections(&self) -> bool {
        self.keeps_rejections
    }

    /// An event of an own line as this process numbers its line; `None` of an event of another's line.
    #[must_use]
    #[inline]
    pub fn own(&self, event: Event) -> Option<Event> {
        match &self.places {
            None => Some(event),
            Some(places) => Some(Event { line: places[event.line.as_usize()]?, ..event }),
        }
    }

    /// Whether a record is certain to concern this process in no way, by a look that does not parse it.
    #[must_use]
    #[inline]
    pub fn passes_over(&self, decoder: &Decoder, record: &Record<'_>) -> bool {
        let Some(places) = self.places.as_ref().filter(|_| !self.keeps_rejections) else { return false };
        decoder.certain_line(record).is_some_and(|line| places[line.as_usize()].is_none())
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{EventTime, Fact, LegKey, LineId};

    use super::*;

    const EVENT: &[u8] = concat!(
        r#"{"specversion":"1.0","id":"e-1","source":"/s","type":"fi.ensilinja.contact.offered","subject":"c-1","#,
        r#""time":"2025-09-16T07:15:00Z","data":{"line":"b"}}"#
    )
    .as_bytes();

    #[test]
    fn an_event_has_the_number_of_its_line_in_its_own_process_and_none_in_others() {
        let event = |line| {
            let (leg, at) = (LegKey::new(1), EventTime::from_seconds(0));
            Event { leg, line: LineIndex::new(line), at, fact: Fact::Offered }
        };
        let own = |share: &LineShare| [0, 1, 2].map(|line| share.own(event(line)).map(|event| event.line.as_usize()));
        assert_eq!(own(&LineShare::all()), [Some(0), Some(1), Some(2)]);
        assert_eq!(own(&LineShare::of(3, &[1], false)), [None, Some(0), None]);
        assert_eq!(own(&LineShare::of(3, &[0, 2], true)), [Some(0), None, Some(1)]);
    }

    #[test]
    fn only_records_of_others_lines_are_passed_over_and_never_by_the_keeper_of_rejections() {
        let lines = ["a", "b"].map(|id| LineId::parse(id).unwrap());
        let decoder = Decoder::new(&lines, [7; 16]);
        let passes = |share: LineShare, value: &[u8]| share.passes_over(&decoder, &Record::of_value(value));
        assert!(passes(LineShare::of(2, &[0], false), EVENT));
        assert!(!passes(LineShare::of(2, &[1], false), EVENT), "its own");
        assert!(!passes(LineShare::of(2, &[0], true), EVENT), "it keeps rejections");
        assert!(!passes(LineShare::all(), EVENT));
        let unknown = String::from_utf8(EVENT.to_vec()).unwrap().replace(r#""b""#, r#""c""#);
        assert!(!passes(LineShare::of(2, &[0], false), unknown.as_bytes()), "of no line");
    }
}
