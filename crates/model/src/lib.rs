//! The vocabulary of a contact centre: lines, channels, instants, and the facts about contacts.
//!
//! A *contact* may reach a *line* more than once; each time is a *visit*. The combination of contact, line and visit is
//! a *leg*. An [`Event`] is one [`Fact`] about one leg at one instant. All types are plain values: this crate has no
//! I/O, no clock and no encoding, so that every other crate can depend on it. For the same reason it has the
//! [`Headers`] of a record, which `kafka` reads and `wire` understands: neither knows the other.
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
mod headers;
mod instant;
mod line;
mod printable;
mod vocabulary;

pub use event::{Event, Fact, LegKey};
pub use headers::{Header, Headers, ReadHeaders};
pub use instant::EventTime;
pub use line::{LineId, LineIdError, LineIndex};
pub use printable::{is_printable, printable, printable_json, printable_lines};
pub use vocabulary::{
    AttemptResult, Channel, CloseResult, FactKind, FeedbackAnswer, NpsScore, Outcome, Stage, Survey, WaitFrom, YesNo,
};
