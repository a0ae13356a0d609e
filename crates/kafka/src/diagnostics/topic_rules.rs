//! The rules for the settings of both topics, for the warnings of a running process and for `check`.

use std::fmt;

use ensilinja_model::EventTime;

/// The longest value of an event, with room for its key and headers.
const EVENT_BYTES: i64 = 64 * 1024 + 1024;

/// The longest value in a dead letter, with room for its headers.
const LETTER_BYTES: i64 = 64 * 1024 + 2 * 1024;

/// The largest accepted `message.timestamp.after.max.ms`: an hour, the default since Kafka 4.0.
const MOST_AHEAD_MS: i64 = 3_600_000;

/// The value that `deploy/kafka/topics.sh` sets, in ms: an event may be dated as far ahead of its record.
const AHEAD_MS: i64 = 300_000;

/// Synchronised clocks differ by less than this, in ms.
const CLOCKS_DIFFER_MS: i64 = 60_000;

/// The shortest retention in which people can look at a dead letter, in ms: a week.
const LETTERS_KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// The severity of a wrong setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The setting may be intended, but has a drawback.
    Warning,
    /// Figures or dead letters will be lost.
    Error,
}

/// A setting of a topic that breaks a rule. `Display` gives all of it in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongSetting {
    /// The topic.
    pub topic: String,
    /// The setting.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// The consequence.
    pub consequence: String,
    /// The value it should have.
    pub right: String,
    /// The severity.
    pub severity: Severity,
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, name, value, consequence, right, severity: _ } = self;
        write!(f, "{topic} has {name}={value}: {consequence}; set {name}={right}")
    }
}

/// Applies rules to the settings of a topic and collects those that are wrong.
struct RuleCheck<'a, V> {
    topic: &'a str,
    value: V,
    found: Vec<WrongSetting>,
}

impl<V: Fn(&str) -> Option<String>> RuleCheck<'_, V> {
    /// The setting is wrong if `is_wrong` holds for its value. A setting that the broker does not describe is skipped.
    /// The last argument is the consequence and the right value.
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
        consequence_and_right: (&str, &str),
    ) {
        self.if_text(name, |value| value.parse().is_ok_and(is_wrong), severity, consequence_and_right);
    }
}

/// The wrong settings of the event topic. `value` gives a setting by name; figures need the last `horizon_ms` of the
/// topic.
pub(crate) fn of_events(topic: &str, horizon_ms: i64, value: impl Fn(&str) -> Option<String>) -> Vec<WrongSetting> {
    let mut check = RuleCheck { topic, value, found: Vec::new() };
    let compacted = "compaction keeps one event of a contact and deletes the others";
    check.if_text("cleanup.policy", |policy| policy != "delete", Severity::Error, (compacted, "delete"));
    check.if_number(
        "retention.ms",
        |ms| ms >= 0 && ms < horizon_ms,
        Severity::Error,
        ("events are deleted while figures still need them", &format!("{horizon_ms} or more")),
    );
    let busy = "a busy day deletes events while figures still need them";
    check.if_number("retention.bytes", |bytes| bytes >= 0, Severity::Warning, (busy, "-1"));
    let new = "an event that is sent again later looks new, and events dated ahead are not noticed";
    check.if_text("message.timestamp.type", |kind| kind != "CreateTime", Severity::Warning, (new, "CreateTime"));
    let ahead = "a record dated far ahead is accepted, looks new until that time, and is kept longer than others";
    let right = AHEAD_MS.to_string();
    check.if_number("message.timestamp.after.max.ms", |ms| ms > MOST_AHEAD_MS, Severity::Warning, (ahead, &right));
    let strict =
        "a source whose clock is slightly ahead has whole batches refused, including the correct events in them";
    check.if_number(
        "message.timestamp.after.max.ms",
        |ms| (0..CLOCKS_DIFFER_MS).contains(&ms),
        Severity::Warning,
        (strict, &right),
    );
    let late = "one record dated earlier (sent late or again) causes its whole batch to be refused";
    let right = format!("{horizon_ms} or more");
    check.if_number(
        "message.timestamp.before.max.ms",
        |ms| (0..horizon_ms).contains(&ms),
        Severity::Warning,
        (late, &right),
    );
    let refused = "events that the contract allows are refused, and lost if their source does not keep them";
    let right = format!("{EVENT_BYTES} or more");
    check.if_number("max.message.bytes", |bytes| bytes < EVENT_BYTES, Severity::Error, (refused, &right));
    check.found
}

