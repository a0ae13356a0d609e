//! Local days, Finnish holidays, opening hours and working-day arithmetic.

use ensilinja_model::EventTime;

/// placeholder
#[derive(Clone, Debug)]
pub struct Days;
/// placeholder
#[derive(Clone, Debug)]
pub struct LineHours;

impl Days {
    /// placeholder
    #[must_use]
    pub fn longest_working_days_ms(&self, working_days: u32) -> i64 {
        let _ = (working_days, EventTime::MIN);
        todo!()
    }
}
