//! A part of a stay, as a record states it, and as a call keeps it.

use std::fmt;

use ensilinja_model::{EventTime, Fact, LegKey, LineIndex};

/// A part of a stay: what one record says of a call's stay in a queue, without saying which of the stays it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StayPart {
    /// The call. The legs of its stays are derived from it.
    pub(crate) call: LegKey,
    pub(crate) line: LineIndex,
    pub(crate) at: EventTime,
    /// The queue, hashed: several queues may be of one line.
    pub(crate) queue: u64,
    /// The agent, hashed; 0 if there is none.
    pub(crate) agent: u32,
    pub(crate) step: Step,
}

/// What happened to a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// It entered the queue: a stay begins.
    Entered,
    /// The telephone of an agent stopped ringing for it, because it left.
    RingCanceled,
    /// An agent and the caller were joined, so many seconds after the entry.
    Connected { wait_s: u32 },
    /// The caller gave up or was taken out of the queue, so many seconds after the entry.
    Abandoned { wait_s: u32 },
    /// The call left the queue, which means this fact.
    Left { wait_s: u32, fact: Fact },
    /// The conversation is over.
    TalkEnded { wait_s: u32, talk_s: u32 },
    /// As `TalkEnded`, under the id of another call: a channel was replaced.
    TalkEndedElsewhere { wait_s: u32, talk_s: u32 },
    /// It left the queue. If no other part ends the wait, that means this fact.
    Gone(Fact),
    /// Its channel was hung up: nothing else will end a wait. Of no queue.
    HungUp,
    /// A record of the site's own states this fact.
    Stated(Fact),
}

impl fmt::Debug for StayPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Hashes of names without a key can be guessed.
        f.debug_struct("StayPart").field("line", &self.line).field("at", &self.at).finish_non_exhaustive()
    }
}

/// A part of a known call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CallPart {
    pub at: EventTime,
    pub step: Step,
    pub queue: u64,
    pub agent: u32,
    pub line: LineIndex,
}

impl CallPart {
    pub(super) fn of(&self, call: LegKey) -> StayPart {
        let Self { at, step, queue, agent, line } = *self;
        StayPart { call, line, at, queue, agent, step }
    }
}

impl StayPart {
    /// Whether the part says something of the call that is of no queue.
    pub(crate) fn is_of_no_queue(&self) -> bool {
        self.step == Step::HungUp
    }

    /// The second in which the conversation that this part ends began. It may be one off.
    pub(super) fn connected_second(&self, talk_s: u32) -> i64 {
        self.at.floor_second() - i64::from(talk_s)
    }
}

/// Mixes two numbers so that each bit of the result depends on all of theirs.
pub(super) fn mix(one: u64, other: i64) -> u64 {
    /// Multipliers of the finalizer of `SplitMix64`.
    const MULTIPLIERS: [u64; 2] = [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];
    let mut mixed = one ^ other.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(MULTIPLIERS[0]);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(MULTIPLIERS[1]);
    mixed ^ mixed >> 31
}