/// What a topic keeps of records that are dated in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastRetention {
    /// All of them.
    All,
    /// Those dated at this instant or later. The others are deleted soon after they are written.
    Since {
        /// The instant.
        since: EventTime,
        /// The topic's `retention.ms`.
        retention_ms: i64,
    },
    /// All of them, but with the time of writing as their timestamp.
    Restamped,
}

/// What a topic with these settings keeps at `now` of records that are dated in the past.
pub(crate) fn past_retention(now: EventTime, value: impl Fn(&str) -> Option<String>) -> PastRetention {
    if value("message.timestamp.type").is_some_and(|kind| kind == "LogAppendTime") {
        return PastRetention::Restamped;
    }
    let deletes = value("cleanup.policy").is_none_or(|policy| policy.contains("delete"));
    let retention_ms = value("retention.ms").and_then(|ms| ms.parse().ok()).filter(|ms| *ms >= 0 && deletes);
    retention_ms.map_or(PastRetention::All, |retention_ms: i64| {
        let since = EventTime::from_millis(now.as_millis().saturating_sub(retention_ms));
        PastRetention::Since { since, retention_ms }
    })
}

/// The wrong settings of the dead-letter topic.
pub(crate) fn of_dead_letters(topic: &str, value: impl Fn(&str) -> Option<String>) -> Vec<WrongSetting> {
    let mut check = RuleCheck { topic, value, found: Vec::new() };
    let cut = "a dead letter of a large record is written without its bytes, so the record cannot be sent again";
    let right = format!("{LETTER_BYTES} or more");
    check.if_number("max.message.bytes", |bytes| bytes < LETTER_BYTES, Severity::Error, (cut, &right));
    let soon = "dead letters may be deleted before they are looked at";
    let right = format!("{LETTERS_KEPT_MS} or more");
    check.if_number("retention.ms", |ms| (0..LETTERS_KEPT_MS).contains(&ms), Severity::Warning, (soon, &right));
    check.found
}

