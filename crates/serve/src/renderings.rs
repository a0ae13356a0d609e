//! Renderings: pages that are made on request, once for all who wait, and bounded in what is made and not sent.
//!
//! ```text
//! asked   A  B     C  D
//! made      |--A--|  |--B, C, D--|      C and D asked before it began
//! ```
//!
//! Who asks is given a page that was begun *after* that, so no page is older than its request; who asks for a page
//! that waits for its turn shares it. The bytes of a page are kept once, however many are sent them.
//!
//! Clients that ask and do not read keep pages alive until they are dropped. While more than [`MOST_UNSENT`] bytes of
//! pages are alive, who asks is given the latest page if it is at most [`SHARED_FOR`] old: pages that are alive then
//! grow by one of each kind in that time, and not by one for each client.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use ensilinja_catalogue::MetricsFormat;
use hyper::body::Bytes;
use tokio::sync::{Semaphore, watch};

/// How many bytes of pages may be alive before pages are shared by the second.
const MOST_UNSENT: usize = 2 * 1024 * 1024;

/// How old a page may be that is shared because too many are alive.
const SHARED_FOR: Duration = Duration::from_secs(1);

/// What can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rendering {
    /// The metrics in this format.
    Metrics(MetricsFormat),
    /// The figures of all lines as JSON.
    Figures,
    /// Those of one line, by its place.
    Line(usize),
}

/// What is asked for, and whether compressed.
type Key = (Rendering, bool);

/// Makes the bytes of a page. It may block.
pub(crate) type Make = Arc<dyn Fn(Rendering, bool) -> Bytes + Send + Sync>;

/// The pages that are being made, and those that are alive.
pub(crate) struct Renderings {
    make: Make,
    turns: Arc<Semaphore>,
    alive_bytes: Arc<AtomicUsize>,
    pages: Mutex<HashMap<Key, RenderingState>>,
}

#[derive(Default)]
struct RenderingState {
    /// Those who wait for a page that has not been begun.
    waiting: Option<watch::Receiver<Option<Bytes>>>,
    latest: Option<(Instant, Weak<Rendered>)>,
}

/// The bytes of a page, which are counted until the last answer that holds them is sent.
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
    /// Pages made by `make`, each of which takes one of `turns`.
    pub fn new(make: Make, turns: Arc<Semaphore>) -> Arc<Self> {
        Arc::new(Self { make, turns, alive_bytes: Arc::default(), pages: Mutex::default() })
    }

    /// The page, begun after this was called unless too many are alive. `None` if it could not be made.
    pub async fn get(self: &Arc<Self>, wanted: Rendering, gzipped: bool) -> Option<Bytes> {
        let mut made = match self.join((wanted, gzipped)) {
            Joined::Shared(bytes) => return Some(bytes),
            Joined::Waiting(made) => made,
        };
        let made = made.wait_for(Option::is_some).await.ok()?;
        made.clone()
    }

    fn join(self: &Arc<Self>, key: Key) -> Joined {
        let mut pages = self.lock();
        let page = pages.entry(key).or_default();
        if self.alive_bytes.load(Ordering::Relaxed) > MOST_UNSENT
            && let Some((_, latest)) = page.latest.as_ref().filter(|(begun, _)| begun.elapsed() <= SHARED_FOR)
            && let Some(latest) = latest.upgrade()
        {
            return Joined::Shared(Bytes::from_owner(SharedBytes(latest)));
        }
        let waiting = page.waiting.get_or_insert_with(|| {
            let (tell, made) = watch::channel(None);
            tokio::spawn(Arc::clone(self).render(key, tell));
            made
        });
        Joined::Waiting(waiting.clone())
    }

    /// Waits for its turn, makes the page, and tells all who wait; those who ask from then on wait for the next.
    async fn render(self: Arc<Self>, key: Key, tell: watch::Sender<Option<Bytes>>) {
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the turns are never closed");
        drop(self.lock().entry(key).or_default().waiting.take());
        if tell.is_closed() {
            // All have left while they waited.
            return;
        }
        let begun = Instant::now();
        let make = Arc::clone(&self.make);
        let rendering = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            make(key.0, key.1)
        });
        match rendering.await {
            Ok(bytes) => {
                self.alive_bytes.fetch_add(bytes.len(), Ordering::Relaxed);
                let rendered = Arc::new(Rendered { bytes, alive_bytes: Arc::clone(&self.alive_bytes) });
                self.lock().entry(key).or_default().latest = Some((begun, Arc::downgrade(&rendered)));
                tell.send_replace(Some(Bytes::from_owner(SharedBytes(rendered))));
            }
            Err(error) => tracing::error!(page = ?key.0, %error, "an answer failed"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, RenderingState>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Pages of so many bytes, and how many have been made.
    fn pages_of(bytes: usize) -> (Arc<Renderings>, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let make = move |_, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            vec![b'x'; bytes].into()
        };
        (Renderings::new(Arc::new(make), Arc::new(Semaphore::new(1))), count)
    }

    #[test]
    fn who_asks_before_a_page_is_begun_shares_it_and_who_asks_later_does_not() {
        let (begun, tell_begun) = mpsc::channel();
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
            while tell_begun.try_recv().is_err() {
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
        assert_eq!(tell_begun.try_iter().count(), 1, "one page for all three");
    }

    #[test]
    fn pages_that_nobody_is_sent_any_more_are_gone() {
        let (renderings, made) = pages_of(1000);
        runtime().block_on(async {
            let pages =
                [renderings.get(Rendering::Figures, false).await, renderings.get(Rendering::Figures, false).await];
            assert_eq!(renderings.alive_bytes.load(Ordering::Relaxed), 2000);
            drop(pages);
        });
        assert_eq!((renderings.alive_bytes.load(Ordering::Relaxed), made.load(Ordering::Relaxed)), (0, 2));
    }

    #[test]
    fn while_too_much_is_alive_pages_are_shared_by_the_second() {
        let (renderings, made) = pages_of(MOST_UNSENT + 1);
        runtime().block_on(async {
            let first = renderings.get(Rendering::Figures, false).await.unwrap();
            let second = renderings.get(Rendering::Figures, false).await.unwrap();
            assert_eq!(first.as_ptr(), second.as_ptr());
            assert!(renderings.get(Rendering::Figures, true).await.is_some(), "what is not there is made");
            assert_eq!(made.load(Ordering::Relaxed), 2);
            drop((first, second));
            assert!(renderings.get(Rendering::Figures, false).await.is_some());
            assert_eq!(made.load(Ordering::Relaxed), 3);
        });
    }

    #[test]
    fn a_page_that_cannot_be_made_is_none_and_the_next_one_is_made() {
        let count = AtomicUsize::new(0);
        let make = move |_, _| {
            assert!(count.fetch_add(1, Ordering::Relaxed) > 0, "a test lets the first page fail");
            Bytes::from_static(b"page")
        };
        let renderings = Renderings::new(Arc::new(make), Arc::new(Semaphore::new(1)));
        runtime().block_on(async {
            assert_eq!(renderings.get(Rendering::Figures, false).await, None);
            assert_eq!(renderings.get(Rendering::Figures, false).await.unwrap(), "page");
        });
    }
}
