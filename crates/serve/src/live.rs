//! The live stream of the board, `GET /api/live`: server-sent events, each with one line of JSON
//! ([`board_json`] says what is in it).
//!
//! ```text
//! retry: 1000
//! event: hello        once, first: the version, the indicators, the lines
//! event: figures      at once, and then every second
//! event: day          after the first figures, and then whenever a minute of the figures' time has passed
//! ```
//!
//! The figures are read, written and compressed once a second for all viewers together, and only while there is one;
//! the viewers share the bytes. A viewer that is slow to take them gets the latest when it has taken the last: it skips
//! seconds, and nothing heaps up for it. A stream ends between two events: at once when the server stops, and when its
//! connection has lived long enough; the board then asks again.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use ensilinja_catalogue::Exposition;
use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use tokio::time::MissedTickBehavior;

use crate::board_json;
use crate::gzip_chunk::GzipChunk;
use crate::reply::ReplyBody;
use crate::source::SnapshotSource;
use crate::sse_client::SseClient;

/// The content type of the stream.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

const BETWEEN_FIGURES: Duration = Duration::from_secs(1);

/// Whoever is shown the figures live, and what they see.
pub(crate) struct LiveStream {
    /// The first event of each stream, which is always the same.
    hello: Arc<GzipChunk>,
    exposition: Arc<Exposition>,
    source: Arc<dyn SnapshotSource>,
    turns: Arc<Semaphore>,
    /// While somebody looks: where to look. Has never been looked at itself.
    broadcast: Mutex<Option<watch::Receiver<LiveFrame>>>,
}

/// What there is to see in one second.
#[derive(Clone, Default)]
struct LiveFrame {
    figures: Arc<GzipChunk>,
    day: Arc<GzipChunk>,
    /// The minute of the figures' time for which the day was read; `None` before the figures are rebuilt.
    day_minute: Option<i64>,
}

impl LiveStream {
    /// Nobody looks yet. `hello` is what each viewer is told first; whoever reads the figures takes one of `turns`.
    pub fn new(
        hello: &Value,
        exposition: Arc<Exposition>,
        source: Arc<dyn SnapshotSource>,
        turns: Arc<Semaphore>,
    ) -> Self {
        let hello = Arc::new(GzipChunk::new(format!("retry: 1000\n{}", event("hello", hello))));
        Self { hello, exposition, source, turns, broadcast: Mutex::default() }
    }

    /// The stream for one viewer, which ends when `leaving` is closed.
    pub fn stream(self: &Arc<Self>, takes_gzip: bool, mut leaving: watch::Receiver<()>) -> ReplyBody {
        let (mut viewer, body) = SseClient::new(takes_gzip);
        let (hello, frames) = (Arc::clone(&self.hello), self.join());
        tokio::spawn(async move {
            tokio::select! {
                _ = leaving.changed() => {}
                _ = show(&mut viewer, &hello, frames) => {}
            }
            viewer.end().await;
        });
        body
    }

    /// Joins those who look, and starts the broadcast if there was nobody.
    fn join(self: &Arc<Self>) -> watch::Receiver<LiveFrame> {
        let mut broadcast = self.lock();
        let frames = broadcast.get_or_insert_with(|| {
            let (sender, frames) = watch::channel(LiveFrame::default());
            tokio::spawn(Arc::clone(self).broadcast(sender));
            frames
        });
        frames.clone()
    }

    /// Sends a frame each second for as long as somebody looks. Where that fails all streams end, and whoever asks
    /// again finds a new broadcast.
    async fn broadcast(self: Arc<Self>, frames: watch::Sender<LiveFrame>) {
        let mut every_second = tokio::time::interval(BETWEEN_FIGURES);
        every_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every_second.tick().await;
            {
                let mut broadcast = self.lock();
                // One of them is our own.
                if frames.receiver_count() == 1 {
                    *broadcast = None;
                    return;
                }
            }
            let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the turns are never closed");
            let (live, last) = (Arc::clone(&self), frames.borrow().clone());
            let frame = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                live.frame_after(&last)
            });
            match frame.await {
                Ok(frame) => frames.send_replace(frame),
                Err(error) => {
                    tracing::error!(%error, "the live figures failed");
                    *self.lock() = None;
                    return;
                }
            };
        }
    }

    fn frame_after(&self, last: &LiveFrame) -> LiveFrame {
        let snapshot = self.source.snapshot();
        let minute = snapshot.figures.as_ref().map(|figures| figures.as_of.floor_second().div_euclid(60));
        let figures = event("figures", &board_json::figures(self.exposition.lines(), &snapshot));
        let day = if last.day.plain.is_empty() || last.day_minute != minute {
            let intraday = minute.and_then(|_| self.source.intraday());
            Arc::new(GzipChunk::new(event(
                "day",
                &board_json::day(self.exposition.lines().infos().len(), intraday.as_ref()),
            )))
        } else {
            Arc::clone(&last.day)
        };
        LiveFrame { figures: Arc::new(GzipChunk::new(figures)), day, day_minute: minute }
    }

    fn lock(&self) -> MutexGuard<'_, Option<watch::Receiver<LiveFrame>>> {
        self.broadcast.lock().expect("nothing that can fail is done while it is locked")
    }
}

/// Shows a viewer the latest frame whenever it has taken the last. `None` when either side is gone.
async fn show(viewer: &mut SseClient, hello: &GzipChunk, mut frames: watch::Receiver<LiveFrame>) -> Option<()> {
    viewer.begin().await?;
    viewer.tell(hello).await?;
    let mut shown_day = None;
    loop {
        frames.changed().await.ok()?;
        let LiveFrame { figures, day, day_minute } = frames.borrow_and_update().clone();
        viewer.tell(&figures).await?;
        if shown_day != Some(day_minute) {
            viewer.tell(&day).await?;
            shown_day = Some(day_minute);
        }
    }
}

/// An event as it is sent. JSON has no line breaks of its own, so its data is one line.
fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
