//! TLS and users with the clients of an operator: a real Prometheus, OpenSSL's `s_client`, and curl. The process runs
//! without brokers, because what is served does not matter here.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ensilinja_test_support::{PATIENCE, TemporaryFolder, poll_for, poll_until};
use serde_json::{Value, json};

use crate::command_line::run;
use crate::program::Program;
use crate::prometheus_server::{Prometheus, Setup};
use crate::stage::Stage;

/// The password of every user, which no output may contain.
const PASSWORD: &str = "canary-hunter2";

/// bcrypt of the password, by another program.
const HASH: &str = "$2y$10$C6UzMDM.H6dfI/f/IKcEe.6ZfyaxsnEnHw6pmwoD9MpnbfUDjpQ3q";

/// An authority, certificates that it signed, and a web configuration file that needs them.
struct Door(TemporaryFolder);

impl Door {
    fn make() -> Self {
        let door = Self(TemporaryFolder::new("door"));
        door.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca",
        );
        door.sign("server", "IP:127.0.0.1", 2);
        door.sign("scraper", "DNS:prometheus.example", 2);
        door.sign("other", "DNS:other.example", 2);
        door.0.write("password", PASSWORD);
        door.0.write("wrong-password", "wrong");
        let web = format!(
            "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n  \
             client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n  \
             client_allowed_sans: [prometheus.example]\nbasic_auth_users:\n  prometheus: {HASH}\n  boss: {HASH}\n"
        );
        door.0.write("web.yml", web);
        door
    }

    fn sign(&self, name: &str, names: &str, days: u32) {
        self.0.write("names", format!("subjectAltName={names}\n"));
        self.openssl(&format!(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout new.key -out new.csr -subj /CN={name}"
        ));
        self.openssl(&format!(
            "x509 -req -in new.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days {days} -extfile names -out new.crt"
        ));
        for end in ["key", "crt"] {
            fs::rename(self.0.file(&format!("new.{end}")), self.0.file(&format!("{name}.{end}"))).unwrap();
        }
    }

    fn openssl(&self, words: &str) -> String {
        let output =
            Command::new("openssl").args(words.split_whitespace()).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn path(&self, name: &str) -> String {
        self.0.file(name).display().to_string()
    }

    /// What `s_client` says about a connection: everything on both outputs.
    fn s_client(&self, program: &Program, words: &str) -> String {
        let address = program.address();
        let output = Command::new("openssl")
            .args(["s_client", "-connect", &address.to_string(), "-CAfile", "ca.crt", "-verify_return_error"])
            .args(words.split_whitespace())
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    fn curl(&self, program: &Program, path: &str, words: &[&str]) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--no-buffer", "--cacert", "ca.crt"]);
        curl.args(["--cert", "scraper.crt", "--key", "scraper.key"]).args(words);
        curl.arg(format!("https://{}{path}", program.address())).current_dir(self.0.path()).stdin(Stdio::null());
        curl
    }

    /// The status of an answer.
    fn status(&self, program: &Program, path: &str, user: &str) -> String {
        let words = ["--user", user, "--output", "/dev/null", "--write-out", "%{http_code}"];
        let output = self.curl(program, path, &words).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// The settings of a scrape by a client with this certificate and the password in this file.
    fn scrape(&self, name: &str, password: &str) -> serde_json::Map<String, Value> {
        let settings = json!({
            "scheme": "https",
            "tls_config": {
                "ca_file": self.path("ca.crt"),
                "cert_file": self.path(&format!("{name}.crt")),
                "key_file": self.path(&format!("{name}.key")),
            },
            "basic_auth": { "username": "prometheus", "password_file": self.path(password) },
        });
        settings.as_object().unwrap().clone()
    }
}

/// A process that is protected by the door.
fn guarded(door: &Door) -> Program {
    let stage = Stage {
        brokers: "127.0.0.1:1".to_owned(),
        topic: "guarded.events".to_owned(),
        dead_letters: "guarded.dead-letters".to_owned(),
        log: ("text", "debug"),
        lines_left_out: &[],
        lists_contacts: false,
        source: None,
    };
    Program::start(&stage, &["run"], &["--web.config.file", &door.path("web.yml")])
}

/// `up` of the only target, once it has been scraped.
fn up(program: &Program, scrape: serde_json::Map<String, Value>) -> (f64, String) {
    let setup = Setup { targets: vec![program.address()], scrape, ..Setup::default() };
    let prometheus = Prometheus::start(&setup);
    let value = poll_for(PATIENCE, || {
        let up = prometheus.query("up{job=\"ensilinja\"}", crate::feed::now());
        up.first().map(|sample| sample.value)
    });
    let info = prometheus.query("ensilinja_build_info", crate::feed::now());
    let value = value.unwrap_or_else(|| panic!("nothing is scraped: {}", prometheus.log()));
    assert_eq!(info.len(), usize::from(value > 0.0));
    (value, prometheus.log())
}

#[test]
#[ignore = "needs Prometheus and OpenSSL"]
fn a_real_prometheus_scrapes_over_mtls_with_the_right_credentials_only() {
    let door = Door::make();
    let mut program = guarded(&door);
    let mut logs = String::new();
    for (name, password, expected) in
        [("scraper", "password", 1.0), ("scraper", "wrong-password", 0.0), ("other", "password", 0.0)]
    {
        let (up, log) = up(&program, door.scrape(name, password));
        assert!((up - expected).abs() < f64::EPSILON, "{name} with {password}: {up}\n{}", program.log());
        logs.push_str(&log);
    }
    let metrics = door.curl(&program, "/metrics", &["--user", &format!("boss:{PASSWORD}")]).output().unwrap();
    let metrics = String::from_utf8(metrics.stdout).unwrap();
    let counted = |reason: &str| {
        let name = format!("ensilinja_http_refused_total{{reason=\"{reason}\"}} ");
        metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse::<u64>().ok()).unwrap()
    };
    assert!(counted("unauthorized") > 0 && counted("handshake") > 0, "{metrics}");
    program.end_well();
    let key = fs::read_to_string(door.path("server.key")).unwrap();
    let key = key.lines().nth(1).unwrap();
    for text in [&program.log(), &logs, &metrics] {
        assert!(!text.contains(PASSWORD) && !text.contains(HASH) && !text.contains(key), "a secret is shown");
    }
    let sample = ensilinja_config::SAMPLE.replace("\"127.0.0.1:9092\"", "\"127.0.0.1:1\"");
    let config = door.0.write("ensilinja.toml", sample).display().to_string();
    let web = door.path("web.yml");
    let arguments = ["check", "--quiet", "--sample", "0", "--width", "300", "--config", &config];
    let (_, out, err) = run(&[&arguments[..], &["--web.config.file", &web]].concat());
    let text = out + &err;
    assert!(text.contains("TLS 1.2 and 1.3, client certificates needed and verified for one name, 2 users"), "{text}");
    assert!(text.contains("warning    the server's certificate: valid until"), "{text}");
    assert!(!text.contains(HASH) && !text.contains(key), "a secret is shown");
}

