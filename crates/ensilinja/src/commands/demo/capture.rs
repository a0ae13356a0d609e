//! The `queue_log` of a real Asterisk, played again and again: what an Asterisk site's own records look like on the
//! board.
//!
//! The capture takes 27 minutes. Each half hour of a working day gets a copy of it, with its seconds and call ids moved
//! to that time, so that every copy has calls of its own.

use ensilinja_config::{Config, ConfigError};
use ensilinja_lookback::local_time::zoned;
use ensilinja_model::EventTime;
use ensilinja_sim::Publication;
use jiff::tz::TimeZone;

use crate::configuration;

/// The lines of the capture, in order: the scenarios that a caller or an agent could cause.
const CAPTURE: [&str; 19] = [
    include_str!("../../../../wire/samples/asterisk/01.queue_log"),
    include_str!("../../../../wire/samples/asterisk/02.queue_log"),
    include_str!("../../../../wire/samples/asterisk/03.queue_log"),
    include_str!("../../../../wire/samples/asterisk/04.queue_log"),
    include_str!("../../../../wire/samples/asterisk/05.queue_log"),
    include_str!("../../../../wire/samples/asterisk/06.queue_log"),
    include_str!("../../../../wire/samples/asterisk/08.queue_log"),
    include_str!("../../../../wire/samples/asterisk/09.queue_log"),
    include_str!("../../../../wire/samples/asterisk/11.queue_log"),
    include_str!("../../../../wire/samples/asterisk/12.queue_log"),
    include_str!("../../../../wire/samples/asterisk/13.queue_log"),
    include_str!("../../../../wire/samples/asterisk/15.queue_log"),
    include_str!("../../../../wire/samples/asterisk/16.queue_log"),
    include_str!("../../../../wire/samples/asterisk/17.queue_log"),
    include_str!("../../../../wire/samples/asterisk/18.queue_log"),
    include_str!("../../../../wire/samples/asterisk/22.queue_log"),
    include_str!("../../../../wire/samples/asterisk/26.queue_log"),
    include_str!("../../../../wire/samples/asterisk/28.queue_log"),
    include_str!("../../../../wire/samples/asterisk/33.queue_log"),
];

/// The topic of the lines.
const TOPIC: &str = "asterisk.queue_log";

/// How the queues of the capture are read. Those that are not named here were made to test settings.
const SOURCE: &str = r#"
[[source]]
name = "asterisk"
topics = ["asterisk.queue_log"]
format = "asterisk_queue_log"
ignore = ["*"]
[source.queues]
q_one = "mipa"
q_two = "neuvola"
q_open = "ikaihmiset"
q_short = "116117"
q_strict = "perhesuunnittelu"
[source.exits]
timeout = "timed_out"
empty = "transferred"
"key.1" = "transferred"
"key.2" = "callback_requested"
"key.3" = "callback_requested"
"key.4" = "transferred"
"#;

/// A copy of the capture begins this often.
const EVERY_S: i64 = 30 * 60;

/// Copies begin within these hours of the local day.
const HOURS: std::ops::Range<i8> = 8..16;

/// The county of the demo, with the queues of the capture in place of its own events.
pub(super) fn configuration() -> Result<Config, ConfigError> {
    let mut config = configuration::parse("the demo", &format!("{}\n{SOURCE}", ensilinja_config::SAMPLE))?;
    config.sources.retain(|source| source.topics == [TOPIC]);
    Ok(config)
}

/// The lines from `from` on, without end.
pub(super) fn publications(from: EventTime, zone: TimeZone) -> impl Iterator<Item = Publication> + Send {
    let first = from.floor_second().div_euclid(EVERY_S) + 1;
    let begins = (first..).map(|number| number * EVERY_S);
    let is_by_day = move |second: &i64| HOURS.contains(&zoned(EventTime::from_seconds(*second), &zone).hour());
    begins.filter(is_by_day).flat_map(copy)
}

/// A copy of the capture that begins at `second`.
fn copy(second: i64) -> impl Iterator<Item = Publication> + Send {
    let moved_by = second - lines().find_map(seconds_of).expect("the capture has lines");
    lines().filter_map(move |line| {
        let at = EventTime::from_seconds(seconds_of(line)? + moved_by);
        let value = Some(moved(line, moved_by)?.into_bytes());
        Some(Publication { at, key: None, headers: Vec::new(), value, event: None, poison: None })
    })
}

fn lines() -> impl Iterator<Item = &'static str> + Send {
    CAPTURE.iter().flat_map(|scenario| scenario.lines())
}

fn seconds_of(line: &str) -> Option<i64> {
    line.split(['|', '.']).next()?.parse().ok()
}

/// A line with its second, and the second in its call id, moved.
fn moved(line: &str, by: i64) -> Option<String> {
    let (second, rest) = line.split_once('|')?;
    let (call, rest) = rest.split_once('|')?;
    let second: i64 = second.parse().ok()?;
    let (prefix, id) = call.rsplit_once('-').map_or(("", call), |(name, id)| (&call[..=name.len()], id));
    let moved_id = id.split_once('.').and_then(|(made, number)| Some((made.parse::<i64>().ok()?, number)));
    let call = moved_id.map_or_else(|| call.to_owned(), |(made, number)| format!("{prefix}{}.{number}", made + by));
    Some(format!("{}|{call}|{rest}", second + by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_copy_has_calls_of_its_own_at_its_own_time() {
        let line = "1795956961|1795956961.0|q_one|NONE|ENTERQUEUE||1001|1";
        assert_eq!(moved(line, 100).unwrap(), "1795957061|1795957061.0|q_one|NONE|ENTERQUEUE||1001|1");
        let named = "1795956961|pbx1-1795956961.0|q_one|NONE|ABANDON|1|1|9";
        assert_eq!(moved(named, 1).unwrap(), "1795956962|pbx1-1795956962.0|q_one|NONE|ABANDON|1|1|9");
        let without_call = "1795956957|NONE|NONE|NONE|QUEUESTART|";
        assert_eq!(moved(without_call, 3).unwrap(), "1795956960|NONE|NONE|NONE|QUEUESTART|");
    }

    #[test]
    fn the_capture_is_played_by_day_in_order() {
        let config = configuration().unwrap();
        let night = EventTime::from_seconds(1_758_056_400);
        let played: Vec<_> = publications(night, config.zone.clone()).take(2_000).collect();
        assert!(played.is_sorted_by_key(|publication| publication.at));
        assert_eq!(played[0].at.millis_since(night), 8 * 3_600_000, "the first copy begins in the morning");
    }
}
