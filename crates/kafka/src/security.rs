//! Risks of the connection to the brokers: where it is less safe than the settings seem to ask for.
//!
//! Everything works in spite of them, and librdkafka does not mention them. So the log warns of them at the start, and
//! `/readyz`, a metric and `check` show them.

use std::fmt;
use std::os::unix::fs::PermissionsExt as _;

use ensilinja_model::vocabulary;

use crate::settings::Settings;

vocabulary! {
    /// A risk of the connection.
    SecurityRisk {
        /// There are SASL settings, but the protocol has no SASL: the user and the password are not used.
        SaslUnused = "sasl_unused",
        /// There are TLS settings, but the protocol has no TLS: nothing is encrypted.
        TlsUnused = "tls_unused",
        /// The password is sent in clear text.
        PasswordInClear = "password_in_clear",
        /// The certificate of the broker is not verified.
        CertificateUnverified = "certificate_unverified",
        /// The host name in the certificate of the broker is not verified.
        HostNameUnverified = "host_name_unverified",
        /// Every user of the machine can read a file with a secret.
        SecretReadable = "secret_readable",
    }
}

/// A risk and its remedy. `Display` gives all of it in one line, without a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityWarning {
    /// The risk.
    pub risk: SecurityRisk,
    /// The settings that cause it.
    pub found: String,
    /// The consequence.
    pub consequence: &'static str,
    /// How to remove the risk.
    pub remedy: &'static str,
}

impl fmt::Display for SecurityWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { risk: _, found, consequence, remedy } = self;
        write!(f, "{found}: {consequence}; {remedy}")
    }
}

impl Settings {
    /// The risks of a connection with these settings; empty if it is as safe as it seems.
    #[must_use]
    pub fn warnings(&self) -> Vec<SecurityWarning> {
        let get = |name: &str| self.properties.get(name).map(String::as_str);
        let given = get("security.protocol");
        let protocol = given.unwrap_or("plaintext").to_ascii_lowercase();
        let (has_sasl, has_tls) = (protocol.starts_with("sasl_"), protocol.ends_with("ssl"));
        let protocol_text = given.map_or_else(
            || "security.protocol is not set, which means PLAINTEXT".to_owned(),
            |given| format!("security.protocol is {given}"),
        );
        let mut warnings = Vec::new();
        let mut warn = |risk, found: String, consequence, remedy| {
            warnings.push(SecurityWarning { risk, found, consequence, remedy });
        };
        let sasl = self.names_with_prefix(&["sasl."]);
        if !has_sasl && !sasl.is_empty() {
            let consequence = "the user and the password are not used, and to the brokers this program is an anonymous \
                               client";
            let remedy = "set security.protocol = \"SASL_SSL\", or leave the sasl settings out";
            warn(SecurityRisk::SaslUnused, format!("{sasl} is set, and {protocol_text}"), consequence, remedy);
        }
        let tls = self.names_with_prefix(&["ssl.", "enable.ssl."]);
        if !has_tls && !tls.is_empty() {
            let remedy = "set security.protocol = \"SSL\" or \"SASL_SSL\", or leave the ssl settings out";
            let consequence = "nothing is encrypted, and no broker's certificate is verified";
            warn(SecurityRisk::TlsUnused, format!("{tls} is set, and {protocol_text}"), consequence, remedy);
        }
        let mechanism = get("sasl.mechanism").or_else(|| get("sasl.mechanisms")).unwrap_or_default();
        if has_sasl && !has_tls && mechanism.eq_ignore_ascii_case("plain") {
            let remedy = "set security.protocol = \"SASL_SSL\", or use SCRAM-SHA-512";
            let found = "sasl.mechanism is PLAIN, and security.protocol is SASL_PLAINTEXT".to_owned();
            let consequence = "every machine between here and the broker can read the password";
            warn(SecurityRisk::PasswordInClear, found, consequence, remedy);
        }
        if has_tls && get("enable.ssl.certificate.verification") == Some("false") {
            let found = "enable.ssl.certificate.verification is false".to_owned();
            let consequence = "any server at the broker's address is accepted as the broker, and can read and change \
                               all events";
            let remedy = "leave it out, and set ssl.ca.location to the certificate of the authority";
            warn(SecurityRisk::CertificateUnverified, found, consequence, remedy);
        } else if has_tls && get("ssl.endpoint.identification.algorithm") == Some("none") {
            let found = "ssl.endpoint.identification.algorithm is none".to_owned();
            let consequence = "every certificate of the trusted authorities is accepted as the broker's";
            let remedy = "leave it out, and use a host name of the certificate";
            warn(SecurityRisk::HostNameUnverified, found, consequence, remedy);
        }
        for file in self.secret_files.iter().filter(|file| is_readable_by_all(file)) {
            let found = format!("{} holds a secret", file.display());
            let consequence = "every user of this machine can read it";
            warn(SecurityRisk::SecretReadable, found, consequence, "chmod 600 it, or 640 with a group of its own");
        }
        warnings
    }

