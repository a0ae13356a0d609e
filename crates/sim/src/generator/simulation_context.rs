//! The surroundings of a simulated visit.

use jiff::tz::TimeZone;

use super::arrivals::Arrivals;
use crate::CountyLine;

/// The county as a visit sees it.
#[derive(Clone, Copy)]
pub(super) struct SimulationContext<'a> {
    pub lines: &'a [CountyLine],
    pub arrivals: &'a [Arrivals],
    pub zone: &'a TimeZone,
}
