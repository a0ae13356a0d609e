//! How topics should be set: one list of rules, for the warnings of a running process and for whoever checks before.

use std::fmt;

use ensilinja_model::EventTime;

/// The longest value of an event, with some room for its key and headers.
const EVENT_BYTES: i64 = 64 * 1024 + 1024;

/// The longest value that is kept of a record, with some room for what is said of it.
const LETTER_BYTES: i64 = 64 * 1024 + 2 * 1024;

/// How far ahead of the broker's clock a record may be stamped at most, in ms: an hour, as Kafka has it from 4.0 on.
const MOST_AHEAD_MS: i64 = 3_600_000;

/// What `deploy/kafka/topics.sh` sets: no further ahead than an event may be of its record, in ms.
const AHEAD_MS: i64 = 300_000;

/// Clocks that are synchronised differ by less, in ms.
const CLOCKS_DIFFER_MS: i64 = 60_000;

/// The least time in which somebody will have looked at a dead letter, in ms: a week.
const LETTERS_KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// How bad a wrong setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It may be meant, and something is the worse for it.
    Doubtful,
    /// Figures or dead letters will be lost by it.
    Wrong,
}

/// A setting of a topic that is not as it should be. Its text says all of it in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongSetting {
    /// The topic.
    pub topic: String,
    /// The setting.
    pub name: &'static str,
    /// What it is set to.
    pub value: String,
    /// What comes of it.
    pub consequence: String,
    /// What to set it to.
    pub right: String,
    /// How bad it is.
    pub severity: Severity,
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, name, value, consequence, right, severity: _ } = self;
        write!(f, "{topic} has {name}={value}: {consequence}; set {name}={right}")
    }
}

/// What is wrong with a topic of which this is collected.
struct Wrong<'a, V> {
    topic: &'a str,
    value: V,
    found: Vec<WrongSetting>,
}

impl<V: Fn(&str) -> Option<String>> Wrong<'_, V> {
    /// Finds the setting wrong if it is set so that `is_wrong`; what is not described is not judged.
    fn if_text(
        &mut self,
        name: &'static str,
        is_wrong: impl FnOnce(&str) -> bool,
        severity: Severity,
        (consequence, right): (&str, &str),
    ) {
        if let Some(value) = (self.value)(name).filter(|value| is_wrong(value)) {
            let (consequence, right) = (consequence.to_owned(), right.to_owned());
            self.found.push(WrongSetting { topic: self.topic.to_owned(), name, value, consequence, right, severity });
        }
    }

    fn if_number(
        &mut self,
        name: &'static str,
        is_wrong: impl FnOnce(i64) -> bool,
        severity: Severity,
        words: (&str, &str),
    ) {
        self.if_text(name, |value| value.parse().is_ok_and(is_wrong), severity, words);
    }
}

/// What is wrong with the topic of the events, whose settings are `value`, when figures need the last `horizon_ms` of
/// it.
pub(crate) fn of_log(topic: &str, horizon_ms: i64, value: impl Fn(&str) -> Option<String>) -> Vec<WrongSetting> {
    let mut wrong = Wrong { topic, value, found: Vec::new() };
    let compacted = "compaction keeps one event of a contact and deletes the others";
    wrong.if_text("cleanup.policy", |policy| policy != "delete", Severity::Wrong, (compacted, "delete"));
    wrong.if_number(
        "retention.ms",
        |ms| ms >= 0 && ms < horizon_ms,
        Severity::Wrong,
        ("events are deleted while figures still need them", &format!("{horizon_ms} or more")),
    );
    let busy = "a busy day deletes events while figures still need them";
    wrong.if_number("retention.bytes", |bytes| bytes >= 0, Severity::Doubtful, (busy, "-1"));
    let new = "events sent again later look new, and none is seen to be dated ahead";
    wrong.if_text("message.timestamp.type", |kind| kind != "CreateTime", Severity::Doubtful, (new, "CreateTime"));
    let ahead = "a record stamped far ahead of time is taken, looks new until then, and is kept for longer than others";
    let right = AHEAD_MS.to_string();
    wrong.if_number("message.timestamp.after.max.ms", |ms| ms > MOST_AHEAD_MS, Severity::Doubtful, (ahead, &right));
    let strict = "a source whose clock is a little ahead has whole batches refused, the right events in them too";
    wrong.if_number(
        "message.timestamp.after.max.ms",
        |ms| (0..CLOCKS_DIFFER_MS).contains(&ms),
        Severity::Doubtful,
        (strict, &right),
    );
    let late = "for one record that is stamped earlier, sent late or again, a whole batch is refused";
    let right = format!("{horizon_ms} or more");
    wrong.if_number(
        "message.timestamp.before.max.ms",
        |ms| (0..horizon_ms).contains(&ms),
        Severity::Doubtful,
        (late, &right),
    );
    let refused = "events that the contract allows are refused, and lost if their source does not keep them";
    let right = format!("{EVENT_BYTES} or more");
    wrong.if_number("max.message.bytes", |bytes| bytes < EVENT_BYTES, Severity::Wrong, (refused, &right));
    wrong.found
}

