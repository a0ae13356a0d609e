//! TLS: handshakes, client certificates, renewal while a stream is open, and clients that misbehave.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use ensilinja_catalogue::{Readiness, Snapshot};
use ensilinja_serve::{ClientCertificates, ServerLimits, TlsSettings};
use ensilinja_test_support::{Identity, Purpose, now_seconds};
use openssl::pkey::PKey;
use openssl::ssl::{SslContext, SslVersion};
use openssl::symm::Cipher;

use crate::certificates::{client, client_with, connect, get, in_force, protection, tls_of};
use crate::running_server::{Answer, RunningServer};
use crate::small_county;
use crate::sse_client::TestSseClient;

const SHORT: Duration = Duration::from_millis(300);

/// An authority, and a server that it signed.
fn signed_server() -> (Identity, Identity) {
    let authority = Identity::authority("authority");
    let server = authority.signed(Purpose::Server, &["localhost"], 30);
    (authority, server)
}

fn running(tls: TlsSettings) -> RunningServer {
    RunningServer::protected_by(&in_force(tls), ServerLimits::default())
}

/// The number of refusals for this reason, as `/metrics` counts them.
fn refusals(server: &RunningServer, client: &SslContext, reason: &str) -> u64 {
    let metrics = get(server, client, "/metrics", "").unwrap();
    let name = format!("ensilinja_http_refused_total{{reason=\"{reason}\"}} ");
    metrics.text().lines().find_map(|line| line.strip_prefix(&name)).unwrap().parse().unwrap()
}

#[test]
fn answers_are_the_same_as_without_tls() {
    let (authority, identity) = signed_server();
    let (secured, plain) = (running(tls_of(&identity)), RunningServer::listing_contacts());
    let client = client(&authority, None);
    for path in ["/", "/livez", "/readyz", "/api/figures", "/counts.js", "/nothing"] {
        let (secured, plain) = (get(&secured, &client, path, "").unwrap(), plain.get(path));
        assert_eq!((secured.status, &secured.body), (plain.status, &plain.body), "{path}");
    }
    let mut stream = connect(&secured, &client).unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        assert_eq!(Answer::read_one(&mut stream).text(), "ready\n");
    }
}

#[test]
fn a_long_answer_is_whole_whether_it_is_read_quickly_or_slowly() {
    let (authority, identity) = signed_server();
    let server = running(tls_of(&identity));
    let reason = "more than any socket buffer holds ".repeat(1 << 18);
    let expected = format!("not ready\n{reason}\n");
    server.set_state(move || {
        let readiness = Readiness { complete: false, reasons: vec![reason.clone()] };
        Snapshot { readiness, ..small_county::snapshot() }
    });
    for pause in [Duration::ZERO, Duration::from_millis(2)] {
        let mut stream = connect(&server, &client(&authority, None)).unwrap();
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
        let (mut received, mut some) = (Vec::new(), vec![0; 1 << 16]);
        loop {
            match stream.read(&mut some).unwrap() {
                0 => break,
                count => received.extend_from_slice(&some[..count]),
            }
            std::thread::sleep(pause);
        }
        assert!(Answer::parse(&received).body == expected.as_bytes(), "{} bytes", received.len());
    }
}

#[test]
fn only_versions_that_are_allowed_are_spoken() {
    let (authority, identity) = signed_server();
    for (allows_tls12, allows_tls13) in [(true, true), (true, false), (false, true)] {
        let server = running(TlsSettings { allows_tls12, allows_tls13, ..tls_of(&identity) });
        let speaks = |version| {
            let client = client_with(&authority, None, |builder| {
                // Old versions need old algorithms: the client allows them, so the refusal is the server's.
                builder.set_security_level(0);
                builder.set_min_proto_version(Some(version)).unwrap();
                builder.set_max_proto_version(Some(version)).unwrap();
            });
            get(&server, &client, "/livez", "").map(|answer| answer.status)
        };
        assert_eq!(speaks(SslVersion::TLS1_3).is_ok(), allows_tls13);
        assert_eq!(speaks(SslVersion::TLS1_2).is_ok(), allows_tls12);
        for old in [SslVersion::TLS1_1, SslVersion::TLS1] {
            let error = speaks(old).unwrap_err();
            assert!(error.contains("protocol version"), "{error}");
        }
    }
}

