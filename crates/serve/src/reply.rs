//! Replies: what an answer is before it has headers, and the headers that every answer has.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::channel::Channel;
use http_body_util::{Either, Full};
use hyper::body::Bytes;
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{HeaderMap, Response, StatusCode};

use crate::negotiation::takes_gzip;

/// The content type of a line or two for a human.
pub(crate) const PLAIN: &str = "text/plain; charset=utf-8";

/// An answer shorter than this is not compressed: it fits one packet as it is. In bytes.
pub(crate) const SHORTEST_COMPRESSED: usize = 1024;

/// What the board loads comes from here and nothing from anywhere else.
const SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                               font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                               frame-ancestors 'none'";

/// A body that is there as a whole, or one that comes piece by piece.
pub(crate) type Body = Either<Full<Bytes>, Channel<Bytes>>;

/// An answer before its headers.
pub(crate) struct Reply {
    pub status: StatusCode,
    pub content_type: &'static str,
    pub body: Body,
    /// Whether the body is compressed.
    pub gzipped: bool,
    /// What tells this version of the answer from others, if it may be kept: it is asked for again each time.
    pub etag: Option<HeaderValue>,
}

impl Reply {
    pub fn new(status: StatusCode, content_type: &'static str, body: Body) -> Self {
        Self { status, content_type, body, gzipped: false, etag: None }
    }

    /// A line or two for a human.
    pub fn plain(status: StatusCode, text: String) -> Self {
        Self::new(status, PLAIN, whole(text))
    }

    /// Made anew for whoever asks, and compressed if the client takes that and it is worth it: fast rather than small,
    /// for a page of figures repeats itself so much that fast is small enough.
    pub fn made(content_type: &'static str, body: String, headers: &HeaderMap) -> Self {
        let gzipped = body.len() >= SHORTEST_COMPRESSED && takes_gzip(headers);
        let body = if gzipped { gzip(body.as_bytes(), Compression::fast()) } else { body.into() };
        Self { gzipped, ..Self::new(StatusCode::OK, content_type, whole(body)) }
    }

    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let mut insert = |name: HeaderName, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        insert(CONTENT_TYPE, self.content_type);
        insert(CACHE_CONTROL, if self.etag.is_some() { "no-cache" } else { "no-store" });
        insert(CONTENT_SECURITY_POLICY, SECURITY_POLICY);
        insert(REFERRER_POLICY, "no-referrer");
        insert(VARY, "accept, accept-encoding");
        insert(X_CONTENT_TYPE_OPTIONS, "nosniff");
        if self.gzipped {
            insert(CONTENT_ENCODING, "gzip");
        }
        if let Some(etag) = self.etag {
            headers.insert(ETAG, etag);
        }
        response
    }
}

/// A body that is there as a whole.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> Body {
    Body::Left(Full::new(bytes.into()))
}

/// The bytes, compressed.
pub(crate) fn gzip(bytes: &[u8], how: Compression) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 8), how);
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory cannot fail").into()
}
