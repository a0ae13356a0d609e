//! Readings of one line after a few facts, in the local time of Helsinki.

use std::collections::BTreeMap;

use ensilinja_model::{Channel, EventTime, Fact, LineId};
use ensilinja_sim::{LevelFormula, LinePromise, Oracle, OracleLine, SimEvent, WeeklyHours, Within};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A line that is open on weekdays 8-16, with the default rules: short below 5 s, threshold 120 s, orphaned after 24 h,
/// given up after 5 working days.
pub fn line() -> OracleLine {
    OracleLine {
        id: LineId::parse("mipa").expect("a valid id"),
        channel: Channel::Phone,
        hours: WeeklyHours::weekdays(8, 16),
        later_hours: Vec::new(),
        short_abandon_ms: 5_000,
        threshold_ms: 120_000,
        orphan_after_ms: 24 * 3_600_000,
        give_up_working_days: 5,
        timed_out_counts: true,
        waits_from_queue: false,
        promise: LinePromise::default(),
        later_limits: Vec::new(),
        service_level: LevelFormula::NegativeAbandon,
    }
}

/// The same line with promises. An abandon breaks them.
pub fn promising(answer: Option<Within>, callback: Option<Within>) -> OracleLine {
    OracleLine { promise: LinePromise { answer, callback, abandon_breaks: true }, ..line() }
}

pub fn zone() -> TimeZone {
    TimeZone::get("Europe/Helsinki").expect("the zone is built in")
}

/// The instant of a local time such as `2025-09-16 10:15:00.500`; the first one of a repeated time.
pub fn local(time: &str) -> EventTime {
    let time: DateTime = time.parse().expect("a local time");
    EventTime::from_millis(time.to_zoned(zone()).expect("a local time").timestamp().as_millisecond())
}

/// The figures of a line at an instant.
pub struct LineReading {
    pub series: BTreeMap<String, f64>,
    channel: Channel,
}

impl LineReading {
    /// The reading at `now` after these facts of one contact.
    pub fn of(line: &OracleLine, facts: &[(EventTime, Fact)], now: EventTime) -> Self {
        let legs: Vec<_> = facts.iter().map(|(at, fact)| ("c", *at, *fact)).collect();
        Self::of_contacts(line, &legs, now)
    }

    /// The same for several contacts.
    pub fn of_contacts(line: &OracleLine, facts: &[(&str, EventTime, Fact)], now: EventTime) -> Self {
        let mut oracle = Oracle::new(vec![line.clone()], zone());
        for (contact, at, fact) in facts {
            let contact = (*contact).to_owned();
            let line = line.id.clone();
            oracle.apply(&SimEvent {
                at: *at,
                reported_at: *at,
                contact,
                line,
                visit: None,
                to_line: None,
                fact: *fact,
            });
        }
        Self { series: oracle.series(now), channel: line.channel }
    }

    /// The same for one contact, with local times.
    pub fn at(line: &OracleLine, facts: &[(&str, Fact)], now: &str) -> Self {
        let facts: Vec<_> = facts.iter().map(|(time, fact)| (local(time), *fact)).collect();
        Self::of(line, &facts, local(now))
    }

    /// The series of a family with these labels after line and channel, if it exists.
    pub fn find(&self, family: &str, labels: &str) -> Option<f64> {
        let comma = if labels.is_empty() { "" } else { "," };
        let channel = self.channel.as_str();
        self.series.get(&format!("ensilinja_{family}{{line=\"mipa\",channel=\"{channel}\"{comma}{labels}}}")).copied()
    }

    pub fn window(&self, family: &str, labels: &str, window: &str) -> f64 {
        let comma = if labels.is_empty() { "" } else { "," };
        self.find(&format!("window_{family}"), &format!("{labels}{comma}window=\"{window}\""))
            .unwrap_or_else(|| panic!("no {family} with {labels} for {window}"))
    }

    pub fn today(&self, family: &str, labels: &str) -> f64 {
        self.window(family, labels, "today")
    }

    pub fn now(&self, family: &str) -> f64 {
        self.find(family, "").unwrap_or_else(|| panic!("no {family}"))
    }

    /// The verdicts of the last five open days and the pending promises, as `promise result`.
    pub fn verdicts(&self) -> Vec<String> {
        let mut found = Vec::new();
        for promise in ["answer", "callback"] {
            for result in ["kept", "broken", "void"] {
                let labels = format!("promise=\"{promise}\",result=\"{result}\"");
                let n = self.window("promises", &labels, "open5d");
                assert!(n == 0.0 || n == 1.0, "{n} verdicts on one contact");
                found.extend((n > 0.0).then(|| format!("{promise} {result}")));
            }
            let pending = self.find("promises_pending", &format!("promise=\"{promise}\"")).expect("the series exists");
            found.extend((pending > 0.0).then(|| format!("{promise} pending")));
        }
        found
    }

    /// The due states with callbacks.
    pub fn due(&self) -> Vec<&'static str> {
        let mut due = vec!["later", "today", "overdue"];
        due.retain(|due| {
            self.find("callbacks_outstanding", &format!("due=\"{due}\"")).expect("the series exists") > 0.0
        });
        due
    }
}
