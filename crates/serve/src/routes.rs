//! The table of routes, and the answer of each.
//!
//! All data is read after the request has arrived, on a thread that may block, and must not be cached. Nothing that a
//! client sends appears in an answer, and no answer identifies a contact.

use std::fmt::Write as _;
use std::sync::Arc;

use ensilinja_catalogue::figures_json::{figures_json, line_json};
use ensilinja_catalogue::{AccessRefusal, Exposition, Readiness, Snapshot};
use flate2::Compression;
use hyper::header::HeaderValue;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::sync::{Semaphore, watch};

use crate::admission::{Activity, ConnectionSlot};
use crate::assets::{self, Asset};
use crate::board_json;
use crate::host::AllowedHosts;
use crate::links::BoardLinks;
use crate::live::{EVENT_STREAM, LiveStream};
use crate::look_back::{JsonAnswer, LookBack};
use crate::negotiation::{accepts_gzip, format_of};
use crate::pipeline::Pipeline;
use crate::protection::{AccessArea, CurrentProtection, Protection, refusal_reply};
use crate::query::parameter;
use crate::renderings::{Rendering, Renderings};
use crate::reply::{ALLOWED_METHODS, PLAIN, Reply, ReplyBody, UNBUFFERED, gzip, security_policy, whole};
use crate::source::SnapshotSource;

/// The largest request body that is accepted, in bytes. No route reads it.
const LARGEST_REQUEST_BODY: u64 = 8 * 1024;

/// The number of concurrent renderings. They take turns at the ledger anyway; more would only use more memory.
const CONCURRENT_RENDERINGS: usize = 2;

/// The number of concurrent probes, in addition to renderings. Readiness is known at once.
const CONCURRENT_PROBES: usize = 2;

const JSON: &str = "application/json";

/// A path and its answer.
struct Route {
    /// The path. A last part in capitals stands for any text.
    path: &'static str,
    about: &'static str,
    /// The activity of a connection that requests it.
    activity: Activity,
    /// Who may read it.
    area: AccessArea,
    answer: RouteAnswer,
}

