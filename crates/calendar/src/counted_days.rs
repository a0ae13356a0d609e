//! Some days of a row of days, counted: how many come before a day, and which one is the n-th.

/// The days of a row that are counted. Days are positions in the row, from 0.
pub(crate) struct CountedDays {
    /// How many counted days lie before each day of the row, and before its end.
    before: Box<[u32]>,
    /// The counted days, ascending.
    counted: Box<[u32]>,
}

impl CountedDays {
    /// The number of counted days before `day`, which may be the end of the row.
    pub(crate) fn before(&self, day: usize) -> usize {
        self.before[day] as usize
    }

    /// How many days are counted in all.
    pub(crate) fn len(&self) -> usize {
        self.counted.len()
    }

    /// The counted day that has `position` counted days before it, if the row has one.
    pub(crate) fn get(&self, position: usize) -> Option<usize> {
        self.counted.get(position).map(|day| *day as usize)
    }

    /// The `n`-th counted day after `day`, if the row has one; with 0 it is `day` itself, counted or not.
    pub(crate) fn nth_after(&self, day: usize, n: u32) -> Option<usize> {
        n.checked_sub(1).map_or(Some(day), |further| self.get(self.before(day + 1) + further as usize))
    }
}

/// A row of days, each with whether it is counted.
impl FromIterator<bool> for CountedDays {
    fn from_iter<T: IntoIterator<Item = bool>>(row: T) -> Self {
        let mut before = vec![0];
        let mut counted = Vec::new();
        for (day, counts) in (0..).zip(row) {
            counted.extend(counts.then_some(day));
            before.push(u32::try_from(counted.len()).expect("131 years have 47 847 days"));
        }
        Self { before: before.into(), counted: counted.into() }
    }
}
