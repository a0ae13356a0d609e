//! The oldest of what lasts: the longest wait, the oldest callback.
//!
//! A queue ordered by since when something lasts. Nothing is taken out of it when it ends; the read drops what has
//! ended from the front. So an arrival costs one push, and a decision nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::EventTime;

use crate::entries::Span;
use crate::legs::Place;

#[derive(Clone, Debug, Default)]
pub(crate) struct Oldest {
    queue: BinaryHeap<Reverse<(EventTime, Place)>>,
}

impl Oldest {
    /// Notes that a leg's span has become `new`, having been `old`, unless it is over at `now` or noted already.
    pub fn note(&mut self, place: Place, old: Option<Span>, new: Option<Span>, now_second: i64) {
        let Some(span) = new.filter(|span| span.until_second > now_second) else { return };
        if old.is_none_or(|old| old.since != span.since || old.until_second < span.until_second) {
            self.queue.push(Reverse((span.since, place)));
        }
    }

    /// Since when the oldest has lasted at `now`; `current` tells the span that a place has now. `now` never goes back.
    pub fn since(&mut self, now_second: i64, current: impl Fn(Place) -> Option<Span>) -> Option<EventTime> {
        while let Some(Reverse((since, place))) = self.queue.peek() {
            if since.floor_second() > now_second {
                return None;
            }
            if current(*place).is_some_and(|span| span.since == *since && span.covers(now_second)) {
                return Some(*since);
            }
            self.queue.pop();
        }
        None
    }
}
