//! The HTTP client configuration file: how the commands that ask a live process speak TLS and log in, in the format of
//! Prometheus (`config.HTTPClientConfig`, which `promtool --http.config.file` reads).
//!
//! ```yaml
//! basic_auth:
//!   username: support
//!   password_file: password        # relative to the folder of this file
//! tls_config:
//!   ca_file: ca.crt
//! ```
//!
//! Every key of Prometheus is either honoured or refused by name with what to do instead. No message holds a password,
//! a token or a key.

use crate::error::ConfigError;
use crate::tls_keys::{CERT, CERT_FILE, KEY, KEY_FILE, TextSource, text_source, version_range};
use crate::yaml::{YamlTable, YamlText, quoted};

const BASIC_AUTH: &str = "basic_auth";
const USERNAME: &str = "username";
const USERNAME_FILE: &str = "username_file";
const PASSWORD: &str = "password";
const PASSWORD_FILE: &str = "password_file";
const AUTHORIZATION: &str = "authorization";
const TYPE: &str = "type";
const CREDENTIALS: &str = "credentials";
const CREDENTIALS_FILE: &str = "credentials_file";
const TLS: &str = "tls_config";
const CA: &str = "ca";
const CA_FILE: &str = "ca_file";
const SERVER_NAME: &str = "server_name";
const INSECURE_SKIP_VERIFY: &str = "insecure_skip_verify";
const ENABLE_HTTP2: &str = "enable_http2";

const KEYS: [&str; 4] = [BASIC_AUTH, AUTHORIZATION, TLS, ENABLE_HTTP2];
const BASIC_AUTH_KEYS: [&str; 4] = [USERNAME, USERNAME_FILE, PASSWORD, PASSWORD_FILE];
const AUTHORIZATION_KEYS: [&str; 3] = [TYPE, CREDENTIALS, CREDENTIALS_FILE];
const TLS_KEYS: [&str; 10] = [
    CA,
    CA_FILE,
    CERT,
    CERT_FILE,
    KEY,
    KEY_FILE,
    SERVER_NAME,
    INSECURE_SKIP_VERIFY,
    crate::tls_keys::MIN_VERSION,
    crate::tls_keys::MAX_VERSION,
];

const NO_PROXY: &str = "no proxy is used: leave out the key, and give the address of the process itself";
const NO_REFERENCE: &str = "there is no secret manager: name a file with the secret";
const OLD_TOKEN: &str = "it is the old form: write credentials or credentials_file under authorization";

const UNSUPPORTED: [(&str, &str); 9] = [
    ("oauth2", "get a token with another tool, and name its file in authorization.credentials_file"),
    ("bearer_token", OLD_TOKEN),
    ("bearer_token_file", OLD_TOKEN),
    ("follow_redirects", "redirects are not followed: leave out the key, and give the address of the process itself"),
    ("proxy_url", NO_PROXY),
    ("no_proxy", NO_PROXY),
    ("proxy_from_environment", NO_PROXY),
    ("proxy_connect_header", NO_PROXY),
    ("http_headers", "no further headers are sent: leave out the key"),
];
const UNSUPPORTED_BASIC_AUTH: [(&str, &str); 2] = [("username_ref", NO_REFERENCE), ("password_ref", NO_REFERENCE)];
const UNSUPPORTED_AUTHORIZATION: [(&str, &str); 1] = [("credentials_ref", NO_REFERENCE)];
const UNSUPPORTED_TLS: [(&str, &str); 3] =
    [("ca_ref", NO_REFERENCE), ("cert_ref", NO_REFERENCE), ("key_ref", NO_REFERENCE)];

/// How a client of HTTP speaks TLS and logs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpClientConfig {
    /// Who it says it is; `None` for no `Authorization`.
    pub credentials: Option<HttpCredentials>,
    /// How it speaks TLS with an `https` address.
    pub tls: TlsClientConfig,
}

/// The header `Authorization` of every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpCredentials {
    /// A name and a password. One that is not given is sent as an empty text.
    Basic {
        /// The name; one in the file has no colon.
        username: Option<TextSource>,
        /// The password.
        password: Option<TextSource>,
    },
    /// The credentials after the name of a scheme, such as `Bearer`.
    Scheme {
        /// The name of the scheme.
        scheme: String,
        /// The credentials.
        credentials: TextSource,
    },
}

/// How a client speaks TLS. Texts are in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsClientConfig {
    /// The authorities that may sign the server's certificate; `None` for those of the machine.
    pub ca: Option<TextSource>,
    /// The client's certificate and its private key.
    pub identity: Option<(TextSource, TextSource)>,
    /// The name that the server's certificate should have, instead of the host of the address.
    pub server_name: Option<String>,
    /// Whether any certificate is accepted.
    pub insecure_skip_verify: bool,
    /// Whether TLS 1.2 is spoken.
    pub allows_tls12: bool,
    /// Whether TLS 1.3 is spoken.
    pub allows_tls13: bool,
}

