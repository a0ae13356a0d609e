//! `tls_server_config`.

use crate::error::ConfigError;
use crate::tls_keys::{
    CERT, CERT_FILE, KEY, KEY_FILE, MAX_VERSION, MIN_VERSION, TextSource, text_source, version_range,
};
use crate::yaml::YamlTable;

pub(super) const TLS: &str = "tls_server_config";
const CLIENT_CA: &str = "client_ca";
const CLIENT_CA_FILE: &str = "client_ca_file";
const CLIENT_AUTH_TYPE: &str = "client_auth_type";
const CLIENT_ALLOWED_SANS: &str = "client_allowed_sans";
const CIPHER_SUITES: &str = "cipher_suites";
const PREFER_SERVER_CIPHER_SUITES: &str = "prefer_server_cipher_suites";
const CURVE_PREFERENCES: &str = "curve_preferences";

const KEYS: [&str; 13] = [
    CERT,
    CERT_FILE,
    KEY,
    KEY_FILE,
    CLIENT_CA,
    CLIENT_CA_FILE,
    CLIENT_AUTH_TYPE,
    CLIENT_ALLOWED_SANS,
    MIN_VERSION,
    MAX_VERSION,
    CIPHER_SUITES,
    PREFER_SERVER_CIPHER_SUITES,
    CURVE_PREFERENCES,
];

/// The words for client certificates. `RequireClientCert` is an old name.
const CLIENT_AUTH_TYPES: [(&str, ClientAuthType); 6] = [
    ("NoClientCert", ClientAuthType::NoClientCert),
    ("RequestClientCert", ClientAuthType::RequestClientCert),
    ("RequireAnyClientCert", ClientAuthType::RequireAnyClientCert),
    ("RequireClientCert", ClientAuthType::RequireAnyClientCert),
    ("VerifyClientCertIfGiven", ClientAuthType::VerifyClientCertIfGiven),
    ("RequireAndVerifyClientCert", ClientAuthType::RequireAndVerifyClientCert),
];

/// The cipher suites of TLS 1.2 that Go calls secure, with OpenSSL's names.
const CIPHERS: [(&str, &str); 13] = [
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"),
    // Of TLS 1.3, which always offers all three, in Go too.
    ("TLS_AES_128_GCM_SHA256", ""),
    ("TLS_AES_256_GCM_SHA384", ""),
    ("TLS_CHACHA20_POLY1305_SHA256", ""),
];

const CURVES: [(&str, &str); 4] =
    [("CurveP256", "P-256"), ("CurveP384", "P-384"), ("CurveP521", "P-521"), ("X25519", "X25519")];

/// What the server asks of a client's certificate, by the names of Go's `tls.ClientAuthType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthType {
    /// No certificate is asked for.
    NoClientCert,
    /// One is asked for. None is needed, and none is verified.
    RequestClientCert,
    /// One is needed, and not verified.
    RequireAnyClientCert,
    /// None is needed; one that is given is verified.
    VerifyClientCertIfGiven,
    /// One is needed and verified.
    RequireAndVerifyClientCert,
}

impl ClientAuthType {
    /// Whether certificates are verified by an authority.
    #[must_use]
    pub const fn verifies(self) -> bool {
        matches!(self, Self::VerifyClientCertIfGiven | Self::RequireAndVerifyClientCert)
    }
}

/// How the server speaks TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsServerConfig {
    /// The server's certificate, and those of authorities in between.
    pub certificate: TextSource,
    /// Its private key.
    pub key: TextSource,
    /// What is asked of clients.
    pub client_auth: ClientAuthType,
    /// The authorities of clients; there are some exactly if certificates are verified.
    pub client_ca: Option<TextSource>,
    /// The names of which a client's certificate must have one; any certificate will do if there are none.
    pub client_allowed_sans: Vec<String>,
    /// Whether TLS 1.2 is spoken.
    pub allows_tls12: bool,
    /// Whether TLS 1.3 is spoken.
    pub allows_tls13: bool,
    /// The cipher suites of TLS 1.2 by OpenSSL's names, in order; empty for the usual ones.
    pub ciphers: Vec<&'static str>,
    /// Whether the server's order of cipher suites counts, rather than the client's.
    pub prefers_own_ciphers: bool,
    /// The elliptic curves by OpenSSL's names, in order; empty for the usual ones.
    pub curves: Vec<&'static str>,
}

