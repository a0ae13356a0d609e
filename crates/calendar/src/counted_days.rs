//! Counted days in a sequence of days: how many are before a day, and which is the n-th.

/// The counted days of a sequence. Days are indices into the sequence, from 0.
pub(crate) struct CountedDays {
    /// The number of counted days before each day of the sequence, and before its end.
    before: Box<[u32]>,
    /// The counted days, ascending.
    counted: Box<[u32]>,
}

impl CountedDays {
    /// The number of counted days before `day`, which may be the end of the sequence.
    pub(crate) fn before(&self, day: usize) -> usize {
        self.before[day] as usize
    }

    /// The number of counted days.
    pub(crate) fn len(&self) -> usize {
        self.counted.len()
    }

    /// The counted day with `position` counted days before it, if there is one.
    pub(crate) fn get(&self, position: usize) -> Option<usize> {
        self.counted.get(position).map(|day| *day as usize)
    }

    /// The `n`-th counted day after `day`, if there is one. With 0 it is `day` itself, counted or not.
    pub(crate) fn nth_after(&self, day: usize, n: u32) -> Option<usize> {
        n.checked_sub(1).map_or(Some(day), |further| self.get(self.before(day + 1) + further as usize))
    }
}

/// From a sequence that states for each day whether it is counted.
impl FromIterator<bool> for CountedDays {
    fn from_iter<T: IntoIterator<Item = bool>>(sequence: T) -> Self {
        let mut before = vec![0];
        let mut counted = Vec::new();
        for (day, counts) in (0..).zip(sequence) {
            counted.extend(counts.then_some(day));
            before.push(u32::try_from(counted.len()).expect("131 years have 47 847 days"));
        }
        Self { before: before.into(), counted: counted.into() }
    }
}
