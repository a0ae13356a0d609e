//! Errors of fetching records. The status shows such an error until something is fetched again.
//!
//! An answered probe does not clear it: a broker may tell where a log ends and yet refuse its records, for example to a
//! user without permission to read, or because the records are damaged.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ensilinja_librdkafka::FetchedTopic;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::diagnostics::broker_failure::BrokerFailure;
use crate::live::monitor::Monitor;
use crate::recent_errors::RecentErrors;
use crate::settings::Settings;

/// How long after a log line the same error is logged again.
const LOG_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// How long after an error the partitions are fetched again.
const REFETCH_AFTER: Duration = Duration::from_secs(5);

/// The fetch errors of the reader that have not passed.
#[derive(Default)]
pub(crate) struct FetchErrors {
    /// The latest error of each topic; without a name if it may be of any.
    current: Vec<(Option<String>, String)>,
    /// The errors of the last minute in the log, and when each was logged.
    logged: BTreeMap<String, Instant>,
    refetch_at: Option<Instant>,
}

impl FetchErrors {
    /// An error has come instead of a record, of this topic if that is known. librdkafka itself retries.
    pub(crate) fn add(
        &mut self,
        topic: Option<&str>,
        error: &KafkaError,
        recent_errors: &RecentErrors,
        settings: &Settings,
        monitor: &Monitor,
    ) {
        let topics = topic.map_or_else(|| settings.topic_names(), str::to_owned);
        if is_connection_error(error) {
            tracing::debug!(topic = topics, reason = %error, "connection lost, librdkafka reconnects");
            return;
        }
        let reason = BrokerFailure::of(error, recent_errors, settings).with_remedy();
        let text = format!("the records of {topics} cannot be fetched: {reason}");
        if self.is_to_be_logged(&text, Instant::now()) {
            tracing::warn!(topic = topics, %reason, "records not fetched, retrying");
        }
        self.current.retain(|(known, _)| known.as_deref() != topic);
        self.current.push((topic.map(str::to_owned), text));
        self.refetch_at.get_or_insert_with(|| Instant::now() + REFETCH_AFTER);
        self.report(monitor);
    }

    /// Whether an error is to be logged: unless it was logged within the last minute, whatever came in between.
    fn is_to_be_logged(&mut self, text: &str, now: Instant) -> bool {
        self.logged.retain(|_, at| now.duration_since(*at) <= LOG_AGAIN_AFTER);
        let is_new = !self.logged.contains_key(text);
        if is_new {
            self.logged.insert(text.to_owned(), now);
        }
        is_new
    }

    /// A record or the end of a partition of a topic was fetched.
    #[inline]
    pub(crate) fn clear(&mut self, topic: FetchedTopic<'_>, monitor: &Monitor) {
        if !self.current.is_empty() {
            self.pass(topic.name(), monitor);
        }
    }

    /// Nothing has been fetched yet.
    pub(crate) fn begin(&mut self, monitor: &Monitor) {
        self.current.clear();
        self.refetch_at = None;
        self.report(monitor);
    }

    #[cold]
    fn pass(&mut self, topic: &str, monitor: &Monitor) {
        self.current.retain(|(known, _)| known.as_deref().is_some_and(|known| known != topic));
        if self.current.is_empty() {
            self.refetch_at = None;
        }
        self.report(monitor);
    }

    fn report(&self, monitor: &Monitor) {
        let texts: Vec<&str> = self.current.iter().map(|(_, text)| text.as_str()).collect();
        monitor.set_fetch_error(Some(texts.join("; ")).filter(|texts| !texts.is_empty()));
    }

    /// Whether to fetch again now. A partition reports its end only once, so on a quiet topic nothing else would show
    /// that an error has passed.
    pub(crate) fn should_refetch(&mut self) -> bool {
        let due = self.refetch_at.is_some_and(|at| Instant::now() >= at);
        if due {
            self.refetch_at = Some(Instant::now() + REFETCH_AFTER);
        }
        due
    }
}

/// The probe reports an unreachable broker better than the reader: it also knows when the broker is back.
fn is_connection_error(error: &KafkaError) -> bool {
    use RDKafkaErrorCode::{AllBrokersDown, BrokerTransportFailure, OperationTimedOut, Resolve};
    let code = error.rdkafka_error_code();
    matches!(code, Some(AllBrokersDown | BrokerTransportFailure | OperationTimedOut | Resolve))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ensilinja_model::EventTime;

    use super::*;
    use crate::settings::tests::with;

    #[test]
    fn an_error_of_a_topic_passes_once_its_own_records_come() {
        let monitor = Monitor::new(Arc::new(|| EventTime::from_seconds(0)), EventTime::from_seconds(0));
        let (mut errors, recent, settings) = (FetchErrors::default(), RecentErrors::default(), with(&[]));
        let refused = KafkaError::MessageConsumption(RDKafkaErrorCode::TopicAuthorizationFailed);
        let add = |errors: &mut FetchErrors, topic| errors.add(topic, &refused, &recent, &settings, &monitor);
        let told = || monitor.status().not_ready;
        for topic in [Some("calls"), Some("chats"), Some("calls"), None] {
            add(&mut errors, topic);
        }
        let names = ["the records of chats cannot", "the records of calls cannot", "the records of events cannot"];
        assert!(told().len() == 1 && names.iter().all(|name| told()[0].contains(name)), "{:?}", told());
        errors.pass("calls", &monitor);
        assert!(told()[0].contains(names[0]) && !told()[0].contains(names[1]), "{:?}", told());
        assert!(!told()[0].contains(names[2]), "it may have been of any topic: {:?}", told());
        assert!(errors.refetch_at.is_some());
        errors.pass("chats", &monitor);
        assert!(told().is_empty() && errors.refetch_at.is_none());
    }

    #[test]
    fn errors_that_alternate_are_each_logged_once_a_minute() {
        let (mut errors, start) = (FetchErrors::default(), Instant::now());
        let mut logged = |second: u64, text: &str| errors.is_to_be_logged(text, start + Duration::from_secs(second));
        let of = |topic: &str| format!("the records of {topic} cannot be fetched");
        for second in 0..60 {
            assert_eq!([logged(second, &of("calls")), logged(second, &of("chats"))], [second == 0; 2], "{second}");
        }
        assert!(logged(61, &of("calls")) && !logged(61, &of("calls")) && logged(61, &of("chats")));
    }
}
