//! The times of a record, in the form that the configuration names.

use std::borrow::Cow;

use ensilinja_model::EventTime;
use jiff::tz::TimeZone;

use crate::json::field::Field;
use crate::native::epoch::{EpochUnit, epoch_in};
use crate::native::instant::{instant_in, since_2000};
use crate::{Detail, timestamp};

/// The form of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// A date and a time of day, as RFC 3339 or ISO 8601 write them. Without an offset it is a local time of the
    /// source's zone.
    Text,
    /// A number of units since 1970.
    Epoch(EpochUnit),
}

/// The length of a date: `2026-03-03`.
const DATE_BYTES: usize = 10;

impl TimeForm {
    /// The instant in a field; `None` if it is absent: missing, null, empty, zero, or before the year 2000.
    pub(super) fn read(self, field: &Field<'_>, zone: Option<&TimeZone>) -> Result<Option<EventTime>, Detail> {
        match (self, field) {
            (Self::Epoch(unit), field) => epoch_in(field, unit),
            (Self::Text, Field::Text(text)) => match timestamp::parse(text) {
                Some(at) => Ok(since_2000(at)),
                None => instant_in(&Field::Text(in_rfc_3339(text.trim())), zone),
            },
            (Self::Text, field) => instant_in(field, zone),
        }
    }
}

/// The text with what RFC 3339 asks for, where ISO 8601 and databases leave it out: a `T` for a space, a colon in the
/// offset. Zero alone is no time.
fn in_rfc_3339(text: &str) -> Cow<'_, str> {
    if text == "0" {
        return Cow::Borrowed("");
    }
    let has_space = text.as_bytes().get(DATE_BYTES) == Some(&b' ');
    let offset = text.get(DATE_BYTES..).and_then(|time| time.rfind(['+', '-'])).map(|at| at + DATE_BYTES);
    let digits = offset.and_then(|at| text.get(at + 1..)).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    if !has_space && digits.is_none() {
        return Cow::Borrowed(text);
    }
    let mut written = text.to_owned();
    match digits.map(str::len) {
        Some(4) => written.insert(text.len() - 2, ':'),
        Some(2) => written.push_str(":00"),
        _ => {}
    }
    if has_space {
        written.replace_range(DATE_BYTES..=DATE_BYTES, "T");
    }
    // A space before the offset.
    Cow::Owned(written.replace(' ', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_as_platforms_and_databases_write_them() {
        let helsinki = TimeZone::get("Europe/Helsinki").unwrap();
        let read = |text: &'static str, zone| {
            TimeForm::Text.read(&Field::Text(text.into()), zone).map(|at| at.map(EventTime::as_millis))
        };
        for text in [
            "2026-03-03T05:00:00.412Z",
            "2026-03-03 05:00:00.412Z",
            "2026-03-03T07:00:00.412+02:00",
            "2026-03-03T07:00:00.412+0200",
            "2026-03-03 07:00:00.412 +02:00",
            "2026-03-03 07:00:00.4127+02",
            " 2026-03-03T05:00:00.412Z ",
        ] {
            assert_eq!(read(text, None), Ok(Some(1_772_514_000_412)), "{text}");
        }
        for text in ["2026-03-03T07:00:00.412", "2026-03-03 07:00:00.412"] {
            assert_eq!(read(text, Some(&helsinki)), Ok(Some(1_772_514_000_412)), "{text}");
            assert_eq!(read(text, None), Err(Detail::InstantWithoutZone), "{text}");
        }
        for text in ["", " ", "0", "0001-01-01T00:00:00Z", "1900-01-01 00:00:00Z"] {
            assert_eq!(read(text, None), Ok(None), "{text}");
        }
        for text in ["3.3.2026 7.00", "2026-03-03", "1772514000", "soon", "2026-03-03T07:00:00+2", "ääääää +02"] {
            assert_eq!(read(text, Some(&helsinki)), Err(Detail::BadInstant), "{text}");
        }
    }
}
