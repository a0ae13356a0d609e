//! The vocabulary of a contact centre: lines, channels, instants, and what can happen to a contact.
//!
//! A *contact* reaches a *line* and may do so more than once (a *visit*); contact x line x visit is a *leg*, and an
//! [`Event`] states one [`Fact`] about one leg at one instant. Everything here is a plain value: this crate knows
//! neither bytes nor clocks nor the network, so that every other crate can agree on the words without agreeing on
//! anything else.
//!
//! ```
//! use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex, Stage};
//!
//! let event = Event {
//!     leg: LegKey::new(7),
//!     line: LineIndex::new(0),
//!     at: EventTime::from_millis(1_758_006_900_000),
//!     fact: Fact::Abandoned(Stage::Queue),
//! };
//! assert_eq!(event.fact.kind().as_str(), "abandoned");
//! ```

mod event;
mod instant;
mod line;
mod printable;
mod vocabulary;

pub use event::{Event, Fact, LegKey};
pub use instant::EventTime;
pub use line::{LineId, LineIdError, LineIndex};
pub use printable::{is_printable, printable, printable_json, printable_lines};
pub use vocabulary::{
    AttemptResult, Channel, CloseResult, FactKind, FeedbackAnswer, NpsScore, Outcome, Stage, Survey, YesNo,
};