/// Reads `tls_server_config`.
pub(super) fn read(root: &YamlTable<'_>) -> Result<Option<TlsServerConfig>, ConfigError> {
    let Some(tls) = root.table(TLS, &KEYS)? else { return Ok(None) };
    let missing = |key: &str, file_key: &str| {
        tls.refusal(file_key, "missing", &format!("name the file in PEM here, or put its text under {key}"))
    };
    let certificate = text_source(&tls, CERT, CERT_FILE)?.ok_or_else(|| missing(CERT, CERT_FILE))?;
    let key = text_source(&tls, KEY, KEY_FILE)?.ok_or_else(|| missing(KEY, KEY_FILE))?;
    let client_auth = tls.word(CLIENT_AUTH_TYPE, &CLIENT_AUTH_TYPES, &[])?.unwrap_or(ClientAuthType::NoClientCert);
    let client_ca = text_source(&tls, CLIENT_CA, CLIENT_CA_FILE)?;
    check_clients(&tls, client_auth, client_ca.is_some())?;
    let (least, most) = version_range(&tls)?;
    Ok(Some(TlsServerConfig {
        certificate,
        key,
        client_auth,
        client_ca,
        client_allowed_sans: tls.texts(CLIENT_ALLOWED_SANS)?,
        allows_tls12: least <= 12,
        allows_tls13: most >= 13,
        ciphers: ciphers(&tls, least)?,
        prefers_own_ciphers: tls.flag(PREFER_SERVER_CIPHER_SUITES)?.unwrap_or(true),
        curves: choices(&tls, CURVE_PREFERENCES, &CURVES)?,
    }))
}

/// Refuses settings for clients that would protect less than they seem to.
fn check_clients(tls: &YamlTable<'_>, auth: ClientAuthType, has_ca: bool) -> Result<(), ConfigError> {
    let ca_key = if tls.has(CLIENT_CA) { CLIENT_CA } else { CLIENT_CA_FILE };
    if auth.verifies() && !has_ca {
        let advice = "name the authorities of your clients; those of the machine, which sign certificates for anyone, \
                      are not used";
        return Err(tls.refusal(CLIENT_CA_FILE, "missing", advice));
    }
    if has_ca && !auth.verifies() {
        let advice = "nothing is verified by it: set client_auth_type to RequireAndVerifyClientCert, or leave it out";
        return Err(tls.refusal(ca_key, "given", advice));
    }
    if tls.has(CLIENT_ALLOWED_SANS) && !auth.verifies() {
        let advice = "names in a certificate that is not verified prove nothing: set client_auth_type to \
                      RequireAndVerifyClientCert, or leave it out";
        return Err(tls.refusal(CLIENT_ALLOWED_SANS, "given", advice));
    }
    if tls.has(CLIENT_ALLOWED_SANS) && tls.texts(CLIENT_ALLOWED_SANS)?.is_empty() {
        return Err(tls.refusal(CLIENT_ALLOWED_SANS, "empty", "list a name, or leave out the key"));
    }
    Ok(())
}

/// The cipher suites of TLS 1.2.
fn ciphers(tls: &YamlTable<'_>, least: u8) -> Result<Vec<&'static str>, ConfigError> {
    let listed = choices(tls, CIPHER_SUITES, &CIPHERS)?;
    let ciphers: Vec<&str> = listed.iter().copied().filter(|name| !name.is_empty()).collect();
    if !listed.is_empty() && ciphers.is_empty() && least < 13 {
        let advice = "set min_version to TLS13, or list suites of TLS 1.2 too";
        return Err(tls.refusal(CIPHER_SUITES, "a list without a suite of TLS 1.2", advice));
    }
    Ok(ciphers)
}

/// The texts in a list, each of which should be one of these words.
fn choices(tls: &YamlTable<'_>, key: &str, words: &[(&str, &'static str)]) -> Result<Vec<&'static str>, ConfigError> {
    tls.texts(key)?.iter().map(|text| tls.choice(key, text, words, &[])).collect()
}
