//! The first of what lasts: the longest wait, the oldest callback, the next deadline.
//!
//! A queue ordered by a key: since when something lasts, or when it falls due. Nothing is taken out of it when it ends;
//! the read drops what has ended from the front. So an arrival costs one push, and a decision nothing.
//!
//! What has yet to begin waits in a second queue, in the order in which it will. Live that is next to nothing; a ledger
//! that is told of a month and then read hour by hour would else have to look through the rest of the month each time
//! that nobody waits.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::EventTime;

use crate::entries::Span;
use crate::legs::LegIndex;

/// The least key of each of the three things that last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EarliestKeys {
    /// Since when the longest of those who wait has waited.
    pub waiting: Option<EventTime>,
    /// When the oldest outstanding callback was requested.
    pub outstanding: Option<EventTime>,
    /// The earliest deadline ahead of an outstanding callback.
    pub due: Option<EventTime>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct LazyMinQueue {
    /// What has begun, by its key.
    begun: BinaryHeap<Reverse<Queued>>,
    /// What has not, by the second in which it begins.
    ahead: BinaryHeap<Reverse<Queued>>,
}

/// A leg in a queue. Packed, for there may be millions: twelve bytes and not sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C, packed(4))]
struct Queued {
    key: EventTime,
    place: LegIndex,
}

impl LazyMinQueue {
    /// Notes that a leg's span has become `new`, having been `old`, unless it is over at `now` or noted already.
    pub fn note(&mut self, place: LegIndex, old: Option<Span>, new: Option<Span>, now_second: i64) {
        let Some(span) = new.filter(|span| span.until_second > now_second) else { return };
        let is_noted = |old: Span| {
            old.key == span.key && old.until_second >= span.until_second && old.from_second <= span.from_second
        };
        if old.is_some_and(is_noted) {
            return;
        }
        if span.from_second > now_second {
            push(&mut self.ahead, Queued { key: EventTime::from_seconds(span.from_second), place });
        } else {
            push(&mut self.begun, Queued { key: span.key, place });
        }
    }

    /// The least key of what lasts at `now`; `current` tells the span that a place has now. `now` never goes back.
    pub fn key(&mut self, now_second: i64, current: impl Fn(LegIndex) -> Option<Span>) -> Option<EventTime> {
        while let Some(Reverse(Queued { key: begins, place })) = self.ahead.peek().copied()
            && begins.floor_second() <= now_second
        {
            self.ahead.pop();
            if let Some(span) = current(place) {
                // It may begin later than was thought when it was noted.
                if span.from_second <= now_second {
                    push(&mut self.begun, Queued { key: span.key, place });
                } else {
                    push(&mut self.ahead, Queued { key: EventTime::from_seconds(span.from_second), place });
                }
            }
        }
        loop {
            let Reverse(Queued { key, place }) = self.begun.peek().copied()?;
            match current(place).filter(|span| span.key == key) {
                Some(span) if span.covers(now_second) => return Some(key),
                Some(span) if span.from_second > now_second => {
                    push(&mut self.ahead, Queued { key: EventTime::from_seconds(span.from_second), place });
                }
                Some(_) | None => {}
            }
            self.begun.pop();
        }
    }
}

fn push(queue: &mut BinaryHeap<Reverse<Queued>>, queued: Queued) {
    if queue.len() == queue.capacity() {
        // Doubling would leave a third of a long queue's memory empty.
        queue.reserve_exact(queue.len() / 4 + 16);
    }
    queue.push(Reverse(queued));
}
