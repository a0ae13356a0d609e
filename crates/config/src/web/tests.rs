//! Each key of the toolkit is honoured or refused by name.

use super::*;
use crate::TextSource;

const HASH: &str = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";

const FILES: &str = "tls_server_config:\n  cert_file: server.crt\n  key_file: keys/server.key\n";

fn read(text: &str) -> Result<WebConfig, String> {
    parse_web("web.yml", text).map_err(|error| error.to_string())
}

/// The TLS of a file with these further keys.
fn tls(more: &[&str]) -> Result<TlsServerConfig, String> {
    let more = more.iter().map(|line| format!("  {line}\n")).collect::<Vec<_>>().concat();
    read(&format!("{FILES}{more}")).map(|web| web.tls.unwrap())
}

#[track_caller]
fn refused(text: &str, start: &str, advice: &str) {
    let error = read(text).unwrap_err();
    assert!(error.starts_with(start) && error.contains(advice), "{error}");
}

#[test]
fn a_file_without_keys_protects_nothing() {
    for text in ["", "\n# a comment\n", "tls_server_config:\nbasic_auth_users:\n", "---\n# nothing\n"] {
        assert_eq!(read(text), Ok(WebConfig::default()), "{text:?}");
    }
}

#[test]
fn the_example_of_the_toolkit_is_read() {
    let text = format!("{FILES}\nbasic_auth_users:\n  alice: {HASH}\n  \"bob smith\": '{HASH}'\n");
    let web = read(&text).unwrap();
    let tls = web.tls.unwrap();
    assert_eq!(tls.certificate, TextSource::File("server.crt".to_owned()));
    assert_eq!(tls.key, TextSource::File("keys/server.key".to_owned()));
    assert_eq!((tls.client_auth, tls.client_ca), (ClientAuthType::NoClientCert, None));
    assert_eq!((tls.allows_tls12, tls.allows_tls13, tls.prefers_own_ciphers), (true, true, true));
    assert_eq!((tls.ciphers.len(), tls.curves.len(), tls.client_allowed_sans.len()), (0, 0, 0));
    let users: Vec<(&str, &str, u32)> =
        web.users.iter().map(|user| (user.name.as_str(), user.hash.as_str(), user.hash.cost())).collect();
    assert_eq!(users, [("alice", HASH, 10), ("bob smith", HASH, 10)]);
}

#[test]
fn texts_in_the_file_take_the_place_of_files() {
    let web = read(
        "tls_server_config:\n  cert: |\n    CERT\n  key: |\n    KEY\n    canary\n  client_ca: CA\n  \
                    client_auth_type: RequireAndVerifyClientCert\n",
    );
    let tls = web.unwrap().tls.unwrap();
    assert_eq!(tls.certificate, TextSource::Inline("CERT\n".to_owned()));
    assert_eq!(tls.client_ca, Some(TextSource::Inline("CA".to_owned())));
    assert!(!format!("{tls:?}").contains("canary"));
}

#[test]
fn every_kind_of_client_certificates_is_known() {
    for (word, auth) in [
        ("NoClientCert", ClientAuthType::NoClientCert),
        ("RequestClientCert", ClientAuthType::RequestClientCert),
        ("RequireAnyClientCert", ClientAuthType::RequireAnyClientCert),
        ("RequireClientCert", ClientAuthType::RequireAnyClientCert),
    ] {
        assert_eq!(tls(&[&format!("client_auth_type: {word}")]).unwrap().client_auth, auth);
    }
    for (word, auth) in [
        ("VerifyClientCertIfGiven", ClientAuthType::VerifyClientCertIfGiven),
        ("RequireAndVerifyClientCert", ClientAuthType::RequireAndVerifyClientCert),
    ] {
        let auth_type = format!("client_auth_type: {word}");
        let with_ca = tls(&[&auth_type, "client_ca_file: ca.pem", "client_allowed_sans: [a.example, 10.0.0.1]"]);
        let with_ca = with_ca.unwrap();
        assert_eq!(with_ca.client_auth, auth);
        assert_eq!(with_ca.client_allowed_sans, ["a.example", "10.0.0.1"]);
        let error = tls(&[&auth_type]).unwrap_err();
        assert!(error.contains("tls_server_config.client_ca_file is missing; name the authorities"), "{error}");
    }
}

