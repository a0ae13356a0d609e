//! The events that are published: the simulated county, of the size and length that a section needs.

use ensilinja_model::{EventTime, LineId};
use ensilinja_sim::{County, Generator, SimEvent};

/// A day, in ms.
pub const DAY_MS: i64 = 24 * 3_600_000;

/// Every event of the last `days` days of `volume` times the county.
pub fn of_the_last_days(days: i64, volume: f64, seed: u64, now: EventTime) -> impl Iterator<Item = SimEvent> {
    let start = now.plus_millis(-days * DAY_MS);
    Generator::new(&County::oma_hame(), seed, start, volume).take_while(move |event| event.reported_at < now)
}

/// Spreads an event over its line and `copies` copies of the line. All events of a contact go to the same copy.
pub fn with_copies(event: SimEvent, copies: usize) -> SimEvent {
    // FNV-1a spreads the names of contacts evenly.
    let hash = event
        .contact
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let number = usize::try_from((hash >> 32) % (copies as u64 + 1)).expect("it is at most the number of copies");
    let moved = |line: LineId| if number == 0 { line } else { copy_of(&line, number) };
    SimEvent { line: moved(event.line), to_line: event.to_line.map(moved), ..event }
}

/// The sample configuration with copies of all its lines. The lines of a copy have groups of their own.
pub fn copied_lines(sample: &str, copies: usize) -> String {
    let (before, lines) = sample.split_once("\n[[line]]\n").expect("the sample has lines");
    let own_name = |line: &str, number| match line.split_once(" = \"") {
        Some((key @ ("id" | "group"), name)) => {
            format!("{key} = \"{}\n", name.replacen('"', &format!("_{number}\""), 1))
        }
        _ => format!("{line}\n"),
    };
    let copy = |number| format!("\n[[line]]\n{}", lines.lines().map(|line| own_name(line, number)).collect::<String>());
    format!("{before}\n[[line]]\n{lines}{}", (1..=copies).map(copy).collect::<String>())
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
