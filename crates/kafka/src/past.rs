//! Reading a stretch of the past once, for whoever looks back; the rest of this crate reads on and on.
//!
//! ```text
//!   begin ....... from ................. end (when reading began) ....... what is published meanwhile
//!                 | handed over, once    | not read
//! ```
//! The records of all partitions come in the order of their timestamps; see `past/merge.rs`. What is read ahead has one
//! bound for all partitions together, however many there are.
//!
//! Every partition is assigned and none subscribed to, and nothing is committed: a report beside a running process
//! takes nothing from it. The settings' group is only named, because a consumer must name one and a user that may
//! read the topic for the live process may use that one.
//!
//! A topic that is deleted and made anew while it is read would give a mixture of two logs. So its id is asked for
//! before the first record and after the last; where they differ, the reading is an error.
//!
//! What cannot be read whole is an error: a report over half of the events would look like a bad month.
//!
//! Whoever wants only what was published *before* an instant reads to the end too, and leaves out the rest: timestamps
//! need not ascend, and no question to a broker tells after which record there is none from before.

mod course;
pub(crate) mod error;
mod merge;
pub(crate) mod offset_range;
mod survey;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::client_log::ClientLog;
use crate::history::{History, Reach, Since, history};
use crate::inquiry::{Inquiry, Obstacle};
use crate::reader::ANSWER_TIMEOUT;
use crate::record::IncomingRecord;
use crate::settings::Settings;
use crate::trouble::Trouble;
use course::Course;
use error::PastError;
use offset_range::OffsetRange;
use survey::{NoSurvey, survey};

/// How long the brokers may take to say what there is to read.
pub(crate) const BEGIN_WITHIN: Duration = Duration::from_secs(15);

/// How long nothing may be read though something is left: longer than a broker takes to start again, or a leader to be
/// found.
pub(crate) const PROGRESS_WITHIN: Duration = Duration::from_secs(30);

/// How often a stop is noticed while nothing comes.
const TURN: Duration = Duration::from_millis(100);

/// What is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    /// What was published before is left out, where the broker can look that up. It says nothing of the ranges.
    pub from: EventTime,
    /// Only these stretches of their partitions, and nothing of others, whenever it was published. Empty: all
    /// partitions, from `from` on.
    pub offsets: &'a [OffsetRange],
}

/// How far reading is, and how far back it reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PastPosition {
    /// Since when all records are known: what [`PastRead`] will say, known from the first record on.
    pub history: History,
    /// The latest timestamp of this record and those before it in its partition: when it was known at the latest, as
    /// far as that can be told. `None` where none of them has one.
    pub latest: Option<EventTime>,
    /// How many records were handed over, with this one.
    pub records: u64,
    /// How many offsets lie behind.
    pub offsets_read: u64,
    /// How many offsets there are in the stretch. Not every one needs to have a record.
    pub offsets: u64,
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastRead {
    /// How many records were handed over.
    pub records: u64,
    /// The log still holds all of the stretch: every partition begins before it, or still has its first record. Never
    /// so where ranges of offsets were read, which are no stretch of time.
    pub reaches_back: bool,
    /// Since when all records are known; `start` is never before the stretch. Where `from_first_record` is false and
    /// `start` is `None`, some partition has lost all it ever held, and nothing is left that tells since when; or only
    /// ranges of offsets were read.
    pub history: History,
    /// The id of the topic, as far as the brokers tell. Who reads twice holds the two against each other.
    pub topic_id: Option<TopicId>,
}

/// Reads every partition from the first record published at or after the stretch's `from` to where it ended when
/// reading began, or the ranges of offsets that it names, and hands each record to `handle`, with how far reading is:
/// in the order of their timestamps. A record that was stamped earlier than its predecessor in its partition, or whose
/// timestamp is unknown, comes right after it.
///
/// A record that was published before `from` may be among them, where timestamps are not in order or the broker
/// cannot look them up. Records of transactions that are open when reading begins, and what lies behind them, are
/// not: no reader gets those yet. Every record is marked as [rebuilding](IncomingRecord::rebuilding).
///
/// Nothing is committed, no group is joined. `stop` ends it within some seconds, with an error; so does `handle` where
/// it breaks.
///
/// # Errors
/// [`PastError`]. What was handed over before is a part.
pub fn read_past(
    settings: &Settings,
    stretch: &Stretch<'_>,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&IncomingRecord<'_>, &PastPosition) -> ControlFlow<()>,
) -> Result<PastRead, PastError> {
    settings.check()?;
    let asking = settings.bystander().create_with_context(ClientLog::new("asking")).map_err(PastError::Client)?;
    let topic_id = ask(&asking, settings, stop, &|inquiry| Ok(topic_id_of(inquiry)?))?;
    let starts = ask(&asking, settings, stop, &|inquiry| survey(inquiry, stretch))?;
    let to_read = starts.iter().filter(|start| start.offset < start.goal).count();
    let consumer = settings.past_reader(to_read).create_with_context(ClientLog::new("past"));
    let consumer = Arc::new(consumer.map_err(PastError::Client)?);
    let mut course = Course::of(&consumer, settings, &starts)?;
    tracing::info!(topic = settings.topic, partitions = starts.len(), offsets = course.offsets_left(), "reading");
    let records = course.read(stop, &|reaches| reach_of(reaches, stretch).1, handle)?;
    let still = ask(&asking, settings, stop, &|inquiry| Ok(topic_id_of(inquiry)?));
    if matches!(still, Err(PastError::TopicMissing { .. })) || still? != topic_id {
        return Err(PastError::vanished(settings));
    }
    let (reaches_back, history) = reach_of(&course.reaches(), stretch);
    Ok(PastRead { records, reaches_back, history, topic_id })
}

