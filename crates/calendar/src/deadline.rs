//! Deadlines of terms.
//!
//! A deadline is the first instant that is too late: everything before it is in time. So a term of ten minutes ends a
//! millisecond after ten minutes, because exactly ten minutes is in time; and 23:59:59 is too late for "by 23:59:59".

use ensilinja_model::EventTime;

use crate::line_hours::LineHours;
use crate::term::{DeadlineTime, Term, WorkingDays};

impl LineHours {
    /// The first instant that is too late for `term`, counted from `from`. It is always after `from`, and never earlier
    /// for a later `from`.
    ///
    /// If the line closes for good before the term is over, the deadline is the end of the range, or the instant after
    /// `from` if that is later.
    ///
    /// ```
    /// use ensilinja_calendar::{DeadlineTime, Days, LineHours, OpeningHours, Term};
    /// use ensilinja_model::EventTime;
    ///
    /// let days = Days::new("Europe/Helsinki")?;
    /// let hours = OpeningHours::parse("Mo-Fr 08:00-16:00; PH off")?;
    /// let closing = EventTime::from_seconds(1_758_027_600); // Tuesday 2025-09-16, 16:00 in Helsinki
    /// let day_ms = 24 * 3_600_000;
    /// let line = LineHours::new(&hours, &days, closing.plus_millis(-7 * day_ms), closing.plus_millis(7 * day_ms));
    ///
    /// let same_day = Term::SameDay { by: DeadlineTime::Closing };
    /// assert_eq!(line.deadline(same_day, closing.plus_millis(-1)), closing);
    /// assert_eq!(line.deadline(same_day, closing), closing.plus_millis(day_ms));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn deadline(&self, term: Term, from: EventTime) -> EventTime {
        let deadline = match term {
            Term::Within { ms } => from.plus_millis(i64::from(ms) + 1),
            Term::WithinOpen { ms } => self.after_open_ms(from, i64::from(ms) + 1),
            Term::SameDay { by } => self.deadline_on(by, self.same_day(from)),
            Term::WorkingDays { days, of, by } => self.deadline_on(by, self.working_day(from, days.into(), of)),
        };
        deadline.max(from.plus_millis(1))
    }

    /// The maximum distance in ms from an instant of the range to its [`LineHours::deadline`]. It reads the whole list,
    /// so call it once at start-up.
    #[must_use]
    pub fn longest_term_ms(&self, term: Term) -> i64 {
        // With time a deadline comes nearer or keeps its distance, until it jumps to a later day. So the distance is
        // longest at the instants of the jumps: a midnight or a closing, and in open time the instant from which the
        // next closing comes before the end of the term.
        let days = self.days();
        let of_days = days.listed().flat_map(|day| [days.midnights().start(day), days.closing(day)]);
        let of_changes = days.changes().instants().iter().flat_map(|change| match term {
            Term::WithinOpen { ms } => [Some(*change), self.before_open_ms(*change, i64::from(ms))],
            _ => [Some(*change), None],
        });
        let asked = of_days.chain(of_changes.flatten());
        asked.map(|asked| self.deadline(term, asked).millis_since(asked)).max().expect("at least one day is listed")
    }

    /// The day on which a same-day term ends, if there is one.
    fn same_day(&self, from: EventTime) -> Option<usize> {
        let days = self.days();
        let today = days.midnights().day_of(from);
        let in_time = days.opening(today).is_some() && from < days.closing(today);
        if in_time { Some(today) } else { days.open_day_after(today, 1) }
    }

    /// The day on which a term of `n` working days ends, if there is one.
    fn working_day(&self, from: EventTime, n: u32, of: WorkingDays) -> Option<usize> {
        let today = self.days().midnights().day_of(from);
        match of {
            WorkingDays::Official => Some(self.days().working_day_after(today, n)),
            WorkingDays::LineOpen => self.days().open_day_after(today, n),
        }
    }

    /// The deadline on `day`.
    fn deadline_on(&self, by: DeadlineTime, day: Option<usize>) -> EventTime {
        match (day, by) {
            (None, _) => self.known_until(),
            (Some(day), DeadlineTime::EndOfDay) => self.days().midnights().end(day),
            (Some(day), DeadlineTime::Closing) => self.days().closing(day),
        }
    }
}
