//! What a live process makes of the simulator's records, without the process: events, and snapshots for a page.

use ensilinja_catalogue::{Hazards, Readiness, Snapshot};
use ensilinja_ledger::{Figures, History};
use ensilinja_model::{Event, EventTime, Headers};
use ensilinja_sim::Publication;
use ensilinja_wire::{Decoder, Record, Rejection};

/// A complete history.
pub const COMPLETE: History = History { start: EventTime::from_millis(0), from_first_record: true };

/// Decodes a record of the simulator.
pub fn decode(decoder: &Decoder, publication: &Publication) -> Result<Event, Rejection> {
    let headers: Vec<(&str, Option<&[u8]>)> =
        publication.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    decoder.decode(&Record {
        key: publication.key.as_deref(),
        value: publication.value.as_deref(),
        headers: Headers::known(&headers),
        timestamp: publication.at,
    })
}

/// The snapshot of a process that knows everything up to `now`, and has nothing to report but its figures.
pub fn snapshot(now: EventTime, figures: Figures) -> Snapshot {
    Snapshot {
        now,
        figures: Some(figures),
        readiness: Readiness { complete: true, reasons: Vec::new() },
        rebuild_progress: 1.0,
        partitions: Vec::new(),
        dead_letters: Vec::new(),
        complete_until: Some(now),
        history_start: Some(COMPLETE.start),
        calendar_valid_until: None,
        clock_disbelieved_ms: 0,
        clock_steps: 0,
        log_replaced: Vec::new(),
        newest_events: Vec::new(),
        hazards: Hazards::default(),
        shards: Vec::new(),
    }
}
