//! Deadlines: the instant at which it is too late.
//!
//! A deadline is the first instant that is too late: what happens before it is in time. So a term of ten minutes ends a
//! millisecond after ten minutes, for exactly ten minutes is in time; and "by 23:59:59" is broken by what happens at
//! 23:59:59.

use ensilinja_model::EventTime;

use crate::line_hours::LineHours;
use crate::term::{By, Term, WorkingDays};

impl LineHours {
    /// The first instant that is too late for `term`, counted from `from`. It is after `from`, and never earlier for a
    /// later `from`.
    ///
    /// Where the line closes for good before the term is over, the deadline is the end of the range, or the instant
    /// after `from` if that is later.
    #[must_use]
    pub fn deadline(&self, term: Term, from: EventTime) -> EventTime {
        let deadline = match term {
            Term::Within { ms } => from.plus_millis(i64::from(ms) + 1),
            Term::WithinOpen { ms } => self.after_open_ms(from, i64::from(ms) + 1),
            Term::SameDay { by } => self.up(by, self.same_day(from)),
            Term::WorkingDays { days, of, by } => {
                let (today, days) = (self.days().midnights().day_of(from), u32::from(days));
                self.up(
                    by,
                    match of {
                        WorkingDays::Official => Some(self.days().working_day_after(today, days)),
                        WorkingDays::LineOpen => self.days().open_day_after(today, days),
                    },
                )
            }
        };
        deadline.max(from.plus_millis(1))
    }

    /// The most milliseconds by which [`LineHours::deadline`] can lie after an instant of the range, or up to a day
    /// more. Reads the whole list, so it is a question for the start of a program.
    #[must_use]
    pub fn longest_term_ms(&self, term: Term) -> i64 {
        // A later instant has no earlier deadline: so no instant of a day waits longer than from the day's first
        // instant to the deadline of its last one.
        let midnights = self.days().midnights();
        let waits = self.days().listed().map(|day| {
            let [start, next] = [day, day + 1].map(|day| midnights.start(day));
            self.deadline(term, next.plus_millis(-1)).millis_since(start)
        });
        waits.max().expect("at least one day is listed")
    }

    /// The day on which "the same day" ends, if there is one.
    fn same_day(&self, from: EventTime) -> Option<usize> {
        let days = self.days();
        let today = days.midnights().day_of(from);
        let in_time = days.opening(today).is_some() && from < days.closing(today);
        if in_time { Some(today) } else { days.open_day_after(today, 1) }
    }

    /// When the time of `day` is up.
    fn up(&self, by: By, day: Option<usize>) -> EventTime {
        match (day, by) {
            (None, _) => self.known_until(),
            (Some(day), By::EndOfDay) => self.days().midnights().end(day),
            (Some(day), By::Closing) => self.days().closing(day),
        }
    }
}