#[derive(Clone, Copy)]
enum RouteAnswer {
    /// A constant text.
    Text(&'static str),
    /// The page of the board.
    Page(&'static Asset),
    /// A file that the page loads, by its name.
    File,
    /// The metrics.
    Metrics,
    /// The figures of all lines.
    Figures,
    /// The figures of one line, by the last part of the path.
    Line,
    /// The board at an earlier instant, by the last part of the path.
    Past,
    /// The day of a line beside other days, by the last part of the path and the query.
    Days,
    /// The contacts of a figure of a line, by the last part of the path and the query.
    Contacts,
    /// Whether the figures are complete.
    Readiness,
    /// The live stream.
    Live,
}

static ROUTES: [Route; 11] = [
    Route {
        path: "/",
        about: "the board: live figures of all lines",
        activity: Activity::Page,
        area: AccessArea::Board,
        answer: RouteAnswer::Page(&assets::PAGE),
    },
    Route {
        path: "/api/live",
        about: "the live figures of the board as server-sent events",
        activity: Activity::Stream,
        area: AccessArea::Board,
        answer: RouteAnswer::Live,
    },
    Route {
        path: "/api/figures",
        about: "the figures as JSON",
        activity: Activity::Page,
        area: AccessArea::Board,
        answer: RouteAnswer::Figures,
    },
    Route {
        path: "/api/lines/LINE",
        about: "the figures of one line",
        activity: Activity::Page,
        area: AccessArea::Board,
        answer: RouteAnswer::Line,
    },
    Route {
        path: "/api/at/SECONDS",
        about: "the board at an earlier instant, in seconds since 1970",
        activity: Activity::Page,
        area: AccessArea::Board,
        answer: RouteAnswer::Past,
    },
    Route {
        path: "/api/days/LINE",
        about: "the day of one line beside yesterday, last week, and what is expected",
        activity: Activity::Page,
        area: AccessArea::Board,
        answer: RouteAnswer::Days,
    },
    Route {
        path: "/api/contacts/LINE",
        about: "the contacts behind a figure: ?window=today&figure=contacts_offered",
        activity: Activity::Page,
        area: AccessArea::Contacts,
        answer: RouteAnswer::Contacts,
    },
    Route {
        path: "/metrics",
        about: "the figures and the pipeline for Prometheus (text or OpenMetrics)",
        activity: Activity::Scrape,
        area: AccessArea::Metrics,
        answer: RouteAnswer::Metrics,
    },
    Route {
        path: "/livez",
        about: "200 while the process serves",
        activity: Activity::Probe,
        area: AccessArea::Probe,
        answer: RouteAnswer::Text("alive\n"),
    },
    Route {
        path: "/readyz",
        about: "200 while the figures are complete, else 503 with the reasons",
        activity: Activity::Probe,
        area: AccessArea::Probe,
        answer: RouteAnswer::Readiness,
    },
    Route {
        path: "/FILE",
        about: "a file that the board loads",
        activity: Activity::Page,
        area: AccessArea::Board,
        answer: RouteAnswer::File,
    },
];

/// Everything that is served: the lines, the counters and the source of the figures.
pub struct Routes {
    exposition: Arc<Exposition>,
    source: Arc<dyn SnapshotSource>,
    renderings: Arc<Renderings>,
    probes: Arc<Semaphore>,
    live: Arc<LiveStream>,
    look_back: Arc<LookBack>,
    hosts: AllowedHosts,
    pipeline: Arc<Pipeline>,
    protection: Arc<CurrentProtection>,
    /// The Content-Security-Policy of every answer.
    policy: HeaderValue,
}

impl Routes {
    /// The routes for these lines. `time_zone` is the IANA name of their time zone. The board shows times in it,
    /// wherever it is read, and links to the addresses of `links`.
    #[must_use]
    pub fn new(
        exposition: Exposition,
        time_zone: String,
        links: &BoardLinks,
        pipeline: Arc<Pipeline>,
        source: Arc<dyn SnapshotSource>,
    ) -> Self {
        let (exposition, turns) = (Arc::new(exposition), Arc::new(Semaphore::new(CONCURRENT_RENDERINGS)));
        let hello = board_json::hello(pipeline.build(), &time_zone, exposition.lines(), links, &*source);
        let live = LiveStream::new(&hello, Arc::clone(&exposition), Arc::clone(&source), Arc::clone(&turns));
        let look_back = LookBack::new(Arc::clone(&exposition), Arc::clone(&source), Arc::clone(&turns));
        let (shown, asked, counted) = (Arc::clone(&exposition), Arc::clone(&source), Arc::clone(&pipeline));
        let make = move |rendering, gzipped| {
            let text = text_of(rendering, &shown, &time_zone, &counted, &asked.snapshot());
            // Figures are so repetitive that the fastest compression is small enough.
            if gzipped { gzip(text.as_bytes(), Compression::fast()) } else { text.into() }
        };
        Self {
            exposition,
            source,
            renderings: Renderings::new(Arc::new(make), turns),
            probes: Arc::new(Semaphore::new(CONCURRENT_PROBES)),
            live: Arc::new(live),
            look_back: Arc::new(look_back),
            hosts: AllowedHosts::default(),
            pipeline,
            protection: Arc::default(),
            policy: security_policy(&[]),
        }
    }

    /// The same, limited to these host names.
    #[must_use]
    pub fn answering_to(self, hosts: AllowedHosts) -> Self {
        Self { hosts, ..self }
    }

    /// The same, shown in frames by pages of these origins: source expressions of `frame-ancestors`.
    #[must_use]
    pub fn framed_by(self, ancestors: &[String]) -> Self {
        Self { policy: security_policy(ancestors), ..self }
    }

    /// The same, protected by what is in force in `protection`.
    #[must_use]
    pub fn protected_by(self, protection: Arc<CurrentProtection>) -> Self {
        Self { protection, ..self }
    }

    /// What protects the server now.
    pub(crate) fn protection(&self) -> Arc<Protection> {
        self.protection.get()
    }

    /// Counts a connection or a request that was refused.
    pub(crate) fn count_refusal(&self, reason: AccessRefusal) {
        self.pipeline.refused(reason);
    }

    /// Answers a request on the connection with this slot. A stream ends when `leaving` is closed.
    pub(crate) async fn answer<B: hyper::body::Body>(
        self: Arc<Self>,
        request: Request<B>,
        slot: &Arc<ConnectionSlot>,
        leaving: watch::Receiver<()>,
    ) -> Response<ReplyBody> {
        let has_large_body = request.body().size_hint().upper().is_none_or(|bytes| bytes > LARGEST_REQUEST_BODY);
        let (head, _) = request.into_parts();
        let protection = self.protection();
        let mut response = self.unprotected_answer(&head, has_large_body, &protection, slot, leaving).await;
        protection.add_headers(response.headers_mut());
        response
    }

    /// The answer without the headers that are configured.
    async fn unprotected_answer(
        &self,
        head: &Parts,
        has_large_body: bool,
        protection: &Protection,
        slot: &Arc<ConnectionSlot>,
        leaving: watch::Receiver<()>,
    ) -> Response<ReplyBody> {
        let found = ROUTES.iter().find_map(|route| Some((route, route.rest(head.uri.path())?)));
        let area = found.map_or(AccessArea::Board, |(route, _)| route.area);
        let access = self.access(head, area, protection, slot).await;
        let is_admitted = access.is_ok();
        let (refusal, shows_reasons) = match access {
            Ok(shows_reasons) => (refusal(head, has_large_body, found.is_some()), shows_reasons),
            Err(refusal) => (Some(refusal), false),
        };
        // A HEAD request for the stream does not open one.
        let opens_stream = refusal.is_none() && head.method != Method::HEAD;
        let activity = match found {
            Some((route, _)) if is_admitted && (route.activity != Activity::Stream || opens_stream) => route.activity,
            _ => Activity::Page,
        };
        let in_progress = slot.begin(activity);
        if in_progress.is_none() {
            return too_many_streams().into_response(&self.policy);
        }
        let reply = match (refusal, found) {
            (None, Some((route, rest))) => self.reply(route, rest, head, shows_reasons, slot, leaving).await,
            (Some(refusal), _) => refusal,
            (None, None) => not_found(),
        };
        reply.in_progress(in_progress).into_response(&self.policy)
    }

    /// Whether the sender of a request may have this area; then, whether the reasons of `/readyz` may be shown.
    async fn access(
        &self,
        head: &Parts,
        area: AccessArea,
        protection: &Protection,
        slot: &Arc<ConnectionSlot>,
    ) -> Result<bool, Reply> {
        if let Some(refusal) = self.hosts.refusal(head) {
            return Err(refusal);
        }
        protection.admit(&head.headers, area, slot).await.map_err(|reason| {
            self.count_refusal(reason);
            refusal_reply(reason)
        })
    }

    async fn reply(
        &self,
        route: &Route,
        rest: &str,
        head: &Parts,
        shows_reasons: bool,
        slot: &ConnectionSlot,
        leaving: watch::Receiver<()>,
    ) -> Reply {
        let headers = &head.headers;
        match route.answer {
            RouteAnswer::Text(text) => Reply::new(StatusCode::OK, PLAIN, whole(text)),
            RouteAnswer::Page(page) => page.reply(headers),
            RouteAnswer::File => assets::file(rest).map_or_else(not_found, |file| file.reply(headers)),
            RouteAnswer::Live if head.method == Method::HEAD && !slot.is_free(Activity::Stream) => too_many_streams(),
            RouteAnswer::Live => self.live(head, leaving),
            RouteAnswer::Metrics => {
                let format = format_of(headers);
                self.rendered(Rendering::Metrics(format), format.content_type(), headers).await
            }
            RouteAnswer::Figures => self.rendered(Rendering::Figures, JSON, headers).await,
            RouteAnswer::Line => match self.index_of(rest) {
                Some(index) => self.rendered(Rendering::Line(index), JSON, headers).await,
                None => no_such_line(),
            },
            RouteAnswer::Past => match parameter(head.uri.query(), "line").map(|line| self.index_of(&line)) {
                Some(None) => no_such_line(),
                line => json(self.look_back.board(rest, line.flatten()).await, headers),
            },
            RouteAnswer::Days => match self.index_of(rest) {
                Some(index) => json(self.look_back.days(index, head.uri.query()).await, headers),
                None => no_such_line(),
            },
            RouteAnswer::Contacts => match self.index_of(rest) {
                Some(index) => json(self.look_back.contacts(index, head.uri.query()).await, headers),
                None => no_such_line(),
            },
            RouteAnswer::Readiness => self.readiness(shows_reasons).await,
        }
    }

    /// The index of the line with this id.
    fn index_of(&self, id: &str) -> Option<usize> {
        self.exposition.lines().infos().iter().position(|info| info.id.as_str() == id)
    }

    async fn rendered(&self, rendering: Rendering, content_type: &'static str, headers: &HeaderMap) -> Reply {
        let gzipped = accepts_gzip(headers);
        match self.renderings.get(rendering, gzipped).await {
            Some(bytes) => Reply { gzipped, ..Reply::new(StatusCode::OK, content_type, whole(bytes)) },
            None => failed(),
        }
    }

    fn live(&self, head: &Parts, leaving: watch::Receiver<()>) -> Reply {
        let gzipped = accepts_gzip(&head.headers);
        let stream = if head.method == Method::HEAD { whole("") } else { self.live.stream(gzipped, leaving) };
        Reply { gzipped, extra_headers: UNBUFFERED, ..Reply::new(StatusCode::OK, EVENT_STREAM, stream) }
    }

    /// Whether the figures are complete, and why not if the client may know.
    async fn readiness(&self, shows_reasons: bool) -> Reply {
        // Taken before the work starts, so that a client that leaves while waiting leaves no work behind.
        let turn = Arc::clone(&self.probes).acquire_owned().await.expect("the turns are never closed");
        let source = Arc::clone(&self.source);
        let readiness = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            source.readiness()
        });
        let Readiness { complete, reasons } = match readiness.await {
            Ok(readiness) => readiness,
            Err(error) => {
                tracing::error!(%error, "readiness not answered");
                return failed();
            }
        };
        let (status, mut text) = if complete {
            (StatusCode::OK, "ready\n".to_owned())
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned())
        };
        if !shows_reasons && !reasons.is_empty() {
            text.push_str("the reasons are shown to users: send a name and a password\n");
        }
        for reason in reasons.iter().filter(|_| shows_reasons) {
            text.push_str(reason);
            text.push('\n');
        }
        Reply::plain(status, text)
    }
}

