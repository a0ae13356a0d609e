//! Instants as `dlq` prints them: a letter of a minute ago is told from one of now by its seconds.

use ensilinja_model::EventTime;
use ensilinja_report::JsonDocument;
use jiff::tz::TimeZone;

use crate::local_time::zoned;

/// The local time, to the second; `unknown` where it is not known, such as that of a record without a timestamp.
pub fn in_words(at: impl Into<Option<EventTime>>, zone: &TimeZone) -> String {
    at.into().map_or_else(|| "unknown".to_owned(), |at| zoned(at, zone).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// The local time with its offset, RFC 3339; null where it is not known.
pub fn document(at: impl Into<Option<EventTime>>, zone: &TimeZone) -> JsonDocument {
    let text = |at| zoned(at, zone).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
    at.into().map_or(JsonDocument::Null, |at| text(at).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_local_and_a_missing_one_is_not_1969() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let at = EventTime::from_millis(1_758_006_900_250);
        assert_eq!(in_words(at, &zone), "2025-09-16 10:15:00");
        assert_eq!(document(at, &zone), JsonDocument::from("2025-09-16T10:15:00.250+03:00"));
        assert_eq!((in_words(None, &zone), document(None, &zone)), ("unknown".to_owned(), JsonDocument::Null));
    }
}
