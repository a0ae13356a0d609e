//! The board at an earlier instant, `GET /api/at/SECONDS`: its figures and its day, with what is known now.
//!
//! ```json
//! {"known_at_timestamp_seconds": 1758020000.25,
//!  "earliest_timestamp_seconds": 1757538000, "latest_timestamp_seconds": 1758019980,
//!  "figures": {"figures_as_of_timestamp_seconds": 1758006900, "lines": []},
//!  "day": {"start_timestamp_seconds": 1757970000, "lines": []}}
//! ```
//!
//! `figures` and `day` are the data of the events of the stream ([`board_json`]). The instant is cut to the whole
//! minute. An instant that cannot be looked back to is answered with 404 and the instants that can. With `?line=LINE`
//! the answer has that line as well, as `GET /api/lines/LINE` has it.
//!
//! ```text
//! request --> known recently? --yes--> the same bytes
//!                  | no
//!                  `--> own turn (one at a time) --> turn of all renderings --> thread that may block
//! ```
//!
//! Looking back never delays the stream by more than one such answer, however many people move their sliders.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ensilinja_catalogue::Exposition;
use ensilinja_catalogue::figures_json::{instant, line_json};
use ensilinja_model::EventTime;
use flate2::Compression;
use hyper::StatusCode;
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::board_json;
use crate::reply::gzip;
use crate::source::{Memory, SnapshotSource};

/// How long an answer is used again. Facts may come late for an earlier instant, too.
const RECENT_FOR: Duration = Duration::from_secs(10);

/// How many answers are kept.
const MOST_RECENT: usize = 16;

/// The last second that is understood: the end of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// A JSON answer, plain and compressed.
#[derive(Clone, Debug)]
pub(crate) struct JsonAnswer {
    pub status: StatusCode,
    plain: Bytes,
    gzipped: Bytes,
}

/// Looks back for clients.
pub(crate) struct LookBack {
    pub(crate) exposition: Arc<Exposition>,
    pub(crate) source: Arc<dyn SnapshotSource>,
    turns: Arc<Semaphore>,
    own_turn: Arc<Semaphore>,
    recent: Mutex<VecDeque<RecentAnswer>>,
}

/// A minute, and the index of a line.
type PastKey = (i64, Option<usize>);

/// An answer that was made a moment ago.
struct RecentAnswer {
    key: PastKey,
    made: Instant,
    answer: JsonAnswer,
}

impl JsonAnswer {
    pub fn new(status: StatusCode, value: &Value) -> Self {
        let text = value.to_string();
        Self { status, gzipped: gzip(text.as_bytes(), Compression::fast()), plain: text.into() }
    }

    pub fn bytes(&self, gzipped: bool) -> Bytes {
        if gzipped { self.gzipped.clone() } else { self.plain.clone() }
    }
}

impl LookBack {
    /// Each answer takes one of `turns`.
    pub fn new(exposition: Arc<Exposition>, source: Arc<dyn SnapshotSource>, turns: Arc<Semaphore>) -> Self {
        Self { exposition, source, turns, own_turn: Arc::new(Semaphore::new(1)), recent: Mutex::default() }
    }

    /// The board at the minute of this text, which is in seconds since 1970, with a line or without. `None` if the
    /// answer failed.
    pub async fn board(self: &Arc<Self>, seconds: &str, line: Option<usize>) -> Option<JsonAnswer> {
        let Some(second) = second_of(seconds) else { return Some(not_an_instant()) };
        let key = (second.div_euclid(60), line);
        if let Some(answer) = self.recent(key) {
            return Some(answer);
        }
        let look_back = Arc::clone(self);
        // Another request may have asked for it while this one waited.
        self.in_turn(move || look_back.recent(key).unwrap_or_else(|| look_back.read(key))).await
    }