#[test]
#[ignore = "needs OpenSSL and curl"]
fn old_protocols_are_refused_and_the_certificate_is_renewed_while_a_stream_is_open() {
    let door = Door::make();
    let program = guarded(&door);
    let as_scraper = "-cert scraper.crt -key scraper.key";
    for (version, is_spoken) in [("-tls1_3", true), ("-tls1_2", true), ("-tls1_1", false), ("-tls1", false)] {
        let cipher = if is_spoken { "" } else { "-cipher ALL:@SECLEVEL=0" };
        let said = door.s_client(&program, &format!("{version} {cipher} {as_scraper}"));
        assert_eq!(!said.contains("Cipher is (NONE)"), is_spoken, "{version}: {said}");
        assert_eq!(said.contains("alert protocol version"), !is_spoken, "{version}: {said}");
    }
    let plain = Command::new("curl").args(["--silent", &format!("http://{}/metrics", program.address())]).output();
    assert_eq!(plain.unwrap().stdout, b"Client sent an HTTP request to an HTTPS server.\n");
    let (boss, scraper) = (format!("boss:{PASSWORD}"), format!("prometheus:{PASSWORD}"));
    for (path, user, status) in [
        ("/livez", "stranger:x", "200"),
        ("/", "stranger:x", "401"),
        ("/", boss.as_str(), "200"),
        ("/metrics", scraper.as_str(), "200"),
    ] {
        assert_eq!(door.status(&program, path, user), status, "{path} {user}");
    }

    let mut stream: Child =
        door.curl(&program, "/api/live", &["--user", &boss]).stdout(Stdio::piped()).spawn().unwrap();
    let mut events = BufReader::new(stream.stdout.take().unwrap()).lines();
    let mut next = || events.next().expect("the stream goes on").unwrap();
    assert_eq!(next(), "retry: 1000");
    let serial = |program: &Program| {
        let said = door.s_client(program, as_scraper);
        door.0.write("seen.crt", said);
        door.openssl("x509 -in seen.crt -noout -serial")
    };
    let before = serial(&program);
    door.sign("server", "IP:127.0.0.1", 90);
    assert!(poll_until(PATIENCE, || serial(&program) != before), "not renewed: {}", program.log());
    assert_eq!(serial(&program), door.openssl("x509 -in server.crt -noout -serial"));
    std::thread::sleep(Duration::from_secs(2));
    for _ in 0..20 {
        next();
    }
    stream.kill().unwrap();
    stream.wait().unwrap();
    assert!(program.log().contains("web configuration reloaded"), "{}", program.log());
}

