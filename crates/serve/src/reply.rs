//! Replies: an answer before its headers, and the headers of every answer.

use std::convert::Infallible;
use std::io::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use http_body_util::channel::Channel;
use hyper::body::{Bytes, Frame, SizeHint};
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};

use crate::admission::AnswerInProgress;

/// The content type of a short text for people.
pub(crate) const PLAIN: &str = "text/plain; charset=utf-8";

/// The shortest answer that is compressed, in bytes; a shorter one fits into one packet.
pub(crate) const SHORTEST_COMPRESSED: usize = 1024;

/// The board loads everything from this server.
const SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                               font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";

/// The headers of a refusal because of too many clients: close the connection, and retry after this many seconds.
const RETRY_LATER: &[(&str, &str)] = &[("retry-after", "10"), ("connection", "close")];

/// The header with the supported methods.
pub(crate) const ALLOWED_METHODS: &[(&str, &str)] = &[("allow", "GET, HEAD")];

/// The header of a stream. Without it, a proxy that buffers whole answers would never forward any of it.
pub(crate) const UNBUFFERED: &[(&str, &str)] = &[("x-accel-buffering", "no")];

/// A body, with the answer in progress, which ends when the body has been sent.
pub(crate) struct ReplyBody {
    content: BodyContent,
    in_progress: Option<AnswerInProgress>,
}

/// The content: whole, or chunk by chunk.
enum BodyContent {
    Whole(Full<Bytes>),
    Chunks(Channel<Bytes>),
}

impl ReplyBody {
    /// A body that is sent chunk by chunk.
    pub fn chunks(chunks: Channel<Bytes>) -> Self {
        Self { content: BodyContent::Chunks(chunks), in_progress: None }
    }
}

impl hyper::body::Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut self.content {
            BodyContent::Whole(whole) => Pin::new(whole).poll_frame(context),
            BodyContent::Chunks(chunks) => Pin::new(chunks).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            BodyContent::Whole(whole) => whole.is_end_stream(),
            BodyContent::Chunks(chunks) => chunks.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            BodyContent::Whole(whole) => whole.size_hint(),
            BodyContent::Chunks(chunks) => chunks.size_hint(),
        }
    }
}

/// An answer before its headers.
pub(crate) struct Reply {
    pub status: StatusCode,
    pub content_type: &'static str,
    pub body: ReplyBody,
    /// Whether the body is compressed.
    pub gzipped: bool,
    /// The version of an answer that a client may cache and must revalidate each time.
    pub etag: Option<HeaderValue>,
    /// Additional headers, by their names in lower case.
    pub extra_headers: &'static [(&'static str, &'static str)],
}

impl Reply {
    pub fn new(status: StatusCode, content_type: &'static str, body: ReplyBody) -> Self {
        Self { status, content_type, body, gzipped: false, etag: None, extra_headers: &[] }
    }

    /// A short text for people.
    pub fn plain(status: StatusCode, text: String) -> Self {
        Self::new(status, PLAIN, whole(text))
    }

    /// A refusal because of too many clients.
    pub fn retry_later(text: &str) -> Self {
        Self { extra_headers: RETRY_LATER, ..Self::plain(StatusCode::SERVICE_UNAVAILABLE, text.to_owned()) }
    }

    /// The connection is busy with this answer until it has been sent.
    pub fn in_progress(mut self, in_progress: Option<AnswerInProgress>) -> Self {
        self.body.in_progress = in_progress;
        self
    }

    /// The response, with this Content-Security-Policy.
    pub fn into_response(self, policy: &HeaderValue) -> Response<ReplyBody> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let mut insert = |name: HeaderName, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        insert(CONTENT_TYPE, self.content_type);
        insert(CACHE_CONTROL, if self.etag.is_some() { "no-cache" } else { "no-store" });
        insert(REFERRER_POLICY, "no-referrer");
        insert(VARY, "accept, accept-encoding");
        insert(X_CONTENT_TYPE_OPTIONS, "nosniff");
        if self.gzipped {
            insert(CONTENT_ENCODING, "gzip");
        }
        for (name, value) in self.extra_headers {
            insert(HeaderName::from_static(name), value);
        }
        headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
        if let Some(etag) = self.etag {
            headers.insert(ETAG, etag);
        }
        response
    }
}

/// The Content-Security-Policy of all answers. Pages of these origins may show them in a frame; of none, nothing may.
///
/// # Panics
/// If an origin has a character that a header cannot hold.
pub(crate) fn security_policy(frame_ancestors: &[String]) -> HeaderValue {
    let ancestors = if frame_ancestors.is_empty() { "'none'".to_owned() } else { frame_ancestors.join(" ") };
    HeaderValue::try_from(format!("{SECURITY_POLICY}; frame-ancestors {ancestors}")).expect("origins are plain text")
}

/// A whole body.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> ReplyBody {
    ReplyBody { content: BodyContent::Whole(Full::new(bytes.into())), in_progress: None }
}

/// Compresses bytes.
pub(crate) fn gzip(bytes: &[u8], level: Compression) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 8), level);
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory cannot fail").into()
}