    /// Does work on a thread that may block, one at a time. `None` if it failed.
    pub async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let own_turn = Arc::clone(&self.own_turn).acquire_owned().await.expect("the turns are never closed");
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the turns are never closed");
        let done = tokio::task::spawn_blocking(move || {
            let _turns = (own_turn, turn);
            work()
        });
        done.await.inspect_err(|error| tracing::error!(%error, "past not read")).ok()
    }

    fn read(&self, key: PastKey) -> JsonAnswer {
        let (minute, line) = key;
        let past = match self.source.past(EventTime::from_seconds(minute * 60)) {
            Ok(past) => past,
            Err(memory) => return not_remembered(memory),
        };
        let lines = self.exposition.lines();
        let mut document = json!({
            "known_at_timestamp_seconds": instant(Some(past.known_at)),
            "figures": board_json::figures(lines, &past.snapshot),
            "day": board_json::day(lines.infos().len(), Some(&past.intraday)),
        });
        if let Some(line) = line {
            document["line"] = line_json(lines, line, &past.snapshot);
        }
        put_memory(&mut document, self.source.memory());
        let answer = JsonAnswer::new(StatusCode::OK, &document);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.truncate(MOST_RECENT - 1);
        recent.push_front(RecentAnswer { key, made: Instant::now(), answer: answer.clone() });
        answer
    }

    fn recent(&self, key: PastKey) -> Option<JsonAnswer> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|recent| recent.made.elapsed() < RECENT_FOR);
        recent.iter().find(|recent| recent.key == key).map(|recent| recent.answer.clone())
    }
}

/// The number of seconds since 1970 that a text is; `None` of any other text.
pub(crate) fn second_of(seconds: &str) -> Option<i64> {
    let is_number = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    seconds.parse().ok().filter(|second| is_number && *second <= LAST_SECOND)
}

fn not_an_instant() -> JsonAnswer {
    let error = "give the instant as a whole number of seconds since 1970, such as /api/at/1758006900";
    JsonAnswer::new(StatusCode::BAD_REQUEST, &json!({ "error": error }))
}

/// The answer for an instant that cannot be looked back to.
pub(crate) fn not_remembered(memory: Memory) -> JsonAnswer {
    let error = match memory.0 {
        Some(_) => {
            "the process remembers the instants from earliest_timestamp_seconds to latest_timestamp_seconds; \
                    ensilinja replay answers for others, as far as the topic reaches"
        }
        None => "the figures are being rebuilt; try again later",
    };
    let mut document = json!({ "error": error });
    put_memory(&mut document, memory);
    JsonAnswer::new(StatusCode::NOT_FOUND, &document)
}

/// The first and the last whole minute that can be looked back to.
fn put_memory(document: &mut Value, memory: Memory) {
    let minutes = memory.0.map(|(first, last)| {
        let first = first.ceil_second().div_euclid(60) + i64::from(first.ceil_second().rem_euclid(60) != 0);
        [first, last.floor_second().div_euclid(60)].map(|minute| EventTime::from_seconds(minute * 60))
    });
    document["earliest_timestamp_seconds"] = instant(minutes.map(|[first, _]| first));
    document["latest_timestamp_seconds"] = instant(minutes.map(|[_, last]| last));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_a_whole_number_of_seconds() {
        for (text, second) in [
            ("0", Some(0)),
            ("1758006900", Some(1_758_006_900)),
            ("253402300799", Some(LAST_SECOND)),
            ("253402300800", None),
            ("99999999999999999999999", None),
            ("", None),
            ("-60", None),
            ("+60", None),
            ("60.5", None),
            ("1e9", None),
            ("now", None),
            ("%31", None),
            ("60/", None),
        ] {
            assert_eq!(second_of(text), second, "{text}");
        }
    }

    #[test]
    fn memory_is_told_in_whole_minutes_that_can_be_asked_for() {
        let minutes = |first_ms, last_ms| {
            let mut document = json!({});
            put_memory(
                &mut document,
                Memory(Some((EventTime::from_millis(first_ms), EventTime::from_millis(last_ms)))),
            );
            (document["earliest_timestamp_seconds"].as_i64(), document["latest_timestamp_seconds"].as_i64())
        };
        assert_eq!(minutes(60_000, 119_999), (Some(60), Some(60)));
        assert_eq!(minutes(60_001, 120_000), (Some(120), Some(120)));
    }
}
