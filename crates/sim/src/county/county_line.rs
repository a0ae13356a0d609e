//! One line of the simulated county.

use ensilinja_model::{Channel, LineId};

use super::behaviour::Behaviour;
use crate::{LinePromise, WeeklyHours};

/// One line of a county: its configuration, and the behaviour of its contacts.
#[derive(Clone, Debug)]
pub struct CountyLine {
    /// Its id in events and labels.
    pub id: LineId,
    /// Its channel.
    pub channel: Channel,
    /// Its Finnish name; the published one, if there is one.
    pub name_fi: String,
    /// Its group. Lines that the county publishes as one row form a group.
    pub group: String,
    /// The area it serves.
    pub service_area: String,
    /// Its opening hours.
    pub hours: WeeklyHours,
    /// An abandon after less than this is short. In ms.
    pub short_abandon_ms: u32,
    /// The service level threshold, inclusive. In ms.
    pub threshold_ms: u32,
    /// A leg without a decision is orphaned after this. In ms.
    pub orphan_after_ms: u32,
    /// A callback is given up at the end of this many working days after the day of the request.
    pub give_up_working_days: u16,
    /// Its promises.
    pub promise: LinePromise,
    pub(crate) behaviour: Behaviour,
}
