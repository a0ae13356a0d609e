//! The limits by which a contact is judged: their defaults, what a line may change, and how they must fit each other.

use ensilinja_ledger::{Limits, Promises, TimedOutRule};
use ensilinja_model::{Channel, WaitFrom};

use crate::error::ConfigError;
use crate::promise;
use crate::section::Section;
use crate::value::{duration_as_written, duration_ms, whole_number, word};

const SECOND_MS: u32 = 1000;
const HOUR_MS: u32 = 3600 * SECOND_MS;
const DAY_MS: u32 = 24 * HOUR_MS;

/// The limits of lines that set none of their own, by how the contact is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DefaultLimits {
    /// For telephone lines and chats.
    pub(crate) live: Limits,
    /// For text message lines.
    pub(crate) sms: Limits,
}

/// Keys of the limits that a line, or a change of it, may set.
pub(crate) const LINE_KEYS: [&str; 7] =
    [SHORT_ABANDON, THRESHOLD, ORPHAN_AFTER, GIVE_UP, WAIT_FROM, TIMED_OUT, promise::PROMISE];

/// Keys of the limits in `[defaults]`.
pub(crate) const DEFAULTS_KEYS: [&str; 8] =
    [SHORT_ABANDON, THRESHOLD, ORPHAN_AFTER, SMS_ORPHAN_AFTER, GIVE_UP, WAIT_FROM, TIMED_OUT, promise::PROMISE];

const SHORT_ABANDON: &str = "short_abandon";
const THRESHOLD: &str = "threshold";
/// From where waits count.
const WAIT_FROM: &str = "wait_from";
/// Whether contacts that timed out count in rates.
const TIMED_OUT: &str = "timed_out";
/// How long after its last event a waiting contact is orphaned.
pub(crate) const ORPHAN_AFTER: &str = "orphan_after";
/// The same for text messages, in `[defaults]`.
pub(crate) const SMS_ORPHAN_AFTER: &str = "sms_orphan_after";
/// How long after its deadline a callback is given up.
pub(crate) const GIVE_UP: &str = "give_up_working_days";

/// The limits of a file that sets none. (Text messages wait for three days: they are answered in office hours.)
const BUILT_IN: Limits = Limits {
    short_abandon_ms: 5 * SECOND_MS,
    threshold_ms: 120 * SECOND_MS,
    orphan_after_ms: DAY_MS,
    give_up_working_days: 5,
    wait_from: WaitFrom::Arrival,
    timed_out: TimedOutRule::Counts,
    promises: Promises::NONE,
};

impl Default for DefaultLimits {
    fn default() -> Self {
        Self { live: BUILT_IN, sms: Limits { orphan_after_ms: 3 * DAY_MS, ..BUILT_IN } }
    }
}

impl DefaultLimits {
    /// Reads `[defaults]`.
    pub(crate) fn read(section: &Section<'_>) -> Result<Self, ConfigError> {
        let built_in = Self::default();
        Ok(Self {
            live: read(section, ORPHAN_AFTER, built_in.live)?,
            sms: read(section, SMS_ORPHAN_AFTER, built_in.sms)?,
        })
    }

    /// The defaults of a line.
    pub(crate) const fn of(&self, channel: Channel) -> Limits {
        match channel {
            Channel::Phone | Channel::Chat => self.live,
            Channel::Sms => self.sms,
        }
    }
}

/// Reads the limits of a section. A limit that it does not name stays as in `otherwise`. `orphan_after` is the name of
/// that key in the section.
pub(crate) fn read(section: &Section<'_>, orphan_after: &str, otherwise: Limits) -> Result<Limits, ConfigError> {
    let duration = |key, bounds, otherwise| {
        section.optional(key, |value| duration_ms(value, bounds)).map(|found| found.unwrap_or(otherwise))
    };
    let limits = Limits {
        short_abandon_ms: duration(SHORT_ABANDON, 0..=HOUR_MS, otherwise.short_abandon_ms)?,
        threshold_ms: duration(THRESHOLD, SECOND_MS..=DAY_MS, otherwise.threshold_ms)?,
        orphan_after_ms: duration(orphan_after, 60 * SECOND_MS..=7 * DAY_MS, otherwise.orphan_after_ms)?,
        give_up_working_days: section
            .optional(GIVE_UP, |value| whole_number(value, 1..=30))?
            .unwrap_or(otherwise.give_up_working_days),
        wait_from: section
            .optional(WAIT_FROM, |value| word(value, WaitFrom::ALL, WaitFrom::as_str))?
            .unwrap_or(otherwise.wait_from),
        timed_out: section
            .optional(TIMED_OUT, |value| word(value, TimedOutRule::ALL, TimedOutRule::as_str))?
            .unwrap_or(otherwise.timed_out),
        promises: promise::read(section, otherwise.promises)?,
    };
    check_order(section, orphan_after, &limits)?;
    Ok(limits)
}

