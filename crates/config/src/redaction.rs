//! The text of a valid configuration without its secrets, to be shown to others.
//!
//! ```text
//! sasl.mechanism = "PLAIN"        -->  sasl.mechanism = "PLAIN"
//! sasl.password = "x"             -->  sasl.password = "(removed)"
//! sasl.password_file = "/run/p"   -->  sasl.password_file = "/run/p"
//! # call Maija if it fails        -->
//! ```
//!
//! Properties of Kafka's client are shown only if they are listed here: librdkafka gains new secrets with its versions,
//! and a plugin may have any. All other keys of a valid configuration are known, and none is a secret. A user and a
//! password in a URL are removed wherever they are, and comments, which may hold anything, are left out.

use toml::{Table, Value};

use crate::secret::SecretSource;

/// What stands in the place of a value that is not shown.
const REMOVED: &str = "(removed)";

/// Properties of Kafka's client whose values are no secrets and help to find a fault.
const SHOWN: &[&str] = &[
    "api.version.request",
    "broker.address.family",
    "client.id",
    "client.rack",
    "compression.codec",
    "compression.type",
    "enable.ssl.certificate.verification",
    "https.ca.location",
    "isolation.level",
    "sasl.kerberos.service.name",
    "sasl.mechanism",
    "sasl.mechanisms",
    "sasl.oauthbearer.method",
    "security.protocol",
    "ssl.ca.location",
    "ssl.certificate.location",
    "ssl.crl.location",
    "ssl.endpoint.identification.algorithm",
    "ssl.key.location",
    "ssl.keystore.location",
];

/// The text of a configuration without secrets and without comments; `None` if it is not TOML. Only of a text that
/// [`parse`](crate::parse) takes is every key known not to be a secret.
#[must_use]
pub fn without_secrets(text: &str) -> Option<String> {
    let mut table: Table = text.parse().ok()?;
    if let Some(Value::Table(properties)) = table.get_mut("kafka").and_then(|kafka| kafka.get_mut("properties")) {
        redact_properties("", properties);
    }
    redact_urls(&mut table);
    toml::to_string(&table).ok()
}

fn redact_properties(prefix: &str, properties: &mut Table) {
    for (key, value) in properties {
        let name = format!("{prefix}{key}");
        match value {
            Value::Table(below) => redact_properties(&format!("{name}."), below),
            // Numbers and switches tune the client. A secret of digits alone may be written as a number.
            Value::Boolean(_) => {}
            shown if is_shown(&name, shown) => {}
            hidden => *hidden = REMOVED.into(),
        }
    }
}

fn is_shown(name: &str, value: &Value) -> bool {
    let is_tuning = value.is_integer() && [".ms", ".bytes", ".kbytes"].iter().any(|unit| name.ends_with(unit));
    let is_place =
        || value.as_str().is_some_and(|text| SecretSource::of(name).is_some_and(|(_, it)| it.is_place(text)));
    is_tuning || SHOWN.contains(&name) || is_place()
}

fn redact_urls(table: &mut Table) {
    table.iter_mut().for_each(|(_, value)| redact_url(value));
}

fn redact_url(value: &mut Value) {
    match value {
        Value::Table(below) => redact_urls(below),
        Value::Array(values) => values.iter_mut().for_each(redact_url),
        Value::String(text) => {
            if let Some((scheme, rest)) = text.split_once("://") {
                let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                if let Some(at) = rest[..end].rfind('@') {
                    *text = format!("{scheme}://{REMOVED}{}", &rest[at..]);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_user_names_and_comments_are_left_out_and_the_rest_stays() {
        let text = r#"
            # canary: call Maija
            [server]
            grafana_url = "https://canary:canary@grafana.example/x?a=b@c"
            [kafka]
            brokers = "kafka-1:9092"
            [kafka.properties]
            security.protocol = "SASL_SSL"
            sasl.password = "canary-1"
            sasl.username = "canary-2"
            "ssl.key.pem" = "canary-3"
            sasl.password_env = "canary-4"
            sasl.password_file = "canary/5"
            ssl.key.password_file = "/run/secrets/key"
            sasl.oauthbearer.client.secret_env = "CLIENT_SECRET"
            future.secret = "canary-6"
            ssl.keystore.password = 170717
            socket.timeout.ms = 60000
            enable.ssl.certificate.verification = true
            [[line]]
            id = "mipa"
            name = { fi = "Mipä", en = "Mipä" }
        "#;
        let shown = without_secrets(text).unwrap();
        assert!(!shown.contains("canary") && !shown.contains("170717") && !shown.contains("Maija"), "{shown}");
        let table: Table = shown.parse().unwrap();
        let properties = &table["kafka"]["properties"];
        assert_eq!(table["server"]["grafana_url"].as_str(), Some("https://(removed)@grafana.example/x?a=b@c"));
        assert_eq!(properties["security"]["protocol"].as_str(), Some("SASL_SSL"));
        assert_eq!(properties["sasl"]["password"].as_str(), Some(REMOVED));
        assert_eq!(properties["ssl"]["key"]["password_file"].as_str(), Some("/run/secrets/key"));
        assert_eq!(properties["sasl"]["oauthbearer"]["client"]["secret_env"].as_str(), Some("CLIENT_SECRET"));
        assert_eq!(properties["socket"]["timeout"]["ms"].as_integer(), Some(60_000));
        assert_eq!(table["line"][0]["name"]["fi"].as_str(), Some("Mipä"));
    }

    #[test]
    fn the_sample_without_secrets_means_the_same() {
        let shown = without_secrets(crate::SAMPLE).unwrap();
        let [one, other] = [crate::SAMPLE, &shown].map(|text| crate::parse("a", text, &crate::NothingOutside).unwrap());
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }

    #[test]
    fn what_is_not_toml_is_not_shown() {
        assert_eq!(without_secrets("password = canary"), None);
    }
}
