//! A simulated county with a seed, disorder for its events, and a naive oracle for its figures.
//!
//! ```text
//! County --Generator--> SimEvent --(Scenario)--> SimEvent --Disorder--> Publication --> a topic
//!                          `--> Oracle --series(now)--> the expected figures
//! ```
//!
//! Everything is a pure function of its arguments and a seed: no clock, no topic, no other randomness. A [`SimEvent`]
//! holds the contact id in the clear. Nothing in this crate prints it.
//!
//! ```
//! use ensilinja_model::EventTime;
//! use ensilinja_sim::{County, Disorder, Generator, Oracle};
//!
//! let county = County::oma_hame();
//! let start = EventTime::from_seconds(1_758_006_900); // Tuesday 16 September 2025, 10:15 in Helsinki
//! let mut oracle = Oracle::new(county.oracle_lines(), County::zone());
//! let records = Disorder::ROUGH.publish(Generator::new(&county, 7, start, 1.0), 7);
//! let mut now = start;
//! for record in records.take(1_000) {
//!     record.event.iter().for_each(|event| oracle.apply(event));
//!     now = record.at;
//! }
//! let offered = "ensilinja_window_contacts_offered{line=\"116117\",channel=\"phone\",window=\"today\"}";
//! assert!(oracle.series(now)[offered] > 10.0);
//! ```

mod county;
mod disorder;
mod finnish_days;
mod generator;
mod line_calendar;
mod local_day;
mod oracle;
mod promise;
mod publication;
mod scenario;
mod sim_event;
mod soup;
mod soup_lines;
mod weekly_hours;

pub use county::{County, CountyLine};
pub use disorder::{Disorder, PublicationStream};
pub use generator::Generator;
pub use line_calendar::LineCalendar;
pub use oracle::{LevelFormula, Oracle, OracleLimits, OracleLine};
pub use promise::{DueBy, LinePromise, Within, WorkingDay};
pub use publication::{POISON_HEADER, Poison, Publication};
pub use scenario::{Disrupted, Scenario};
pub use sim_event::SimEvent;
pub use soup::{Soup, soup};
pub use soup_lines::soup_lines;
pub use weekly_hours::WeeklyHours;