/// The wrong replication settings of a topic; `replicas` is that of the partition with the fewest.
pub(crate) fn of_replication(
    topic: &str,
    replicas: usize,
    value: impl Fn(&str) -> Option<String>,
) -> Vec<WrongSetting> {
    let mut check = RuleCheck { topic, value, found: Vec::new() };
    let replicas = i64::try_from(replicas).unwrap_or(i64::MAX);
    let most = (replicas - 1).max(1).to_string();
    check.if_number(
        "min.insync.replicas",
        |least| least > replicas,
        Severity::Error,
        ("there are fewer replicas, so no record with acks=all can be written", &most),
    );
    check.if_number(
        "min.insync.replicas",
        |least| least == replicas && replicas > 1,
        Severity::Warning,
        ("nothing can be written while one broker is down", &most),
    );
    check.if_number(
        "min.insync.replicas",
        |least| least == 1 && replicas > 2,
        Severity::Warning,
        ("records that only one broker has acknowledged are lost with that broker", "2"),
    );
    check.found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'a>(settings: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<'a> {
        |name| settings.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
    }

    fn of(settings: &[(&str, &str)]) -> Vec<String> {
        of_events("events", 86_400_000, value(settings)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn right_settings_raise_no_warning() {
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
        assert_eq!(of(&[("retention.ms", "-1")]), [""; 0], "the topic keeps everything");
        assert_eq!(of_dead_letters("dead", value(&[("retention.ms", "-1"), ("max.message.bytes", "1048588")])), []);
    }

    #[test]
    fn each_wrong_setting_is_named_with_its_consequence_and_the_right_value() {
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
                "events has message.timestamp.type=LogAppendTime: an event that is sent again later looks new, and events dated ahead are not noticed; set message.timestamp.type=CreateTime",
                "events has message.timestamp.after.max.ms=9223372036854775807: a record dated far ahead is accepted, looks new until that time, and is kept longer than others; set message.timestamp.after.max.ms=300000",
                "events has message.timestamp.before.max.ms=3600000: one record dated earlier (sent late or again) causes its whole batch to be refused; set message.timestamp.before.max.ms=86400000 or more",
                "events has max.message.bytes=1000: events that the contract allows are refused, and lost if their source does not keep them; set max.message.bytes=66560 or more",
            ]
        );
    }

    #[test]
    fn a_bound_that_synchronised_clocks_exceed_raises_a_warning() {
        let of_bound = |ms| of(&[("message.timestamp.after.max.ms", ms)]);
        assert_eq!(
            of_bound("1000"),
            [
                "events has message.timestamp.after.max.ms=1000: a source whose clock is slightly ahead has whole batches refused, including the correct events in them; set message.timestamp.after.max.ms=300000"
            ]
        );
        for right in ["60000", "300000", "3600000"] {
            assert_eq!(of_bound(right), [""; 0]);
        }
        assert_eq!(of_bound("3600001").len(), 1);
    }

    #[test]
    fn records_dated_in_the_past_are_kept_as_far_back_as_the_retention_reaches() {
        let kept = |settings| past_retention(EventTime::from_millis(10_000), value(settings));
        assert_eq!(kept(&[("retention.ms", "-1")]), PastRetention::All);
        assert_eq!(kept(&[("retention.ms", "1000"), ("cleanup.policy", "compact")]), PastRetention::All);
        let since = PastRetention::Since { since: EventTime::from_millis(9_000), retention_ms: 1_000 };
        assert_eq!(kept(&[("retention.ms", "1000"), ("cleanup.policy", "compact,delete")]), since);
        assert_eq!(
            kept(&[("retention.ms", "1"), ("message.timestamp.type", "LogAppendTime")]),
            PastRetention::Restamped
        );
        let ever = PastRetention::Since { since: EventTime::from_millis(10_000 - i64::MAX), retention_ms: i64::MAX };
        assert_eq!(kept(&[("retention.ms", "9223372036854775807")]), ever);
    }

    #[test]
    fn the_dead_letter_topic_keeps_large_records_and_keeps_them_for_a_week() {
        let settings = [("max.message.bytes", "65536"), ("retention.ms", "3600000")];
        let wrong = of_dead_letters("dead", value(&settings));
        let found: Vec<_> = wrong.iter().map(|wrong| (wrong.name, wrong.severity)).collect();
        assert_eq!(found, [("max.message.bytes", Severity::Error), ("retention.ms", Severity::Warning)]);
    }

    #[test]
    fn min_insync_replicas_has_to_fit_the_number_of_replicas() {
        let severity = |replicas, least: &str| {
            let found = of_replication("events", replicas, value(&[("min.insync.replicas", least)]));
            found.first().map(|wrong| (wrong.severity, wrong.right.clone()))
        };
        assert_eq!(severity(1, "2"), Some((Severity::Error, "1".to_owned())));
        assert_eq!(severity(3, "3"), Some((Severity::Warning, "2".to_owned())));
        assert_eq!(severity(3, "1"), Some((Severity::Warning, "2".to_owned())));
        assert_eq!(severity(3, "2"), None);
        assert_eq!(severity(1, "1"), None);
    }
}