#[test]
fn settings_for_clients_that_protect_nothing_are_refused() {
    for (lines, start) in [
        (&["client_ca_file: ca.pem"][..], "web.yml:4: tls_server_config.client_ca_file is given; nothing is verified"),
        (
            &["client_ca: CA", "client_auth_type: RequireAnyClientCert"][..],
            "web.yml:4: tls_server_config.client_ca is given; nothing is verified",
        ),
        (
            &["client_auth_type: RequireAnyClientCert", "client_allowed_sans: [a]"][..],
            "web.yml:5: tls_server_config.client_allowed_sans is given; names in a certificate",
        ),
        (
            &["client_auth_type: VerifyClientCertIfGiven", "client_ca_file: a", "client_allowed_sans: []"][..],
            "web.yml:6: tls_server_config.client_allowed_sans is empty; list a name",
        ),
        (
            &["client_auth_type: RequireAndVerifyClientCerts"][..],
            "web.yml:4: tls_server_config.client_auth_type is RequireAndVerifyClientCerts; did you mean \
             RequireAndVerifyClientCert?",
        ),
    ] {
        let error = tls(lines).unwrap_err();
        assert!(error.starts_with(start), "{error}");
    }
}

#[test]
fn versions_are_tls_1_2_and_1_3() {
    for (lines, allowed) in [
        (&["min_version: TLS13"][..], (false, true)),
        (&["max_version: TLS12"][..], (true, false)),
        (&["min_version: TLS12", "max_version: \"TLS13\""][..], (true, true)),
    ] {
        let tls = tls(lines).unwrap();
        assert_eq!((tls.allows_tls12, tls.allows_tls13), allowed);
    }
    for old in ["TLS10", "TLS11"] {
        let error = tls(&[&format!("min_version: {old}")]).unwrap_err();
        assert_eq!(
            error,
            format!("web.yml:4: tls_server_config.min_version is {old}; it is broken (RFC 8996): use TLS12 or TLS13")
        );
    }
    assert!(tls(&["min_version: TLS14"]).unwrap_err().contains("did you mean TLS1"));
    let error = tls(&["min_version: TLS13", "max_version: TLS12"]).unwrap_err();
    assert!(error.contains("max_version is below min_version; no version is left"), "{error}");
}

