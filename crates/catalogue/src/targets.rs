//! The goals and alert floors of a line: the published ones, unless the line's configuration overrides them.

use ensilinja_ledger::Indicator;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_targets_of_the_table_except_those_it_overrides() {
        let (kept, solved) = (Indicator::PromiseKept, Indicator::FirstContactResolution);
        let mut targets = Targets::default();
        targets.set(kept, Target { alert_floor: Some(0.7), ..targets.of(kept) });
        assert_eq!(targets.of(kept), Target { goal: kept.row().target, alert_floor: Some(0.7) });
        assert_eq!(targets.of(solved), Target { goal: solved.row().target, alert_floor: solved.row().alert_floor });
    }
}
