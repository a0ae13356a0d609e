//! The events that are published: the simulated county, of the size and length that a section needs.

use ensilinja_model::{EventTime, LineId};
use ensilinja_sim::{County, Generator, SimEvent};

/// A day, in ms.
const DAY_MS: i64 = 24 * 3_600_000;

/// Every event of the last `days` days of `volume` times the county.
pub fn of_the_last_days(days: i64, volume: f64, seed: u64, now: EventTime) -> impl Iterator<Item = SimEvent> {
    let start = now.plus_millis(-days * DAY_MS);
    Generator::new(&County::oma_hame(), seed, start, volume).take_while(move |event| event.reported_at < now)
}

/// Spreads an event over its line and `copies` copies of the line. All events of a contact go to the same copy.
pub fn with_copies(event: SimEvent, copies: usize) -> SimEvent {
    let number = usize::from(*event.contact.as_bytes().last().expect("a contact has a name")) % (copies + 1);
    let moved = |line: LineId| if number == 0 { line } else { copy_of(&line, number) };
    SimEvent { line: moved(event.line), to_line: event.to_line.map(moved), ..event }
}

/// A copy of a line.
pub fn copy_of(line: &LineId, number: usize) -> LineId {
    LineId::parse(&format!("{line}_{number}")).expect("the county's ids are short")
}

/// The volume of the county that makes about so many events in the last `days` days. A county five times as large
/// gives it to within a fraction of a per cent, weekends and nights included.
pub fn volume_for(events: u64, days: i64, now: EventTime) -> f64 {
    let probe = 5.0;
    let found = of_the_last_days(days, probe, 0, now).count();
    probe * crate::table::float(events) / crate::table::float(found as u64)
}
