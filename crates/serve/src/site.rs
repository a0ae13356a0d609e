//! The site: one table of routes, and what each answers.
//!
//! Everything that is read is read when it is asked for, on a thread that may block, and may not be kept. Nothing a
//! client sends is ever shown again, and no answer names a contact.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::body::{Body, Bytes};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};

use tokio::sync::Semaphore;

use crate::exposition::Exposition;
use crate::figures_json::figures_json;
use crate::negotiation::{format_of, takes_gzip};
use crate::pipeline::Pipeline;
use crate::snapshot::Source;

const PLAIN: &str = "text/plain; charset=utf-8";

/// The largest body of a request that is tolerated, in bytes. No route reads one.
const LARGEST_REQUEST_BODY: u64 = 8 * 1024;

/// How many answers are made at a time. They take turns at the ledger anyway, and more would only hold more pages.
const ANSWERS_AT_ONCE: usize = 4;

/// An answer shorter than this is not compressed: it fits one packet as it is. In bytes.
const SHORTEST_COMPRESSED: usize = 1024;

/// The board's script and style come from here and nothing from anywhere else.
const SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                               img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A path and what it answers.
struct Route {
    path: &'static str,
    about: &'static str,
    answer: Answer,
}

enum Answer {
    /// Always the same.
    Fixed { content_type: &'static str, body: &'static str },
    /// Read from the source.
    Read(fn(&Site, &HeaderMap) -> Reply),
}

static ROUTES: [Route; 7] = [
    Route {
        path: "/",
        about: "live table of the lines",
        answer: Answer::Fixed { content_type: "text/html; charset=utf-8", body: include_str!("board/board.html") },
    },
    Route {
        path: "/board.css",
        about: "its style",
        answer: Answer::Fixed { content_type: "text/css; charset=utf-8", body: include_str!("board/board.css") },
    },
    Route {
        path: "/board.js",
        about: "its script",
        answer: Answer::Fixed { content_type: "text/javascript; charset=utf-8", body: include_str!("board/board.js") },
    },
    Route { path: "/api/figures", about: "the figures as JSON", answer: Answer::Read(Site::figures) },
    Route {
        path: "/metrics",
        about: "the figures and the pipeline for Prometheus (text or OpenMetrics)",
        answer: Answer::Read(Site::metrics),
    },
    Route {
        path: "/livez",
        about: "200 while the process serves",
        answer: Answer::Fixed { content_type: PLAIN, body: "alive\n" },
    },
    Route {
        path: "/readyz",
        about: "200 while the figures are complete, else 503 with the reasons",
        answer: Answer::Read(Site::readiness),
    },
];

/// What is served: the lines, the counters and the source of the figures.
pub struct Site {
    exposition: Exposition,
    time_zone: String,
    pipeline: Arc<Pipeline>,
    source: Arc<dyn Source>,
    turns: Arc<Semaphore>,
}

/// An answer before its headers.
struct Reply {
    status: StatusCode,
    content_type: &'static str,
    body: Bytes,
    gzipped: bool,
}

impl Site {
    /// The site of these lines. `time_zone` is the name of theirs in the IANA database: the board shows times in it,
    /// wherever it is read.
    #[must_use]
    pub fn new(exposition: Exposition, time_zone: String, pipeline: Arc<Pipeline>, source: Arc<dyn Source>) -> Self {
        Self { exposition, time_zone, pipeline, source, turns: Arc::new(Semaphore::new(ANSWERS_AT_ONCE)) }
    }

    /// Answers a request.
    pub(crate) async fn answer<B: Body>(self: Arc<Self>, request: Request<B>) -> Response<Full<Bytes>> {
        if request.body().size_hint().upper().is_none_or(|bytes| bytes > LARGEST_REQUEST_BODY) {
            let text = format!("a request's body may have at most {LARGEST_REQUEST_BODY} bytes, announced\n");
            return Reply::plain(StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
        }
        let Some(route) = ROUTES.iter().find(|route| route.path == request.uri().path()) else {
            return Reply::plain(StatusCode::NOT_FOUND, not_found()).into_response();
        };
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let text = "only GET and HEAD are answered here\n".to_owned();
            let mut response = Reply::plain(StatusCode::METHOD_NOT_ALLOWED, text).into_response();
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match route.answer {
            Answer::Fixed { content_type, body } => Reply::fixed(content_type, body).into_response(),
            Answer::Read(read) => {
                let (head, _) = request.into_parts();
                // Taken before the work is handed over: whoever leaves while waiting for it leaves no work behind.
                let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the turns are never closed");
                let reply = move || {
                    let _turn = turn;
                    read(&self, &head.headers).compressed_for(&head.headers)
                };
                match tokio::task::spawn_blocking(reply).await {
                    Ok(reply) => reply.into_response(),
                    Err(error) => {
                        tracing::error!(path = route.path, %error, "an answer failed");
                        let text = "the answer failed; the log says more\n".to_owned();
                        Reply::plain(StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
                    }
                }
            }
        }
    }

    /// The answer when there are too many connections to give any other.
    pub(crate) fn busy() -> Response<Full<Bytes>> {
        let text = "too many connections; try again in a moment\n".to_owned();
        Reply::plain(StatusCode::SERVICE_UNAVAILABLE, text).into_response()
    }

    fn metrics(&self, headers: &HeaderMap) -> Reply {
        let format = format_of(headers);
        let page = self.exposition.page(format, &self.source.snapshot(), &self.pipeline);
        Reply::new(StatusCode::OK, format.content_type(), page.into())
    }

    fn figures(&self, _: &HeaderMap) -> Reply {
        let figures = figures_json(&self.exposition, &self.time_zone, &self.source.snapshot());
        Reply::new(StatusCode::OK, "application/json", figures.to_string().into())
    }

    fn readiness(&self, _: &HeaderMap) -> Reply {
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

impl Reply {
    const fn new(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        Self { status, content_type, body, gzipped: false }
    }

    fn plain(status: StatusCode, text: String) -> Self {
        Self::new(status, PLAIN, text.into())
    }

    const fn fixed(content_type: &'static str, body: &'static str) -> Self {
        Self::new(StatusCode::OK, content_type, Bytes::from_static(body.as_bytes()))
    }

    /// Compressed, if the client takes that and it is worth it: fast rather than small, for the page is made anew for
    /// each scrape and repeats itself so much that fast is small enough.
    fn compressed_for(mut self, headers: &HeaderMap) -> Self {
        if self.body.len() >= SHORTEST_COMPRESSED && takes_gzip(headers) {
            let mut encoder = GzEncoder::new(Vec::with_capacity(self.body.len() / 8), Compression::fast());
            let written = encoder.write_all(&self.body).and_then(|()| encoder.finish());
            self.body = written.expect("writing to memory cannot fail").into();
            self.gzipped = true;
        }
        self
    }

    fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in [
            (CONTENT_TYPE, self.content_type),
            (CACHE_CONTROL, "no-store"),
            (CONTENT_SECURITY_POLICY, SECURITY_POLICY),
            (REFERRER_POLICY, "no-referrer"),
            (VARY, "accept, accept-encoding"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if self.gzipped {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

fn not_found() -> String {
    let mut text = "there is nothing here; there is\n".to_owned();
    for route in &ROUTES {
        writeln!(text, "  {:<14}{}", route.path, route.about).expect("writing to a string cannot fail");
    }
    text
}
