//! The texts and documents of the catalogue as their readers see them.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod expected;
mod export;
mod exposition;
mod figures_json;
mod metrics_reference;
mod run_file;
mod small_county;
