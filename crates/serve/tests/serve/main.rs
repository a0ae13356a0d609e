//! What the serve crate shows, as its readers see it: whole pages, and a real server asked over TCP.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod board;
mod client;
mod expected;
mod exposition;
mod host;
mod limits;
mod live;
mod metrics_reference;
mod running;
mod site;
mod small_county;
mod viewer;
