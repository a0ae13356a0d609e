//! Each key of Prometheus is honoured or refused by name.

use super::*;

fn read(text: &str) -> Result<HttpClientConfig, String> {
    parse_http_client("http.yml", text).map_err(|error| error.to_string())
}

fn file(name: &str) -> TextSource {
    TextSource::File(name.to_owned())
}

fn inline(text: &str) -> TextSource {
    TextSource::Inline(text.to_owned())
}

/// The password that the YAML after the key `password` stands for.
fn password(yaml: &str) -> TextSource {
    match read(&format!("basic_auth:\n  username: a\n  password: {yaml}\n")).unwrap().credentials {
        Some(HttpCredentials::Basic { password: Some(password), .. }) => password,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_without_keys_is_the_default() {
    for text in ["", "# nothing\n", "---\n", "basic_auth:\ntls_config:\n", "tls_config: {}\nenable_http2: true\n"] {
        assert_eq!(read(text), Ok(HttpClientConfig::default()), "{text:?}");
    }
}

#[test]
fn all_keys_are_read() {
    let read_whole = read(
        "basic_auth:\n  username_file: user\n  password_file: /run/password\ntls_config:\n  ca_file: ca.crt\n  \
         cert_file: me.crt\n  key_file: me.key\n  server_name: a.example\n  insecure_skip_verify: no\n  \
         min_version: TLS13\n",
    );
    let credentials = HttpCredentials::Basic { username: Some(file("user")), password: Some(file("/run/password")) };
    let tls = TlsClientConfig {
        ca: Some(file("ca.crt")),
        identity: Some((file("me.crt"), file("me.key"))),
        server_name: Some("a.example".to_owned()),
        insecure_skip_verify: false,
        allows_tls12: false,
        allows_tls13: true,
    };
    assert_eq!(read_whole, Ok(HttpClientConfig { credentials: Some(credentials), tls }));

    let inlined = read("tls_config:\n  ca: CA\n  cert: |\n    CERT\n  key: canary\n  max_version: TLS12\n").unwrap();
    assert_eq!(inlined.tls.ca, Some(inline("CA")));
    assert_eq!(inlined.tls.identity, Some((inline("CERT\n"), inline("canary"))));
    assert_eq!((inlined.tls.allows_tls12, inlined.tls.allows_tls13), (true, false));
    assert!(!format!("{inlined:?}").contains("canary"));
    assert!(read("tls_config:\n  insecure_skip_verify: true\n").unwrap().tls.insecure_skip_verify);

    for (lines, scheme) in [("", "Bearer"), ("  type: ' '\n", "Bearer"), ("  type: ' Token '\n", "Token")] {
        let found = read(&format!("authorization:\n{lines}  credentials: abc\n")).unwrap().credentials;
        let scheme = scheme.to_owned();
        assert_eq!(found, Some(HttpCredentials::Scheme { scheme, credentials: inline("abc") }));
    }
}

#[test]
fn a_password_is_what_is_written_whatever_type_yaml_sees_in_it() {
    for text in
        ["0123", "1e3", "0x10", "1_000", "+5", "1.50", "true", "Yes", "off", "2026-11-30", "12:30:45", ".inf", "1e999"]
    {
        assert_eq!(password(text), inline(text));
        assert_eq!(password(&format!("{text} # with a comment")), inline(text));
    }
    assert_eq!(password("' spaces '"), inline(" spaces "));
    assert_eq!(password("\"0123\""), inline("0123"));
    assert_eq!(password("pääsy: ".trim_end_matches(": ")), inline("pääsy"));
    let alias = read("basic_auth:\n  username: &same 0042\n  password: *same\n").unwrap();
    let both = Some(inline("0042"));
    assert_eq!(alias.credentials, Some(HttpCredentials::Basic { username: both.clone(), password: both }));
}

#[track_caller]
fn refused(text: &str, refusal: &str) {
    let error = read(text).unwrap_err();
    assert_eq!(error, format!("http.yml:{refusal}"));
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn what_is_wrong_with_credentials_is_refused_by_line_key_and_remedy() {
    for (text, refusal) in [
        ("basic_auth:\n  usernam: a\n", "2: basic_auth.usernam is unknown; did you mean username?"),
        ("basic_auths:\n  a: b\n", "2: basic_auths is unknown; did you mean basic_auth?"),
        ("scrape: 1\n", "1: scrape is unknown; there are basic_auth, authorization, tls_config, enable_http2"),
        ("- a\n", "1: the file is not a table; its keys are basic_auth, authorization, tls_config, enable_http2"),
        ("basic_auth: 5\n", "1: basic_auth is not a table; indent its keys below it"),
        ("basic_auth: {}\n", "1: basic_auth is without a user; give username and password_file, or leave out the key"),
        (
            "basic_auth:\n  username: a\n  username_file: b\n",
            "3: basic_auth.username_file is given twice; leave out username or username_file",
        ),
        (
            "basic_auth:\n  password: canary\n  password_file: b\n",
            "3: basic_auth.password_file is given twice; leave out password or password_file",
        ),
        (
            "basic_auth:\n  username: a:canary\n",
            "2: basic_auth.username is no name of a user; a name has no colon; the password has its own key",
        ),
        (
            "basic_auth:\n  username: a\n  password_ref: b\n",
            "3: basic_auth.password_ref is not supported; there is no secret manager: name a file with the secret",
        ),
        ("basic_auth:\n  password: [canary]\n", "2: basic_auth.password is not a text; write one value after it"),
        (
            "basic_auth:\n  username: a\nauthorization:\n  credentials: canary\n",
            "4: authorization is given beside basic_auth; a request has one Authorization: leave out basic_auth or \
             authorization",
        ),
        (
            "authorization:\n  type: basic\n  credentials: canary\n",
            "2: authorization.type is basic; write username and password under basic_auth instead",
        ),
        (
            "authorization:\n  type: \"canary x\"\n",
            "2: authorization.type is no scheme (value not shown); it should be a word such as Bearer",
        ),
        (
            "authorization:\n  type: Bearer\n",
            "2: authorization.credentials_file is missing; name the file of the token, or leave out authorization",
        ),
        (
            "authorization:\n  credentials: canary\n  credentials_file: b\n",
            "3: authorization.credentials_file is given twice; leave out credentials or credentials_file",
        ),
    ] {
        refused(text, refusal);
    }
    assert!(read("a: b: c\n").unwrap_err().starts_with("http.yml:1:"));
}

#[test]
fn what_is_wrong_with_tls_is_refused_by_line_key_and_remedy() {
    for (text, refusal) in [
        (
            "tls_config:\n  cert_file: a\n",
            "2: tls_config.key_file is missing; a certificate of the client is given: give both",
        ),
        ("tls_config:\n  key: canary\n", "2: tls_config.cert_file is missing; a key of the client is given: give both"),
        ("tls_config:\n  ca: a\n  ca_file: b\n", "3: tls_config.ca_file is given twice; leave out ca or ca_file"),
        (
            "tls_config:\n  ca_file: a\n  insecure_skip_verify: true\n",
            "2: tls_config.ca_file is given beside insecure_skip_verify; nothing is verified by it: leave out \
             insecure_skip_verify",
        ),
        (
            "tls_config:\n  insecure_skip_verify: perhaps\n",
            "2: tls_config.insecure_skip_verify is perhaps; it should be true or false",
        ),
        (
            "tls_config:\n  server_name: https://a.example\n",
            "2: tls_config.server_name is https://a.example; it should be a host name or an IP address of the server's \
             certificate",
        ),
        (
            "tls_config:\n  min_version: TLS11\n",
            "2: tls_config.min_version is TLS11; it is broken (RFC 8996): use TLS12 or TLS13",
        ),
        (
            "tls_config:\n  min_version: TLS13\n  max_version: TLS12\n",
            "3: tls_config.max_version is below min_version; no version is left: raise it, or leave it out",
        ),
    ] {
        refused(text, refusal);
    }
}

#[test]
fn what_is_not_supported_is_refused_unless_it_is_switched_off() {
    for (key, remedy) in UNSUPPORTED {
        assert_eq!(
            read(&format!("{key}: canary\n")).unwrap_err(),
            format!("http.yml:1: {key} is not supported; {remedy}")
        );
        for off in ["", "''", "false"] {
            assert_eq!(read(&format!("{key}: {off}\n")), Ok(HttpClientConfig::default()), "{key}: {off}");
        }
    }
    assert!(read("oauth2:\n  client_id: a\n").unwrap_err().contains("oauth2 is not supported; get a token"));
}
