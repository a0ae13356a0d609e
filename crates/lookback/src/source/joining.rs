//! What records state becomes events: parts of stays are joined with others first.

use ensilinja_model::{Event, LegKey};
use ensilinja_wire::{Stated, Stays};

/// Gives the events that are known with `stated`, each with the call of its leg if that is a stay.
#[inline]
pub(crate) fn join(stated: Stated, stays: &mut Stays, give: &mut dyn FnMut(Event, Option<LegKey>)) {
    match stated {
        Stated::Event(event) => give(event, None),
        Stated::Stay(part) => stays.take(&part, &mut |event, call| give(event, Some(call))),
    }
}
