//! Which time a live process trusts, and which instant its figures are shown for.
//!
//! The crate reads no clock: readings of the wall clock, of a steady clock and of record timestamps come in as
//! arguments, and the trusted time comes out.
//!
//! ```
//! use std::time::Duration;
//!
//! use ensilinja_clock::{ClockDiscipline, ClockState};
//! use ensilinja_model::EventTime;
//!
//! let start = EventTime::from_seconds(1_758_006_900);
//! let mut clock = ClockDiscipline::new(Duration::ZERO, start);
//! // A second later the wall clock is an hour ahead: it was set, and no record confirms the new time.
//! let trusted = clock.read(Duration::from_secs(1), Some(start.plus_millis(3_601_000)));
//! assert_eq!(trusted, start.plus_millis(1_000));
//! assert_eq!(clock.state(), ClockState::Stepped { by_ms: 3_600_000 });
//! ```

mod disagreement;
mod discipline;
mod freshness;
mod state;
mod trouble;

pub use discipline::ClockDiscipline;
pub use freshness::{is_complete, is_up_to_date, shown_at};
pub use state::ClockState;
pub use trouble::clock_trouble;
