//! The web configuration file: TLS, users and headers of the HTTP server, in the format of Prometheus'
//! exporter-toolkit.
//!
//! ```yaml
//! tls_server_config:
//!   cert_file: server.crt          # relative to the folder of this file
//!   key_file: server.key
//! basic_auth_users:
//!   supervisor: $2y$10$...         # bcrypt
//! ```
//!
//! Every key of the toolkit is either honoured or refused by name with what to do instead. Where the toolkit lets a
//! setting pass that protects nothing (certificates that no authority verifies, protocols that are broken), the file is
//! refused. No message holds a key, a hash or an inline certificate.

mod http;
mod tls;
mod users;

use crate::error::ConfigError;
use crate::yaml::YamlText;

pub use tls::{ClientAuthType, TlsServerConfig};
pub use users::{BasicAuthUser, BcryptHash};

const KEYS: [&str; 4] = [tls::TLS, http::HTTP, http::RATE_LIMIT, users::USERS];

/// What a web configuration file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebConfig {
    /// TLS; `None` for plain HTTP.
    pub tls: Option<TlsServerConfig>,
    /// Headers of every answer: the name and the value.
    pub headers: Vec<(&'static str, String)>,
    /// The users, by name; if there are none, no password is asked for.
    pub users: Vec<BasicAuthUser>,
}

/// Reads a web configuration. `file` is the name that messages call it by.
///
/// # Errors
/// What is wrong with the text, in one line without any secret.
pub fn parse_web(file: &str, text: &str) -> Result<WebConfig, ConfigError> {
    let Some(root) = YamlText { file, text }.root(&KEYS)? else { return Ok(WebConfig::default()) };
    http::refuse_rate_limit(&root)?;
    Ok(WebConfig { tls: tls::read(&root)?, headers: http::headers(&root)?, users: users::read(&root)? })
}

/// Whether the text of a web configuration has `tls_server_config`, whatever else is in it: a health check must not
/// fail because the file is being edited. `None` if it is no table in YAML.
#[must_use]
pub fn web_has_tls(text: &str) -> Option<bool> {
    let root = YamlText { file: "", text }.free_root(&KEYS).ok()?;
    Some(root.is_some_and(|root| root.has(tls::TLS)))
}

#[cfg(test)]
mod tests;
