//! The rules of a line for the oracle, and their changes.

use ensilinja_model::{Channel, LineId};
use jiff::civil::Date;

use crate::{LinePromise, WeeklyHours};

/// The rules of a line for the oracle.
#[derive(Clone, Debug)]
pub struct OracleLine {
    /// Its id in labels.
    pub id: LineId,
    /// Its channel.
    pub channel: Channel,
    /// Its opening hours.
    pub hours: WeeklyHours,
    /// Changes of opening hours from a local day on, ascending.
    pub later_hours: Vec<(Date, WeeklyHours)>,
    /// An abandon after less than this is short. In ms.
    pub short_abandon_ms: u32,
    /// The service level threshold, inclusive. In ms.
    pub threshold_ms: u32,
    /// A leg without a decision is orphaned after this. In ms.
    pub orphan_after_ms: u32,
    /// A callback is given up at the end of this many working days after the day of its deadline, or of the request if
    /// no callback is promised.
    pub give_up_working_days: u16,
    /// Whether contacts that timed out are in the denominators of rates.
    pub timed_out_counts: bool,
    /// Whether waits, the threshold and the promise of an answer count from the queue instead of the arrival.
    pub waits_from_queue: bool,
    /// Its promises.
    pub promise: LinePromise,
    /// Changes of limits from a local day on, ascending. A contact has the limits in force at its arrival.
    pub later_limits: Vec<(Date, OracleLimits)>,
    /// The formula of its service level.
    pub service_level: LevelFormula,
}

/// The limits of a line that may change. The fields are those of [`OracleLine`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OracleLimits {
    /// An abandon after less than this is short. In ms.
    pub short_abandon_ms: u32,
    /// The service level threshold, inclusive. In ms.
    pub threshold_ms: u32,
    /// A leg without a decision is orphaned after this. In ms.
    pub orphan_after_ms: u32,
    /// A callback is given up after this many working days.
    pub give_up_working_days: u16,
    /// Whether contacts that timed out are in the denominators of rates.
    pub timed_out_counts: bool,
    /// Whether waits, the threshold and the promise of an answer count from the queue instead of the arrival.
    pub waits_from_queue: bool,
    /// The promises.
    pub promise: LinePromise,
}

/// The formulas of the service level. All exclude short abandons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LevelFormula {
    /// Contacts answered within the threshold, of those answered.
    OnlyHandled,
    /// Contacts answered within the threshold, of those decided except abandons within the threshold.
    WithoutAbandon,
    /// Contacts answered or abandoned within the threshold, of those decided.
    PositiveAbandon,
    /// Contacts answered within the threshold, of those decided.
    #[default]
    NegativeAbandon,
}

impl OracleLine {
    /// The initial limits.
    #[must_use]
    pub const fn first_limits(&self) -> OracleLimits {
        OracleLimits {
            short_abandon_ms: self.short_abandon_ms,
            threshold_ms: self.threshold_ms,
            orphan_after_ms: self.orphan_after_ms,
            give_up_working_days: self.give_up_working_days,
            timed_out_counts: self.timed_out_counts,
            waits_from_queue: self.waits_from_queue,
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
