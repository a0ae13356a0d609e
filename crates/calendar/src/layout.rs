//! Converts opening hours to instants, date by date.

use ensilinja_model::EventTime;

use crate::hours::OpeningHours;
use crate::midnights::Midnights;
use crate::zone::Zone;

/// The changes of a line in a range of whole days. If the line is open at the first midnight, it counts as open before.
pub(crate) struct HoursLayout {
    /// Whether the line is open at the first midnight.
    pub(crate) open_at_start: bool,
    /// The openings and closings after that, strictly ascending.
    pub(crate) instants: Vec<EventTime>,
    /// The number of `instants` before each day, and before the end of the last one.
    pub(crate) before_day: Vec<u32>,
}

impl HoursLayout {
    /// The hours from day `first` to day `last`, both included.
    pub(crate) fn new(hours: &OpeningHours, zone: &Zone, midnights: &Midnights, first: usize, last: usize) -> Self {
        let mut layout = Self { open_at_start: false, instants: Vec::new(), before_day: vec![0] };
        let mut open = false;
        for day in first..=last {
            let (date, midnight) = (Midnights::date(day), midnights.start(day));
            let at = |minute| if minute == 0 { midnight } else { zone.instant(date, minute) };
            if open {
                // The line closes at midnight, unless a span of this date opens it at the same instant.
                layout.toggle(midnight);
            }
            open = false;
            for (from, to) in hours.open_minutes(date) {
                layout.toggle(at(from));
                open = to == MIDNIGHT;
                if !open {
                    layout.toggle(at(to));
                }
            }
            if day == first {
                layout.open_at_start = layout.instants.first() == Some(&midnight);
                layout.instants.drain(..usize::from(layout.open_at_start));
            }
            layout.before_day.push(u32::try_from(layout.instants.len()).expect("a day has 1 440 minutes"));
        }
        layout
    }

    /// Opens or closes the line at `at`. Twice at the same instant has no effect.
    fn toggle(&mut self, at: EventTime) {
        if self.instants.last() == Some(&at) {
            self.instants.pop();
        } else {
            self.instants.push(at);
        }
    }
}

/// The minute at which a date ends.
const MIDNIGHT: u16 = 24 * 60;