/// What a topic keeps of records with timestamps of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastRetention {
    /// All of them.
    All,
    /// Those with timestamps of this instant and later; the others are deleted soon after they were written.
    Since {
        /// The instant.
        since: EventTime,
        /// What the topic's `retention.ms` is.
        retention_ms: i64,
    },
    /// All of them, with the timestamp of when they were written.
    StampedAnew,
}

/// What a topic with these settings keeps of the past at `now`.
pub(crate) fn kept_of(now: EventTime, value: impl Fn(&str) -> Option<String>) -> PastRetention {
    if value("message.timestamp.type").is_some_and(|kind| kind == "LogAppendTime") {
        return PastRetention::StampedAnew;
    }
    let deletes = value("cleanup.policy").is_none_or(|policy| policy.contains("delete"));
    let retention_ms = value("retention.ms").and_then(|ms| ms.parse().ok()).filter(|ms| *ms >= 0 && deletes);
    retention_ms.map_or(PastRetention::All, |retention_ms: i64| {
        let since = EventTime::from_millis(now.as_millis().saturating_sub(retention_ms));
        PastRetention::Since { since, retention_ms }
    })
}

/// What is wrong with the topic of dead letters.
pub(crate) fn of_dead_letters(topic: &str, value: impl Fn(&str) -> Option<String>) -> Vec<WrongSetting> {
    let mut wrong = Wrong { topic, value, found: Vec::new() };
    let cut = "a large record is kept without its bytes, and cannot be sent again";
    let right = format!("{LETTER_BYTES} or more");
    wrong.if_number("max.message.bytes", |bytes| bytes < LETTER_BYTES, Severity::Wrong, (cut, &right));
    let soon = "dead letters may be deleted before anybody has looked at them";
    let right = format!("{LETTERS_KEPT_MS} or more");
    wrong.if_number("retention.ms", |ms| (0..LETTERS_KEPT_MS).contains(&ms), Severity::Doubtful, (soon, &right));
    wrong.found
}

