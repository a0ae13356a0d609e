//! Being told to stop: what takes long looks at a flag now and then, and ends in an orderly way once it is set.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::Builder;

use crate::draft;
use crate::run::stop_signal;

/// The exit status of a process that is told twice: it has not done what was asked.
const FAILED: i32 = 1;

/// How often a stop is noticed by who waits for something else.
const TURN: Duration = Duration::from_millis(100);

/// A flag that the first SIGINT or SIGTERM sets. The second ends the process at once, for whoever waits no longer: what
/// it was writing then has not taken its name, and is removed.
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
                draft::remove_all();
                process::exit(FAILED);
            }
        });
    };
    thread::Builder::new().name("signals".to_owned()).spawn(wait).context("the system gives no thread")?;
    Ok(stop)
}

/// Does what may wait for ever, as opening a pipe does, in a thread of its own; `None` if told to stop before it is
/// done. The thread is left behind then.
///
/// # Errors
/// If the system gives no thread.
pub fn unless_stopped<T: Send + 'static>(
    stop: &AtomicBool,
    wait: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Option<T>> {
    let (done, is_done) = sync_channel(1);
    // Who was told to stop does not want it any more.
    let run = move || drop(done.send(wait()));
    thread::Builder::new().name("opening".to_owned()).spawn(run)?;
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match is_done.recv_timeout(TURN) {
            Ok(done) => return Ok(Some(done)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("the thread that opens a file has panicked"));
            }
        }
    }
}
