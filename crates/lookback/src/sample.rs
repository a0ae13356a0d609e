//! A sample of the topic: its latest records, decoded as the live process decodes them. How many are accepted, why the
//! others are not, and how the clocks of the sources compare with those of the brokers.
//!
//! Nothing of a record is shown but its position.

mod age;
mod counts;
mod finding;
mod native_counts;
mod ranges;
mod run;

pub use finding::{SampleArea, SampleFinding, SampleState};
pub use run::sample_topic;
