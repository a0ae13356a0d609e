//! Findings about the web configuration file: TLS, the certificate, and the users.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ensilinja_config::{ClientAuthType, Config, TlsServerConfig, WebConfig};
use ensilinja_lookback::local_time::zoned;
use ensilinja_model::EventTime;
use ensilinja_serve::CertificateValidity;

use super::finding::{Area, Finding, Findings};
use crate::web_file::{FilesRead, LoadedWebFile, load};

/// A certificate that expires within this time should have been renewed, in ms. Certificates of 90 days are renewed
/// when a third is left, those of a week when two days are.
const ENDS_SOON_MS: i64 = 14 * 24 * 3_600_000;

/// The costs of bcrypt that are neither guessed quickly nor slow to verify.
const USUAL_COSTS: std::ops::RangeInclusive<u32> = 10..=14;

/// Read by every user of the machine.
const READABLE_BY_ALL: u32 = 0o004;

pub(super) fn look(config: &Config, now: EventTime, findings: &mut Findings) {
    let about = config.server.web_config_file.as_deref().map_or_else(|| "server".to_owned(), shown);
    match load(&config.server, &mut FilesRead::default()) {
        Ok(None) => {}
        Ok(Some(loaded)) => {
            findings.push(Finding::ok(Area::WebServer, &about, in_words(&loaded.config)));
            if let Some(validity) = loaded.protection.certificate_validity() {
                findings.push(certificate(validity, config, now));
            }
            look_at_secrets(&loaded, config, &about, findings);
        }
        Err(error) => {
            let advice = "correct it: ensilinja run does not start with it, and a live process keeps the previous one";
            findings.push(Finding::problem(Area::WebServer, &about, error.to_string(), advice));
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// What a file protects, in words.
fn in_words(web: &WebConfig) -> String {
    let users = match web.users.len() {
        0 => "no users: no password is asked for".to_owned(),
        1 => "1 user".to_owned(),
        count => format!("{count} users"),
    };
    match &web.tls {
        None => format!("plain HTTP, {users}"),
        Some(tls) => format!("{}, {}, {users}", versions(tls), clients(tls)),
    }
}

const fn versions(tls: &TlsServerConfig) -> &'static str {
    match (tls.allows_tls12, tls.allows_tls13) {
        (true, true) => "TLS 1.2 and 1.3",
        (true, false) => "TLS 1.2",
        (false, _) => "TLS 1.3",
    }
}

fn clients(tls: &TlsServerConfig) -> String {
    let names = match tls.client_allowed_sans.len() {
        0 => String::new(),
        1 => " for one name".to_owned(),
        count => format!(" for one of {count} names"),
    };
    match tls.client_auth {
        ClientAuthType::NoClientCert => "no client certificates".to_owned(),
        ClientAuthType::RequestClientCert => "client certificates asked for and not verified".to_owned(),
        ClientAuthType::RequireAnyClientCert => "any client certificate needed, none verified".to_owned(),
        ClientAuthType::VerifyClientCertIfGiven => format!("client certificates verified if given{names}"),
        ClientAuthType::RequireAndVerifyClientCert => format!("client certificates needed and verified{names}"),
    }
}

fn certificate(validity: CertificateValidity, config: &Config, now: EventTime) -> Finding {
    let CertificateValidity { from, until } = validity;
    let day = |at| zoned(at, &config.zone).strftime("%Y-%m-%d %H:%M").to_string();
    let about = "the server's certificate";
    let renew = "renew it; a live process takes the new one over without a restart";
    if now >= until {
        return Finding::problem(Area::WebServer, about, format!("it expired on {}", day(until)), renew);
    }
    if now < from {
        let advice = "check the clock of this machine, or wait";
        return Finding::problem(Area::WebServer, about, format!("it is valid only from {} on", day(from)), advice);
    }
    let what = format!("valid until {}", day(until));
    if until.millis_since(now) < ENDS_SOON_MS {
        return Finding::warning(Area::WebServer, about, what, renew);
    }
    Finding::ok(Area::WebServer, about, what)
}

fn look_at_secrets(loaded: &LoadedWebFile, config: &Config, about: &str, findings: &mut Findings) {
    let LoadedWebFile { config: web, key_file, .. } = loaded;
    if web.tls.is_none() && !web.users.is_empty() && !config.server.listen.ip().is_loopback() {
        let what = format!("passwords are sent unencrypted to {}", config.server.listen);
        let advice = "add tls_server_config, or listen on 127.0.0.1 behind a reverse proxy with TLS";
        findings.push(Finding::warning(Area::WebServer, about, what, advice));
    }
    if let Some(path) = key_file {
        let mode = fs::metadata(path).map_or(0, |known| known.permissions().mode());
        if mode & READABLE_BY_ALL != 0 {
            let what = "every user of this machine can read the private key";
            findings.push(Finding::warning(Area::WebServer, &shown(path), what, "run chmod 600 on it"));
        }
    }
    let costs: Vec<u32> = web.users.iter().map(|user| user.hash.cost()).collect();
    let unusual = web.users.iter().find(|user| !USUAL_COSTS.contains(&user.hash.cost()));
    if let Some(user) = unusual {
        let what = format!("the hash of user {} has a cost of {}", user.name, user.hash.cost());
        let advice = "make it again with a cost from 10 to 14: below, passwords are guessed quickly; above, signing in is \
                      slow";
        findings.push(Finding::warning(Area::WebServer, about, what, advice));
    }
    if costs.iter().any(|cost| *cost != costs[0]) {
        let what = "the hashes have different costs, so the time of an answer tells which names exist";
        findings.push(Finding::warning(Area::WebServer, about, what, "make all with the same cost"));
    }
}
