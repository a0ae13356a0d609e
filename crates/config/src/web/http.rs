//! `http_server_config` and `rate_limit`.

use crate::error::ConfigError;
use crate::yaml::{YamlTable, quoted};

pub(super) const HTTP: &str = "http_server_config";
pub(super) const RATE_LIMIT: &str = "rate_limit";
const HTTP2: &str = "http2";
const HEADERS: &str = "headers";

/// The headers that the toolkit allows, each with the only values that it may have; with none, any.
const ALLOWED_HEADERS: [(&str, &[&str]); 5] = [
    ("Content-Security-Policy", &[]),
    ("Strict-Transport-Security", &[]),
    ("X-Content-Type-Options", &["nosniff"]),
    ("X-Frame-Options", &["deny", "sameorigin"]),
    ("X-XSS-Protection", &[]),
];

/// Reads `http_server_config`: the headers of every answer.
pub(super) fn headers(root: &YamlTable<'_>) -> Result<Vec<(&'static str, String)>, ConfigError> {
    let Some(http) = root.table(HTTP, &[HTTP2, HEADERS])? else { return Ok(Vec::new()) };
    if http.flag(HTTP2)? == Some(true) {
        let advice = "HTTP/2 is not served: leave out the key, or put a reverse proxy in front";
        return Err(http.refusal(HTTP2, "true", advice));
    }
    let Some(table) = http.table(HEADERS, &ALLOWED_HEADERS.map(|(name, _)| name))? else { return Ok(Vec::new()) };
    let mut headers = Vec::new();
    for (name, values) in ALLOWED_HEADERS {
        let Some(value) = table.text(name)? else { continue };
        if !values.is_empty() && !values.contains(&value.as_str()) {
            return Err(table.refusal(name, &quoted(&value), &format!("it should be {}", values.join(" or "))));
        }
        if !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(table.refusal(name, "no header", "it should be one line of printable ASCII characters"));
        }
        headers.push((name, value));
    }
    Ok(headers)
}

/// Refuses `rate_limit`, unless it is switched off.
pub(super) fn refuse_rate_limit(root: &YamlTable<'_>) -> Result<(), ConfigError> {
    let Some(limit) = root.table(RATE_LIMIT, &["interval", "burst"])? else { return Ok(()) };
    let interval = limit.text("interval")?;
    if interval.as_deref().is_none_or(|text| text.trim_end_matches(|unit: char| unit.is_ascii_lowercase()) == "0") {
        return Ok(());
    }
    let advice = "one limit for all requests would stop boards and probes together, and the limits of connections are \
                  built in: leave out the key, or limit clients in a reverse proxy";
    Err(root.refusal(RATE_LIMIT, "not supported", advice))
}
