//! The instants of a leg's facts, packed: twelve registers in 52 bytes.
//!
//! Nearly all facts of a leg happen within days of the first one, so the registers are 32-bit milliseconds from a base,
//! which reach 24 days in both directions. The base is a multiple of four seconds, so that it fits 32 bits too. A leg
//! whose facts are further apart (a contradiction, or a wrong clock) moves to wide registers, so the packing is never
//! visible from outside.

use ensilinja_model::EventTime;

/// The fact whose instant a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Register {
    Offered,
    Queued,
    Answered,
    Abandoned,
    TimedOut,
    CallbackRequested,
    CallbackReached,
    CallbackClosed,
    Transferred,
    Ended,
    Outcome,
    Retracted,
}

const REGISTERS: usize = Register::Retracted as usize + 1;

/// The offset of an empty register.
const EMPTY: i32 = i32::MIN;

/// The unit of a base, in ms. Bases reach 278 years in both directions from 1970.
const BASE_UNIT_MS: i64 = 4096;

/// The registers. Each is empty or holds an instant.
#[derive(Clone, Debug)]
pub(crate) enum Instants {
    /// Offsets in ms from the base, which is at most one unit before the instant of the first fact learned. The first
    /// fact outside the years of bases moves to wide registers.
    Near { base_units: i32, offsets: [i32; REGISTERS] },
    /// Whole instants.
    Far(Box<[Option<EventTime>; REGISTERS]>),
}

impl Instants {
    pub(crate) const fn new(base: EventTime) -> Self {
        let units = base.as_millis().div_euclid(BASE_UNIT_MS);
        #[expect(clippy::cast_possible_truncation, reason = "a base that does not fit is replaced")]
        let base_units = if units as i32 as i64 == units { units as i32 } else { 0 };
        Self::Near { base_units, offsets: [EMPTY; REGISTERS] }
    }

    pub(crate) fn get(&self, register: Register) -> Option<EventTime> {
        match self {
            Self::Near { base_units, offsets } => unpack(*base_units, offsets[register as usize]),
            Self::Far(instants) => instants[register as usize],
        }
    }

    pub(crate) fn set(&mut self, register: Register, at: EventTime) {
        match self {
            Self::Far(instants) => instants[register as usize] = Some(at),
            Self::Near { base_units, offsets } => {
                let offset_ms = at.as_millis().checked_sub(base_ms(*base_units)).and_then(|ms| i32::try_from(ms).ok());
                match offset_ms {
                    Some(offset) if offset != EMPTY => offsets[register as usize] = offset,
                    _ => {
                        let mut instants = Box::new(offsets.map(|offset| unpack(*base_units, offset)));
                        instants[register as usize] = Some(at);
                        *self = Self::Far(instants);
                    }
                }
            }
        }
    }

    /// The earliest instant of all registers.
    pub(crate) fn earliest(&self) -> Option<EventTime> {
        match self {
            Self::Near { base_units, offsets } => {
                let held = offsets.iter().filter(|offset| **offset != EMPTY);
                held.min().and_then(|offset| unpack(*base_units, *offset))
            }
            Self::Far(instants) => instants.iter().copied().flatten().min(),
        }
    }

    /// The latest instant of all registers.
    pub(crate) fn latest(&self) -> Option<EventTime> {
        match self {
            Self::Near { base_units, offsets } => offsets.iter().max().and_then(|offset| unpack(*base_units, *offset)),
            Self::Far(instants) => instants.iter().copied().flatten().max(),
        }
    }
}

const fn base_ms(base_units: i32) -> i64 {
    base_units as i64 * BASE_UNIT_MS
}

fn unpack(base_units: i32, offset: i32) -> Option<EventTime> {
    (offset != EMPTY).then(|| EventTime::from_millis(base_ms(base_units) + i64::from(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_that_was_set_is_returned_at_any_distance() {
        for apart_ms in [0, 1, -1, i64::from(i32::MAX), i64::from(i32::MIN), i64::from(i32::MIN) + 1, 1 << 40, i64::MAX]
        {
            for base in [1_700_000_000_000, -1, 0, i64::MIN, 1 << 43, (1 << 43) - 1].map(EventTime::from_millis) {
                let mut instants = Instants::new(base);
                instants.set(Register::Offered, base);
                let other = base.plus_millis(apart_ms);
                instants.set(Register::Ended, other);
                assert_eq!(instants.get(Register::Offered), Some(base));
                assert_eq!(instants.get(Register::Ended), Some(other));
                assert_eq!(instants.get(Register::Answered), None);
                assert_eq!(instants.latest(), Some(base.max(other)));
                assert_eq!(instants.earliest(), Some(base.min(other)));
            }
        }
    }

    #[test]
    fn packed_registers_stay_small() {
        assert!(size_of::<Instants>() <= 56, "{}", size_of::<Instants>());
    }
}