#[test]
#[ignore = "needs promtool and OpenSSL"]
fn a_file_for_promtool_is_understood_by_our_clients_too() {
    let door = Door::make();
    door.openssl("req -x509 -newkey rsa:2048 -nodes -keyout stranger.key -out stranger.crt -days 2 -subj /CN=stranger");
    let program = guarded(&door);
    let url = format!("https://{}", program.address());
    let promtool = |file: &str| {
        let words = ["check", "healthy", "--url", &url, "--http.config.file", file];
        let output = Command::new("promtool").args(words).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let user = |password: &str| format!("basic_auth:\n  username: boss\n  password_file: {password}\n");
    let tls = |ca: &str| format!("tls_config:\n  ca_file: {ca}.crt\n");
    let me = "  cert_file: scraper.crt\n  key_file: scraper.key\n";
    let inline = format!("basic_auth:\n  username: boss\n  password: {PASSWORD}\n");
    for (http, to_promtool, to_us) in [
        // Promtool asks for a page that Ensilinja does not have; there are no figures without brokers.
        (user("password") + &tls("ca") + me, "status=404", "has no figures yet"),
        (inline + &tls("ca") + me, "status=404", "has no figures yet"),
        (user("wrong-password") + &tls("ca") + me, "status=401", "answers 401 Unauthorized: it refuses the user"),
        (tls("ca") + me, "status=401", "answers 401 Unauthorized: it asks for a user"),
        (user("password") + &tls("ca"), "certificate required", "it requires a client certificate"),
        (user("password") + &tls("stranger") + me, "signed by unknown authority", "is not among the authorities"),
        (
            user("password") + &tls("ca") + me + "  server_name: b.example\n",
            "certificate is not valid for any names, but wanted to match b.example",
            "its certificate is for 127.0.0.1, not for b.example",
        ),
    ] {
        let file = door.0.write("http.yml", http).display().to_string();
        let said = promtool(&file);
        assert!(said.contains(to_promtool), "promtool: {said}");
        let (_, out, err) = run(&["compare", "--http.config.file", &file, &url, &url]);
        assert!(err.contains(to_us) && !err.contains(PASSWORD) && out.is_empty(), "{out}{err}");
    }
}
