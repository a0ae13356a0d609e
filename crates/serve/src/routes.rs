//! The site: one table of routes, and what each answers.
//!
//! Everything that is read is read after it has been asked for, on a thread that may block, and may not be kept.
//! Nothing a client sends is ever shown again, and no answer names a contact.

use std::fmt::Write as _;
use std::sync::Arc;

use ensilinja_catalogue::figures_json::{figures_json, line_json};
use ensilinja_catalogue::{Exposition, Readiness, Snapshot};
use flate2::Compression;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::sync::{Semaphore, watch};

use crate::admission::{Activity, ConnectionSlot};
use crate::assets::{self, Asset};
use crate::board_json;
use crate::host::AllowedHosts;
use crate::live::{EVENT_STREAM, LiveStream};
use crate::negotiation::{format_of, takes_gzip};
use crate::pipeline::Pipeline;
use crate::renderings::{Rendering, Renderings};
use crate::reply::{ALLOWED_METHODS, PLAIN, Reply, ReplyBody, UNBUFFERED, gzip, whole};
use crate::source::SnapshotSource;

/// The largest body of a request that is tolerated, in bytes. No route reads one.
const LARGEST_REQUEST_BODY: u64 = 8 * 1024;

/// How many pages are made at a time. They take turns at the ledger anyway, and more would only hold more pages.
const PAGES_AT_ONCE: usize = 2;

/// How many probes are answered at a time, beside those: what they ask is known at once.
const PROBES_AT_ONCE: usize = 2;

const JSON: &str = "application/json";

/// A path and what it answers.
struct Route {
    /// As it is, or up to a last part in capitals, which stands for any other.
    path: &'static str,
    about: &'static str,
    /// What a connection does that asks for it.
    activity: Activity,
    answer: RouteAnswer,
}

