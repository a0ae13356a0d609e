//! Whether the topic is set up so that its log can be relied on, said once at the start.
//!
//! Nothing here stops the process: a wrong setting makes figures less than they could be, and whoever reads the
//! warning knows what to change.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, ResourceSpecifier};
use rdkafka::error::KafkaError;

use crate::client_log::ClientLog;
use crate::monitor::Monitor;
use crate::reader::ANSWER_TIMEOUT;
use crate::settings::Settings;

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
        let options = AdminOptions::new().request_timeout(Some(ANSWER_TIMEOUT));
        let topic = [ResourceSpecifier::Topic(&self.topic)];
        let answers = block_on(self.admin.describe_configs(&topic, &options)).map_err(|error| error.to_string())?;
        let answer = answers.into_iter().next().ok_or("the broker has described nothing")?;
        let described = answer.map_err(|code| code.to_string())?;
        let value = |name: &str| described.get(name).and_then(|entry| entry.value.clone());
        Ok(findings(&self.topic, self.horizon_ms, value))
    }
}

/// What is wrong with a topic whose settings are `value`, when figures need the last `horizon_ms` of it.
fn findings(topic: &str, horizon_ms: i64, value: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut findings = Vec::new();
    let mut wrong = |name: &str, is: &str, consequence: &str, right: &str| {
        findings.push(format!("{topic} has {name}={is}: {consequence}; set {name}={right}"));
    };
    if let Some(is) = value("cleanup.policy").filter(|is| is != "delete") {
        wrong("cleanup.policy", &is, "compaction keeps one event of a contact and deletes the others", "delete");
    }
    if let Some(is) = value("retention.ms")
        && is.parse().is_ok_and(|ms: i64| ms >= 0 && ms < horizon_ms)
    {
        wrong(
            "retention.ms",
            &is,
            "events are deleted while figures still need them",
            &format!("{horizon_ms} or more"),
        );
    }
    if let Some(is) = value("retention.bytes")
        && is.parse().is_ok_and(|bytes: i64| bytes >= 0)
    {
        wrong("retention.bytes", &is, "a busy day deletes events while figures still need them", "-1");
    }
    if let Some(is) = value("message.timestamp.type").filter(|is| is != "CreateTime") {
        wrong(
            "message.timestamp.type",
            &is,
            "events sent again later look new, and none is seen to be dated ahead",
            "CreateTime",
        );
    }
    findings
}

/// Waits for `future` on this thread. The admin client completes it from a thread of its own, and bounds it in time.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(settings: &[(&str, &str)]) -> Vec<String> {
        findings("events", 86_400_000, |name| settings.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn a_topic_with_the_right_settings_raises_no_warning() {
        let right = [
            ("cleanup.policy", "delete"),
            ("retention.ms", "86400000"),
            ("retention.bytes", "-1"),
            ("message.timestamp.type", "CreateTime"),
        ];
        assert_eq!(of(&right), [""; 0]);
        assert_eq!(of(&[("retention.ms", "-1")]), [""; 0], "it keeps everything");
    }

    #[test]
    fn each_wrong_setting_is_named_with_its_consequence_and_what_would_be_right() {
        let wrong = [
            ("cleanup.policy", "compact"),
            ("retention.ms", "3600000"),
            ("retention.bytes", "1000"),
            ("message.timestamp.type", "LogAppendTime"),
        ];
        assert_eq!(
            of(&wrong),
            [
                "events has cleanup.policy=compact: compaction keeps one event of a contact and deletes the others; set cleanup.policy=delete",
                "events has retention.ms=3600000: events are deleted while figures still need them; set retention.ms=86400000 or more",
                "events has retention.bytes=1000: a busy day deletes events while figures still need them; set retention.bytes=-1",
                "events has message.timestamp.type=LogAppendTime: events sent again later look new, and none is seen to be dated ahead; set message.timestamp.type=CreateTime",
            ]
        );
    }
}
