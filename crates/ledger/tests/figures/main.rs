//! The figures of the ledger: its laws over arbitrary soup, and the rules of the domain by example.

mod domain;
mod horizon;
mod indicators;
mod laws;
mod promises;
mod soup;
mod stand;
