//! Instants as `dlq` prints them: a letter of a minute ago is told from one of now by its seconds.

use ensilinja_model::EventTime;
use ensilinja_report::Document;
use jiff::tz::TimeZone;

use crate::local_time::zoned;

/// What stands for the timestamp of a record that has none.
const UNKNOWN: EventTime = EventTime::from_millis(-1);

/// The local time, to the second.
pub fn in_words(at: EventTime, zone: &TimeZone) -> String {
    if at == UNKNOWN {
        return "unknown".to_owned();
    }
    zoned(at, zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The local time with its offset, RFC 3339; null where it is not known.
pub fn document(at: EventTime, zone: &TimeZone) -> Document {
    if at == UNKNOWN {
        return Document::Null;
    }
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_local_and_a_missing_one_is_not_1969() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let at = EventTime::from_millis(1_758_006_900_250);
        assert_eq!(in_words(at, &zone), "2025-09-16 10:15:00");
        assert_eq!(document(at, &zone), Document::from("2025-09-16T10:15:00.250+03:00"));
        assert_eq!((in_words(UNKNOWN, &zone), document(UNKNOWN, &zone)), ("unknown".to_owned(), Document::Null));
    }
}