fn text_of(
    rendering: Rendering,
    exposition: &Exposition,
    time_zone: &str,
    pipeline: &Pipeline,
    snapshot: &Snapshot,
) -> String {
    match rendering {
        Rendering::Metrics(format) => exposition.text(format, snapshot, &pipeline.gather()),
        Rendering::Figures => figures_json(exposition.lines(), time_zone, snapshot).to_string(),
        Rendering::Line(index) => line_json(exposition.lines(), index, snapshot).to_string(),
    }
}

impl Route {
    /// The text in place of the last part in capitals, if this is the route of `path`.
    fn rest<'a>(&self, path: &'a str) -> Option<&'a str> {
        let fixed = self.path.trim_end_matches(|letter: char| letter.is_ascii_uppercase());
        let rest = path.strip_prefix(fixed)?;
        (rest.is_empty() == (fixed == self.path)).then_some(rest)
    }
}

/// A JSON answer; `None` is one that failed.
fn json(answer: Option<JsonAnswer>, headers: &HeaderMap) -> Reply {
    let gzipped = accepts_gzip(headers);
    answer.map_or_else(failed, |answer| Reply {
        gzipped,
        ..Reply::new(answer.status, JSON, whole(answer.bytes(gzipped)))
    })
}

/// The refusal of a request, whatever its path; `None` if it is answered.
fn refusal(head: &Parts, has_large_body: bool, is_found: bool) -> Option<Reply> {
    if has_large_body {
        let text = format!("a request body may have at most {LARGEST_REQUEST_BODY} bytes, with a Content-Length\n");
        return Some(Reply::plain(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    if is_found && !matches!(head.method, Method::GET | Method::HEAD) {
        let text = "only GET and HEAD are supported here\n".to_owned();
        return Some(Reply { extra_headers: ALLOWED_METHODS, ..Reply::plain(StatusCode::METHOD_NOT_ALLOWED, text) });
    }
    None
}

fn no_such_line() -> Reply {
    let text = "there is no such line; see /api/figures for all lines\n".to_owned();
    Reply::plain(StatusCode::NOT_FOUND, text)
}

fn failed() -> Reply {
    Reply::plain(StatusCode::INTERNAL_SERVER_ERROR, "the answer failed; see the log of the process\n".to_owned())
}

fn too_many_streams() -> Reply {
    Reply::retry_later("the live figures have as many viewers as this process can serve; try again later\n")
}

fn not_found() -> Reply {
    let mut text = "there is nothing here; the paths are\n".to_owned();
    for route in &ROUTES {
        writeln!(text, "  {:<20}{}", route.path, route.about).expect("writing to a string cannot fail");
    }
    Reply::plain(StatusCode::NOT_FOUND, text)
}
