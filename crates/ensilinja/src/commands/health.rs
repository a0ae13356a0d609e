//! `ensilinja health`: asks a live process for `/livez` or `/readyz`.
//!
//! Images without a shell have no other client for their health check.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_config::ServerAddress;
use ensilinja_serve::{ProcessAddress, ProcessClient};
use tokio::runtime::Builder;

use crate::console::standard_output::print;
use crate::outcome::Outcome;
use crate::usage_error::UsageError;
use crate::web_file;

/// Answers 200 while the process serves.
const ALIVE: &str = "/livez";

/// Answers 200 while the figures are complete.
const READY: &str = "/readyz";

/// Asks, and prints the answer if it is yes. `instead` is asked if the process speaks its scheme and not that of
/// `client`.
///
/// # Errors
/// The answer no, with the reasons that the process gives, or why there is no answer.
pub fn health(
    client: &ProcessClient,
    instead: Option<&ProcessClient>,
    is_ready_asked: bool,
    patience: Duration,
) -> anyhow::Result<Outcome> {
    let path = if is_ready_asked { READY } else { ALIVE };
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("the system does not let the program wait for an answer")?;
    let ask = |client: &ProcessClient| runtime.block_on(client.probe(path, patience));
    let (client, answer) = match (ask(client), instead) {
        (Err(error), Some(instead)) if error.is_of_scheme() => (instead, ask(instead)?),
        (answer, _) => (client, answer?),
    };
    if !answer.is_yes() {
        let reasons = answer.text.lines().collect::<Vec<_>>().join("; ");
        anyhow::bail!("{}{path} answers {}: {reasons}", client.address(), answer.status);
    }
    print(&answer.text)?;
    Ok(Outcome::Done)
}

/// Where a process that listens there answers on this machine, as far as its web configuration file says: while that
/// is edited, the process keeps what it said before.
///
/// # Errors
/// If it listens on any free port.
pub fn address_of(server: &ServerAddress) -> anyhow::Result<ProcessAddress> {
    let listen = server.listen;
    if listen.port() == 0 {
        return Err(UsageError::AnyPort(listen).into());
    }
    let ip = match listen.ip() {
        IpAddr::V4(every) if every.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(every) if every.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let scheme = if server.web_config_file.as_deref().is_some_and(web_file::has_tls) { "https" } else { "http" };
    let url = format!("{scheme}://{}", SocketAddr::new(ip, listen.port()));
    Ok(url.parse().expect("an address and a port make a URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_every_network_is_asked_on_this_machine() {
        let address_of =
            |listen: &str| address_of(&ServerAddress { listen: listen.parse().unwrap(), web_config_file: None });
        for (listen, url) in [
            ("127.0.0.1:9464", "http://127.0.0.1:9464"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:9464", "http://[::1]:9464"),
            ("10.0.0.7:9464", "http://10.0.0.7:9464"),
            ("[fe80::1]:9464", "http://[fe80::1]:9464"),
        ] {
            assert_eq!(address_of(listen).unwrap().to_string(), url);
        }
        let refusal = address_of("0.0.0.0:0").unwrap_err().to_string();
        assert_eq!(refusal, "0.0.0.0:0 is any free port, so it is not known where the process listens: give --url");
    }
}
