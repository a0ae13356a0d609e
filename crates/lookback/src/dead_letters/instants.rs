//! Instants of dead letters as they are printed.

use ensilinja_model::EventTime;
use ensilinja_report::JsonDocument;
use jiff::tz::TimeZone;

use crate::local_time::{to_the_second, zoned};

/// The local time to the second; `unknown` of a record without a timestamp.
pub(super) fn in_words(at: impl Into<Option<EventTime>>, zone: &TimeZone) -> String {
    at.into().map_or_else(|| "unknown".to_owned(), |at| to_the_second(at, zone))
}

/// RFC 3339 with milliseconds and the offset of the zone; null if the instant is unknown.
pub(super) fn document(at: impl Into<Option<EventTime>>, zone: &TimeZone) -> JsonDocument {
    let text = |at| zoned(at, zone).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
    at.into().map_or(JsonDocument::Null, |at| text(at).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_local_and_an_unknown_one_is_not_1970() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let at = EventTime::from_millis(1_758_006_900_250);
        assert_eq!(in_words(at, &zone), "2025-09-16 10:15:00");
        assert_eq!(document(at, &zone), JsonDocument::from("2025-09-16T10:15:00.250+03:00"));
        assert_eq!((in_words(None, &zone), document(None, &zone)), ("unknown".to_owned(), JsonDocument::Null));
    }
}
