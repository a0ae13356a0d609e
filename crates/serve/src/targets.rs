//! What is aimed at on a line: the published goals, unless the line's configuration says otherwise.

use ensilinja_ledger::Indicator;

/// What is aimed at in one indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// The goal, 0 to 1; `None` where there is none.
    pub goal: Option<f64>,
    /// The share below which the line's alerts go off, 0 to 1; `None` where they never do. Not the goal: a goal of
    /// 100 % would alert at 299 of 300.
    pub alert_floor: Option<f64>,
}

/// What is aimed at on a line, by indicator. By default it is what the table of indicators says.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets([Target; Indicator::ALL.len()]);

impl Targets {
    /// What is aimed at in an indicator.
    #[must_use]
    pub const fn of(&self, indicator: Indicator) -> Target {
        self.0[indicator as usize]
    }

    /// Aims at something else in an indicator.
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
    fn a_line_aims_at_what_the_table_says_but_where_it_says_otherwise() {
        let (kept, solved) = (Indicator::PromiseKept, Indicator::FirstContactResolution);
        let mut targets = Targets::default();
        targets.set(kept, Target { alert_floor: Some(0.7), ..targets.of(kept) });
        assert_eq!(targets.of(kept), Target { goal: kept.row().target, alert_floor: Some(0.7) });
        assert_eq!(targets.of(solved), Target { goal: solved.row().target, alert_floor: solved.row().alert_floor });
    }
}
