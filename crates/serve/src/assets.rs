//! The files of the board, built into the program: its page, scripts, styles and pictures.
//!
//! A browser caches them and revalidates each time (`no-cache` with an `ETag`): an upgrade shows at once, and a reload
//! costs a few bytes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::OnceLock;

use flate2::Compression;
use hyper::body::Bytes;
use hyper::header::{HeaderValue, IF_NONE_MATCH};
use hyper::{HeaderMap, StatusCode};

use crate::negotiation::accepts_gzip;
use crate::reply::{PLAIN, Reply, SHORTEST_COMPRESSED, gzip, whole};

/// A file of the board.
pub(crate) struct Asset {
    /// The path below the board's folder, and below `/`.
    name: &'static str,
    bytes: &'static [u8],
    served: OnceLock<Served>,
}

/// Computed at the first request for the file.
struct Served {
    etag: HeaderValue,
    /// `None` if compression does not make it smaller.
    gzipped: Option<Bytes>,
}

macro_rules! asset {
    ($name:literal) => {
        Asset { name: $name, bytes: include_bytes!(concat!("board/", $name)), served: OnceLock::new() }
    };
}

/// The HTML page.
pub(crate) static PAGE: Asset = asset!("board.html");

/// The files that the page loads.
static FILES: [Asset; 72] = [
    asset!("buttons.css"),
    asset!("detail.css"),
    asset!("dialogs.css"),
    asset!("help.css"),
    asset!("kiosk.css"),
    asset!("page.css"),
    asset!("paper.css"),
    asset!("past.css"),
    asset!("selection.css"),
    asset!("summary.css"),
    asset!("themes.css"),
    asset!("tiles.css"),
    asset!("icon.svg"),
    asset!("acknowledge.js"),
    asset!("anew.js"),
    asset!("chime.js"),
    asset!("choices.js"),
    asset!("closed_row.js"),
    asset!("contacts_link.js"),
    asset!("contacts_list.js"),
    asset!("controls.js"),
    asset!("counts.js"),
    asset!("county.js"),
    asset!("day_chart.js"),
    asset!("day_comparison.js"),
    asset!("detail.js"),
    asset!("detail_now.js"),
    asset!("detail_today.js"),
    asset!("dialog.js"),
    asset!("dom.js"),
    asset!("en.js"),
    asset!("fi.js"),
    asset!("figure.js"),
    asset!("format.js"),
    asset!("freshness.js"),
    asset!("help.js"),
    asset!("hours.js"),
    asset!("indicators.js"),
    asset!("kept.js"),
    asset!("kiosk.js"),
    asset!("language.js"),
    asset!("look_back.js"),
    asset!("main.js"),
    asset!("newly.js"),
    asset!("order.js"),
    asset!("plots.js"),
    asset!("rules.js"),
    asset!("runbooks.js"),
    asset!("seen.js"),
    asset!("selection.js"),
    asset!("selection_panel.js"),
    asset!("shares.js"),
    asset!("silence.js"),
    asset!("speech.js"),
    asset!("staleness.js"),
    asset!("state.js"),
    asset!("storage.js"),
    asset!("stream.js"),
    asset!("summary.js"),
    asset!("sv.js"),
    asset!("table.js"),
    asset!("tile.js"),
    asset!("tiles.js"),
    asset!("told.js"),
    asset!("trend.js"),
    asset!("untold.js"),
    asset!("volume_goals.js"),
    asset!("wait_chart.js"),
    asset!("why.js"),
    asset!("vendor/source-sans-3-latin-wght-normal.woff2"),
    asset!("vendor/uPlot.iife.min.js"),
    asset!("vendor/uPlot.min.css"),
];

/// The file with this name, if the page loads one.
pub(crate) fn file(name: &str) -> Option<&'static Asset> {
    FILES.iter().find(|asset| asset.name == name)
}

impl Asset {
    /// Answers with the file, or with 304 if the client has this version.
    pub fn reply(&'static self, headers: &HeaderMap) -> Reply {
        let served = self.served.get_or_init(|| Served::of(self.bytes));
        let etag = Some(served.etag.clone());
        if is_known(headers, &served.etag) {
            return Reply { etag, ..Reply::new(StatusCode::NOT_MODIFIED, self.content_type(), whole(Bytes::new())) };
        }
        let gzipped = served.gzipped.as_ref().filter(|_| accepts_gzip(headers));
        let body = whole(gzipped.cloned().unwrap_or(Bytes::from_static(self.bytes)));
        let gzipped = gzipped.is_some();
        Reply { gzipped, etag, ..Reply::new(StatusCode::OK, self.content_type(), body) }
    }

    fn content_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("json") => "application/json",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("woff2") => "font/woff2",
            _ => PLAIN,
        }
    }
}

impl Served {
    fn of(bytes: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        // Weak, because it also stands for the compressed bytes.
        let etag = HeaderValue::from_str(&format!("W/\"{:016x}\"", hasher.finish()));
        let gzipped = (bytes.len() >= SHORTEST_COMPRESSED).then(|| gzip(bytes, Compression::best()));
        Self {
            etag: etag.expect("sixteen digits between quotes are a header's value"),
            gzipped: gzipped.filter(|gzipped| gzipped.len() < bytes.len()),
        }
    }
}

/// Whether the client has this version (`If-None-Match`).
fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let ours = etag.to_str().map(opaque).unwrap_or_default();
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|tag| tag.trim() == "*" || opaque(tag) == ours)
}
