//! Why a process leaves a record to others.

use ensilinja_model::vocabulary;

vocabulary! {
    /// Why a process that has some of the lines leaves a record to the processes that have the others.
    SkipReason {
        /// It states nothing about a line of this process, but of others.
        OtherLine = "other_line",
        /// It is rejected, and another process counts rejected records.
        Rejected = "rejected",
    }
}
