//! A seeded county to simulate, ways to disturb its events, and a naive oracle of its figures.

mod finnish_days;
mod local_day;
mod oracle;
mod sim_event;
mod soup;
mod weekly_hours;

pub use oracle::{Oracle, OracleLine};
pub use sim_event::SimEvent;
pub use soup::{Soup, soup, soup_lines};
pub use weekly_hours::WeeklyHours;
