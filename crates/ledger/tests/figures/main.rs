//! The figures of the ledger: its laws over arbitrary soup, and the rules of the domain by example.

mod attempts;
mod boundaries;
mod course;
mod domain;
mod evidence;
mod horizon;
mod indicators;
mod laws;
mod looking_back;
mod promises;
mod soup;
mod stand;
mod superseded;