fn topic_id_of(inquiry: &Inquiry<'_>) -> Result<Option<TopicId>, Obstacle> {
    inquiry.topic_id(inquiry.partition_count_and_broker()?.1)
}

/// Asks until the brokers have answered, or have had their time.
fn ask<T>(
    consumer: &BaseConsumer<ClientLog>,
    settings: &Settings,
    stop: &AtomicBool,
    question: &dyn Fn(&Inquiry<'_>) -> Result<T, NoSurvey>,
) -> Result<T, PastError> {
    let deadline = Instant::now() + BEGIN_WITHIN;
    let inquiry = Inquiry { consumer, topic: &settings.topic, timeout: ANSWER_TIMEOUT };
    let trouble = |error: &KafkaError| Trouble::of(error, consumer.context().complaints(), settings);
    loop {
        let asked = Instant::now();
        match question(&inquiry) {
            Ok(answer) => return Ok(answer),
            Err(NoSurvey::Never(error)) => return Err(error),
            Err(NoSurvey::Obstacle(Obstacle::TopicMissing(_))) => return Err(PastError::topic_missing(settings)),
            Err(NoSurvey::Obstacle(Obstacle::Broker(error))) if is_refusal(&error) => {
                return Err(PastError::refused(settings, &trouble(&error)));
            }
            Err(NoSurvey::Obstacle(Obstacle::Broker(error))) if asked + ANSWER_TIMEOUT >= deadline => {
                return Err(PastError::unreachable(settings, &trouble(&error)));
            }
            Err(NoSurvey::Obstacle(Obstacle::Broker(_))) => {}
        }
        // Serves the log lines of librdkafka, which say why.
        consumer.poll(TURN);
        if stop.load(Ordering::Relaxed) {
            return Err(PastError::Stopped);
        }
    }
}

/// Whether the log holds all of the stretch, and since when all is known.
fn reach_of(reaches: &[Reach], stretch: &Stretch<'_>) -> (bool, History) {
    let from = stretch.from;
    if !stretch.offsets.is_empty() {
        return (false, History::default());
    }
    let reaches_back = reaches.iter().all(|reach| {
        reach.begins_at_zero
            || match reach.since {
                Since::BeforeRange => true,
                Since::At(at) => at <= from,
                Since::Empty => false,
            }
    });
    let history = history(reaches, from);
    // The end of time stands for a partition of which nothing is left: see `survey_past`.
    let start = history.start.filter(|start| *start < EventTime::MAX);
    (reaches_back, History { start, ..history })
}

/// The brokers will not say more however often they are asked.
fn is_refusal(error: &KafkaError) -> bool {
    use RDKafkaErrorCode::{
        Authentication, ClusterAuthorizationFailed, SaslAuthenticationFailed, TopicAuthorizationFailed,
    };
    matches!(
        error.rdkafka_error_code(),
        Some(Authentication | ClusterAuthorizationFailed | SaslAuthenticationFailed | TopicAuthorizationFailed)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: EventTime = EventTime::from_seconds(1_000);

    fn read(reaches: &[(bool, Since)]) -> (bool, Option<i64>) {
        let reaches: Vec<Reach> =
            reaches.iter().map(|&(begins_at_zero, since)| Reach { begins_at_zero, since }).collect();
        let (reaches_back, history) = reach_of(&reaches, &Stretch { from: FROM, offsets: &[] });
        (reaches_back, history.start.map(EventTime::floor_second))
    }

    fn at(seconds: i64) -> Since {
        Since::At(EventTime::from_seconds(seconds))
    }

    #[test]
    fn the_stretch_is_whole_where_every_partition_begins_before_it_or_has_its_first_record() {
        assert_eq!(read(&[(false, Since::BeforeRange), (true, at(5_000)), (true, Since::Empty)]), (true, Some(1_000)));
        assert_eq!(read(&[(false, at(1_000))]), (true, Some(1_000)));
        assert_eq!(read(&[(true, Since::Empty)]), (true, None), "it has never held a record");
    }

    #[test]
    fn one_partition_that_retention_has_cut_into_the_stretch_makes_it_shorter() {
        assert_eq!(read(&[(true, at(2_000)), (false, at(3_000))]), (false, Some(3_000)));
    }

    #[test]
    fn a_partition_that_has_lost_all_leaves_nothing_that_tells_since_when() {
        assert_eq!(read(&[(true, at(2_000)), (false, Since::At(EventTime::MAX))]), (false, None));
    }
}
