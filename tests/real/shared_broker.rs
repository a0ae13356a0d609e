//! The broker that all tests share which do not maltreat it.

use ensilinja_test_support::KafkaBroker;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The shared broker: started by the first test that asks, ended with the last that holds it.
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
