//! Answers that are rendered on request, once for all waiting clients, with a bound on rendered bytes not yet sent.
//!
//! ```text
//! requests    A  B     C  D
//! rendering     |--A--|  |--B, C, D--|      C and D came before it began
//! ```
//!
//! A client gets an answer whose rendering began *after* the request, so no answer is older than its request. Requests
//! that arrive before a rendering begins share it. The bytes of an answer are kept once, for all its clients.
//!
//! Clients that do not read keep answers alive until they are dropped. While more than [`MOST_UNSENT`] bytes are alive,
//! a client gets the latest answer if that is at most [`SHARED_FOR`] old. Memory then grows by one answer of each kind
//! in that time, not by one for each client.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use ensilinja_catalogue::MetricsFormat;
use hyper::body::Bytes;
use tokio::sync::{Semaphore, watch};

/// The bytes of answers that may be alive before answers are shared for a second.
const MOST_UNSENT: usize = 2 * 1024 * 1024;

/// The age up to which an answer is shared when too many bytes are alive.
const SHARED_FOR: Duration = Duration::from_secs(1);

/// What can be rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rendering {
    /// The metrics in this format.
    Metrics(MetricsFormat),
    /// The figures of all lines as JSON.
    Figures,
    /// The figures of one line, by its index.
    Line(usize),
}

/// What is rendered, and whether it is compressed.
type Key = (Rendering, bool);

/// Renders the bytes of an answer. It may block.
pub(crate) type Render = Arc<dyn Fn(Rendering, bool) -> Bytes + Send + Sync>;

/// The answers that are being rendered or are alive.
pub(crate) struct Renderings {
    render: Render,
    turns: Arc<Semaphore>,
    alive_bytes: Arc<AtomicUsize>,
    states: Mutex<HashMap<Key, RenderingState>>,
}

#[derive(Default)]
struct RenderingState {
    /// The clients waiting for a rendering that has not begun.
    waiting: Option<watch::Receiver<Option<Bytes>>>,
    latest: Option<(Instant, Weak<Rendered>)>,
}

/// The bytes of an answer, counted until it has been sent to its last client.
struct Rendered {
    bytes: Bytes,
    alive_bytes: Arc<AtomicUsize>,
}

impl Drop for Rendered {
    fn drop(&mut self) {
        self.alive_bytes.fetch_sub(self.bytes.len(), Ordering::Relaxed);
    }
}

struct SharedBytes(Arc<Rendered>);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Renderings {
    /// Answers rendered by `render`; each rendering takes one of `turns`.
    pub fn new(render: Render, turns: Arc<Semaphore>) -> Arc<Self> {
        Arc::new(Self { render, turns, alive_bytes: Arc::default(), states: Mutex::default() })
    }

    /// The answer; its rendering begins after this call unless too many bytes are alive. `None` if rendering failed.
    pub async fn get(self: &Arc<Self>, rendering: Rendering, gzipped: bool) -> Option<Bytes> {
        let mut rendered = match self.join((rendering, gzipped)) {
            Joined::Shared(bytes) => return Some(bytes),
            Joined::Waiting(rendered) => rendered,
        };
        let rendered = rendered.wait_for(Option::is_some).await.ok()?;
        rendered.clone()
    }

    fn join(self: &Arc<Self>, key: Key) -> Joined {
        let mut states = self.lock();
        let state = states.entry(key).or_default();
        if self.alive_bytes.load(Ordering::Relaxed) > MOST_UNSENT
            && let Some((_, latest)) = state.latest.as_ref().filter(|(begun, _)| begun.elapsed() <= SHARED_FOR)
            && let Some(latest) = latest.upgrade()
        {
            return Joined::Shared(Bytes::from_owner(SharedBytes(latest)));
        }
        let waiting = state.waiting.get_or_insert_with(|| {
            let (sender, rendered) = watch::channel(None);
            tokio::spawn(Arc::clone(self).render_in_turn(key, sender));
            rendered
        });
        Joined::Waiting(waiting.clone())
    }

