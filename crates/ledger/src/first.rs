//! The first of what lasts: the longest wait, the oldest callback, the next deadline.
//!
//! A queue ordered by a key: since when something lasts, or when it falls due. Nothing is taken out of it when it ends;
//! the read drops what has ended from the front. So an arrival costs one push, and a decision nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::EventTime;

use crate::entries::Span;
use crate::legs::Place;

/// The least key of each of the three things that last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Firsts {
    /// Since when the longest of those who wait has waited.
    pub waiting: Option<EventTime>,
    /// When the oldest outstanding callback was requested.
    pub outstanding: Option<EventTime>,
    /// The earliest deadline ahead of an outstanding callback.
    pub due: Option<EventTime>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct First {
    queue: BinaryHeap<Reverse<Queued>>,
}

/// A leg in the queue. Packed, for there may be millions: twelve bytes and not sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C, packed(4))]
struct Queued {
    key: EventTime,
    place: Place,
}

impl First {
    /// Notes that a leg's span has become `new`, having been `old`, unless it is over at `now` or noted already.
    pub fn note(&mut self, place: Place, old: Option<Span>, new: Option<Span>, now_second: i64) {
        let Some(span) = new.filter(|span| span.until_second > now_second) else { return };
        if old.is_none_or(|old| old.key != span.key || old.until_second < span.until_second) {
            if self.queue.len() == self.queue.capacity() {
                // Doubling would leave a third of a long queue's memory empty.
                self.queue.reserve_exact(self.queue.len() / 4 + 16);
            }
            self.queue.push(Reverse(Queued { key: span.key, place }));
        }
    }

    /// The least key of what lasts at `now`; `current` tells the span that a place has now. `now` never goes back.
    pub fn key(&mut self, now_second: i64, current: impl Fn(Place) -> Option<Span>) -> Option<EventTime> {
        let mut not_begun = Vec::new();
        let found = loop {
            let Some(Reverse(Queued { key, place })) = self.queue.peek().copied() else { break None };
            match current(place).filter(|span| span.key == key) {
                Some(span) if span.covers(now_second) => break Some(key),
                Some(span) if span.from_second > now_second => not_begun.push(Reverse(Queued { key, place })),
                Some(_) | None => {}
            }
            self.queue.pop();
        };
        self.queue.extend(not_begun);
        found
    }
}
