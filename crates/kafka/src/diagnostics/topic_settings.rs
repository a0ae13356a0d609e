//! Reads the settings of a topic from the brokers.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use rdkafka::admin::{AdminClient, AdminOptions, ResourceSpecifier};
use rdkafka::client::ClientContext;

use crate::broker_queries::ANSWER_TIMEOUT;

/// The settings of a topic by name, or why the brokers do not describe them.
pub(crate) fn describe<C: ClientContext>(
    admin: &AdminClient<C>,
    topic: &str,
) -> Result<BTreeMap<String, String>, String> {
    let options = AdminOptions::new().request_timeout(Some(ANSWER_TIMEOUT));
    let topic = [ResourceSpecifier::Topic(topic)];
    let answers = block_on(admin.describe_configs(&topic, &options)).map_err(|error| error.to_string())?;
    let answer = answers.into_iter().next().ok_or("the broker has described nothing")?;
    let described = answer.map_err(|code| code.to_string())?;
    // The client library reports a refusal as a topic without settings. Every topic has settings.
    if described.entries.is_empty() {
        return Err("the broker does not describe them to this user".to_owned());
    }
    Ok(described.entries.into_iter().filter_map(|entry| Some((entry.name, entry.value?))).collect())
}

/// Waits for `future` on this thread. The admin client completes it on another thread, within the request timeout.
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