#[derive(Clone, Copy)]
enum RouteAnswer {
    /// Always the same words.
    Words(&'static str),
    /// The page of the board.
    Page(&'static Asset),
    /// A file that the page loads, by its name.
    File,
    /// The metrics.
    Metrics,
    /// The figures of all lines.
    Figures,
    /// Those of one line, by the last part of the path.
    Line,
    /// Whether the figures are complete.
    Readiness,
    /// The live stream.
    Live,
}

static ROUTES: [Route; 8] = [
    Route {
        path: "/",
        about: "the board: live figures of all lines",
        activity: Activity::Page,
        answer: RouteAnswer::Page(&assets::PAGE),
    },
    Route {
        path: "/api/live",
        about: "what the board shows, live, as server-sent events",
        activity: Activity::Stream,
        answer: RouteAnswer::Live,
    },
    Route {
        path: "/api/figures",
        about: "the figures as JSON",
        activity: Activity::Page,
        answer: RouteAnswer::Figures,
    },
    Route { path: "/api/lines/LINE", about: "those of one line", activity: Activity::Page, answer: RouteAnswer::Line },
    Route {
        path: "/metrics",
        about: "the figures and the pipeline for Prometheus (text or OpenMetrics)",
        activity: Activity::Scrape,
        answer: RouteAnswer::Metrics,
    },
    Route {
        path: "/livez",
        about: "200 while the process serves",
        activity: Activity::Probe,
        answer: RouteAnswer::Words("alive\n"),
    },
    Route {
        path: "/readyz",
        about: "200 while the figures are complete, else 503 with the reasons",
        activity: Activity::Probe,
        answer: RouteAnswer::Readiness,
    },
    Route { path: "/FILE", about: "a file that the board loads", activity: Activity::Page, answer: RouteAnswer::File },
];

/// What is served: the lines, the counters and the source of the figures.
pub struct Routes {
    exposition: Arc<Exposition>,
    source: Arc<dyn SnapshotSource>,
    renderings: Arc<Renderings>,
    probes: Arc<Semaphore>,
    live: Arc<LiveStream>,
    hosts: AllowedHosts,
}

impl Routes {
    /// The site of these lines. `time_zone` is the name of theirs in the IANA database: the board shows times in it,
    /// wherever it is read.
    #[must_use]
    pub fn new(
        exposition: Exposition,
        time_zone: String,
        pipeline: Arc<Pipeline>,
        source: Arc<dyn SnapshotSource>,
    ) -> Self {
        let (exposition, turns) = (Arc::new(exposition), Arc::new(Semaphore::new(PAGES_AT_ONCE)));
        let hello = board_json::hello(pipeline.build(), &time_zone, exposition.lines());
        let live = LiveStream::new(&hello, Arc::clone(&exposition), Arc::clone(&source), Arc::clone(&turns));
        let (shown, asked) = (Arc::clone(&exposition), Arc::clone(&source));
        let make = move |wanted, gzipped| {
            let text = text_of(wanted, &shown, &time_zone, &pipeline, &asked.snapshot());
            // Fast rather than small: figures repeat themselves so much that fast is small enough.
            if gzipped { gzip(text.as_bytes(), Compression::fast()) } else { text.into() }
        };
        Self {
            exposition,
            source,
            renderings: Renderings::new(Arc::new(make), turns),
            probes: Arc::new(Semaphore::new(PROBES_AT_ONCE)),
            live: Arc::new(live),
            hosts: AllowedHosts::default(),
        }
    }

    /// The same, answering only to these names.
    #[must_use]
    pub fn answering_to(self, hosts: AllowedHosts) -> Self {
        Self { hosts, ..self }
    }

    /// Answers a request on the connection that has this slot. What goes on and on ends when `leaving` is closed.
    pub(crate) async fn answer<B: hyper::body::Body>(
        self: Arc<Self>,
        request: Request<B>,
        slot: &Arc<ConnectionSlot>,
        leaving: watch::Receiver<()>,
    ) -> Response<ReplyBody> {
        let has_large_body = request.body().size_hint().upper().is_none_or(|bytes| bytes > LARGEST_REQUEST_BODY);
        let (head, _) = request.into_parts();
        let found = ROUTES.iter().find_map(|route| Some((route, route.rest(head.uri.path())?)));
        let refusal = self.refusal(&head, has_large_body, found.is_some());
        // Who only asks what a stream would be is no viewer.
        let looks = refusal.is_none() && head.method != Method::HEAD;
        let activity = match found {
            Some((route, _)) if route.activity != Activity::Stream || looks => route.activity,
            _ => Activity::Page,
        };
        let in_progress = slot.begin(activity);
        if in_progress.is_none() {
            return too_many_viewers().into_response();
        }
        let reply = match (refusal, found) {
            (None, Some((route, rest))) => self.reply(route, rest, &head, slot, leaving).await,
            (Some(refusal), _) => refusal,
            (None, None) => not_found(),
        };
        reply.in_progress(in_progress).into_response()
    }

    /// Why a request is not answered, whatever it asks for; `None` where it is.
    fn refusal(&self, head: &Parts, has_large_body: bool, is_found: bool) -> Option<Reply> {
        if let Some(refusal) = self.hosts.refusal(head) {
            return Some(refusal);
        }
        if has_large_body {
            let text = format!("a request's body may have at most {LARGEST_REQUEST_BODY} bytes, announced\n");
            return Some(Reply::plain(StatusCode::PAYLOAD_TOO_LARGE, text));
        }
        if is_found && !matches!(head.method, Method::GET | Method::HEAD) {
            let text = "only GET and HEAD are answered here\n".to_owned();
            return Some(Reply {
                extra_headers: ALLOWED_METHODS,
                ..Reply::plain(StatusCode::METHOD_NOT_ALLOWED, text)
            });
        }
        None
    }

    async fn reply(
        &self,
        route: &Route,
        rest: &str,
        head: &Parts,
        slot: &ConnectionSlot,
        leaving: watch::Receiver<()>,
    ) -> Reply {
        let headers = &head.headers;
        match route.answer {
            RouteAnswer::Words(words) => Reply::new(StatusCode::OK, PLAIN, whole(words)),
            RouteAnswer::Page(page) => page.reply(headers),
            RouteAnswer::File => assets::file(rest).map_or_else(not_found, |file| file.reply(headers)),
            RouteAnswer::Live if head.method == Method::HEAD && !slot.is_free(Activity::Stream) => too_many_viewers(),
            RouteAnswer::Live => self.live(head, leaving),
            RouteAnswer::Metrics => {
                let format = format_of(headers);
                self.made(Rendering::Metrics(format), format.content_type(), headers).await
            }
            RouteAnswer::Figures => self.made(Rendering::Figures, JSON, headers).await,
            RouteAnswer::Line => {
                let index = self.exposition.lines().infos().iter().position(|info| info.id.as_str() == rest);
                let Some(index) = index else {
                    let text = "there is no such line; /api/figures has all there are\n".to_owned();
                    return Reply::plain(StatusCode::NOT_FOUND, text);
                };
                self.made(Rendering::Line(index), JSON, headers).await
            }
            RouteAnswer::Readiness => self.readiness().await,
        }
    }

    async fn made(&self, wanted: Rendering, content_type: &'static str, headers: &HeaderMap) -> Reply {
        let gzipped = takes_gzip(headers);
        match self.renderings.get(wanted, gzipped).await {
            Some(bytes) => Reply { gzipped, ..Reply::new(StatusCode::OK, content_type, whole(bytes)) },
            None => failed(),
        }
    }

    fn live(&self, head: &Parts, leaving: watch::Receiver<()>) -> Reply {
        let gzipped = takes_gzip(&head.headers);
        let stream = if head.method == Method::HEAD { whole("") } else { self.live.stream(gzipped, leaving) };
        Reply { gzipped, extra_headers: UNBUFFERED, ..Reply::new(StatusCode::OK, EVENT_STREAM, stream) }
    }

    async fn readiness(&self) -> Reply {
        // Taken before the work is handed over: a client that leaves while it waits leaves no work behind.
        let turn = Arc::clone(&self.probes).acquire_owned().await.expect("the turns are never closed");
        let source = Arc::clone(&self.source);
        let readiness = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            source.readiness()
        });
        let Readiness { complete, reasons } = match readiness.await {
            Ok(readiness) => readiness,
            Err(error) => {
                tracing::error!(%error, "an answer failed");
                return failed();
            }
        };
        let (status, mut text) = if complete {
            (StatusCode::OK, "ready\n".to_owned())
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned())
        };
        for reason in reasons {
            text.push_str(&reason);
            text.push('\n');
        }
        Reply::plain(status, text)
    }
}

