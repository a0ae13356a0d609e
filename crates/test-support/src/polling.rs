//! Waiting for something that another thread or process does, up to a deadline.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a busy machine may take for what usually takes a second or two.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The time between two looks.
const INTERVAL: Duration = Duration::from_millis(20);

/// The first value that `look` returns, or `None` after `patience`. `look` is called at least once.
#[must_use]
pub fn poll_for<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= deadline {
            return None;
        }
        sleep(INTERVAL);
    }
}

/// Whether `is_so` becomes true within `patience`. It is called at least once.
#[must_use]
pub fn poll_until(patience: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    poll_for(patience, || is_so().then_some(())).is_some()
}
