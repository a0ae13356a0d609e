//! How a command ended that did what it was asked.

/// How a command ended that did what it was asked: the exit status for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is nothing to add.
    Done,
    /// It looked for something that should not be, and found it: differences, or problems.
    Found,
}
