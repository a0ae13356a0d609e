//! The figures of the ledger: its laws over arbitrary soup, and the rules of the domain by example.

mod attempts;
mod boundaries;
mod domain;
mod historical_ledger;
mod horizon;
mod indicators;
mod intraday;
mod laws;
mod promises;
mod provenance;
mod soup;
mod stand;
mod superseded;
