//! What records state becomes events: parts of stays are joined with others first.

use ensilinja_model::Event;
use ensilinja_wire::{Stated, Stays};

/// Gives the events that are known with `stated`.
#[inline]
pub(crate) fn join(stated: Stated, stays: &mut Stays, give: &mut dyn FnMut(Event)) {
    match stated {
        Stated::Event(event) => give(event),
        Stated::Stay(part) => stays.take(&part, give),
    }
}
