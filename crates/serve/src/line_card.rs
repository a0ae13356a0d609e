//! What a line is called, where it belongs, and how its figures are read.

use ensilinja_ledger::ServiceLevel;
use ensilinja_model::{Channel, LineId};

use crate::targets::Targets;

/// The description of a line, as configured: what its series and its row on the board say beside the figures.
#[derive(Clone, Debug)]
pub struct LineCard {
    /// Its id.
    pub id: LineId,
    /// How its customers reach it.
    pub channel: Channel,
    /// Its name in Finnish.
    pub name_fi: String,
    /// Its name in Swedish.
    pub name_sv: String,
    /// Its name in English.
    pub name_en: String,
    /// The lines it is shown with.
    pub group: String,
    /// The service it belongs to.
    pub service_area: String,
    /// The formula of its service level.
    pub service_level: ServiceLevel,
    /// What is aimed at.
    pub targets: Targets,
}
