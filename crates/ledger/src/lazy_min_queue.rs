//! A lazy minimum queue of the legs in a state: it finds the longest wait, the oldest callback, the next deadline
//! and the earliest missed one.
//!
//! The queue is ordered by a key: the start of the state, or its deadline. Nothing is removed when the state ends. The
//! read drops finished legs from the front. So an arrival costs one push, and the end of a wait costs nothing.
//!
//! States that have not begun are in a second queue, ordered by their first second. In live operation it is almost
//! empty. But a ledger that is fed a whole month and then read hour by hour would otherwise scan the rest of the month
//! at each read with an empty queue.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::EventTime;

use crate::entries::Span;
use crate::legs::LegIndex;

/// The earliest key of each of the four states; `None` if no leg is in the state.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EarliestKeys {
    /// Since when the leg that has waited longest waits.
    pub waiting: Option<EventTime>,
    /// The request of the oldest outstanding callback.
    pub outstanding: Option<EventTime>,
    /// The earliest future deadline of an outstanding callback.
    pub due: Option<EventTime>,
    /// The earliest deadline of the callbacks that are overdue.
    pub overdue: Option<EventTime>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct LazyMinQueue {
    /// States that have begun, by key.
    begun: BinaryHeap<Reverse<Queued>>,
    /// States that begin in the future, by their first second.
    ahead: BinaryHeap<Reverse<Queued>>,
}

/// A leg in a queue. Packed to twelve bytes instead of sixteen, because there may be millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C, packed(4))]
struct Queued {
    key: EventTime,
    index: LegIndex,
}

impl LazyMinQueue {
    /// Updates the span of a leg from `old` to `new`. Does nothing if `new` is over at `now` or already queued.
    pub fn update(&mut self, index: LegIndex, old: Option<Span>, new: Option<Span>, now_second: i64) {
        let Some(span) = new.filter(|span| span.until_second > now_second) else { return };
        let is_queued = |old: Span| {
            old.key == span.key && old.until_second >= span.until_second && old.from_second <= span.from_second
        };
        if old.is_some_and(is_queued) {
            return;
        }
        if span.from_second > now_second {
            push(&mut self.ahead, Queued { key: EventTime::from_seconds(span.from_second), index });
        } else {
            push(&mut self.begun, Queued { key: span.key, index });
        }
    }

    /// The smallest key of the states that last at `now`. `current` returns the present span of a leg. `now` must not
    /// go back.
    pub fn min_key(&mut self, now_second: i64, current: impl Fn(LegIndex) -> Option<Span>) -> Option<EventTime> {
        while let Some(Reverse(Queued { key: begins, index })) = self.ahead.peek().copied()
            && begins.floor_second() <= now_second
        {
            self.ahead.pop();
            if let Some(span) = current(index) {
                // The span may have moved to a later start since it was queued, and may be over already.
                if span.from_second > now_second {
                    push(&mut self.ahead, Queued { key: EventTime::from_seconds(span.from_second), index });
                } else if span.until_second > now_second {
                    push(&mut self.begun, Queued { key: span.key, index });
                }
            }
        }
        loop {
            let Reverse(Queued { key, index }) = self.begun.peek().copied()?;
            match current(index).filter(|span| span.key == key) {
                Some(span) if span.covers(now_second) => return Some(key),
                Some(span) if span.from_second > now_second => {
                    push(&mut self.ahead, Queued { key: EventTime::from_seconds(span.from_second), index });
                }
                Some(_) | None => {}
            }
            self.begun.pop();
        }
    }
}

fn push(queue: &mut BinaryHeap<Reverse<Queued>>, queued: Queued) {
    if queue.len() == queue.capacity() {
        // Doubling would leave a third of a long queue's memory unused.
        queue.reserve_exact(queue.len() / 4 + 16);
    }
    queue.push(Reverse(queued));
}