    /// Waits for a turn, renders, and gives the bytes to all waiting clients. Later requests get the next rendering.
    async fn render_in_turn(self: Arc<Self>, key: Key, sender: watch::Sender<Option<Bytes>>) {
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the turns are never closed");
        drop(self.lock().entry(key).or_default().waiting.take());
        if sender.is_closed() {
            // All clients have left.
            return;
        }
        let begun = Instant::now();
        let render = Arc::clone(&self.render);
        let rendering = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            render(key.0, key.1)
        });
        match rendering.await {
            Ok(bytes) => {
                self.alive_bytes.fetch_add(bytes.len(), Ordering::Relaxed);
                let rendered = Arc::new(Rendered { bytes, alive_bytes: Arc::clone(&self.alive_bytes) });
                self.lock().entry(key).or_default().latest = Some((begun, Arc::downgrade(&rendered)));
                sender.send_replace(Some(Bytes::from_owner(SharedBytes(rendered))));
            }
            Err(error) => tracing::error!(answer = ?key.0, %error, "answer not rendered"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, RenderingState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Joined {
    Shared(Bytes),
    Waiting(watch::Receiver<Option<Bytes>>),
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    /// Renderings of this many bytes, and a counter of them.
    fn renderings_of(bytes: usize) -> (Arc<Renderings>, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let make = move |_, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            vec![b'x'; bytes].into()
        };
        (Renderings::new(Arc::new(make), Arc::new(Semaphore::new(1))), count)
    }

    #[test]
    fn requests_before_a_rendering_begins_share_it_and_later_ones_do_not() {
        let (begun, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let (begun, may_go_on) = (Mutex::new(begun), Mutex::new(may_go_on));
        let make = move |_, _| {
            begun.lock().unwrap().send(()).unwrap();
            may_go_on.lock().unwrap().recv().unwrap();
            Bytes::from_static(b"page")
        };
        let renderings = Renderings::new(Arc::new(make), Arc::new(Semaphore::new(1)));
        let get = || {
            let renderings = Arc::clone(&renderings);
            tokio::spawn(async move { renderings.get(Rendering::Figures, false).await.unwrap() })
        };
        runtime().block_on(async {
            let first = get();
            while has_begun.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            let later = [get(), get(), get()];
            tokio::task::yield_now().await;
            go_on.send(()).unwrap();
            go_on.send(()).unwrap();
            first.await.unwrap();
            for later in later {
                later.await.unwrap();
            }
        });
        assert_eq!(has_begun.try_iter().count(), 1, "one rendering for all three");
    }

    #[test]
    fn bytes_that_have_been_sent_are_freed() {
        let (renderings, made) = renderings_of(1000);
        runtime().block_on(async {
            let pages =
                [renderings.get(Rendering::Figures, false).await, renderings.get(Rendering::Figures, false).await];
            assert_eq!(renderings.alive_bytes.load(Ordering::Relaxed), 2000);
            drop(pages);
        });
        assert_eq!((renderings.alive_bytes.load(Ordering::Relaxed), made.load(Ordering::Relaxed)), (0, 2));
    }

    #[test]
    fn while_too_many_bytes_are_alive_answers_are_shared_for_a_second() {
        let (renderings, made) = renderings_of(MOST_UNSENT + 1);
        runtime().block_on(async {
            let first = renderings.get(Rendering::Figures, false).await.unwrap();
            let second = renderings.get(Rendering::Figures, false).await.unwrap();
            assert_eq!(first.as_ptr(), second.as_ptr());
            assert!(
                renderings.get(Rendering::Figures, true).await.is_some(),
                "an answer that is not there is rendered"
            );
            assert_eq!(made.load(Ordering::Relaxed), 2);
            drop((first, second));
            assert!(renderings.get(Rendering::Figures, false).await.is_some());
            assert_eq!(made.load(Ordering::Relaxed), 3);
        });
    }

    #[test]
    fn a_failed_rendering_is_none_and_the_next_one_succeeds() {
        let count = AtomicUsize::new(0);
        let make = move |_, _| {
            assert!(count.fetch_add(1, Ordering::Relaxed) > 0, "the test lets the first rendering fail");
            Bytes::from_static(b"page")
        };
        let renderings = Renderings::new(Arc::new(make), Arc::new(Semaphore::new(1)));
        runtime().block_on(async {
            assert_eq!(renderings.get(Rendering::Figures, false).await, None);
            assert_eq!(renderings.get(Rendering::Figures, false).await.unwrap(), "page");
        });
    }
}
