//! The description of a line: its names, its group, and how its figures are judged.

use ensilinja_ledger::ServiceLevel;
use ensilinja_model::{Channel, LineId, WaitFrom};

use crate::targets::{Targets, VolumeGoals};

/// The configured description of a line: what its series and its tile on the board show beside the figures.
#[derive(Clone, Debug)]
pub struct LineInfo {
    /// The id of the line.
    pub id: LineId,
    /// The channel by which its customers reach it.
    pub channel: Channel,
    /// The Finnish name.
    pub name_fi: String,
    /// The Swedish name.
    pub name_sv: String,
    /// The English name.
    pub name_en: String,
    /// The group of lines it is shown with.
    pub group: String,
    /// Its names: Finnish, Swedish, English.
    pub group_names: [String; 3],
    /// The service it belongs to.
    pub service_area: String,
    /// From where its waits count; `None` if that changes by date.
    pub wait_from: Option<WaitFrom>,
    /// The definition of its service level.
    pub service_level: ServiceLevel,
    /// Its goals and alert floors.
    pub targets: Targets,
    /// The goals for the number of contacts that it has a part in.
    pub volume_goals: Vec<VolumeGoals>,
}
