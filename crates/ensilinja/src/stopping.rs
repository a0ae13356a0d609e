//! Being told to stop: what takes long looks at a flag now and then, and ends in an orderly way once it is set.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context as _;
use tokio::runtime::Builder;

use crate::run::stop_signal;

/// The exit status of a process that is told twice: it has not done what was asked.
const FAILED: i32 = 1;

/// A flag that the first SIGINT or SIGTERM sets. The second ends the process at once, for whoever waits no longer: what
/// it was writing then has not taken its name.
///
/// # Errors
/// If the system takes no signal handlers or gives no thread.
pub fn on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let runtime =
        Builder::new_current_thread().enable_io().build().context("the system lets nobody wait for signals")?;
    let first = {
        let _context = runtime.enter();
        stop_signal()?
    };
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let wait = move || {
        runtime.block_on(async {
            first.await;
            told.store(true, Ordering::Relaxed);
            if let Ok(second) = stop_signal() {
                second.await;
                process::exit(FAILED);
            }
        });
    };
    thread::Builder::new().name("signals".to_owned()).spawn(wait).context("the system gives no thread")?;
    Ok(stop)
}
