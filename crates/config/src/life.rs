//! Whether limits and promises fit opening hours: how long a contact can live by them, on the real calendar.
//!
//! "The same day" lasts until the end of the day on a line that is open daily, five days over Easter on a line that
//! opens on weekdays, and half a year on a line that opens in summer. So the time that a promise can take is calculated
//! day by day, over the years 2020 to 2049.

use std::cell::RefCell;

use ensilinja_calendar::{Days, LineHours, OpeningHours, Term};
use ensilinja_ledger::{EffectiveLimits, Limits, LineRules};
use ensilinja_model::EventTime;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::ConfigError;
use crate::limits::GIVE_UP;
use crate::promise::{ANSWER, CALLBACK, term_as_written};
use crate::section::Section;
use crate::value;

/// 2020-01-01 by UTC.
const FIRST: EventTime = EventTime::from_seconds(1_577_836_800);
/// 2049-12-31 by UTC.
const LAST: EventTime = EventTime::from_seconds(2_524_521_600);

/// The longest life of a contact, waiting and callback together, in days: the ledger keeps its waits in ms in 32 bits,
/// which end there.
const LONGEST_LIFE_DAYS: i64 = 49;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Opening hours laid out over thirty years, each distinct text once.
pub(crate) struct LifeCheck<'a> {
    days: &'a Days,
    zone: &'a TimeZone,
    laid_out: RefCell<Vec<(OpeningHours, LineHours)>>,
    /// Hours and limits that fit. Many lines have the same.
    fitting: RefCell<Vec<(OpeningHours, Limits)>>,
}

impl<'a> LifeCheck<'a> {
    pub(crate) fn new(days: &'a Days, zone: &'a TimeZone) -> Self {
        Self { days, zone, laid_out: RefCell::default(), fitting: RefCell::default() }
    }

    /// The instant at which a date begins.
    pub(crate) fn midnight(&self, date: Date) -> EventTime {
        let noon =
            self.zone.to_ambiguous_timestamp(date.at(12, 0, 0, 0)).compatible().expect("the calendar has the date");
        self.days.start_of_day(EventTime::from_millis(noon.as_millisecond()))
    }

    fn hours(&self, hours: &OpeningHours) -> LineHours {
        let mut laid_out = self.laid_out.borrow_mut();
        if let Some((_, known)) = laid_out.iter().find(|(known, _)| known == hours) {
            return known.clone();
        }
        let new = LineHours::new(hours, self.days, FIRST, LAST);
        laid_out.push((hours.clone(), new.clone()));
        new
    }
}

/// What to blame for limits that do not fit, in a section that sets limits or hours.
pub(crate) struct Blame<'a> {
    /// The section.
    pub(crate) section: &'a Section<'a>,
    /// What it calls the key of `orphan_after`.
    pub(crate) orphan_after: &'a str,
    /// Its key of the opening hours, blamed if the section has none of the other keys; `[defaults]` has no hours.
    pub(crate) hours: Option<&'a str>,
}

/// Refuses limits by which a contact on these hours could live too long, or would be an orphan before its answer is
/// due.
pub(crate) fn check(
    blame: &Blame<'_>,
    limits: &Limits,
    hours: &OpeningHours,
    life_check: &LifeCheck<'_>,
) -> Result<(), ConfigError> {
    let pair = (hours.clone(), *limits);
    if life_check.fitting.borrow().contains(&pair) {
        return Ok(());
    }
    let hours = life_check.hours(hours);
    let orphan_after = blame.orphan_after;
    let orphan = value::duration_as_written(limits.orphan_after_ms);
    if let Some(term) = limits.promises.answer
        && let longest_ms = longest_ms(&hours, term)
        && longest_ms >= i64::from(limits.orphan_after_ms)
    {
        let can_take = match term {
            Term::Within { .. } => String::new(),
            _ => format!("\"{}\" can take {} here, and ", term_as_written(term), up_to(longest_ms)),
        };
        let why = format!("{can_take}after {orphan_after} ({orphan}) a waiting contact is orphaned");
        return Err(blame.refusal(&[(ANSWER, "shorter"), (orphan_after, "longer")], &why));
    }
    let rules =
        LineRules { hours, effective_limits: vec![EffectiveLimits { valid_from: EventTime::MIN, limits: *limits }] };
    let life_ms = rules.life_ms(life_check.days);
    if life_ms > LONGEST_LIFE_DAYS * DAY_MS {
        let callback = limits.promises.callback.map_or_else(String::new, |term| {
            format!(
                ", a callback promised for \"{}\" ({})",
                term_as_written(term),
                up_to(longest_ms(&rules.hours, term))
            )
        });
        let why = format!(
            "with {orphan_after} ({orphan}){callback} and {} working days a contact can live {} days, and \
             {LONGEST_LIFE_DAYS} is the most",
            limits.give_up_working_days,
            days(life_ms)
        );
        let keys = [(CALLBACK, "shorter"), (GIVE_UP, "fewer"), (orphan_after, "shorter")];
        return Err(blame.refusal(&keys[usize::from(limits.promises.callback.is_none())..], &why));
    }
    life_check.fitting.borrow_mut().push(pair);
    Ok(())
}

impl Blame<'_> {
    /// The refusal of the first of these keys that the section has; each with how it should be.
    fn refusal(&self, keys: &[(&str, &str)], why: &str) -> ConfigError {
        let hours = self.hours.map(|key| (key, "open more often"));
        let keys: Vec<(&str, String)> =
            keys.iter().copied().chain(hours).map(|(key, how)| (key, format!("{how}: {why}"))).collect();
        self.section.refusal_of_one(&keys)
    }
}

/// The longest that a promise can take, in ms.
fn longest_ms(hours: &LineHours, term: Term) -> i64 {
    match term {
        Term::Within { ms } => i64::from(ms),
        Term::WithinOpen { .. } | Term::SameDay { .. } | Term::WorkingDays { .. } => hours.longest_term_ms(term),
    }
}

fn up_to(ms: i64) -> String {
    if ms <= DAY_MS { "a day".to_owned() } else { format!("up to {} days", days(ms)) }
}

/// Whole days, rounded up.
const fn days(ms: i64) -> i64 {
    (ms + DAY_MS - 1).div_euclid(DAY_MS)
}
