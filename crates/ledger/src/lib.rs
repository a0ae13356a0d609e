//! Turns the facts of contacts into dated entries, and entries into figures.
//!
//! Figures that are counted on arrival drift: a duplicate, a late event, a restart or a replay changes them. Here an
//! event only adds a *fact* to a leg. The *entries* of the leg, its contributions to the figures, are a pure function
//! of its facts and its line's rules. After each event the difference between the old and the new entries is posted to
//! the account of the line. A figure is the balance of the account at `now`, and `now` is an argument of the read.
//!
//! ```text
//! Event --apply--> Facts of a leg --derivation--> Entries --post--> Account of the line --read(now)--> Figures
//! ```
//!
//! The words: a **fact** is what an event states; an **entry** is a contribution of a leg, with a second and a kind; a
//! **posting** is an entry added to an account, or taken back from it.
//!
//! The crate is pure and deterministic: no clock, no randomness, no I/O.
//!
//! # Example
//!
//! Three events of one contact, in any order, and one figure: the wait until the answer.
//!
//! ```
//! use std::sync::Arc;
//!
//! use ensilinja_calendar::{Days, LineHours, OpeningHours};
//! use ensilinja_ledger::{
//!     EffectiveLimits, History, Ledger, Limits, LineRules, Promises, Rules, TimedOutRule, Window,
//! };
//! use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex, WaitFrom};
//!
//! let morning = EventTime::from_seconds(1_758_006_900); // 2025-09-16 at 10:15 in Helsinki
//! let day_ms = 24 * 3_600_000;
//!
//! let days = Arc::new(Days::new("Europe/Helsinki")?);
//! let hours = OpeningHours::parse("Mo-Fr 08:00-16:00")?;
//! let hours = LineHours::new(&hours, &days, morning.plus_millis(-90 * day_ms), morning.plus_millis(90 * day_ms));
//! let limits = Limits {
//!     short_abandon_ms: 5_000,
//!     threshold_ms: 120_000,
//!     orphan_after_ms: 24 * 3_600_000,
//!     give_up_working_days: 5,
//!     wait_from: WaitFrom::Arrival,
//!     timed_out: TimedOutRule::Counts,
//!     promises: Promises::NONE,
//! };
//! let effective_limits = vec![EffectiveLimits { valid_from: EventTime::MIN, limits }];
//! let mut ledger = Ledger::new(Rules::new(days, vec![LineRules { hours, effective_limits }]), morning);
//!
//! let event = |after_ms, fact| Event {
//!     leg: LegKey::new(1),
//!     line: LineIndex::new(0),
//!     at: morning.plus_millis(after_ms),
//!     fact,
//! };
//! ledger.apply(&event(42_000, Fact::Answered)); // the order does not matter
//! ledger.apply(&event(0, Fact::Offered));
//! ledger.apply(&event(300_000, Fact::Ended));
//!
//! let everything = History { start: EventTime::MIN, from_first_record: true };
//! let figures = ledger.figures(morning.plus_millis(600_000), everything);
//! let hour = figures.lines[0].window(Window::Hour).expect("the history is complete");
//! assert_eq!(hour.sums.answer_waits().sum_ms(), 42_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod attempts;
mod balance;
mod cause;
mod collision;
mod derivation;
mod entries;
mod entry_kind;
mod facts;
mod figure;
mod figures;
mod historical_ledger;
mod indicator;
mod instants;
mod intraday;
mod lazy_min_queue;
mod ledger;
mod legs;
mod minutes;
mod nps;
mod past_days;
mod past_reading;
mod provenance;
mod rules;
mod sums;
mod timeline;
mod windows;

pub use cause::{Cause, Timeout};
pub use collision::{Collision, CollisionNote, Effect, SurplusAttempt};
pub use facts::Applied;
pub use figure::{Decision, Due, Flag, NpsGroup, Promise, Resolution, Undecided, UnknownWait, Verdict, Window, Within};
pub use figures::{Figures, LineFigures, Quantile, Quantiles, WindowFigures};
pub use historical_ledger::HistoricalLedger;
pub use indicator::{Indicator, IndicatorRow, Ratio, ServiceLevel};
pub use intraday::{INTERVAL_SECONDS, Interval, Intraday};
pub use ledger::Ledger;
pub use nps::{Nps, NpsBand};
pub use past_days::PastDays;
pub use past_reading::{LegCopies, PastReading};
pub use provenance::{OpenLeg, SourcedEntry};
pub use rules::{Bounds, EffectiveLimits, Limits, LineRules, Promises, Rules, TimedOutRule};
pub use sums::{Sums, Waits};
pub use timeline::{FactStatus, LegTimeline, PromiseTimeline};
pub use windows::History;
