//! Tests of the figures: laws over arbitrary events, and the rules of the domain by example.

mod arbitrary_events;
mod attempts;
mod boundaries;
mod domain;
mod fixture;
mod historical_ledger;
mod horizon;
mod indicators;
mod intraday;
mod laws;
mod past_days;
mod past_reading;
mod promises;
mod provenance;
mod superseded;
mod waits;
