//! What the life of a contact is simulated in.

use jiff::tz::TimeZone;

use super::arrivals::Arrivals;
use crate::CountyLine;

/// What a life is lived in.
#[derive(Clone, Copy)]
pub(super) struct SimulationContext<'a> {
    pub lines: &'a [CountyLine],
    pub arrivals: &'a [Arrivals],
    pub zone: &'a TimeZone,
}
