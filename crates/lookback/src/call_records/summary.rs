//! What files of call records held: counts, and the lines of rows that were refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ensilinja_wire::call_records::{CallRecord, RowFault};

/// How many lines are named for each reason.
const MOST_LINES: usize = 10;

/// How many rows have one fault, and where the first of them are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultCount {
    /// The rows.
    pub rows: u64,
    /// The first of them: file, by its place among the files, and line.
    pub first: Vec<(usize, u64)>,
}

impl FaultCount {
    fn add(&mut self, file: usize, line: u64) {
        self.rows += 1;
        if self.first.len() < MOST_LINES {
            self.first.push((file, line));
        }
    }

    /// The first lines, in words: `3, 7, 12 and 40 more`.
    fn lines(&self, files: &[String]) -> String {
        let mut words = String::new();
        for (place, (file, line)) in self.first.iter().enumerate() {
            let gap = if place == 0 { "" } else { ", " };
            let is_new = files.len() > 1 && (place == 0 || self.first[place - 1].0 != *file);
            let name = if is_new { format!("{}:", files[*file]) } else { String::new() };
            write!(words, "{gap}{name}{line}").expect("a string takes every text");
        }
        let more = self.rows - self.first.len() as u64;
        if more > 0 {
            write!(words, " and {more} more").expect("a string takes every text");
        }
        words
    }
}

/// What files of call records held.
#[derive(Clone, Debug, Default)]
pub struct CallRecordSummary {
    /// Rows, without headers and blank lines.
    pub rows: u64,
    /// Rows that were taken.
    pub taken: u64,
    /// The facts that they state.
    pub facts: u64,
    /// Rows that do not count, by the rules.
    pub ignored: u64,
    /// Rows of queues that the rules do not map. As in a stream of a platform, they are no fault of the row, and may be
    /// of queues that are not meant to count: they are counted and said.
    pub unmapped: FaultCount,
    /// Rows that were refused, by reason.
    pub refused: BTreeMap<RowFault, FaultCount>,
    /// Rows of which a cell was left out, by reason.
    pub left_out: BTreeMap<RowFault, FaultCount>,
    /// Rows that tell of the same visit of the same contact as an earlier row.
    pub repeated: u64,
    /// Rows with a time that comes twice, decided by rule.
    pub times_by_rule: u64,
    /// Rows that do not say how long the contact waited.
    pub unknown_waits: u64,
    /// Rows whose id was derived from their contents.
    pub derived_ids: u64,
    legs: BTreeSet<u128>,
}

impl CallRecordSummary {
    /// Whether every row was taken as a whole, or does not count, or is of a queue that is not mapped.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.refused.is_empty() && self.left_out.is_empty()
    }

    /// The rows that were refused.
    #[must_use]
    pub fn refused_rows(&self) -> u64 {
        self.refused.values().map(|count| count.rows).sum()
    }

    /// Counts a row that was taken. `file` is the place of its file among the files.
    pub fn take(&mut self, file: usize, line: u64, contact: &CallRecord) {
        self.rows += 1;
        self.taken += 1;
        self.facts += contact.facts.len() as u64;
        for fault in &contact.left_out {
            self.left_out.entry(*fault).or_default().add(file, line);
        }
        self.repeated += u64::from(!self.legs.insert(contact.leg_hash()));
        self.times_by_rule += u64::from(contact.notes.has_time_by_rule);
        self.unknown_waits += u64::from(contact.notes.has_unknown_wait);
        self.derived_ids += u64::from(contact.notes.has_derived_id);
    }

    /// Counts a row that does not count.
    pub fn ignore(&mut self) {
        self.rows += 1;
        self.ignored += 1;
    }

    /// Counts a row that was refused.
    pub fn refuse(&mut self, file: usize, line: u64, fault: RowFault) {
        self.rows += 1;
        if fault == RowFault::QueueNotMapped {
            return self.unmapped.add(file, line);
        }
        self.refused.entry(fault).or_default().add(file, line);
    }

    /// Logs what was taken, and what was refused and why. `files` are the names of the files.
    pub fn log(&self, files: &[String]) {
        let Self { rows, taken, facts, ignored, derived_ids, .. } = self;
        let (unmapped, refused) = (self.unmapped.rows, self.refused_rows());
        tracing::info!(rows, taken, facts, ignored, unmapped, refused, derived_ids, "call records read");
        if unmapped > 0 {
            let (lines, remedy) = (self.unmapped.lines(files), RowFault::QueueNotMapped.advice());
            tracing::warn!(rows = unmapped, lines, remedy, "rows of queues without a line");
        }
        for (fault, count) in &self.refused {
            let (reason, lines, remedy) = (fault.as_str(), count.lines(files), fault.advice());
            tracing::warn!(reason, rows = count.rows, lines, remedy, "rows refused");
        }
        for (fault, count) in &self.left_out {
            let (reason, lines, remedy) = (fault.as_str(), count.lines(files), fault.advice());
            tracing::warn!(reason, rows = count.rows, lines, remedy, "cells left out");
        }
        if self.repeated > 0 {
            let remedy = "rows of one visit count as one contact; if they are several, check id, visits and identity";
            tracing::warn!(rows = self.repeated, remedy, "rows repeat the contact, line and start of an earlier row");
        }
        if self.times_by_rule > 0 {
            let remedy = "export times with their offset (%z) to know";
            tracing::warn!(rows = self.times_by_rule, remedy, "times that come twice taken by repeated_time");
        }
        if self.unknown_waits > 0 {
            let remedy = "map wait, answered or left, if the file has them";
            tracing::warn!(rows = self.unknown_waits, remedy, "rows do not say how long the contact waited");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_are_named_and_the_others_counted() {
        let mut count = FaultCount::default();
        for line in 1..=12 {
            count.add(usize::from(line > 2), line * 3);
        }
        let one = ["a.csv".to_owned()];
        assert_eq!(count.lines(&one), "3, 6, 9, 12, 15, 18, 21, 24, 27, 30 and 2 more");
        let two = ["a.csv".to_owned(), "b.csv".to_owned()];
        assert_eq!(count.lines(&two), "a.csv:3, 6, b.csv:9, 12, 15, 18, 21, 24, 27, 30 and 2 more");
    }
}
