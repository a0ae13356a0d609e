//! The oracle against examples computed by hand, one rule each.
#![expect(clippy::float_cmp, reason = "counts are whole numbers, and sums of milliseconds have one nearest double")]

mod changes;
mod contacts;
mod deadlines;
mod due;
mod indicators;
mod line_reading;
mod promises;
mod windows;
