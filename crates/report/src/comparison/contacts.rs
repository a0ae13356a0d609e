//! Through which contacts a figure differs. Their ids are here for the console only.

/// The contacts that add something else to a figure on one side than on the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TracedContacts {
    /// The first of them.
    pub legs: Vec<ComparedLeg>,
    /// How many more there are.
    pub more: u64,
}

/// A contact on a line, and what it adds to a figure.
#[derive(Clone, PartialEq)]
pub struct ComparedLeg {
    /// Its id.
    pub contact: String,
    /// What it adds on one side: what the figure would be without anybody else. `None` if it has no part in it.
    pub one: Option<f64>,
    /// What it adds on the other.
    pub other: Option<f64>,
    /// The steps by which it does so on one side, each with where it was said.
    pub found_in_one: Vec<String>,
    /// ... and on the other.
    pub found_in_other: Vec<String>,
}

impl std::fmt::Debug for ComparedLeg {
    /// Without the id, so that it gets into no log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Leg").field("one", &self.one).field("other", &self.other).finish_non_exhaustive()
    }
}
