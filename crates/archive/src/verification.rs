//! What `archive verify` finds, as JSON.

use serde::Serialize;

use crate::manifest::Manifest;

/// A file that was verified.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedFile {
    /// Its name.
    pub file: String,
    /// What is wrong with it; `None` if it is sound.
    pub fault: Option<String>,
    /// What it says about itself, if it can be read.
    pub manifest: Option<Manifest>,
}

/// What was found in files, and between them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verification {
    /// The files, in the order in which they were named.
    pub files: Vec<VerifiedFile>,
    /// What is wrong between them.
    pub problems: Vec<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && self.files.iter().all(|file| file.fault.is_none())
    }

    /// As one JSON document, with a newline at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts and numbers can be written to memory") + "\n"
    }
}
