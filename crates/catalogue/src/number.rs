//! The number of a series, and how the text formats write it.

use std::fmt::Write as _;

/// A number as it is exposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A whole number.
    Count(i64),
    /// Milliseconds. Shown in seconds, exactly.
    Millis(i64),
    /// Written with as many digits as it takes to read back the same number.
    Real(f64),
}

impl Number {
    pub(crate) fn of(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Appends the number without superfluous digits: `3`, not `3.0`; 1 234 ms as `1.234`.
    pub(crate) fn push_to(self, text: &mut String) {
        let written = match self {
            Self::Count(count) => write!(text, "{count}"),
            Self::Millis(ms) => {
                let (sign, ms) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
                match (ms / 1000, ms % 1000) {
                    (seconds, 0) => write!(text, "{sign}{seconds}"),
                    (seconds, rest) if rest % 100 == 0 => write!(text, "{sign}{seconds}.{}", rest / 100),
                    (seconds, rest) if rest % 10 == 0 => write!(text, "{sign}{seconds}.{:02}", rest / 10),
                    (seconds, rest) => write!(text, "{sign}{seconds}.{rest:03}"),
                }
            }
            Self::Real(real) if real == f64::INFINITY => write!(text, "+Inf"),
            Self::Real(real) if real == f64::NEG_INFINITY => write!(text, "-Inf"),
            Self::Real(real) => write!(text, "{real}"),
        };
        written.expect("writing to a string cannot fail");
    }

    /// The number as [`push_to`](Self::push_to) writes it.
    pub(crate) fn written(self) -> String {
        let mut text = String::new();
        self.push_to(&mut text);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_no_superfluous_digit() {
        for (ms, text) in [
            (0, "0"),
            (1, "0.001"),
            (10, "0.01"),
            (50, "0.05"),
            (100, "0.1"),
            (999, "0.999"),
            (1000, "1"),
            (1234, "1.234"),
            (1230, "1.23"),
            (1200, "1.2"),
            (-1500, "-1.5"),
            (-1, "-0.001"),
            (1_758_006_900_123, "1758006900.123"),
            (i64::MIN, "-9223372036854775.808"),
        ] {
            assert_eq!(Number::Millis(ms).written(), text);
        }
        for (real, text) in [
            (3.0, "3"),
            (0.005, "0.005"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
            (1e10, "10000000000"),
        ] {
            assert_eq!(Number::Real(real).written(), text);
        }
    }
}
