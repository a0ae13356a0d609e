//! The simulated county, what disorder does to its events, and the oracle that judges others.

mod disorder;
mod generator;
mod oracle_examples;
mod oracle_laws;
mod published_tables;
mod scenarios;
mod two_calendars;
