//! The limits by which a contact is judged: their defaults, what a line may change, and how they must fit each other.

use ensilinja_calendar::Days;
use ensilinja_model::Channel;

use super::error::ConfigError;
use super::section::Section;
use super::value::{duration_ms, in_words, whole_number};

const SECOND_MS: u32 = 1000;
const HOUR_MS: u32 = 3600 * SECOND_MS;
const DAY_MS: u32 = 24 * HOUR_MS;

/// The longest life of a leg, waiting and callback together, in days: its instants are kept as 32-bit offsets
/// from its start in ms, which hold 49 days, and facts may be dated a little outside of it.
const LONGEST_LIFE_DAYS: i64 = 40;

/// The limits of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An abandon sooner than this is *short*; in ms. 0: none is.
    pub short_abandon_ms: u32,
    /// A wait up to and including this is within the threshold of the service level; in ms.
    pub threshold_ms: u32,
    /// A contact that nobody has said anything decisive of for this long stops waiting; in ms.
    pub orphan_after_ms: u32,
    /// A callback still outstanding at the end of this many working days after its day is given up.
    pub give_up_working_days: u16,
}

/// The limits of lines that set none of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    live: Limits,
    sms: Limits,
}

/// Keys of the limits a line may set.
pub(super) const LINE_KEYS: [&str; 4] = [SHORT_ABANDON, THRESHOLD, ORPHAN_AFTER, GIVE_UP];

/// Keys of `[defaults]`.
pub(super) const DEFAULTS_KEYS: [&str; 5] = [SHORT_ABANDON, THRESHOLD, ORPHAN_AFTER, SMS_ORPHAN_AFTER, GIVE_UP];

const SHORT_ABANDON: &str = "short_abandon";
const THRESHOLD: &str = "threshold";
const ORPHAN_AFTER: &str = "orphan_after";
const SMS_ORPHAN_AFTER: &str = "sms_orphan_after";
const GIVE_UP: &str = "give_up_working_days";

/// What holds where the file says nothing. (Text messages wait for three days: they are answered in office hours.)
const BUILT_IN: Limits = Limits {
    short_abandon_ms: 5 * SECOND_MS,
    threshold_ms: 120 * SECOND_MS,
    orphan_after_ms: DAY_MS,
    give_up_working_days: 5,
};

impl Default for Defaults {
    fn default() -> Self {
        Self { live: BUILT_IN, sms: Limits { orphan_after_ms: 3 * DAY_MS, ..BUILT_IN } }
    }
}

impl Defaults {
    /// Reads `[defaults]`.
    pub(super) fn read(section: &Section<'_>, days: &Days) -> Result<Self, ConfigError> {
        let built_in = Self::default();
        let read = |orphan_after: &str, otherwise: Limits| {
            let limits = overridden(section, orphan_after, otherwise)?;
            check(section, orphan_after, limits, days)?;
            Ok(limits)
        };
        Ok(Self { live: read(ORPHAN_AFTER, built_in.live)?, sms: read(SMS_ORPHAN_AFTER, built_in.sms)? })
    }

    /// Reads the limits of a line, which are the defaults of its channel where it sets none.
    pub(super) fn of_line(&self, section: &Section<'_>, channel: Channel, days: &Days) -> Result<Limits, ConfigError> {
        let otherwise = match channel {
            Channel::Phone | Channel::Chat => self.live,
            Channel::Sms => self.sms,
        };
        let limits = overridden(section, ORPHAN_AFTER, otherwise)?;
        check(section, ORPHAN_AFTER, limits, days)?;
        Ok(limits)
    }
}

fn overridden(section: &Section<'_>, orphan_after: &str, otherwise: Limits) -> Result<Limits, ConfigError> {
    let duration = |key, bounds, otherwise| {
        section.optional(key, |value| duration_ms(value, bounds)).map(|found| found.unwrap_or(otherwise))
    };
    Ok(Limits {
        short_abandon_ms: duration(SHORT_ABANDON, 0..=HOUR_MS, otherwise.short_abandon_ms)?,
        threshold_ms: duration(THRESHOLD, SECOND_MS..=DAY_MS, otherwise.threshold_ms)?,
        orphan_after_ms: duration(orphan_after, 60 * SECOND_MS..=7 * DAY_MS, otherwise.orphan_after_ms)?,
        give_up_working_days: section
            .optional(GIVE_UP, |value| whole_number(value, 1..=30))?
            .unwrap_or(otherwise.give_up_working_days),
    })
}

/// Limits that each make sense must also make sense together. The key to blame is one that stands in this section:
/// the limits it starts from have been checked.
fn check(section: &Section<'_>, orphan_after: &str, limits: Limits, days: &Days) -> Result<(), ConfigError> {
    let blame = |keys: [&str; 2], expected: [String; 2]| {
        let [first, second] = expected;
        let (key, expected) = if section.has(keys[0]) { (keys[0], first) } else { (keys[1], second) };
        Err(section.refusal(key, expected))
    };
    let [short, threshold, orphan] =
        [limits.short_abandon_ms, limits.threshold_ms, limits.orphan_after_ms].map(in_words);
    if limits.short_abandon_ms >= limits.threshold_ms {
        let expected =
            [format!("shorter than threshold ({threshold})"), format!("longer than short_abandon ({short})")];
        return blame([SHORT_ABANDON, THRESHOLD], expected);
    }
    if limits.threshold_ms >= limits.orphan_after_ms {
        let expected =
            [format!("shorter than {orphan_after} ({orphan})"), format!("longer than threshold ({threshold})")];
        return blame([THRESHOLD, orphan_after], expected);
    }
    let life_ms =
        i64::from(limits.orphan_after_ms) + days.longest_working_days_ms(u32::from(limits.give_up_working_days));
    if life_ms > LONGEST_LIFE_DAYS * i64::from(DAY_MS) {
        let life_days = life_ms.div_euclid(i64::from(DAY_MS)) + 1;
        let why = format!(
            "with {orphan_after} ({orphan}) and {} working days a contact can live {life_days} days, \
             and {LONGEST_LIFE_DAYS} is the most",
            limits.give_up_working_days
        );
        return blame([GIVE_UP, orphan_after], [format!("fewer: {why}"), format!("shorter: {why}")]);
    }
    Ok(())
}
