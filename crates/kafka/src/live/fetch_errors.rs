//! Errors of fetching records. The status shows such an error until something is fetched again.
//!
//! An answered probe does not clear it: a broker may tell where a log ends and yet refuse its records, for example to a
//! user without permission to read, or because the records are damaged.

use std::time::{Duration, Instant};

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
    current: bool,
    /// The last error in the log, and when it was logged.
    logged: Option<(String, Instant)>,
    refetch_at: Option<Instant>,
}

impl FetchErrors {
    /// An error has come instead of a record. librdkafka itself retries.
    pub(crate) fn add(
        &mut self,
        error: &KafkaError,
        recent_errors: &RecentErrors,
        settings: &Settings,
        monitor: &Monitor,
    ) {
        let topic = settings.first().name.as_str();
        if is_connection_error(error) {
            tracing::debug!(topic, reason = %error, "connection lost, librdkafka reconnects");
            return;
        }
        let reason = BrokerFailure::of(error, recent_errors, settings).with_remedy();
        let is_new = |(logged, at): &(String, Instant)| *logged != reason || at.elapsed() > LOG_AGAIN_AFTER;
        if self.logged.as_ref().is_none_or(is_new) {
            tracing::warn!(topic, %reason, "records not fetched, retrying");
            self.logged = Some((reason.clone(), Instant::now()));
        }
        self.current = true;
        self.refetch_at.get_or_insert_with(|| Instant::now() + REFETCH_AFTER);
        monitor.set_fetch_error(Some(format!("the records of {topic} cannot be fetched: {reason}")));
    }

    /// A record or the end of a partition was fetched.
    #[inline]
    pub(crate) fn clear(&mut self, monitor: &Monitor) {
        if self.current {
            self.current = false;
            self.refetch_at = None;
            monitor.set_fetch_error(None);
        }
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