#[test]
fn cipher_suites_and_curves_are_translated_in_order() {
    let lines = [
        "cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256, \
         TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]",
        "prefer_server_cipher_suites: no",
        "curve_preferences:",
        "- X25519",
        "- CurveP256",
    ];
    let tls_with = tls(&lines).unwrap();
    assert_eq!(tls_with.ciphers, ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA"]);
    assert_eq!((tls_with.curves, tls_with.prefers_own_ciphers), (vec!["X25519", "P-256"], false));
    for (line, start) in [
        ("cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]", "cipher_suites is TLS_RSA_WITH_AES_128_CBC_SHA;"),
        ("cipher_suites: [TLS_AES_128_GCM_SHA256]", "cipher_suites is a list without a suite of TLS 1.2;"),
        ("cipher_suites: TLS_AES_128_GCM_SHA256", "cipher_suites is not a list of texts;"),
        ("curve_preferences: [CurveP224]", "curve_preferences is CurveP224; did you mean CurveP2"),
        ("prefer_server_cipher_suites: maybe", "prefer_server_cipher_suites is maybe; it should be true or false"),
    ] {
        let error = tls(&[line]).unwrap_err();
        assert!(error.starts_with(&format!("web.yml:4: tls_server_config.{start}")), "{error}");
    }
    assert!(tls(&["min_version: TLS13", "cipher_suites: [TLS_AES_128_GCM_SHA256]"]).unwrap().ciphers.is_empty());
}

#[test]
fn the_headers_of_the_toolkit_are_allowed_and_no_others() {
    let web = read(
        "http_server_config:\n  http2: false\n  headers:\n    X-Frame-Options: deny\n    \
         Strict-Transport-Security: max-age=31536000; includeSubDomains\n    X-Content-Type-Options: nosniff\n    \
         X-XSS-Protection: 1\n    Content-Security-Policy: \"default-src 'self'\"\n",
    );
    let expected = [
        ("Content-Security-Policy", "default-src 'self'"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "deny"),
        ("X-XSS-Protection", "1"),
    ];
    assert_eq!(web.unwrap().headers, expected.map(|(name, value)| (name, value.to_owned())));
    assert_eq!(read("http_server_config:\n  headers:\n    X-Frame-Options: ''\n"), Ok(WebConfig::default()));
    let headers = |line: &str| format!("http_server_config:\n  headers:\n    {line}\n");
    for (line, start) in [
        ("X-Frame-Option: deny", "X-Frame-Option is unknown; did you mean X-Frame-Options?"),
        ("Server: x", "Server is unknown; there are Content-Security-Policy, "),
        ("X-Frame-Options: DENY", "X-Frame-Options is DENY; it should be deny or sameorigin"),
        ("Strict-Transport-Security: \"a\\nSet-Cookie: b\"", "Strict-Transport-Security is no header;"),
    ] {
        refused(&headers(line), &format!("web.yml:3: http_server_config.headers.{start}"), "");
    }
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    refused("http_server_config:\n  http2: true\n", "web.yml:2: http_server_config.http2 is true;", "HTTP/2 is not");
    refused("rate_limit:\n  interval: 1s\n  burst: 20\n", "web.yml:2: rate_limit is not supported;", "reverse proxy");
    for off in ["0", "0s", "\"0\""] {
        assert_eq!(read(&format!("rate_limit:\n  interval: {off}\n  burst: 20\n")), Ok(WebConfig::default()));
    }
    refused("tls_config:\n  a: b\n", "web.yml:2: tls_config is unknown;", "there are tls_server_config");
    refused("tls_server_config: yes\n", "web.yml:1: tls_server_config is not a table;", "");
    refused("- a\n", "web.yml:1: the file is not a table;", "its keys are tls_server_config");
    refused("tls_server_config:\n  cert_file: a\n", "web.yml:2: tls_server_config.key_file is missing;", "under key");
    refused("tls_server_config:\n  key_file: a\n", "web.yml:2: tls_server_config.cert_file is missing;", "under cert");
    refused(&format!("{FILES}  key: canary\n"), "web.yml:3: tls_server_config.key_file is given twice;", "key_file");
}

#[test]
fn no_message_holds_a_secret() {
    let hash = HASH.replace("X0h1", "CANARY");
    for text in [
        "basic_auth_users:\n  alice: CANARY\n".to_owned(),
        format!("basic_auth_users:\n  alice: {hash}\n"),
        format!("basic_auth_users:\n  alice: {hash}\n  alice: {hash}\n"),
        format!("basic_auth_users:\n  alice: [{hash}]\n"),
        format!("basic_auth_users: {hash}\n"),
        format!("basic_auth_users:\n  alice: \"{hash}\n"),
        format!("basic_auth_users:\n  {hash}\n"),
        format!("{hash}: a\n"),
        format!("tls_server_config:\n  cert: a\n  key: |\n   CANARY{0}\nCANARY{0}\n", "A".repeat(60)),
        format!("tls_server_config:\n  key:\n    CANARY{}: x\n", "A".repeat(60)),
    ] {
        let error = read(&text).unwrap_err();
        assert!(!error.contains("CANARY"), "{error}");
        assert!(error.starts_with("web.yml:"), "{error}");
    }
    let shown = format!("{:?}", read(&format!("basic_auth_users:\n  alice: {HASH}\n")).unwrap());
    assert!(shown.contains("alice") && !shown.contains("X0h1"), "{shown}");
}

#[test]
fn a_password_has_a_bcrypt_hash_of_a_usual_cost() {
    for hash in [HASH.replace("$2y$", "$2a$"), HASH.replace("$2y$", "$2b$"), HASH.replace("$10$", "$04$")] {
        assert_eq!(read(&format!("basic_auth_users:\n  a: {hash}\n")).unwrap().users[0].hash.as_str(), hash);
    }
    for hash in ["", "secret", "$1$abc$def", &HASH[..59], &HASH.replace("$2y$", "$2x$"), &HASH.replace("$10$", "$1$")] {
        let text = format!("basic_auth_users:\n  a: '{hash}'\n");
        refused(&text, "web.yml:2: basic_auth_users.a is not a bcrypt hash (value not shown);", "htpasswd -nBC 10");
    }
    let dear = format!("basic_auth_users:\n  a: {}\n", HASH.replace("$10$", "$19$"));
    refused(&dear, "web.yml:2: basic_auth_users.a is a bcrypt hash of cost 19;", "from 4 to 18");
    refused(&format!("basic_auth_users:\n  'a:b': {HASH}\n"), "web.yml:2: basic_auth_users.", "without a colon");
    refused("basic_auth_users: {}\n", "web.yml:1: basic_auth_users is an empty table;", "list a user");
}

#[test]
fn tls_is_found_in_a_file_that_is_wrong_elsewhere() {
    for (text, has_tls) in [
        ("", Some(false)),
        ("basic_auth_users:\n  a: no hash\nnew: 1\n", Some(false)),
        ("tls_server_config:\n  cert_fil: a\nnew: 1\n", Some(true)),
        ("tls_server_config: yes\n", Some(true)),
        ("tls_server_config: [\n", None),
        ("- a\n", None),
    ] {
        assert_eq!(web_has_tls(text), has_tls, "{text}");
    }
}
