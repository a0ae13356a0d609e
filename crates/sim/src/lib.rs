//! A seeded county to simulate, ways to disturb its events, and a naive oracle of its figures.

mod county;
mod finnish_days;
mod generator;
mod local_day;
mod oracle;
mod scenario;
mod sim_event;
mod soup;
mod weekly_hours;

pub use county::{County, CountyLine};
pub use generator::Generator;
pub use oracle::{Oracle, OracleLine};
pub use scenario::{Disrupted, Scenario};
pub use sim_event::SimEvent;
pub use soup::{Soup, soup, soup_lines};
pub use weekly_hours::WeeklyHours;
