//! The calendar against its rules: tables of days that are special in Finland, and slow readings of the same rules that
//! share no code with it.

#![expect(clippy::unwrap_used, reason = "a test that cannot say what it means fails")]

mod by_the_minute;
mod days;
mod deadlines;
mod line_hours;
mod local_time;
mod open_time;
