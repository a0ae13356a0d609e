//! Opening hours as they are written under `hours`.

use ensilinja_calendar::OpeningHours;
use toml::de::DeValue;

use crate::section::Expected;

/// The key of the opening hours.
pub(crate) const HOURS: &str = "hours";

/// What [`hours`] takes.
pub(crate) const HOURS_EXPECTED: &str = "opening hours, such as \"Mo-Fr 08:00-15:00; PH off\" or \"24/7\"";

/// Reads opening hours.
pub(crate) fn hours(value: &DeValue<'_>) -> Result<OpeningHours, Expected> {
    let text = value.as_str().ok_or(HOURS_EXPECTED)?;
    OpeningHours::parse(text).map_err(|error| format!("opening hours: {error}").into())
}