#[test]
fn cipher_suites_and_curves_are_those_that_are_configured() {
    let (authority, identity) = signed_server();
    let ciphers = vec!["ECDHE-ECDSA-CHACHA20-POLY1305".to_owned(), "ECDHE-ECDSA-AES128-GCM-SHA256".to_owned()];
    let settings = || TlsSettings { ciphers: ciphers.clone(), curves: vec!["P-384".to_owned()], ..tls_of(&identity) };
    let chosen = |settings, list: &str, groups: &str| {
        let client = client_with(&authority, None, |builder| {
            builder.set_max_proto_version(Some(SslVersion::TLS1_2)).unwrap();
            builder.set_cipher_list(list).unwrap();
            builder.set_groups_list(groups).unwrap();
        });
        let stream = connect(&running(settings), &client)?;
        Ok::<_, String>(stream.ssl().current_cipher().unwrap().name().to_owned())
    };
    let reversed = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
    assert_eq!(chosen(settings(), reversed, "P-256:P-384").unwrap(), ciphers[0], "the server prefers");
    let clients_choice = TlsSettings { prefers_own_ciphers: false, ..settings() };
    assert_eq!(chosen(clients_choice, reversed, "P-256:P-384").unwrap(), ciphers[1], "the client prefers");
    assert!(chosen(settings(), "ECDHE-ECDSA-AES256-GCM-SHA384", "P-256:P-384").is_err());
    assert!(chosen(settings(), reversed, "P-256").is_err());
    let weak = chosen(tls_of(&identity), "ECDHE-ECDSA-AES128-SHA", "P-256");
    assert!(weak.is_err(), "suites without authenticated encryption are served only if they are listed");
}

#[test]
fn http_1_1_is_the_protocol_inside() {
    let (authority, identity) = signed_server();
    let server = running(tls_of(&identity));
    let offering = |protocols: &'static [u8]| {
        let client = client_with(&authority, None, |builder| builder.set_alpn_protos(protocols).unwrap());
        connect(&server, &client).map(|stream| stream.ssl().selected_alpn_protocol().map(<[u8]>::to_vec))
    };
    assert_eq!(offering(b"\x02h2\x08http/1.1"), Ok(Some(b"http/1.1".to_vec())));
    assert!(offering(b"\x02h2").unwrap_err().contains("no application protocol"));
}

/// Which of four clients get an answer: none of these four have the same certificate.
fn admitted(tls: TlsSettings, authority: &Identity, clients: [Option<&Identity>; 4]) -> [bool; 4] {
    let server = running(tls);
    clients.map(|identity| get(&server, &client(authority, identity), "/livez", "").is_ok())
}

#[test]
fn client_certificates_are_asked_for_and_verified_as_configured() {
    let (authority, identity) = signed_server();
    let good = authority.signed(Purpose::Client, &["scraper.example"], 30);
    let stranger = Identity::authority("other").signed(Purpose::Client, &["scraper.example"], 30);
    let for_servers = authority.signed(Purpose::Server, &["scraper.example"], 30);
    let clients = [None, Some(&good), Some(&stranger), Some(&for_servers)];
    for (client_certificates, expected) in [
        (ClientCertificates::Unasked, [true, true, true, true]),
        (ClientCertificates::Optional { verified: false }, [true, true, true, true]),
        (ClientCertificates::Required { verified: false }, [false, true, true, true]),
        (ClientCertificates::Optional { verified: true }, [true, true, false, false]),
        (ClientCertificates::Required { verified: true }, [false, true, false, false]),
    ] {
        let client_authorities = Some(authority.certificate_pem());
        let tls = TlsSettings { client_certificates, client_authorities, ..tls_of(&identity) };
        assert_eq!(admitted(tls, &authority, clients), expected, "{client_certificates:?}");
    }
    let expired = authority.signed(Purpose::Client, &["scraper.example"], 0);
    let tls = TlsSettings {
        client_certificates: ClientCertificates::Required { verified: true },
        client_authorities: Some(authority.certificate_pem()),
        ..tls_of(&identity)
    };
    let server = running(tls);
    assert!(get(&server, &client(&authority, Some(&expired)), "/livez", "").is_err());
    assert_eq!(refusals(&server, &client(&authority, Some(&good)), "handshake"), 1);
}

