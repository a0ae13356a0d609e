//! Whether the topic is set up so that its log can be relied on, said once at the start.
//!
//! Nothing here stops the process: a wrong setting makes figures less than they could be, and whoever reads the
//! warning knows what to change.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::admin::AdminClient;
use rdkafka::error::KafkaError;

use crate::client_log::ClientLog;
use crate::monitor::Monitor;
use crate::settings::Settings;
use crate::{topic_rules, topic_settings};

/// How long after an attempt that failed the next is made.
const RETRY_AFTER: Duration = Duration::from_mins(1);

/// Looks at the topic's settings until it has seen them once.
///
/// It has a thread of its own: a broker that does not answer such a question must not keep the probe from asking its.
pub(crate) struct Preflight {
    monitor: Arc<Monitor>,
    admin: AdminClient<ClientLog>,
    topic: String,
    /// For how long figures need a record.
    horizon_ms: i64,
}

impl Preflight {
    pub(crate) fn new(settings: &Settings, monitor: Arc<Monitor>, horizon_ms: i64) -> Result<Self, KafkaError> {
        let admin = settings.client().create_with_context(ClientLog::new("preflight"))?;
        Ok(Self { monitor, admin, topic: settings.topic.clone(), horizon_ms })
    }

    pub(crate) fn run(self) {
        let (mut next, mut said) = (Instant::now(), false);
        while !self.monitor.is_stopping() {
            // Once something is read, the topic is there to be looked at.
            if Instant::now() >= next && !self.monitor.partitions().is_empty() {
                match self.look() {
                    Ok(findings) => return self.monitor.set_warnings(findings),
                    // That they cannot be looked at, by this user or on this broker, says nothing against the figures.
                    Err(reason) if !said => {
                        tracing::warn!(topic = self.topic, "the settings of the topic could not be checked: {reason}");
                        said = true;
                    }
                    Err(_) => {}
                }
                next = Instant::now() + RETRY_AFTER;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn look(&self) -> Result<Vec<String>, String> {
        let settings = topic_settings::describe(&self.admin, &self.topic)?;
        let value = |name: &str| settings.get(name).cloned();
        Ok(topic_rules::of_log(&self.topic, self.horizon_ms, value).iter().map(ToString::to_string).collect())
    }
}