    fn names_with_prefix(&self, prefixes: &[&str]) -> String {
        let begins = |name: &&String| prefixes.iter().any(|prefix| name.starts_with(prefix));
        self.properties.keys().filter(begins).map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

fn is_readable_by_all(file: &std::path::Path) -> bool {
    const BY_OTHERS: u32 = 0o004;
    std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & BY_OTHERS != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::with;

    fn risks(properties: &[(&str, &str)]) -> Vec<SecurityRisk> {
        let warnings = with(properties).warnings();
        let text: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        assert!(!text.join("\n").contains("hunter2"), "{text:?}");
        warnings.iter().map(|warning| warning.risk).collect()
    }

    #[test]
    fn a_connection_as_safe_as_it_seems_raises_no_warning() {
        assert_eq!(risks(&[]), []);
        assert_eq!(risks(&[("client.id", "a"), ("security.protocol", "PLAINTEXT")]), []);
        let whole = [
            ("security.protocol", "sasl_ssl"),
            ("sasl.mechanism", "PLAIN"),
            ("sasl.username", "u"),
            ("sasl.password", "hunter2"),
            ("ssl.ca.location", "/ca.pem"),
            ("enable.ssl.certificate.verification", "true"),
            ("ssl.endpoint.identification.algorithm", "https"),
        ];
        assert_eq!(risks(&whole), []);
        let scram = [("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanisms", "SCRAM-SHA-512")];
        assert_eq!(risks(&scram), [], "the password itself is never sent");
    }

    #[test]
    fn sasl_and_tls_settings_without_effect_raise_a_warning() {
        let sasl = [("sasl.username", "u"), ("sasl.password", "hunter2")];
        assert_eq!(risks(&sasl), [SecurityRisk::SaslUnused]);
        let text = with(&sasl).warnings()[0].to_string();
        assert!(text.starts_with("sasl.password, sasl.username is set, and security.protocol is not set"), "{text}");
        let over_tls = [("security.protocol", "SSL"), ("sasl.username", "u")];
        assert_eq!(risks(&over_tls), [SecurityRisk::SaslUnused]);
        assert_eq!(risks(&[("ssl.ca.location", "/ca.pem")]), [SecurityRisk::TlsUnused]);
        let no_tls = [("security.protocol", "SASL_PLAINTEXT"), ("enable.ssl.certificate.verification", "false")];
        assert_eq!(risks(&no_tls), [SecurityRisk::TlsUnused]);
    }

    #[test]
    fn an_unverified_broker_and_a_password_in_clear_text_raise_a_warning() {
        let unverified = [("security.protocol", "SSL"), ("enable.ssl.certificate.verification", "false")];
        assert_eq!(risks(&unverified), [SecurityRisk::CertificateUnverified]);
        let any_host = [("security.protocol", "SASL_SSL"), ("ssl.endpoint.identification.algorithm", "none")];
        assert_eq!(risks(&any_host), [SecurityRisk::HostNameUnverified]);
        let clear = [("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN")];
        assert_eq!(risks(&clear), [SecurityRisk::PasswordInClear]);
    }

    #[test]
    fn a_secret_file_that_every_user_can_read_raises_a_warning() {
        let file = std::env::temp_dir().join(format!("ensilinja-secret-{}", std::process::id()));
        std::fs::write(&file, "hunter2").unwrap();
        let mut settings = with(&[]);
        settings.secret_files = vec![file.clone()];
        let risks_at = |mode| {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            settings.warnings().iter().map(|warning| warning.risk).collect::<Vec<_>>()
        };
        assert_eq!(risks_at(0o640), []);
        assert_eq!(risks_at(0o644), [SecurityRisk::SecretReadable]);
        std::fs::remove_file(&file).unwrap();
    }
}
