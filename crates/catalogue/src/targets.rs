//! The goals and alert floors of a line: the published ones, unless the line's configuration overrides them; and goals
//! for the number of contacts in a month.

use ensilinja_ledger::Indicator;
use ensilinja_model::{EventTime, vocabulary};

/// The goal and the alert floor of one indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// The goal, 0 to 1; `None` if the indicator has none.
    pub goal: Option<f64>,
    /// The share below which the line's alerts fire, 0 to 1; `None` if they never do. It is not the goal: a goal of
    /// 100 % would alert at 299 of 300.
    pub alert_floor: Option<f64>,
}

/// The targets of a line, by indicator. The default is the ledger's table of indicators.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets([Target; Indicator::ALL.len()]);

impl Targets {
    /// The target of an indicator.
    #[must_use]
    pub const fn of(&self, indicator: Indicator) -> Target {
        self.0[indicator as usize]
    }

    /// Overrides the target of an indicator.
    pub const fn set(&mut self, indicator: Indicator, target: Target) {
        self.0[indicator as usize] = target;
    }
}

impl Default for Targets {
    fn default() -> Self {
        let by_table = |indicator: Indicator| {
            let row = indicator.row();
            Target { goal: row.target, alert_floor: row.alert_floor }
        };
        Self(std::array::from_fn(|index| by_table(Indicator::ALL[index])))
    }
}

vocabulary! {
    /// Whose contacts a goal for the number of contacts counts.
    VolumeScope {
        /// Those of the line.
        Line = "line",
        /// Those of the lines of its group with the same channel.
        Group = "group",
        /// Those of all lines of its channel.
        Channel = "channel",
    }
}

/// Goals for the number of contacts that arrive in a month, by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeGoals {
    /// Whose contacts.
    pub scope: VolumeScope,
    /// The goals, ascending by the instant from which they hold.
    pub steps: Vec<VolumeStep>,
}

/// A goal for the number of contacts in a month, from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeStep {
    /// The first instant of a month, or the beginning of time.
    pub valid_from: EventTime,
    /// The goal; `None`: no goal.
    pub contacts_per_month: Option<u32>,
}

impl VolumeGoals {
    /// The goal for the month of an instant.
    #[must_use]
    pub fn at(&self, instant: EventTime) -> Option<u32> {
        let in_force = self.steps.iter().rev().find(|step| step.valid_from <= instant);
        in_force.and_then(|step| step.contacts_per_month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_for_contacts_holds_from_its_instant_until_the_next() {
        let day = |day: i64| EventTime::from_seconds(day * 86_400);
        let step = |valid_from, contacts_per_month| VolumeStep { valid_from, contacts_per_month };
        let steps = vec![step(day(1), Some(4000)), step(day(5), Some(6000)), step(day(9), None)];
        let goals = VolumeGoals { scope: VolumeScope::Channel, steps };
        let expected = [(0, None), (1, Some(4000)), (4, Some(4000)), (5, Some(6000)), (8, Some(6000)), (9, None)];
        assert_eq!(expected.map(|(at, _)| (at, goals.at(day(at)))), expected);
    }

    #[test]
    fn a_line_has_the_targets_of_the_table_except_those_it_overrides() {
        let (kept, solved) = (Indicator::PromiseKept, Indicator::FirstContactResolution);
        let mut targets = Targets::default();
        targets.set(kept, Target { alert_floor: Some(0.7), ..targets.of(kept) });
        assert_eq!(targets.of(kept), Target { goal: kept.row().target, alert_floor: Some(0.7) });
        assert_eq!(targets.of(solved), Target { goal: solved.row().target, alert_floor: solved.row().alert_floor });
    }
}
