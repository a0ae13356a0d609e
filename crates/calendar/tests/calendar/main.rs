//! Tests of the calendar: tables of special days in Finland, and slow implementations of the same rules that share no
//! code with it.

#![expect(clippy::unwrap_used, reason = "a test fails if its preconditions do not hold")]

mod by_the_minute;
mod days;
mod deadlines;
mod line_hours;
mod local_time;
mod open_time;
