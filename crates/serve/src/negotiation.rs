//! Content negotiation: `Accept` and `Accept-Encoding`, with their quality values.
//!
//! A client that accepts none of our formats gets the plain text anyway: it is more useful than 406.

use ensilinja_catalogue::MetricsFormat;
use hyper::HeaderMap;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, HeaderName};

/// The format of the metrics that the client prefers; text if it has no preference.
pub(crate) fn format_of(headers: &HeaderMap) -> MetricsFormat {
    let (mut text, mut open_metrics, mut named) = (Preference::default(), Preference::default(), false);
    each_item(headers, &ACCEPT, |range, parameters, quality| {
        let version = |ours: &str| parameters.iter().all(|(name, value)| *name != "version" || *value == ours);
        match range {
            "text/plain" if version("0.0.4") => text.update(3, quality),
            "text/*" => text.update(2, quality),
            "application/openmetrics-text" if version("1.0.0") => {
                open_metrics.update(3, quality);
                named = true;
            }
            "application/*" => open_metrics.update(2, quality),
            "*/*" => {
                text.update(1, quality);
                open_metrics.update(1, quality);
            }
            _ => {}
        }
    });
    let preferred = open_metrics.quality > text.quality || (named && open_metrics.quality >= text.quality);
    if preferred && open_metrics.quality > 0.0 { MetricsFormat::OpenMetrics } else { MetricsFormat::Text }
}

/// Whether the client accepts gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut gzip = Preference::default();
    each_item(headers, &ACCEPT_ENCODING, |coding, _, quality| match coding {
        "gzip" => gzip.update(2, quality),
        "*" => gzip.update(1, quality),
        _ => {}
    });
    gzip.quality > 0.0
}

/// The client's preference for a format, by the most specific item that matches it.
#[derive(Default)]
struct Preference {
    specificity: u8,
    quality: f32,
}

impl Preference {
    fn update(&mut self, specificity: u8, quality: f32) {
        if specificity > self.specificity {
            *self = Self { specificity, quality };
        } else if specificity == self.specificity {
            self.quality = self.quality.max(quality);
        }
    }
}

/// Calls `take` with the name, the parameters and the quality of each item of a header's lists, all in lower case. A
/// quality that is not a number counts as 0.
fn each_item(headers: &HeaderMap, header: &HeaderName, mut take: impl FnMut(&str, &[(&str, &str)], f32)) {
    for value in headers.get_all(header) {
        let Ok(value) = value.to_str() else { continue };
        for item in value.to_ascii_lowercase().split(',') {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let parameters: Vec<(&str, &str)> = parts
                .filter_map(|parameter| parameter.split_once('='))
                .map(|(name, value)| (name.trim_end(), value.trim_start().trim_matches('"')))
                .collect();
            let quality = parameters.iter().find(|(name, _)| *name == "q");
            let quality = quality.map_or(1.0, |(_, value)| value.parse().unwrap_or(0.0));
            take(name, &parameters, quality);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(header: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header, value.parse().unwrap())])
    }

    #[test]
    fn the_preferred_format_is_chosen() {
        for (accept, format) in [
            ("*/*", MetricsFormat::Text),
            ("", MetricsFormat::Text),
            ("text/html", MetricsFormat::Text),
            ("text/plain", MetricsFormat::Text),
            ("application/openmetrics-text", MetricsFormat::OpenMetrics),
            ("Application/OpenMetrics-Text; Version=\"1.0.0\"", MetricsFormat::OpenMetrics),
            ("application/openmetrics-text;version=2.0.0", MetricsFormat::Text),
            ("application/openmetrics-text;q=0", MetricsFormat::Text),
            ("application/openmetrics-text;q=high", MetricsFormat::Text),
            ("application/openmetrics-text;q=0.4, text/plain;q=0.5", MetricsFormat::Text),
            ("application/openmetrics-text;q=0.5, text/plain;q=0.5", MetricsFormat::OpenMetrics),
            ("application/openmetrics-text;q=0.2, */*;q=0.1", MetricsFormat::OpenMetrics),
            ("application/*, text/*;q=0.9", MetricsFormat::OpenMetrics),
            // Prometheus 2, then 3.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                 text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                MetricsFormat::OpenMetrics,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                 application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
                 text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                MetricsFormat::OpenMetrics,
            ),
        ] {
            assert_eq!(format_of(&asking(ACCEPT, accept)), format, "{accept}");
        }
        assert_eq!(format_of(&HeaderMap::new()), MetricsFormat::Text);
    }

    #[test]
    fn gzip_is_accepted_if_it_or_any_coding_is_named_and_not_if_it_is_refused() {
        for (accept, accepts) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("*", true),
            ("identity", false),
            ("gzip;q=0", false),
            ("gzip;q=0, *", false),
            ("", false),
        ] {
            assert_eq!(accepts_gzip(&asking(ACCEPT_ENCODING, accept)), accepts, "{accept}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
