//! Working hours of the staff: the opening hours, and an hour longer.

use ensilinja_model::EventTime;
use jiff::Span;

use super::VisitSimulation;
use crate::local_day::{instant, local};

/// Staff stay this long after closing. (Assumption.)
const OVERTIME_MS: i64 = 3_600_000;
const DAY_MINUTES: u16 = 24 * 60;

impl VisitSimulation<'_> {
    /// The first opening of the line after an instant.
    pub(super) fn next_opening(&self, after: EventTime) -> EventTime {
        let mut day = local(after, self.context.zone).date();
        loop {
            if let Some((from, _)) = self.line.hours.of_day(day) {
                let opening = instant(day.at(0, 0, 0, 0) + Span::new().minutes(from), self.context.zone);
                if opening > after {
                    return opening;
                }
            }
            day = day.tomorrow().expect("simulated years have a day after every day");
        }
    }

    /// When the staff leave on the day of an instant; `None` for a line that is open round the clock.
    pub(super) fn staff_leave_at(&self, during: EventTime) -> Option<EventTime> {
        let day = local(during, self.context.zone).date();
        let (_, to) = self.line.hours.of_day(day).filter(|(from, to)| to - from < DAY_MINUTES)?;
        let closing = day.at(0, 0, 0, 0) + Span::new().minutes(to);
        Some(instant(closing, self.context.zone).plus_millis(OVERTIME_MS))
    }

    /// The instant `at`; if the staff have left by then, a random instant between `from` and their leaving.
    pub(super) fn while_staff_are_there(&mut self, from: EventTime, at: EventTime) -> EventTime {
        match self.staff_leave_at(from) {
            Some(leave) if at > leave => from.plus_millis(self.some_of_ms(leave.millis_since(from).max(1_000))),
            _ => at,
        }
    }
}
