//! `[[line.change]]`: hours, limits and promises of a line that hold from a date on.
//!
//! A contact is judged by the limits and promises in force when it arrived, so a new promise does not change the past.
//! Opening hours are always those of the day.

use ensilinja_calendar::OpeningHours;
use ensilinja_ledger::{EffectiveLimits, Limits, Promises};
use ensilinja_model::EventTime;
use jiff::civil::Date;
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::hours::HOURS;
use crate::life::{Blame, LifeCheck, check};
use crate::limits::{self, LINE_KEYS, ORPHAN_AFTER};
use crate::promise::ABANDONED;
use crate::section::{Expected, Section};

/// The list of changes within a line.
pub(crate) const CHANGE: &str = "change";

const VALID_FROM: &str = "valid_from";
const CHANGES: &str = "a list of [[line.change]] tables, each with valid_from and what changes";
const DATE: &str = "a date from 2020-01-02 to 2049-12-31, without quotes, such as 2026-01-01";

/// The hours of a line and its limits by date, from its own keys and its changes.
pub(crate) fn read(
    line: &Section<'_>,
    mut hours: OpeningHours,
    limits: Limits,
    life_check: &LifeCheck<'_>,
) -> Result<(OpeningHours, Vec<EffectiveLimits>), ConfigError> {
    check(&blame(line), &limits, &hours, life_check)?;
    let mut effective_limits = vec![EffectiveLimits { valid_from: EventTime::MIN, limits }];
    let mut in_force: Option<(Date, OpeningHours)> = None;
    for change in changes(line)? {
        let date = change.required(VALID_FROM, DATE, date)?;
        if let Some((earlier, _)) = in_force.as_ref().filter(|(earlier, _)| *earlier >= date) {
            return Err(change.refusal(VALID_FROM, format!("after {earlier}, the date of the change before it")));
        }
        let last = effective_limits.last().expect("the first holds from the beginning").limits;
        let limits = limits::read(&change, ORPHAN_AFTER, last)?;
        let of_change = change.optional(HOURS, crate::hours::hours)?;
        let hours_before = in_force.map_or_else(|| hours.clone(), |(_, in_force)| in_force);
        let hours_after = of_change.unwrap_or_else(|| hours_before.clone());
        if limits == last && hours_after == hours_before {
            return Err(change.refusal(
                VALID_FROM,
                format!("the date of a change: name what differs from then on, of {HOURS}, {}", LINE_KEYS.join(", ")),
            ));
        }
        if hours_after != hours_before {
            hours = hours.until(date, hours_after.clone());
        }
        if limits != last {
            effective_limits.push(EffectiveLimits { valid_from: life_check.midnight(date), limits });
        }
        for effective in &effective_limits {
            check(&blame(&change), &effective.limits, &hours, life_check)?;
        }
        in_force = Some((date, hours_after));
    }
    let promises_nothing = |promises: &Promises| promises.answer.or(promises.callback).is_none();
    if line.has(ABANDONED) && effective_limits.iter().all(|effective| promises_nothing(&effective.limits.promises)) {
        return Err(line.refusal(ABANDONED, "left out, because the line promises nothing"));
    }
    Ok((hours, effective_limits))
}

fn blame<'a>(section: &'a Section<'a>) -> Blame<'a> {
    Blame { section, orphan_after: ORPHAN_AFTER, hours: Some(HOURS) }
}

fn changes<'a>(line: &Section<'a>) -> Result<Vec<Section<'a>>, ConfigError> {
    let tables = line.optional(CHANGE, |value| match value {
        DeValue::Array(tables) if !tables.is_empty() => Ok(tables),
        _ => Err(CHANGES.into()),
    })?;
    let keys = [[VALID_FROM, HOURS].as_slice(), &LINE_KEYS].concat();
    let numbered = tables.into_iter().flatten().zip(1..);
    numbered
        .map(|(table, number)| {
            line.item(&format!("{CHANGE}[#{number}]"), table, &keys)
                .unwrap_or_else(|| Err(line.refusal(CHANGE, CHANGES)))
        })
        .collect()
}

/// A date, as TOML writes it.
pub(crate) fn date(value: &DeValue<'_>) -> Result<Date, Expected> {
    let DeValue::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }) = value else {
        return Err(DATE.into());
    };
    let whole = |part: u8| i8::try_from(part).ok();
    let read = || Date::new(i16::try_from(date.year).ok()?, whole(date.month)?, whole(date.day)?).ok();
    let years = Date::constant(2020, 1, 2)..=Date::constant(2049, 12, 31);
    read().filter(|date| years.contains(date)).ok_or_else(|| DATE.into())
}