fn text_of(
    wanted: Rendering,
    exposition: &Exposition,
    time_zone: &str,
    pipeline: &Pipeline,
    snapshot: &Snapshot,
) -> String {
    match wanted {
        Rendering::Metrics(format) => exposition.text(format, snapshot, &pipeline.gather()),
        Rendering::Figures => figures_json(exposition.lines(), time_zone, snapshot).to_string(),
        Rendering::Line(index) => line_json(exposition.lines(), index, snapshot).to_string(),
    }
}

impl Route {
    /// If this is the route of `path`: what stands there for the last part in capitals.
    fn rest<'a>(&self, path: &'a str) -> Option<&'a str> {
        let fixed = self.path.trim_end_matches(|letter: char| letter.is_ascii_uppercase());
        let rest = path.strip_prefix(fixed)?;
        (rest.is_empty() == (fixed == self.path)).then_some(rest)
    }
}

fn failed() -> Reply {
    Reply::plain(StatusCode::INTERNAL_SERVER_ERROR, "the answer failed; the log says more\n".to_owned())
}

fn too_many_viewers() -> Reply {
    Reply::come_again("as many look at the live figures as this process can serve; try again in a moment\n")
}

fn not_found() -> Reply {
    let mut text = "there is nothing here; there is\n".to_owned();
    for route in &ROUTES {
        writeln!(text, "  {:<18}{}", route.path, route.about).expect("writing to a string cannot fail");
    }
    Reply::plain(StatusCode::NOT_FOUND, text)
}
