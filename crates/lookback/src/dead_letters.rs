//! Dead letters, read again: the records that could not be used, what is wrong with them, and whether they could be
//! used now.
//!
//! ```text
//! dead-letter topic --> DeadLetterSearch --DeadLetterSelection--> FoundDeadLetters --> list, card, redrive summary
//!                                          `--RedriveJudge--> what would become of each record now
//! ```
//!
//! Invariant: nothing of a record is shown unless the user asks for its payload, and nothing of it is ever in the log.

mod detail_card;
mod eligibility;
mod found;
mod instants;
mod listing;
mod redrive_summary;
mod search;
mod selection;

pub use detail_card::{DeadLetterCard, dead_letter_card};
pub use eligibility::{AffectedFigures, RedriveEligibility, RedriveJudge};
pub use found::{AddedDeadLetter, DeadLetterKey, DeadLetterSketch, DetailCount, FoundDeadLetters};
pub use listing::{DeadLetterList, MOST_LISTED, list_dead_letters};
pub use redrive_summary::{RedriveSummary, SentRecords};
pub use search::DeadLetterSearch;
pub use selection::{DeadLetterSelection, SelectionRequest};
