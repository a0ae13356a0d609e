//! Where the figures are served, and to whom.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ensilinja_serve::{AllowedHosts, HostNameError};
use toml::de::DeValue;

use super::error::ConfigError;
use super::section::{Expected, Section};

/// Keys of `[server]`.
const KEYS: [&str; 2] = [LISTEN, ALLOWED_HOSTS];

const LISTEN: &str = "listen";
const ALLOWED_HOSTS: &str = "allowed_hosts";

/// Not reachable from other machines, because the figures of small lines are not for everybody.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

const HOSTS_EXPECTED: &str =
    "a list of the names by which browsers open the board, such as [\"boards.example\"]; without the key, any name";

/// Where the figures are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The address to listen on; port 0 is any free one.
    pub listen: SocketAddr,
    /// The names that requests may be for; any, if none are configured.
    pub allowed_hosts: AllowedHosts,
}

/// Reads `[server]`.
pub(super) fn read(root: &Section<'_>) -> Result<Server, ConfigError> {
    let mut server = Server { listen: DEFAULT_LISTEN, allowed_hosts: AllowedHosts::default() };
    if let Some(section) = root.section("server", &KEYS)? {
        server.listen = section.optional(LISTEN, listen)?.unwrap_or(server.listen);
        server.allowed_hosts = allowed_hosts(&section)?;
    }
    Ok(server)
}

fn listen(value: &DeValue<'_>) -> Result<SocketAddr, Expected> {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| "an IP address and a port, such as \"127.0.0.1:9464\" or \"0.0.0.0:9464\"".into())
}

fn allowed_hosts(section: &Section<'_>) -> Result<AllowedHosts, ConfigError> {
    let Some((_, value)) = section.entry(ALLOWED_HOSTS) else { return Ok(AllowedHosts::default()) };
    let DeValue::Array(items) = value.get_ref() else { return Err(section.refusal(ALLOWED_HOSTS, HOSTS_EXPECTED)) };
    if items.is_empty() {
        return Err(section.refusal(ALLOWED_HOSTS, HOSTS_EXPECTED));
    }
    let mut names = Vec::new();
    for item in items {
        let refused = || section.refusal_of_item(ALLOWED_HOSTS, item, HostNameError.to_string());
        let name = item.get_ref().as_str().ok_or_else(refused)?;
        AllowedHosts::names([name]).map_err(|_| refused())?;
        names.push(name);
    }
    AllowedHosts::names(names).map_err(|error| section.refusal(ALLOWED_HOSTS, error.to_string()))
}
