//! Why records cannot be fetched: said in the status from the error on until something is fetched again.
//!
//! That the broker answers a probe does not clear such an error: it may well tell where a log ends, and yet not hand
//! out its records, say to a user who may not read them, or because they are damaged.

use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::diagnostics::broker_failure::BrokerFailure;
use crate::live::monitor::Monitor;
use crate::recent_errors::RecentErrors;
use crate::settings::Settings;

/// The same error is logged again after this time.
const SAY_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// How long after an error the partitions are fetched from anew.
const FETCH_AFTER: Duration = Duration::from_secs(5);

/// The reader's errors, as far as they have not passed.
#[derive(Default)]
pub(crate) struct FetchErrors {
    current: bool,
    said: Option<(String, Instant)>,
    fetch_at: Option<Instant>,
}

impl FetchErrors {
    /// An error has come instead of a record. librdkafka goes on trying.
    pub(crate) fn note(
        &mut self,
        error: &KafkaError,
        recent_errors: &RecentErrors,
        settings: &Settings,
        monitor: &Monitor,
    ) {
        let topic = settings.topic.as_str();
        if is_of_the_connection(error) {
            tracing::debug!(topic, %error, "librdkafka connects again by itself");
            return;
        }
        let trouble = BrokerFailure::of(error, recent_errors, settings);
        let text = format!("the records of {topic} cannot be fetched: {}", trouble.with_remedy());
        let news = |(said, at): &(String, Instant)| *said != text || at.elapsed() > SAY_AGAIN_AFTER;
        if self.said.as_ref().is_none_or(news) {
            tracing::warn!("{text}; trying again");
            self.said = Some((text.clone(), Instant::now()));
        }
        self.current = true;
        self.fetch_at.get_or_insert_with(|| Instant::now() + FETCH_AFTER);
        monitor.set_fetch_error(Some(text));
    }

    /// Something was fetched: a record, or the end of a partition.
    #[inline]
    pub(crate) fn clear(&mut self, monitor: &Monitor) {
        if self.current {
            self.current = false;
            self.fetch_at = None;
            monitor.set_fetch_error(None);
        }
    }

    /// Whether it is time to fetch anew. A partition tells only once that it is at its end, so on a quiet topic
    /// nothing else would show that an error has passed.
    pub(crate) fn may_have_passed(&mut self) -> bool {
        let due = self.fetch_at.is_some_and(|at| Instant::now() >= at);
        if due {
            self.fetch_at = Some(Instant::now() + FETCH_AFTER);
        }
        due
    }
}

/// The probe tells of a broker that cannot be reached, and better: it knows when the broker is back.
fn is_of_the_connection(error: &KafkaError) -> bool {
    use RDKafkaErrorCode::{AllBrokersDown, BrokerTransportFailure, OperationTimedOut, Resolve};
    let code = error.rdkafka_error_code();
    matches!(code, Some(AllBrokersDown | BrokerTransportFailure | OperationTimedOut | Resolve))
}
