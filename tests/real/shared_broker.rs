//! The broker that tests share.

use ensilinja_test_support::KafkaBroker;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The shared broker. The first test that needs it starts it, and it ends with the last. A test must not stop, freeze
/// or reconfigure it.
pub fn shared_broker() -> Arc<KafkaBroker> {
    static BROKER: Mutex<Weak<KafkaBroker>> = Mutex::new(Weak::new());
    let mut shared = BROKER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(broker) = shared.upgrade() {
        return broker;
    }
    let broker = Arc::new(KafkaBroker::start());
    *shared = Arc::downgrade(&broker);
    broker
}
