//! What the benches measure with: ten days of the simulated county, in the form in which a ledger gets them.

use ensilinja_ledger::{History, Ledger, Rules};
use ensilinja_model::{Event, EventTime, LineId};
use ensilinja_sim::{County, Generator};
use ensilinja_wire::{Decoder, encode_structured};

/// Tuesday 2025-09-16 at 10:15 in Helsinki: the end of the ten days.
pub const NOW: EventTime = EventTime::from_seconds(1_758_006_900);

const BEGIN: EventTime = EventTime::from_seconds(1_758_006_900 - 10 * 24 * 3_600);

/// Five times the county has some 250 000 events in ten days.
const VOLUME: f64 = 5.0;

/// Everything that happened in the ten days is known.
pub const HISTORY: History = History { start: BEGIN, from_first_record: true };

/// The events, in the order in which they were reported.
pub fn events() -> Vec<Event> {
    let lines: Vec<LineId> = ensilinja_config::county().lines.iter().map(|line| line.id.clone()).collect();
    let decoder = Decoder::new(&lines, *b"any key will do.");
    Generator::new(&County::oma_hame(), 1, BEGIN, VOLUME)
        .take_while(|event| event.reported_at < NOW)
        .map(|event| decoder.decode_value(&encode_structured(&event.statement()).value).expect("it is well-formed"))
        .collect()
}

/// The county's rules.
pub fn rules() -> Rules {
    ensilinja_config::county().rules(NOW)
}

/// A ledger that has got these events and was read.
pub fn ledger_of(events: &[Event]) -> Ledger {
    let mut ledger = Ledger::new(rules(), NOW);
    for event in events {
        ledger.apply(event);
    }
    ledger.figures(NOW, HISTORY);
    ledger
}
