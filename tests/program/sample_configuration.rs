//! The sample configuration is the county of the demo: its lines, its defaults, and the rules of the simulator.

use ensilinja_calendar::{DeadlineTime, Term, WorkingDays};
use ensilinja_config::Config;
use ensilinja_ledger::{EffectiveLimits, Promises, Verdict};
use ensilinja_model::{Channel, EventTime, LineId};
use ensilinja_sim::{County, LinePromise, Within, WorkingDay};
use jiff::{SignedDuration, Timestamp};

/// Tuesday 2025-09-16 at 10:15 in Helsinki.
const TUESDAY_10_15: i64 = 1_758_006_900;

#[test]
fn the_sample_has_all_lines_of_the_county_and_writes_out_the_defaults() {
    let sample = ensilinja_config::county();
    let of = |channel| sample.lines.iter().filter(|line| line.channel == channel).count();
    assert_eq!([Channel::Phone, Channel::Chat, Channel::Sms].map(of), [15, 6, 1]);

    let lines = &ensilinja_config::SAMPLE[ensilinja_config::SAMPLE.find("\n[[line]]").unwrap()..];
    let bare = ensilinja::configuration::parse("bare.toml", &format!("[kafka]\nbrokers = \"127.0.0.1:9092\"\n{lines}"))
        .unwrap();
    assert_eq!(bare.server, sample.server);
    assert_eq!(bare.log, sample.log);
    assert_eq!(format!("{:?}", bare.kafka), format!("{:?}", sample.kafka));
    let judged = |config: &Config| {
        config.lines.iter().map(|line| (line.effective_limits.clone(), line.goals.clone())).collect::<Vec<_>>()
    };
    assert_eq!(judged(&bare), judged(&sample));
}

/// The rules of each line in the simulator and its oracle are those of the configuration.
#[test]
fn the_sample_has_the_rules_that_the_simulator_assumes() {
    let sample = ensilinja_config::county();
    let rules = sample.rules(EventTime::from_seconds(TUESDAY_10_15));
    let simulated = County::oma_hame();
    let ids: Vec<&LineId> = sample.lines.iter().map(|line| &line.id).collect();
    assert_eq!(ids, simulated.lines.iter().map(|line| &line.id).collect::<Vec<_>>());

    let start = Timestamp::from_second(TUESDAY_10_15).unwrap().to_zoned(County::zone());
    for ((rules, configured), line) in rules.lines().iter().zip(&sample.lines).zip(&simulated.lines) {
        assert_eq!(configured.channel, line.channel, "{}", line.id);
        assert_eq!(configured.group, line.group, "{}", line.id);
        assert_eq!(configured.service_area, line.service_area, "{}", line.id);
        let [EffectiveLimits { limits, .. }] = rules.effective_limits.as_slice() else {
            panic!("{} changes by date", line.id)
        };
        assert_eq!(limits.short_abandon_ms, line.short_abandon_ms, "{}", line.id);
        assert_eq!(limits.threshold_ms, line.threshold_ms, "{}", line.id);
        assert_eq!(limits.orphan_after_ms, line.orphan_after_ms, "{}", line.id);
        assert_eq!(limits.give_up_working_days, line.give_up_working_days, "{}", line.id);
        assert_eq!(limits.promises, promises(line.promise), "{}", line.id);
        for quarter in 0..366 * 96 {
            let at = &start + SignedDuration::from_mins(15 * quarter);
            let open = rules.hours.is_open(EventTime::from_millis(at.timestamp().as_millisecond()));
            assert_eq!(open, line.hours.is_open(at.datetime()), "{} at {at}", line.id);
        }
    }
}

/// A promise of the simulator as one of the ledger.
fn promises(promise: LinePromise) -> Promises {
    let by = |by| match by {
        ensilinja_sim::DueBy::EndOfDay => DeadlineTime::EndOfDay,
        ensilinja_sim::DueBy::Closing => DeadlineTime::Closing,
    };
    let term = |within| match within {
        Within::Wall(ms) => Term::Within { ms },
        Within::Open(ms) => Term::WithinOpen { ms },
        Within::SameDay(until) => Term::SameDay { by: by(until) },
        Within::WorkingDays(days, of, until) => {
            let of = match of {
                WorkingDay::Official => WorkingDays::Official,
                WorkingDay::LineOpen => WorkingDays::LineOpen,
            };
            Term::WorkingDays { days, of, by: by(until) }
        }
    };
    let nothing = promise.answer.is_none() && promise.callback.is_none();
    Promises {
        answer: promise.answer.map(term),
        callback: promise.callback.map(term),
        abandoned: if nothing || promise.abandon_breaks { Verdict::Broken } else { Verdict::Void },
    }
}
