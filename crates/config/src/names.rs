//! Names of lines and groups in the languages of the county's customers.

use crate::error::ConfigError;
use crate::section::Section;
use crate::value::{self, NAME};

/// The key of a name.
pub(crate) const NAME_KEY: &str = "name";

/// The languages of a name.
pub(crate) const LANGUAGES: [&str; 3] = ["fi", "sv", "en"];

/// A name in the languages of the county's customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineNames {
    /// In Finnish.
    pub fi: String,
    /// In Swedish.
    pub sv: String,
    /// In English.
    pub en: String,
}

/// Reads a name. Swedish and English are the Finnish name where they are left out.
pub(crate) fn names(section: &Section<'_>) -> Result<LineNames, ConfigError> {
    let fi = section.required("fi", NAME, value::name)?;
    let in_language = |key| section.optional(key, value::name).map(|found| found.unwrap_or_else(|| fi.clone()));
    Ok(LineNames { sv: in_language("sv")?, en: in_language("en")?, fi })
}
