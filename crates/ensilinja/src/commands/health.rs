//! `ensilinja health`: asks a live process for `/livez` or `/readyz`.
//!
//! Images without a shell have no other client for their health check.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_serve::ProcessAddress;
use tokio::runtime::Builder;

use crate::cli::HealthArguments;
use crate::configuration;
use crate::console::standard_output::print;
use crate::outcome::Outcome;
use crate::usage_error::UsageError;

/// Answers 200 while the process serves.
const ALIVE: &str = "/livez";

/// Answers 200 while the figures are complete.
const READY: &str = "/readyz";

/// Asks, and prints the answer if it is yes.
///
/// # Errors
/// Why it is not known where to ask; otherwise the answer no, with the reasons that the process gives, or why there is
/// no answer.
pub fn health(arguments: &HealthArguments) -> anyhow::Result<Outcome> {
    let address = match &arguments.url {
        Some(address) => address.clone(),
        None => address_of(listen_of(arguments)?)?,
    };
    let path = if arguments.ready { READY } else { ALIVE };
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("the system does not let the program wait for an answer")?;
    let answer = runtime.block_on(address.probe(path, Duration::from_secs(arguments.timeout)))?;
    if !answer.is_yes() {
        let reasons = answer.text.lines().collect::<Vec<_>>().join("; ");
        anyhow::bail!("{address}{path} answers {}: {reasons}", answer.status);
    }
    print(&answer.text)?;
    Ok(Outcome::Done)
}

/// The address that the process listens on.
fn listen_of(arguments: &HealthArguments) -> anyhow::Result<SocketAddr> {
    match arguments.listen {
        Some(listen) => Ok(listen),
        None => Ok(configuration::listen_address(arguments.config.as_deref())?),
    }
}

/// Where a process that listens there answers on this machine.
///
/// # Errors
/// If it listens on any free port.
pub(super) fn address_of(listen: SocketAddr) -> Result<ProcessAddress, UsageError> {
    if listen.port() == 0 {
        return Err(UsageError::AnyPort(listen));
    }
    let ip = match listen.ip() {
        IpAddr::V4(every) if every.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(every) if every.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let url = format!("http://{}", SocketAddr::new(ip, listen.port()));
    Ok(url.parse().expect("an address and a port make a URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_every_network_is_asked_on_this_machine() {
        for (listen, url) in [
            ("127.0.0.1:9464", "http://127.0.0.1:9464"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:9464", "http://[::1]:9464"),
            ("10.0.0.7:9464", "http://10.0.0.7:9464"),
            ("[fe80::1]:9464", "http://[fe80::1]:9464"),
        ] {
            assert_eq!(address_of(listen.parse().unwrap()).unwrap().to_string(), url);
        }
        let refusal = address_of("0.0.0.0:0".parse().unwrap()).unwrap_err().to_string();
        assert_eq!(refusal, "0.0.0.0:0 is any free port, so it is not known where the process listens: give --url");
    }
}
