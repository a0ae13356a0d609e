//! One line of the simulated county.

use ensilinja_model::{Channel, LineId};

use super::behaviour::Behaviour;
use crate::{LinePromise, WeeklyHours};

/// One line of a county: what a configuration says about it, and how its contacts fare.
#[derive(Clone, Debug)]
pub struct CountyLine {
    /// Its name in events and labels.
    pub id: LineId,
    /// How its customers reach it.
    pub channel: Channel,
    /// Its Finnish name, as the county prints it where it does.
    pub name_fi: String,
    /// What it is shown with. The lines that the county prints as one row are one group.
    pub group: String,
    /// The area it serves.
    pub service_area: String,
    /// When it is open.
    pub hours: WeeklyHours,
    /// An abandon sooner than this is short. In ms.
    pub short_abandon_ms: u32,
    /// A wait up to and including this is within the threshold. In ms.
    pub threshold_ms: u32,
    /// A leg without a decision is an orphan after this. In ms.
    pub orphan_after_ms: u32,
    /// A callback is given up at the end of this many working days after the day it was asked for.
    pub give_up_working_days: u16,
    /// What it promises.
    pub promise: LinePromise,
    pub(crate) behaviour: Behaviour,
}