#[test]
fn a_client_needs_one_of_the_names_that_are_allowed() {
    let (authority, identity) = signed_server();
    for (allowed, name) in [
        ("scraper.example", "scraper.example"),
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8::7", "2001:db8::7"),
        ("spiffe://county.example/prometheus", "spiffe://county.example/prometheus"),
        ("duty@county.example", "duty@county.example"),
    ] {
        let tls = || TlsSettings {
            client_certificates: ClientCertificates::Required { verified: true },
            client_authorities: Some(authority.certificate_pem()),
            client_names: vec!["another.example".to_owned(), allowed.to_owned()],
            ..tls_of(&identity)
        };
        let good = authority.signed(Purpose::Client, &["x.example", name], 30);
        let other = authority.signed(Purpose::Client, &["x.example"], 30);
        let nameless = authority.signed(Purpose::Client, &[], 30);
        let stranger = Identity::authority("other").signed(Purpose::Client, &[name], 30);
        let clients = [Some(&good), Some(&other), Some(&nameless), Some(&stranger)];
        assert_eq!(admitted(tls(), &authority, clients), [true, false, false, false], "{name}");
    }
}

#[test]
fn a_certificate_is_renewed_while_a_stream_stays_open() {
    let (authority, old) = signed_server();
    let new = authority.signed(Purpose::Server, &["localhost"], 60);
    let current = in_force(tls_of(&old));
    let server = RunningServer::protected_by(&current, ServerLimits::default());
    let client = client(&authority, None);
    let serial = || {
        let stream = connect(&server, &client).unwrap();
        stream.ssl().peer_certificate().unwrap().serial_number().to_bn().unwrap().to_string()
    };
    let serial_of = |identity: &Identity| identity.certificate.serial_number().to_bn().unwrap().to_string();
    let mut events = TestSseClient::on(connect(&server, &client).unwrap(), "", |body| Box::new(body));
    assert_eq!(events.named().unwrap().0, "hello");
    assert_eq!(serial(), serial_of(&old));
    current.replace(protection(Some(tls_of(&new)), Vec::new()).unwrap());
    assert_eq!(serial(), serial_of(&new));
    for _ in 0..3 {
        assert!(events.named().is_some(), "the stream goes on");
    }
    let until = current.get().certificate_validity().unwrap().until;
    let days = (until.floor_second() - now_seconds()) / (24 * 3600);
    assert!((58..60).contains(&days), "{days}");
}

#[test]
fn a_request_without_tls_is_told_so_and_counted() {
    let (authority, identity) = signed_server();
    let server = running(tls_of(&identity));
    let answer = server.get("/metrics");
    assert_eq!(answer.status, 400);
    assert_eq!(answer.text(), "Client sent an HTTP request to an HTTPS server.\n");
    let mut nonsense = server.connect();
    nonsense.write_all(b"\0\0\0\0").unwrap();
    let _ = nonsense.read_to_end(&mut Vec::new());
    let client = client(&authority, None);
    assert_eq!(refusals(&server, &client, "plain_http"), 1);
    assert_eq!(refusals(&server, &client, "handshake"), 1);
}

#[test]
fn a_slow_handshake_is_cut_off() {
    let (authority, identity) = signed_server();
    let first_request_time = Duration::from_secs(1);
    let limits = ServerLimits { first_request_time, ..ServerLimits::default() };
    let server = RunningServer::protected_by(&in_force(tls_of(&identity)), limits);
    let mut slow = server.connect();
    let since = Instant::now();
    // The beginning of a record, and then nothing.
    slow.write_all(&[0x16, 3, 1, 1]).unwrap();
    let _ = slow.read_to_end(&mut Vec::new());
    let took = since.elapsed();
    assert!(took >= first_request_time && took < Duration::from_secs(8), "{took:?}");
    let mut silent = connect(&server, &client(&authority, None)).unwrap();
    let since = Instant::now();
    let _ = silent.read_to_end(&mut Vec::new());
    assert!(since.elapsed() < Duration::from_secs(8), "a handshake without a request is not kept");
    assert_eq!(refusals(&server, &client(&authority, None), "handshake_timeout"), 1);
}

