//! Local days, Finnish holidays and working days, and the opening hours of lines.
//!
//! Promises and windows use local time ("today", "by the end of the next working day", "while the line is open");
//! events are in UTC. This crate converts between the two: [`Days`] is a table of the zone's days, [`LineHours`] a list
//! of one line's openings and closings, and both answer in [`EventTime`](ensilinja_model::EventTime)s without further
//! time zone lookups. The time zone data is built in, so the same events give the same figures on every host.
//!
//! Intervals are `[from, to)`: a line is open at its opening and closed at its closing. A deadline is the first instant
//! that is too late.
//!
//! Invariants: every answer depends on the arguments alone (no clock is read), and no instant causes a panic.

mod changes;
mod counted_days;
mod days;
mod deadline;
mod holidays;
mod hours;
mod hours_error;
mod layout;
mod line_days;
mod line_hours;
mod midnights;
mod open_time;
mod term;
mod zone;

pub use days::Days;
pub use holidays::{Holiday, holidays};
pub use hours::{BrokenNight, NightBreak, OpeningHours};
pub use hours_error::OpeningHoursError;
pub use line_hours::LineHours;
pub use term::{DeadlineTime, Term, WorkingDays};
pub use zone::UnknownZone;
