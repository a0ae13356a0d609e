//! Tests of the simulated county, of disorder, and of the oracle.

mod disorder;
mod generator;
mod oracle_examples;
mod oracle_laws;
mod published_tables;
mod scenarios;
mod two_calendars;
