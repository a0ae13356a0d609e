//! Users: who may read what, over plain HTTP. TLS changes nothing about it.

use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ensilinja_serve::{CurrentProtection, PasswordHash, Protection, ProtectionSettings, ServerLimits, WebUser};

use crate::certificates::protection;
use crate::running_server::RunningServer;
use crate::small_county;

/// bcrypt of `U*U`, of cost 5.
const HASH: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

const CONTACTS: &str = "/api/contacts/mipa?window=today&figure=contacts_offered";

fn user(name: &str, reads_boards: bool, lists_contacts: bool) -> WebUser {
    WebUser { name: name.to_owned(), hash: PasswordHash::parse(HASH).unwrap(), reads_boards, lists_contacts }
}

fn users() -> Vec<WebUser> {
    vec![user("prometheus", false, false), user("wall", true, false), user("supervisor", true, true)]
}

fn running() -> RunningServer {
    let current = Arc::new(CurrentProtection::new(protection(None, users()).unwrap()));
    RunningServer::protected_by(&current, ServerLimits::default())
}

fn basic(name: &str, password: &str) -> String {
    format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("{name}:{password}")))
}

fn status(server: &RunningServer, path: &str, more: &str) -> u16 {
    let method = if path == "/api/live" { "HEAD" } else { "GET" };
    server.ask(method, path, more).status
}

#[test]
fn each_area_is_for_the_users_who_have_the_right() {
    let server = running();
    let board = ["/", "/counts.js", "/api/live", "/api/figures", "/api/lines/mipa", "/api/days/mipa", "/nothing"];
    for (name, password, metrics, boards, contacts) in [
        ("prometheus", "U*U", 200, 403, 403),
        ("wall", "U*U", 200, 200, 403),
        ("supervisor", "U*U", 200, 200, 200),
        ("supervisor", "U*", 401, 401, 401),
        ("supervisor", "", 401, 401, 401),
        ("mallory", "U*U", 401, 401, 401),
        ("", "U*U", 401, 401, 401),
    ] {
        let more = basic(name, password);
        assert_eq!(status(&server, "/metrics", &more), metrics, "{name}");
        assert_eq!(status(&server, CONTACTS, &more), contacts, "{name}");
        for path in board {
            let expected = if path == "/nothing" && boards == 200 { 404 } else { boards };
            assert_eq!(status(&server, path, &more), expected, "{name} {path}");
        }
        for path in ["/livez", "/readyz"] {
            assert_eq!(status(&server, path, &more), 200, "{name} {path}");
        }
    }
}

#[test]
fn without_a_password_only_probes_are_answered() {
    let server = running();
    for path in ["/", "/metrics", "/api/figures", CONTACTS, "/nothing"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), Some("basic realm=\"ensilinja\", charset=\"utf-8\""));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(server.ask("POST", "/metrics", "").status, 401);
    assert_eq!(server.get("/livez").text(), "alive\n");
    for more in ["Authorization: Bearer abc\r\n", "Authorization: Basic !\r\n", "Authorization:\r\n"] {
        assert_eq!(status(&server, "/metrics", more), 401, "{more}");
    }
    assert_eq!(server.get("/readyz").text(), "ready\n");
    let metrics = server.ask("GET", "/metrics", &basic("prometheus", "U*U"));
    assert!(metrics.text().contains("ensilinja_http_refused_total{reason=\"unauthorized\"} 9\n"));
    assert!(metrics.text().contains("ensilinja_http_refused_total{reason=\"forbidden\"} 0\n"));
}

#[test]
fn the_reasons_of_readiness_are_for_users() {
    let server = running();
    server.set_state(small_county::rebuilding);
    let anonymous = server.get("/readyz");
    assert_eq!(anonymous.status, 503);
    assert_eq!(anonymous.text(), "not ready\nthe reasons are shown to users: send a name and a password\n");
    let wrong = server.ask("GET", "/readyz", &basic("wall", "wrong"));
    assert_eq!(wrong.text(), anonymous.text());
    let known = server.ask("GET", "/readyz", &basic("prometheus", "U*U"));
    assert_eq!(known.text(), "not ready\nrebuilding: 25 % of the history read\npartition 1 is 12 records behind\n");
}

/// A bcrypt of cost 11 takes longer than a hundred requests without one.
#[test]
fn a_password_is_verified_once() {
    let slow = HASH.replace("$05$", "$11$");
    let slow = WebUser { hash: PasswordHash::parse(&slow).unwrap(), ..user("wall", true, true) };
    let current = Arc::new(CurrentProtection::new(protection(None, vec![slow]).unwrap()));
    let server = RunningServer::protected_by(&current, ServerLimits::default());
    let wrong = basic("wall", "U*U");
    let timed = |more: &str| {
        let since = Instant::now();
        assert_eq!(status(&server, "/metrics", more), 401);
        since.elapsed()
    };
    let first = timed(&wrong);
    let again = (0..3).map(|_| timed(&wrong)).min().unwrap();
    assert!(again < first / 3, "{first:?}, then {again:?}");
}

#[test]
fn a_password_that_is_withdrawn_is_refused_at_once() {
    let current = Arc::new(CurrentProtection::new(protection(None, users()).unwrap()));
    let server = RunningServer::protected_by(&current, ServerLimits::default());
    let supervisor = basic("supervisor", "U*U");
    assert_eq!(status(&server, "/", &supervisor), 200);
    current.replace(protection(None, vec![user("wall", true, true)]).unwrap());
    assert_eq!(status(&server, "/", &supervisor), 401);
    assert_eq!(status(&server, CONTACTS, &basic("wall", "U*U")), 200);
}

#[test]
fn headers_of_the_file_are_in_every_answer_and_weaken_none() {
    let headers = [
        ("Content-Security-Policy", "default-src 'self'"),
        ("Strict-Transport-Security", "max-age=31536000"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "deny"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let protection = Protection::new(ProtectionSettings { tls: None, users: users(), headers }).unwrap();
    let server = RunningServer::protected_by(&Arc::new(CurrentProtection::new(protection)), ServerLimits::default());
    for (path, more) in [("/livez", String::new()), ("/metrics", String::new()), ("/", basic("wall", "U*U"))] {
        let answer = server.ask("GET", path, &more);
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("deny"), "{path}");
        assert_eq!(answer.head.matches("x-content-type-options: nosniff").count(), 1, "{path}");
        let policies = answer.head.lines().filter(|line| line.starts_with("content-security-policy:"));
        let policies: Vec<&str> = policies.collect();
        assert_eq!(policies.len(), 2, "browsers apply both: {policies:?}");
        assert!(policies[0].contains("default-src 'none'") && policies[1].ends_with("default-src 'self'"));
    }
}

#[test]
fn a_malformed_host_is_refused_before_a_password_is_asked_for() {
    let server = running();
    let request = "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n";
    assert_eq!(server.send(request).status, 400);
}
