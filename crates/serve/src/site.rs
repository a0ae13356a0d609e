//! The site: one table of routes, and what each answers.
//!
//! Everything that is read is read when it is asked for, on a thread that may block, and may not be kept. Nothing a
//! client sends is ever shown again, and no answer names a contact.

use std::fmt::Write as _;
use std::sync::Arc;

use hyper::header::{ALLOW, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::sync::{Semaphore, watch};

use crate::assets::{self, Asset};
use crate::board_json;
use crate::exposition::Exposition;
use crate::figures_json::{figures_json, line_json};
use crate::live::{EVENT_STREAM, Live};
use crate::negotiation::{format_of, takes_gzip};
use crate::pipeline::Pipeline;
use crate::reply::{Body, PLAIN, Reply, whole};
use crate::snapshot::Source;

/// The largest body of a request that is tolerated, in bytes. No route reads one.
const LARGEST_REQUEST_BODY: u64 = 8 * 1024;

/// How many answers are made at a time. They take turns at the ledger anyway, and more would only hold more pages.
const ANSWERS_AT_ONCE: usize = 4;

const JSON: &str = "application/json";

/// A path and what it answers.
struct Route {
    /// As it is, or up to a last part in capitals, which stands for any other.
    path: &'static str,
    about: &'static str,
    answer: Answer,
}

enum Answer {
    /// Always the same words.
    Words(&'static str),
    /// The page of the board.
    Page(&'static Asset),
    /// A file that the page loads, by its name.
    File,
    /// Read from the source, by the last part of the path if that may be any.
    Read(fn(&Site, &str, &HeaderMap) -> Reply),
    /// The live stream.
    Live,
}

static ROUTES: [Route; 8] = [
    Route { path: "/", about: "the board: live figures of all lines", answer: Answer::Page(&assets::PAGE) },
    Route { path: "/api/live", about: "what the board shows, live, as server-sent events", answer: Answer::Live },
    Route { path: "/api/figures", about: "the figures as JSON", answer: Answer::Read(Site::figures) },
    Route { path: "/api/lines/LINE", about: "those of one line", answer: Answer::Read(Site::line) },
    Route {
        path: "/metrics",
        about: "the figures and the pipeline for Prometheus (text or OpenMetrics)",
        answer: Answer::Read(Site::metrics),
    },
    Route { path: "/livez", about: "200 while the process serves", answer: Answer::Words("alive\n") },
    Route {
        path: "/readyz",
        about: "200 while the figures are complete, else 503 with the reasons",
        answer: Answer::Read(Site::readiness),
    },
    Route { path: "/FILE", about: "a file that the board loads", answer: Answer::File },
];

/// What is served: the lines, the counters and the source of the figures.
pub struct Site {
    exposition: Arc<Exposition>,
    time_zone: String,
    pipeline: Arc<Pipeline>,
    source: Arc<dyn Source>,
    turns: Arc<Semaphore>,
    live: Arc<Live>,
}

impl Site {
    /// The site of these lines. `time_zone` is the name of theirs in the IANA database: the board shows times in it,
    /// wherever it is read.
    #[must_use]
    pub fn new(exposition: Exposition, time_zone: String, pipeline: Arc<Pipeline>, source: Arc<dyn Source>) -> Self {
        let (exposition, turns) = (Arc::new(exposition), Arc::new(Semaphore::new(ANSWERS_AT_ONCE)));
        let hello = board_json::hello(pipeline.build(), &time_zone, &exposition);
        let live = Live::new(&hello, Arc::clone(&exposition), Arc::clone(&source), Arc::clone(&turns));
        Self { exposition, time_zone, pipeline, source, turns, live: Arc::new(live) }
    }

    /// Answers a request. What goes on and on ends when `leaving` is closed.
    pub(crate) async fn answer<B: hyper::body::Body>(
        self: Arc<Self>,
        request: Request<B>,
        leaving: watch::Receiver<()>,
    ) -> Response<Body> {
        if request.body().size_hint().upper().is_none_or(|bytes| bytes > LARGEST_REQUEST_BODY) {
            let text = format!("a request's body may have at most {LARGEST_REQUEST_BODY} bytes, announced\n");
            return Reply::plain(StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
        }
        let (head, _) = request.into_parts();
        let Some((route, rest)) = ROUTES.iter().find_map(|route| Some((route, route.rest(head.uri.path())?))) else {
            return not_found().into_response();
        };
        if !matches!(head.method, Method::GET | Method::HEAD) {
            let text = "only GET and HEAD are answered here\n".to_owned();
            let mut response = Reply::plain(StatusCode::METHOD_NOT_ALLOWED, text).into_response();
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match route.answer {
            Answer::Words(words) => Reply::new(StatusCode::OK, PLAIN, whole(words)).into_response(),
            Answer::Page(page) => page.reply(&head.headers).into_response(),
            Answer::File => assets::file(rest).map_or_else(not_found, |file| file.reply(&head.headers)).into_response(),
            Answer::Live => self.live(&head, leaving),
            Answer::Read(read) => {
                let rest = rest.to_owned();
                self.read(route.path, move |site| read(site, &rest, &head.headers)).await.into_response()
            }
        }
    }

    /// The answer when there are too many connections to give any other.
    pub(crate) fn busy() -> Response<Body> {
        let text = "too many connections; try again in a moment\n".to_owned();
        Reply::plain(StatusCode::SERVICE_UNAVAILABLE, text).into_response()
    }

    /// Makes a reply on a thread that may block.
    async fn read(self: Arc<Self>, path: &str, make: impl FnOnce(&Self) -> Reply + Send + 'static) -> Reply {
        // Taken before the work is handed over: whoever leaves while waiting for it leaves no work behind.
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the turns are never closed");
        let reply = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            make(&self)
        });
        reply.await.unwrap_or_else(|error| {
            tracing::error!(path, %error, "an answer failed");
            let text = "the answer failed; the log says more\n".to_owned();
            Reply::plain(StatusCode::INTERNAL_SERVER_ERROR, text)
        })
    }

    fn live(&self, head: &Parts, leaving: watch::Receiver<()>) -> Response<Body> {
        let gzipped = takes_gzip(&head.headers);
        // Who only asks what it would be is not a viewer.
        let stream = if head.method == Method::HEAD { whole("") } else { self.live.stream(gzipped, leaving) };
        let reply = Reply { gzipped, ..Reply::new(StatusCode::OK, EVENT_STREAM, stream) };
        let mut response = reply.into_response();
        // A proxy in between that collects an answer before it passes it on would pass on none of this one.
        response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }

    fn metrics(&self, _: &str, headers: &HeaderMap) -> Reply {
        let format = format_of(headers);
        let page = self.exposition.page(format, &self.source.snapshot(), &self.pipeline);
        Reply::made(format.content_type(), page, headers)
    }

    fn figures(&self, _: &str, headers: &HeaderMap) -> Reply {
        let figures = figures_json(&self.exposition, &self.time_zone, &self.source.snapshot());
        Reply::made(JSON, figures.to_string(), headers)
    }

    fn line(&self, id: &str, headers: &HeaderMap) -> Reply {
        let Some(index) = self.exposition.cards().iter().position(|card| card.id.as_str() == id) else {
            let text = "there is no such line; /api/figures has all there are\n".to_owned();
            return Reply::plain(StatusCode::NOT_FOUND, text);
        };
        Reply::made(JSON, line_json(&self.exposition, index, &self.source.snapshot()).to_string(), headers)
    }

    fn readiness(&self, _: &str, _: &HeaderMap) -> Reply {
        let readiness = self.source.readiness();
        let (status, mut text) = if readiness.complete {
            (StatusCode::OK, "ready\n".to_owned())
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned())
        };
        for reason in readiness.reasons {
            text.push_str(&reason);
            text.push('\n');
        }
        Reply::plain(status, text)
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

fn not_found() -> Reply {
    let mut text = "there is nothing here; there is\n".to_owned();
    for route in &ROUTES {
        writeln!(text, "  {:<18}{}", route.path, route.about).expect("writing to a string cannot fail");
    }
    Reply::plain(StatusCode::NOT_FOUND, text)
}
