//! The oracle against examples worked out by hand: one rule of the design each.
#![expect(clippy::float_cmp, reason = "counts are whole numbers, and sums of milliseconds have one nearest double")]

mod changes;
mod contacts;
mod deadlines;
mod due;
mod indicators;
mod promises;
mod stand;
mod windows;