/// What is wrong with how a topic is copied, which has so many replicas of the partition with the fewest.
pub(crate) fn of_copies(topic: &str, replicas: usize, value: impl Fn(&str) -> Option<String>) -> Vec<WrongSetting> {
    let mut wrong = Wrong { topic, value, found: Vec::new() };
    let replicas = i64::try_from(replicas).unwrap_or(i64::MAX);
    let most = (replicas - 1).max(1).to_string();
    wrong.if_number(
        "min.insync.replicas",
        |least| least > replicas,
        Severity::Wrong,
        ("there are fewer replicas than that, so nothing can be written that has to be on all of them", &most),
    );
    wrong.if_number(
        "min.insync.replicas",
        |least| least == replicas && replicas > 1,
        Severity::Doubtful,
        ("nothing can be written while one broker is away", &most),
    );
    wrong.if_number(
        "min.insync.replicas",
        |least| least == 1 && replicas > 2,
        Severity::Doubtful,
        ("what one broker alone has acknowledged is lost with it", "2"),
    );
    wrong.found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'a>(settings: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<'a> {
        |name| settings.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
    }

    fn of(settings: &[(&str, &str)]) -> Vec<String> {
        of_log("events", 86_400_000, value(settings)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_topic_with_the_right_settings_raises_no_warning() {
        let right = [
            ("cleanup.policy", "delete"),
            ("retention.ms", "86400000"),
            ("retention.bytes", "-1"),
            ("message.timestamp.type", "CreateTime"),
            ("message.timestamp.after.max.ms", "3600000"),
            ("message.timestamp.before.max.ms", "9223372036854775807"),
            ("max.message.bytes", "1048588"),
        ];
        assert_eq!(of(&right), [""; 0]);
        assert_eq!(of(&[("retention.ms", "-1")]), [""; 0], "it keeps everything");
        assert_eq!(of_dead_letters("dead", value(&[("retention.ms", "-1"), ("max.message.bytes", "1048588")])), []);
    }

    #[test]
    fn each_wrong_setting_is_named_with_its_consequence_and_what_would_be_right() {
        let wrong = [
            ("cleanup.policy", "compact"),
            ("retention.ms", "3600000"),
            ("retention.bytes", "1000"),
            ("message.timestamp.type", "LogAppendTime"),
            ("message.timestamp.after.max.ms", "9223372036854775807"),
            ("message.timestamp.before.max.ms", "3600000"),
            ("max.message.bytes", "1000"),
        ];
        assert_eq!(
            of(&wrong),
            [
                "events has cleanup.policy=compact: compaction keeps one event of a contact and deletes the others; set cleanup.policy=delete",
                "events has retention.ms=3600000: events are deleted while figures still need them; set retention.ms=86400000 or more",
                "events has retention.bytes=1000: a busy day deletes events while figures still need them; set retention.bytes=-1",
                "events has message.timestamp.type=LogAppendTime: events sent again later look new, and none is seen to be dated ahead; set message.timestamp.type=CreateTime",
                "events has message.timestamp.after.max.ms=9223372036854775807: a record stamped far ahead of time is taken, looks new until then, and is kept for longer than others; set message.timestamp.after.max.ms=300000",
                "events has message.timestamp.before.max.ms=3600000: for one record that is stamped earlier, sent late or again, a whole batch is refused; set message.timestamp.before.max.ms=86400000 or more",
                "events has max.message.bytes=1000: events that the contract allows are refused, and lost if their source does not keep them; set max.message.bytes=66560 or more",
            ]
        );
    }

    #[test]
    fn a_bound_that_clocks_exceed_when_they_are_right_costs_whole_batches() {
        let of_bound = |ms| of(&[("message.timestamp.after.max.ms", ms)]);
        assert_eq!(
            of_bound("1000"),
            [
                "events has message.timestamp.after.max.ms=1000: a source whose clock is a little ahead has whole batches refused, the right events in them too; set message.timestamp.after.max.ms=300000"
            ]
        );
        for right in ["60000", "300000", "3600000"] {
            assert_eq!(of_bound(right), [""; 0]);
        }
        assert_eq!(of_bound("3600001").len(), 1);
    }

    #[test]
    fn a_past_is_kept_as_far_back_as_the_retention_reaches() {
        let kept = |settings| kept_of(EventTime::from_millis(10_000), value(settings));
        assert_eq!(kept(&[("retention.ms", "-1")]), PastRetention::All);
        assert_eq!(kept(&[("retention.ms", "1000"), ("cleanup.policy", "compact")]), PastRetention::All);
        let since = PastRetention::Since { since: EventTime::from_millis(9_000), retention_ms: 1_000 };
        assert_eq!(kept(&[("retention.ms", "1000"), ("cleanup.policy", "compact,delete")]), since);
        assert_eq!(
            kept(&[("retention.ms", "1"), ("message.timestamp.type", "LogAppendTime")]),
            PastRetention::StampedAnew
        );
        let ever = PastRetention::Since { since: EventTime::from_millis(10_000 - i64::MAX), retention_ms: i64::MAX };
        assert_eq!(kept(&[("retention.ms", "9223372036854775807")]), ever);
    }

    #[test]
    fn a_topic_of_dead_letters_keeps_large_ones_and_keeps_them_for_a_while() {
        let settings = [("max.message.bytes", "65536"), ("retention.ms", "3600000")];
        let wrong = of_dead_letters("dead", value(&settings));
        let found: Vec<_> = wrong.iter().map(|wrong| (wrong.name, wrong.severity)).collect();
        assert_eq!(found, [("max.message.bytes", Severity::Wrong), ("retention.ms", Severity::Doubtful)]);
    }

    #[test]
    fn how_many_copies_are_wanted_has_to_fit_how_many_there_are() {
        let severity = |replicas, least: &str| {
            let found = of_copies("events", replicas, value(&[("min.insync.replicas", least)]));
            found.first().map(|wrong| (wrong.severity, wrong.right.clone()))
        };
        assert_eq!(severity(1, "2"), Some((Severity::Wrong, "1".to_owned())));
        assert_eq!(severity(3, "3"), Some((Severity::Doubtful, "2".to_owned())));
        assert_eq!(severity(3, "1"), Some((Severity::Doubtful, "2".to_owned())));
        assert_eq!(severity(3, "2"), None);
        assert_eq!(severity(1, "1"), None);
    }
}