#[test]
fn a_stream_that_is_not_read_is_cut_off_under_tls_too() {
    let (authority, identity) = signed_server();
    let limits = ServerLimits { unread_time: SHORT, ..ServerLimits::default() };
    let server = RunningServer::protected_by(&in_force(tls_of(&identity)), limits);
    server.set_state(|| {
        let reasons = vec!["more than any socket buffer holds ".repeat(1 << 18)];
        Snapshot { readiness: Readiness { complete: false, reasons }, ..small_county::snapshot() }
    });
    let mut stuck = connect(&server, &client(&authority, None)).unwrap();
    stuck.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    std::thread::sleep(SHORT * 3);
    let mut received = Vec::new();
    let ended = stuck.read_to_end(&mut received);
    assert!(ended.is_err() || received.len() < 8 << 20, "it got the whole answer: {} bytes", received.len());
}

#[test]
fn a_client_gets_nothing_to_resume_a_session_with() {
    let (authority, identity) = signed_server();
    let server = running(tls_of(&identity));
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let client = client_with(&authority, None, |builder| {
            builder.set_max_proto_version(Some(version)).unwrap();
        });
        let mut first = connect(&server, &client).unwrap();
        first.write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        assert_eq!(Answer::read_one(&mut first).status, 200);
        let has_ticket = first.ssl().session().is_some_and(|session| !session.id().is_empty());
        assert!(!has_ticket, "the client has nothing to come back with");
    }
}

#[test]
fn what_cannot_be_served_is_named() {
    let (authority, identity) = signed_server();
    let other = authority.signed(Purpose::Server, &["localhost"], 30);
    let encrypted = identity.key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_128_cbc(), b"canary").unwrap();
    let rsa = PKey::from_rsa(openssl::rsa::Rsa::generate(2048).unwrap()).unwrap();
    let settings = || tls_of(&identity);
    for (tls, says) in [
        (TlsSettings { certificates: Vec::new(), ..settings() }, "cert_file or cert) is not a certificate in PEM"),
        (TlsSettings { certificates: b"canary".to_vec(), ..settings() }, "is not a certificate in PEM"),
        (TlsSettings { key: b"canary".to_vec(), ..settings() }, "key_file or key) is not a private key in PEM"),
        (TlsSettings { key: encrypted, ..settings() }, "is encrypted; write it without a password"),
        (TlsSettings { key: other.key_pem(), ..settings() }, "does not belong to its certificate"),
        (TlsSettings { key: rsa.private_key_to_pem_pkcs8().unwrap(), ..settings() }, "does not belong to"),
        (TlsSettings { client_authorities: Some(b"canary".to_vec()), ..settings() }, "client_ca_file or client_ca"),
        (TlsSettings { curves: vec!["canary".to_owned()], ..settings() }, "curve_preferences is refused by OpenSSL"),
    ] {
        let error = protection(Some(tls), Vec::new()).err().expect("it is refused").to_string();
        assert!(error.contains(says) && !error.contains("canary"), "{error}");
    }
}

#[test]
fn the_server_stops_within_two_seconds_whatever_its_clients_do() {
    let (authority, identity) = signed_server();
    let mut server = running(tls_of(&identity));
    let _idle = connect(&server, &client(&authority, None)).unwrap();
    let mut events = TestSseClient::on(connect(&server, &client(&authority, None)).unwrap(), "", |body| Box::new(body));
    assert!(events.named().is_some());
    let mut half = server.connect();
    half.write_all(&[0x16, 3]).unwrap();
    assert!(server.stop() < Duration::from_secs(2));
    while events.named().is_some() {}
}