impl Default for TlsClientConfig {
    fn default() -> Self {
        Self {
            ca: None,
            identity: None,
            server_name: None,
            insecure_skip_verify: false,
            allows_tls12: true,
            allows_tls13: true,
        }
    }
}

/// Reads an HTTP client configuration. `file` is the name that messages call it by.
///
/// # Errors
/// What is wrong with the text, in one line without any secret.
pub fn parse_http_client(file: &str, text: &str) -> Result<HttpClientConfig, ConfigError> {
    let Some(root) = YamlText { file, text }.free_root(&KEYS)? else { return Ok(HttpClientConfig::default()) };
    let root = root.without(&UNSUPPORTED)?.with_known_keys(&KEYS)?;
    // Permission to use it; HTTP/1.1 is always possible.
    root.flag(ENABLE_HTTP2)?;
    let credentials = match (basic_auth(&root)?, authorization(&root)?) {
        (Some(_), Some(_)) => {
            let advice = "a request has one Authorization: leave out basic_auth or authorization";
            return Err(root.refusal(AUTHORIZATION, "given beside basic_auth", advice));
        }
        (basic_auth, authorization) => basic_auth.or(authorization),
    };
    Ok(HttpClientConfig { credentials, tls: tls(&root)? })
}

fn basic_auth(root: &YamlTable<'_>) -> Result<Option<HttpCredentials>, ConfigError> {
    let Some(table) = root.free_table(BASIC_AUTH)? else { return Ok(None) };
    let table = table.without(&UNSUPPORTED_BASIC_AUTH)?.with_known_keys(&BASIC_AUTH_KEYS)?;
    let username = text_source(&table, USERNAME, USERNAME_FILE)?;
    let password = text_source(&table, PASSWORD, PASSWORD_FILE)?;
    if username.is_none() && password.is_none() {
        return Err(root.refusal(
            BASIC_AUTH,
            "without a user",
            "give username and password_file, or leave out the key",
        ));
    }
    if matches!(&username, Some(TextSource::Inline(name)) if name.contains(':')) {
        return Err(table.refusal(USERNAME, "no name of a user", "a name has no colon; the password has its own key"));
    }
    Ok(Some(HttpCredentials::Basic { username, password }))
}

fn authorization(root: &YamlTable<'_>) -> Result<Option<HttpCredentials>, ConfigError> {
    let Some(table) = root.free_table(AUTHORIZATION)? else { return Ok(None) };
    let table = table.without(&UNSUPPORTED_AUTHORIZATION)?.with_known_keys(&AUTHORIZATION_KEYS)?;
    let scheme = table.text(TYPE)?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let scheme = scheme.unwrap_or_else(|| "Bearer".to_owned());
    if scheme.eq_ignore_ascii_case("basic") {
        return Err(table.refusal(TYPE, &quoted(&scheme), "write username and password under basic_auth instead"));
    }
    // The characters of a token in HTTP (RFC 9110, section 5.6.2).
    if !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)) {
        return Err(table.refusal(TYPE, "no scheme (value not shown)", "it should be a word such as Bearer"));
    }
    let credentials = text_source(&table, CREDENTIALS, CREDENTIALS_FILE)?;
    let missing =
        || table.refusal(CREDENTIALS_FILE, "missing", "name the file of the token, or leave out authorization");
    Ok(Some(HttpCredentials::Scheme { scheme, credentials: credentials.ok_or_else(missing)? }))
}

fn tls(root: &YamlTable<'_>) -> Result<TlsClientConfig, ConfigError> {
    let Some(table) = root.free_table(TLS)? else { return Ok(TlsClientConfig::default()) };
    let table = table.without(&UNSUPPORTED_TLS)?.with_known_keys(&TLS_KEYS)?;
    let ca = text_source(&table, CA, CA_FILE)?;
    let missing = |file_key: &str, of: &str| table.refusal(file_key, "missing", &format!("{of} is given: give both"));
    let identity = match (text_source(&table, CERT, CERT_FILE)?, text_source(&table, KEY, KEY_FILE)?) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (Some(_), None) => return Err(missing(KEY_FILE, "a certificate of the client")),
        (None, Some(_)) => return Err(missing(CERT_FILE, "a key of the client")),
        (None, None) => None,
    };
    let insecure_skip_verify = table.flag(INSECURE_SKIP_VERIFY)?.unwrap_or(false);
    if insecure_skip_verify && ca.is_some() {
        let ca_key = if table.has(CA) { CA } else { CA_FILE };
        let advice = "nothing is verified by it: leave out insecure_skip_verify";
        return Err(table.refusal(ca_key, "given beside insecure_skip_verify", advice));
    }
    let server_name = table.text(SERVER_NAME)?;
    if let Some(name) = &server_name
        && !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte))
    {
        let advice = "it should be a host name or an IP address of the server's certificate";
        return Err(table.refusal(SERVER_NAME, &quoted(name), advice));
    }
    let (least, most) = version_range(&table)?;
    Ok(TlsClientConfig {
        ca,
        identity,
        server_name,
        insecure_skip_verify,
        allows_tls12: least <= 12,
        allows_tls13: most >= 13,
    })
}

#[cfg(test)]
mod tests;
