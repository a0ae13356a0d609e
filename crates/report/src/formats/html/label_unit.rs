//! The unit of the labels in a panel. It stands once in the title, so that labels are short enough for narrow bars.

use super::words;
use crate::cell_value::CellValue;
use crate::chart::magnitude;
use crate::language::Language;
use crate::number;

/// What the labels of a panel are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabelUnit {
    /// Numbers without a unit, or values of several kinds.
    None,
    Percent,
    Seconds,
    Minutes,
    Hours,
}

impl LabelUnit {
    /// The unit in which all values of a panel are short. The largest duration decides.
    pub fn of<'a>(values: impl Iterator<Item = &'a CellValue>) -> Self {
        let mut unit = None;
        for value in values.filter(|value| magnitude(value).is_some()) {
            let own = match value {
                CellValue::Share { .. } | CellValue::OfGoal { .. } => Self::Percent,
                CellValue::Mean { .. } => Self::of_seconds(magnitude(value).unwrap_or_default()),
                _ => return Self::None,
            };
            unit = match unit {
                None => Some(own),
                Some(other) if other == own => unit,
                Some(Self::Percent) => return Self::None,
                Some(_) if own == Self::Percent => return Self::None,
                Some(other) => Some(if other.milliseconds() > own.milliseconds() { other } else { own }),
            };
        }
        unit.unwrap_or(Self::None)
    }

    fn of_seconds(seconds: f64) -> Self {
        match seconds {
            ..120.0 => Self::Seconds,
            ..10_800.0 => Self::Minutes,
            _ => Self::Hours,
        }
    }

    const fn milliseconds(self) -> i64 {
        match self {
            Self::None | Self::Percent => 1,
            Self::Seconds => 1000,
            Self::Minutes => 60_000,
            Self::Hours => 3_600_000,
        }
    }

    /// A value in this unit. Its n stands below the bar.
    pub fn label(self, value: &CellValue, language: Language) -> String {
        match (self, value) {
            (Self::None, CellValue::Share { .. } | CellValue::Mean { .. } | CellValue::OfGoal { .. }) => {
                number::value(value, false, language)
            }
            _ => number::bare(value, self.milliseconds(), language),
        }
    }

    /// The title of the panel with the unit.
    pub fn title(self, title: &str, language: Language) -> String {
        let unit = match self {
            Self::None => return title.to_owned(),
            Self::Percent if title.contains('%') => return title.to_owned(),
            Self::Percent => "%",
            Self::Seconds => words::seconds(language),
            Self::Minutes => words::minutes(language),
            Self::Hours => words::hours(language),
        };
        format!("{title}, {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn mean(seconds: i64) -> CellValue {
        CellValue::Mean { sum_ms: 2000 * seconds, n: 2 }
    }

    #[test]
    fn the_longest_duration_decides_the_unit_of_a_panel() {
        let of = |values: &[CellValue]| LabelUnit::of(values.iter());
        assert_eq!(of(&[mean(40), mean(119)]), LabelUnit::Seconds);
        assert_eq!(of(&[mean(40), mean(1_911), CellValue::NoData]), LabelUnit::Minutes);
        assert_eq!(of(&[mean(62_152), mean(40)]), LabelUnit::Hours);
        assert_eq!(of(&[CellValue::Share { good: 1, n: 8 }, CellValue::Hidden { n: None }]), LabelUnit::Percent);
        assert_eq!(of(&[CellValue::Share { good: 1, n: 8 }, mean(40)]), LabelUnit::None);
        assert_eq!(of(&[CellValue::Count(4)]), LabelUnit::None);
        assert_eq!(of(&[CellValue::Closed]), LabelUnit::None);
    }

    #[test]
    fn a_title_has_the_unit_once() {
        assert_eq!(LabelUnit::Percent.title("Service % (n)", Language::En), "Service % (n)");
        assert_eq!(LabelUnit::Percent.title("Neuvola", Language::Fi), "Neuvola, %");
        assert_eq!(LabelUnit::Minutes.title("Väntetid (n)", Language::Sv), "Väntetid (n), minuter");
    }
}
