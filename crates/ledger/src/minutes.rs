//! The minute log of a line: the postings that may still enter or leave a window.
//!
//! A posting is an entry with a count: positive if entries were added, negative if they were taken back. The log has
//! one bucket per minute and eight bytes per posting. It is append-only and unsorted: an entry is taken back by a
//! posting with the opposite sign in the same second, and a late record joins its minute.
//!
//! Most legs take back an entry soon: the `orphaned` of tomorrow. So a minute that has doubled is folded: postings of
//! the same entry are added up, and those with the sum 0 are removed.

use hashbrown::HashTable;

use crate::entries::Entry;
use crate::entry_kind::EntryKind;

/// A minute is folded when it has this many postings more than twice the number after its last fold.
const FOLD_SLACK: usize = 24;

#[derive(Clone, Copy, Debug)]
struct Posting {
    second: u8,
    kind: EntryKind,
    n: i16,
    sample_ms: u32,
}

impl Posting {
    const fn entry(self) -> (u8, EntryKind, u32) {
        (self.second, self.kind, self.sample_ms)
    }
}

#[derive(Clone, Debug, Default)]
struct Minute {
    postings: Vec<Posting>,
    len_after_fold: usize,
}

impl Minute {
    fn push(&mut self, posting: Posting) {
        if self.postings.len() == self.postings.capacity() {
            // A day has many minutes with few postings each. Doubling would leave a third of their memory unused.
            self.postings.reserve_exact(self.postings.len() / 4 + 4);
        }
        self.postings.push(posting);
        if self.postings.len() >= 2 * self.len_after_fold + FOLD_SLACK {
            self.fold();
        }
    }

    fn fold(&mut self) {
        self.postings.sort_unstable_by_key(|posting| posting.entry());
        self.postings.dedup_by(|next, kept| {
            let sum = (next.entry() == kept.entry()).then(|| kept.n.checked_add(next.n)).flatten();
            kept.n = sum.unwrap_or(kept.n);
            sum.is_some()
        });
        self.postings.retain(|posting| posting.n != 0);
        self.postings.shrink_to_fit();
        self.len_after_fold = self.postings.len();
    }
}

/// The postings of one line by minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct MinuteLog {
    /// By minute. A hash table, because the postings of one event are in a few minutes far apart.
    minutes: HashTable<(i64, Minute)>,
    /// The first minute that has not been forgotten.
    first_kept: Option<i64>,
}

impl MinuteLog {
    /// Posts `entry` (`n` = 1) or takes it back (`n` = -1).
    pub fn post(&mut self, entry: &Entry, n: i16) {
        let second = u8::try_from(entry.second.rem_euclid(60)).expect("a remainder of 60 fits");
        let posting = Posting { second, kind: entry.kind, n, sample_ms: entry.sample_ms };
        let minute = entry.second.div_euclid(60);
        let bucket = self
            .minutes
            .entry(hash(minute), |(other, _)| *other == minute, |(other, _)| hash(*other))
            .or_insert_with(|| (minute, Minute::default()));
        bucket.into_mut().1.push(posting);
    }

    /// Calls `visit` with each posting in the seconds (after, until].
    pub fn visit(&self, after: i64, until: i64, mut visit: impl FnMut(EntryKind, u32, i32)) {
        if after >= until {
            return;
        }
        let (first, last) = (after.saturating_add(1).div_euclid(60), until.div_euclid(60));
        let mut visit_minute = |(minute, bucket): &(i64, Minute)| {
            let start = minute.saturating_mul(60);
            for posting in &bucket.postings {
                let second = start.saturating_add(i64::from(posting.second));
                if second > after && second <= until {
                    visit(posting.kind, posting.sample_ms, i32::from(posting.n));
                }
            }
        };
        if usize::try_from(last.saturating_sub(first)).is_ok_and(|minutes| minutes < self.minutes.len()) {
            (first..=last).filter_map(|minute| self.find(minute)).for_each(visit_minute);
        } else {
            self.minutes.iter().filter(|(minute, _)| (first..=last).contains(minute)).for_each(&mut visit_minute);
        }
    }

    /// Forgets the minutes that end at or before `second`.
    pub fn forget_until(&mut self, second: i64) {
        let first_kept = second.saturating_add(1).div_euclid(60);
        match self.first_kept.replace(first_kept) {
            Some(kept) if usize::try_from(first_kept - kept).is_ok_and(|minutes| minutes < self.minutes.len()) => {
                for minute in kept..first_kept {
                    if let Ok(found) = self.minutes.find_entry(hash(minute), |(other, _)| *other == minute) {
                        found.remove();
                    }
                }
            }
            Some(kept) if kept >= first_kept => {}
            _ => self.minutes.retain(|(minute, _)| *minute >= first_kept),
        }
    }

    fn find(&self, minute: i64) -> Option<&(i64, Minute)> {
        self.minutes.find(hash(minute), |(other, _)| *other == minute)
    }
}

/// Spreads consecutive minutes over the table, by the golden ratio.
const fn hash(minute: i64) -> u64 {
    minute.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::{Cause, Timeout};

    fn sum(log: &MinuteLog, after: i64, until: i64) -> i32 {
        let mut sum = 0;
        log.visit(after, until, |_, _, n| sum += n);
        sum
    }

    fn entry(second: i64) -> Entry {
        let cause = Cause::Timeout(Timeout::OrphanAfter);
        Entry { second, kind: EntryKind::Orphaned, sample_ms: 0, cause }
    }

    #[test]
    fn a_range_is_open_at_its_start_and_closed_at_its_end() {
        let mut log = MinuteLog::default();
        for second in [-61, -60, -1, 0, 59, 60] {
            log.post(&entry(second), 1);
        }
        assert_eq!(sum(&log, -61, 59), 4);
        assert_eq!(sum(&log, -62, 60), 6);
        assert_eq!(sum(&log, 59, 59), 0);
        assert_eq!(sum(&log, i64::MIN, i64::MAX), 6);
    }

    #[test]
    fn folding_keeps_every_sum_and_removes_entries_that_were_taken_back() {
        let mut log = MinuteLog::default();
        for round in 0..70_000 {
            log.post(&entry(5), 1);
            if round % 2 == 0 {
                log.post(&entry(7), 1);
                log.post(&entry(7), -1);
            }
        }
        assert_eq!(sum(&log, 4, 5), 70_000);
        assert_eq!(sum(&log, 6, 7), 0);
        assert!(log.find(0).expect("the minute").1.postings.len() < 200);
    }

    #[test]
    fn a_minute_is_forgotten_with_its_last_second() {
        let mut log = MinuteLog::default();
        log.post(&entry(0), 1);
        log.forget_until(58);
        assert_eq!(sum(&log, -1, 60), 1);
        log.forget_until(59);
        assert_eq!(sum(&log, -1, 60), 0);
    }

    #[test]
    fn forgotten_minutes_are_removed_for_any_size_of_step() {
        for steps in [&[59, 119, 179, 239][..], &[59, 239], &[239, 239], &[i64::MIN, 0, 239]] {
            let mut log = MinuteLog::default();
            for second in [0, 60, 120, 180, 240, 300, 360, i64::MAX] {
                log.post(&entry(second), 1);
            }
            for step in steps {
                log.forget_until(*step);
            }
            let until = steps[steps.len() - 1];
            assert_eq!(sum(&log, until, i64::MAX), 4, "{steps:?}");
            assert_eq!(log.minutes.len(), 4, "{steps:?}");
            log.forget_until(i64::MAX - 60);
            assert_eq!(log.minutes.len(), 1, "{steps:?}");
        }
    }
}
