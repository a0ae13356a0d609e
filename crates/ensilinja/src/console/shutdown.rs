//! Orderly shutdown: signals set a flag, and long work checks it regularly and ends.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use super::atomic_file;

/// The exit status after a second signal: the command has failed.
const FAILED: i32 = 1;

/// How often the flag is checked while waiting for something else.
const TURN: Duration = Duration::from_millis(100);

/// A flag that the first SIGINT or SIGTERM sets. The second ends the process at once; files that are still being
/// written are removed.
///
/// # Errors
/// If the system accepts no signal handlers or provides no thread.
pub fn on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let runtime =
        Builder::new_current_thread().enable_io().build().context("the system provides no way to wait for signals")?;
    let first = {
        let _context = runtime.enter();
        stop_signal()?
    };
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let wait = move || {
        runtime.block_on(async {
            first.await;
            flag.store(true, Ordering::Relaxed);
            if let Ok(second) = stop_signal() {
                second.await;
                atomic_file::remove_all();
                process::exit(FAILED);
            }
        });
    };
    thread::Builder::new().name("signals".to_owned()).spawn(wait).context("the system provides no thread")?;
    Ok(stop)
}

/// Does something that may wait for ever, such as opening a pipe, in a thread of its own. Returns `None` if the process
/// is told to stop before it is done; the thread is then abandoned.
///
/// # Errors
/// If the system provides no thread.
pub fn unless_stopped<T: Send + 'static>(
    stop: &AtomicBool,
    wait: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Option<T>> {
    let (done, is_done) = sync_channel(1);
    // After a stop the result is not wanted.
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

/// The runtime for HTTP and signals, with two threads.
///
/// # Errors
/// If the system provides no threads.
pub fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the system provides no threads to serve HTTP")
}

/// Completes when the process receives SIGINT or SIGTERM.
///
/// # Errors
/// If the system accepts no signal handlers.
pub fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let problem = "the system accepts no signal handler";
    let mut terminate = signal(SignalKind::terminate()).context(problem)?;
    let mut interrupt = signal(SignalKind::interrupt()).context(problem)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
