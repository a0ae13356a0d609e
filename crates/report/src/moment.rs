//! Local time as it is printed. The caller knows calendar and time zone, and supplies the parts.

/// A local date and time of day. The UTC offset distinguishes the two occurrences of a repeated hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The year: 2025.
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// Minutes east of UTC: 120 in winter in Finland.
    pub utc_offset_minutes: i16,
}

impl Moment {
    /// RFC 3339 notation, with the offset.
    #[must_use]
    pub fn rfc_3339(&self) -> String {
        let Self { year, month, day, hour, minute, utc_offset_minutes } = self;
        let sign = if *utc_offset_minutes < 0 { '-' } else { '+' };
        let offset = utc_offset_minutes.unsigned_abs();
        let (offset_hours, offset_minutes) = (offset / 60, offset % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00{sign}{offset_hours:02}:{offset_minutes:02}")
    }

    /// Whether the local clock shows 00:00.
    #[must_use]
    pub const fn is_midnight(&self) -> bool {
        self.hour == 0 && self.minute == 0
    }

    /// Whether it is before another moment in the same time zone.
    #[must_use]
    pub(crate) fn is_before(self, other: Self) -> bool {
        // Dates are compared first: clocks never go back over midnight. The offset orders a repeated hour.
        let in_order = |it: Self| {
            let minutes = i16::from(it.hour) * 60 + i16::from(it.minute) - it.utc_offset_minutes;
            (it.year, it.month, it.day, minutes)
        };
        in_order(self) < in_order(other)
    }

    /// The previous date, at midnight.
    #[must_use]
    pub const fn previous_day(&self) -> Self {
        let (year, month, day) = match (self.month, self.day) {
            (1, 1) => (self.year - 1, 12, 31),
            (month, 1) => (self.year, month - 1, days_in_month(self.year, month - 1)),
            (month, day) => (self.year, month, day - 1),
        };
        Self { year, month, day, hour: 0, minute: 0, utc_offset_minutes: self.utc_offset_minutes }
    }
}

const fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The kind of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodKind {
    /// The whole time of a report.
    Whole,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A day.
    Day,
    /// An hour.
    Hour,
}

impl PeriodKind {
    /// The name in CSV and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}

/// A period of local time, `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its kind.
    pub kind: PeriodKind,
    /// Its first moment.
    pub start: Moment,
    /// The first moment after its last.
    pub end: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn midnight(year: i16, month: u8, day: u8) -> Moment {
        Moment { year, month, day, hour: 0, minute: 0, utc_offset_minutes: 120 }
    }

    #[test]
    fn the_day_before_the_first_is_the_last_day_of_the_previous_month() {
        for (of, before) in [
            (midnight(2025, 10, 1), midnight(2025, 9, 30)),
            (midnight(2025, 1, 1), midnight(2024, 12, 31)),
            (midnight(2024, 3, 1), midnight(2024, 2, 29)),
            (midnight(2100, 3, 1), midnight(2100, 2, 28)),
            (midnight(2025, 5, 17), midnight(2025, 5, 16)),
        ] {
            assert_eq!(of.previous_day(), before);
        }
    }

    #[test]
    fn a_repeated_hour_is_after_its_first_occurrence() {
        let at =
            |hour, minute, utc_offset_minutes| Moment { hour, minute, utc_offset_minutes, ..midnight(2025, 10, 26) };
        let in_order =
            [at(0, 0, 180), at(3, 0, 180), at(3, 59, 180), at(3, 0, 120), at(4, 0, 120), midnight(2025, 10, 27)];
        for (place, one) in in_order.iter().enumerate() {
            for (other_place, other) in in_order.iter().enumerate() {
                assert_eq!(one.is_before(*other), place < other_place, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_moment_is_written_with_its_offset() {
        assert_eq!(midnight(2025, 1, 1).rfc_3339(), "2025-01-01T00:00:00+02:00");
        let west = Moment { hour: 13, minute: 5, utc_offset_minutes: -210, ..midnight(2025, 1, 1) };
        assert_eq!(west.rfc_3339(), "2025-01-01T13:05:00-03:30");
    }
}