/// Limits that each make sense must also make sense together: short abandon, threshold and orphan ascend. The key to
/// blame is always in this section, because the limits it starts from have been checked.
fn check_order(section: &Section<'_>, orphan_after: &str, limits: &Limits) -> Result<(), ConfigError> {
    let [short, threshold, orphan] =
        [limits.short_abandon_ms, limits.threshold_ms, limits.orphan_after_ms].map(duration_as_written);
    if limits.short_abandon_ms >= limits.threshold_ms {
        return Err(section.refusal_of_one(&[
            (SHORT_ABANDON, format!("shorter than threshold ({threshold})")),
            (THRESHOLD, format!("longer than short_abandon ({short})")),
        ]));
    }
    if limits.threshold_ms >= limits.orphan_after_ms {
        return Err(section.refusal_of_one(&[
            (THRESHOLD, format!("shorter than {orphan_after} ({orphan})")),
            (orphan_after, format!("longer than threshold ({threshold})")),
        ]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ensilinja_model::EventTime;

    use super::*;
    use crate::outside::NothingOutside;
    use crate::{Line, parse};

    /// Two lines after these defaults, the first with more keys and changes.
    fn lines(defaults: &str, of_the_first: &str) -> [Line; 2] {
        let line = |id: &str, more: &str| {
            format!(
                "[[line]]\nid = \"{id}\"\nchannel = \"phone\"\nname.fi = \"{id}\"\ngroup = \"g\"\n\
                 service_area = \"a\"\nhours = \"24/7\"\n{more}\n"
            )
        };
        let head = "time_zone = \"Europe/Helsinki\"\n[server]\nlisten = \"127.0.0.1:0\"\n\
                    [kafka]\nbrokers = \"k:9092\"\ntopic = \"t\"\n[defaults]\n";
        let text = [head, defaults, "\n", &line("one", of_the_first), &line("two", "")].concat();
        let config = parse("limits.toml", &text, &NothingOutside).unwrap_or_else(|error| panic!("{error}"));
        <[Line; 2]>::try_from(config.lines).unwrap()
    }

    /// Both rules of a line, with the instant from which they hold.
    fn rules(line: &Line) -> Vec<(EventTime, WaitFrom, TimedOutRule)> {
        let rules = line.effective_limits.iter();
        rules.map(|it| (it.valid_from, it.limits.wait_from, it.limits.timed_out)).collect()
    }

    #[test]
    fn a_line_counts_waits_and_time_outs_as_it_says_else_as_the_defaults_say() {
        use TimedOutRule::{Counts, LeftOut};
        use WaitFrom::{Arrival, Queue};
        let always = |wait_from, timed_out| vec![(EventTime::MIN, wait_from, timed_out)];
        let (queue, left_out) = ("wait_from = \"queue\"\n", "timed_out = \"left_out\"\n");
        let (arrival, counts) = ("wait_from = \"arrival\"\n", "timed_out = \"counts\"\n");
        for (defaults, of_the_first, one, two) in [
            ("", "", (Arrival, Counts), (Arrival, Counts)),
            (arrival, counts, (Arrival, Counts), (Arrival, Counts)),
            ("", queue, (Queue, Counts), (Arrival, Counts)),
            ("", left_out, (Arrival, LeftOut), (Arrival, Counts)),
            (&[queue, left_out].concat(), "", (Queue, LeftOut), (Queue, LeftOut)),
            (&[queue, left_out].concat(), &[arrival, counts].concat(), (Arrival, Counts), (Queue, LeftOut)),
        ] {
            let [first, second] = lines(defaults, of_the_first);
            assert_eq!(rules(&first), always(one.0, one.1), "{defaults} {of_the_first}");
            assert_eq!(rules(&second), always(two.0, two.1), "{defaults} {of_the_first}");
            assert_eq!((first.wait_from(), second.wait_from()), (Some(one.0), Some(two.0)));
        }
    }

    #[test]
    fn waits_and_time_outs_may_count_differently_from_a_local_midnight_on() {
        use TimedOutRule::{Counts, LeftOut};
        use WaitFrom::{Arrival, Queue};
        let [one, two] = lines(
            "wait_from = \"queue\"",
            "[[line.change]]\nvalid_from = 2026-01-01\ntimed_out = \"left_out\"\n\
             [[line.change]]\nvalid_from = 2026-07-01\nwait_from = \"arrival\"\n\
             [[line.change]]\nvalid_from = 2026-08-01\nthreshold = \"90s\"\ntimed_out = \"counts\"",
        );
        // Midnight in Finland is at 22 h UTC in winter and at 21 h in summer.
        let [new_year, july, august] = [1_767_218_400, 1_782_853_200, 1_785_531_600].map(EventTime::from_seconds);
        let expected = [
            (EventTime::MIN, Queue, Counts),
            (new_year, Queue, LeftOut),
            (july, Arrival, LeftOut),
            (august, Arrival, Counts),
        ];
        assert_eq!(rules(&one), expected);
        assert_eq!(rules(&two), [(EventTime::MIN, Queue, Counts)]);
        assert_eq!(one.wait_from(), None, "no one word says it for all dates");
        assert_eq!(two.wait_from(), Some(Queue));
    }
}
