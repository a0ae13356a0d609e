//! A real server, asked over TCP.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod access;
mod board;
mod certificates;
mod client;
mod client_tls;
#[path = "../../../catalogue/tests/catalogue/expected.rs"]
mod expected;
mod host;
mod limits;
mod live;
mod look_back;
mod routes;
mod running_server;
mod served_county;
#[path = "../../../catalogue/tests/catalogue/small_county.rs"]
mod small_county;
mod sse_client;
mod tls;
