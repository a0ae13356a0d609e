//! A finding about a sample.

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleArea {
    /// Whether records may be read.
    Permissions,
    /// The records.
    Records,
}

/// How good or bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleState {
    /// As it should be.
    Good,
    /// It may be intended, but something suffers from it.
    Warning,
    /// It has to be repaired.
    Problem,
    /// It was not examined.
    NotTried,
}

/// A finding about the topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFinding {
    /// What it is about.
    pub area: SampleArea,
    /// How good or bad it is.
    pub state: SampleState,
    /// What was found.
    pub what: String,
    /// What to do, where something is to be done.
    pub remedy: Option<String>,
}

impl SampleFinding {
    pub(super) fn good(what: impl Into<String>) -> Self {
        Self { area: SampleArea::Records, state: SampleState::Good, what: what.into(), remedy: None }
    }

    pub(super) fn not_tried(what: impl Into<String>) -> Self {
        Self { state: SampleState::NotTried, ..Self::good(what) }
    }

    pub(super) fn warning(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: SampleState::Warning, remedy: Some(remedy.into()), ..Self::good(what) }
    }

    pub(super) fn problem(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: SampleState::Problem, ..Self::warning(what, remedy) }
    }

    pub(super) fn about_permissions(self) -> Self {
        Self { area: SampleArea::Permissions, ..self }
    }
}
