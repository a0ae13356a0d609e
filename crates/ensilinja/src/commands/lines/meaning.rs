//! What the configuration means for lines: the rules, limits and promises as they are resolved.

use ensilinja_config::{Config, Line};
use ensilinja_ledger::{EffectiveLimits, Rules};
use ensilinja_lookback::local_time::zoned;
use ensilinja_model::{EventTime, LineIndex};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::feed::LineFeed;
use crate::open_days::{OpenDay, midnight, open_days};

/// The meaning of the configuration for some lines.
pub(super) struct LineListing<'a> {
    pub(super) config: &'a Config,
    pub(super) rules: Rules,
    /// The first of the seven days to show opening hours for.
    pub(super) first: Date,
    pub(super) lines: Vec<LineMeaning<'a>>,
}

/// The meaning of the configuration for one line.
pub(super) struct LineMeaning<'a> {
    pub(super) line: &'a Line,
    pub(super) week: Vec<OpenDay>,
    /// The longest life of its legs, in ms.
    pub(super) life_ms: i64,
    /// The sources that feed it.
    pub(super) feeds: Vec<LineFeed<'a>>,
}

impl<'a> LineListing<'a> {
    /// The meaning for the lines with these indices, in the week from `first` on.
    pub(super) fn new(config: &'a Config, places: &[usize], first: Date) -> anyhow::Result<Self> {
        let rules = config.rules(midnight(first, &config.zone)?);
        let last = first.checked_add(6.days())?;
        let meaning = |place: &usize| {
            let of_line = &rules.lines()[*place];
            let index = LineIndex::new(u16::try_from(*place)?);
            anyhow::Ok(LineMeaning {
                line: &config.lines[*place],
                week: open_days(&of_line.hours, first, last, &config.zone)?,
                life_ms: of_line.life_ms(&config.days),
                feeds: LineFeed::of(config, index),
            })
        };
        let lines = places.iter().map(meaning).collect::<Result<_, _>>()?;
        Ok(Self { config, rules, first, lines })
    }
}

/// The date from which limits hold; `None` of the first, which holds for all before.
pub(super) fn since(effective: &EffectiveLimits, config: &Config) -> Option<Date> {
    (effective.valid_from > EventTime::MIN).then(|| zoned(effective.valid_from, &config.zone).date())
}
