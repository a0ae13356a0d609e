//! What the oracle has to know about a line, and what of it may change from a day on.

use ensilinja_model::{Channel, LineId};
use jiff::civil::Date;

use crate::{LinePromise, WeeklyHours};

/// What the oracle has to know about a line.
#[derive(Clone, Debug)]
pub struct OracleLine {
    /// Its name in labels.
    pub id: LineId,
    /// How its customers reach it.
    pub channel: Channel,
    /// When it is open.
    pub hours: WeeklyHours,
    /// Other hours from a local day on, ascending. A day always has the hours in force on it.
    pub later_hours: Vec<(Date, WeeklyHours)>,
    /// An abandon sooner than this is short. In ms.
    pub short_abandon_ms: u32,
    /// A wait up to and including this is within the threshold. In ms.
    pub threshold_ms: u32,
    /// A leg without a decision is an orphan after this. In ms.
    pub orphan_after_ms: u32,
    /// A callback is given up at the end of this many working days after the day of its deadline; where no callback is
    /// promised, after the day it was asked for.
    pub give_up_working_days: u16,
    /// What it promises.
    pub promise: LinePromise,
    /// Other limits from a local day on, ascending. A contact always has the limits in force when it arrived.
    pub later_limits: Vec<(Date, OracleLimits)>,
    /// How its service level is found.
    pub service_level: LevelFormula,
}

/// The limits of a line that may change from a day on, as [`OracleLine`] has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OracleLimits {
    /// An abandon sooner than this is short. In ms.
    pub short_abandon_ms: u32,
    /// A wait up to and including this is within the threshold. In ms.
    pub threshold_ms: u32,
    /// A leg without a decision is an orphan after this. In ms.
    pub orphan_after_ms: u32,
    /// After how many working days a callback is given up.
    pub give_up_working_days: u16,
    /// What is promised.
    pub promise: LinePromise,
}

/// The formulas of the service level. Short abandons are left out of all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LevelFormula {
    /// Answered within the threshold, of the answered.
    OnlyHandled,
    /// Answered within the threshold, of the decided without those who abandoned within it.
    WithoutAbandon,
    /// Answered or abandoned within the threshold, of the decided.
    PositiveAbandon,
    /// Answered within the threshold, of the decided.
    #[default]
    NegativeAbandon,
}

impl OracleLine {
    /// The limits before any change.
    #[must_use]
    pub const fn first_limits(&self) -> OracleLimits {
        OracleLimits {
            short_abandon_ms: self.short_abandon_ms,
            threshold_ms: self.threshold_ms,
            orphan_after_ms: self.orphan_after_ms,
            give_up_working_days: self.give_up_working_days,
            promise: self.promise,
        }
    }

    /// The limits of a contact that arrived on a local day.
    #[must_use]
    pub fn limits_on(&self, day: Date) -> OracleLimits {
        let later = self.later_limits.iter().rev().find(|(from, _)| *from <= day);
        later.map_or(self.first_limits(), |(_, limits)| *limits)
    }
}
