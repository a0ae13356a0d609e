//! Goals for the number of contacts that arrive in a month.
//!
//! ```text
//! goals       4000     4000     4000 | 6000
//! months     |  July  | August | Sept |  Oct  |
//! period     |------- Q3: 12000 ------|           the goals of its months
//!                |---------- not comparable: it has only a part of July
//! ```
//!
//! A goal is for a whole month. The goal of a period is the sum of the goals of its months. The contacts of a part of a
//! month, or of a month that is not over, are not compared with any goal, and no goal is divided.

use ensilinja_model::{Channel, LineId};

use crate::moment::{Moment, Period};

/// Whose contacts a goal counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VolumeGoalSubject {
    /// Those of a line.
    Line(LineId),
    /// Those of the lines of a group with one channel.
    Group(Channel, String),
    /// Those of all lines of a channel.
    Channel(Channel),
}

/// The goals of a subject, by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeGoal {
    /// Whose contacts.
    pub subject: VolumeGoalSubject,
    /// The goals, ascending by month.
    pub steps: Vec<VolumeGoalStep>,
}

/// A goal for the contacts of a month, from a month on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeGoalStep {
    /// The year and the month, 1 to 12, from which it holds; `None`: since ever.
    pub since: Option<(i16, u8)>,
    /// The goal; `None`: no goal from then on.
    pub contacts: Option<u32>,
}

impl VolumeGoal {
    fn of_month(&self, month: (i16, u8)) -> Option<i64> {
        let in_force = self.steps.iter().rev().find(|step| step.since.is_none_or(|since| since <= month));
        in_force.and_then(|step| step.contacts).map(i64::from)
    }

    /// The goals of the months that a period touches.
    pub(crate) fn of_months(&self, period: &Period) -> Vec<Option<i64>> {
        let last = if is_month_edge(period.end) { period.end.previous_day() } else { period.end };
        let mut month = (period.start.year, period.start.month);
        let mut goals = Vec::new();
        while month <= (last.year, last.month) {
            goals.push(self.of_month(month));
            month = if month.1 == 12 { (month.0 + 1, 1) } else { (month.0, month.1 + 1) };
        }
        goals
    }
}

/// Whether a month begins at this moment.
pub(crate) const fn is_month_edge(moment: Moment) -> bool {
    moment.is_midnight() && moment.day == 1
}
