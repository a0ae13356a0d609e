//! The web configuration file, by the program: what is refused, what `check` says, and a file that changes while a
//! process runs. TLS with real clients is in `tests/real/web_config.rs`.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use ensilinja_test_support::{PATIENCE, TemporaryFolder, http, poll_for, poll_until};

use crate::command_line::{command, run};

/// bcrypt of `U*U`, of cost 5.
const HASH: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

/// `Authorization` of `wall:U*U` and of `supervisor:U*U`.
const WALL: &str = "Authorization: Basic d2FsbDpVKlU=\r\n";
const SUPERVISOR: &str = "Authorization: Basic c3VwZXJ2aXNvcjpVKlU=\r\n";

/// A folder with the sample configuration on a free port, without brokers that answer, and a web configuration.
struct Office(TemporaryFolder);

impl Office {
    fn new(name: &str, server: &str, web: &str) -> Self {
        let folder = TemporaryFolder::new(name);
        let text = ensilinja_config::SAMPLE
            .replace("listen = \"127.0.0.1:9464\"", &format!("listen = \"127.0.0.1:0\"\n{server}"))
            .replace("brokers = \"127.0.0.1:9092\"", "brokers = \"127.0.0.1:1\"");
        folder.write("ensilinja.toml", text);
        folder.write("web.yml", web);
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.file(name)
    }

    /// The arguments of a command with the configuration and the web configuration of this folder.
    fn arguments<'a>(command: &'a str, config: &'a str, web: &'a str) -> [&'a str; 5] {
        [command, "--config", config, "--web.config.file", web]
    }

    /// Exit status and standard error of a `run` that should not start.
    fn refused(&self, option: Option<&str>) -> (Option<i32>, String) {
        let config = self.path("ensilinja.toml");
        let mut arguments = vec!["run", "--config", config.to_str().unwrap()];
        arguments.extend(option.map(|file| ["--web.config.file", file]).into_iter().flatten());
        let (status, _, err) = run(&arguments);
        (status, err)
    }

    fn start(&self) -> Running {
        let (config, web) = (self.path("ensilinja.toml"), self.path("web.yml"));
        let log = File::create(self.path("log")).unwrap();
        let child = command(&Self::arguments("run", config.to_str().unwrap(), web.to_str().unwrap()))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut running = Running { child, log: self.path("log"), address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let listens = || {
            let log = running.log();
            log.split_once("listen=")?.1.split(' ').next()?.parse().ok()
        };
        running.address = poll_for(PATIENCE, listens).unwrap_or_else(|| panic!("{}", running.log()));
        running
    }
}

struct Running {
    child: Child,
    log: PathBuf,
    address: SocketAddr,
}

impl Running {
    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    fn status(&self, path: &str, more: &str) -> u16 {
        http::get_with(self.address, path, more).unwrap().status
    }

    #[track_caller]
    fn wait_for(&self, path: &str, more: &str, status: u16) {
        assert!(poll_until(PATIENCE, || self.status(path, more) == status), "{path} {more}: {}", self.log());
    }

    #[track_caller]
    fn wait_for_metric(&self, more: &str, line: &str) {
        let has_line = || http::get_with(self.address, "/metrics", more).unwrap().body.contains(line);
        assert!(poll_until(PATIENCE, has_line), "no {line}: {}", self.log());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn users(names: &[&str]) -> String {
    let users: Vec<String> = names.iter().map(|name| format!("  {name}: {HASH}\n")).collect();
    format!("basic_auth_users:\n{}", users.concat())
}

#[test]
fn a_file_that_is_wrong_is_refused_before_a_port_opens() {
    let (wall, both) = (users(&["wall"]), users(&["a", "b"]));
    for (server, web, says) in [
        ("", "basic_auth_users:\n  wall: canary\n", "web.yml:2: basic_auth_users.wall is not a bcrypt hash"),
        ("", "tls_server_config:\n  cert_file: a\n  key_file: b\n", "tls_server_config.cert_file names "),
        ("", "tls_server_config:\n  cert: canary\n  key: canary\n", "is not a certificate in PEM"),
        ("board_users = [\"wall\"]", "", "server.board_users lists users, and no web configuration file has any"),
        ("board_users = [\"boss\"]", wall.as_str(), "server.board_users names boss, who is not among"),
        ("contacts_users = [\"boss\"]", wall.as_str(), "server.contacts_users names boss, who is not among"),
        (
            "board_users = [\"a\"]\ncontacts_users = [\"b\"]",
            both.as_str(),
            "it should be a list of users who are in server.board_users too",
        ),
        ("board_users = []", both.as_str(), "server.board_users is an empty list; it should be a list of users"),
        ("web_config_file = \"other.yml\"", "", "contradicts server.web_config_file, which is other.yml"),
    ] {
        let office = Office::new("web-refused", server, web);
        let (status, error) = office.refused(office.path("web.yml").to_str());
        assert_eq!(status, Some(2), "{error}");
        assert!(error.contains(says) && !error.contains("canary"), "{error}");
    }
    let office = Office::new("web-absent", "board_users = [\"wall\"]", "");
    assert!(office.refused(None).1.contains("name one with --web.config.file"));
    let (status, error) = office.refused(office.path("absent.yml").to_str());
    assert!(status == Some(2) && error.contains("absent.yml cannot be read: No such file"), "{error}");
    let named = Office::new("web-named", "", "tls_server_config:\n  cert_file: absent.crt\n  key_file: b\n");
    let (_, error) = named.refused(named.path("web.yml").to_str());
    let absent = named.path("absent.crt");
    assert!(error.contains(&format!("cert_file names {}, which cannot be read", absent.display())), "{error}");
}

#[test]
fn check_tells_what_protects_the_server_and_what_does_not() {
    let check = |server: &str, web: &str| {
        let office = Office::new("web-check", server, web);
        let (config, web) = (office.path("ensilinja.toml"), office.path("web.yml"));
        let arguments = Office::arguments("check", config.to_str().unwrap(), web.to_str().unwrap());
        let (_, out, err) = run(&[&arguments[..], &["--quiet", "--sample", "0", "--width", "400"]].concat());
        out + &err
    };
    let text = check("", &users(&["wall", "supervisor"]));
    assert!(text.contains("web.yml: plain HTTP, 2 users\n"), "{text}");
    assert!(text.contains("the hash of user wall has a cost of 5\n"), "{text}");
    let mixed = users(&["wall"]) + &format!("  boss: {}\n", HASH.replace("$05$", "$10$"));
    assert!(check("", &mixed).contains("the hashes have different costs"));
    let wrong = check("", "tls_server_config:\n  min_version: TLS11\n");
    assert!(wrong.contains("problem") && wrong.contains("tls_server_config.cert_file is missing"), "{wrong}");
}

#[test]
fn a_changed_file_is_taken_over_unless_it_is_wrong_or_protects_less() {
    let office = Office::new("web-changes", "board_users = [\"supervisor\"]", &users(&["wall", "supervisor"]));
    let running = office.start();
    assert_eq!(running.status("/livez", ""), 200);
    assert_eq!(running.status("/metrics", ""), 401);
    assert_eq!((running.status("/metrics", WALL), running.status("/", WALL)), (200, 403));
    assert_eq!(running.status("/", SUPERVISOR), 200);
    running.wait_for_metric(SUPERVISOR, "ensilinja_web_config_last_reload_successful 1\n");
    assert!(!http::get(running.address, "/readyz").unwrap().body.contains("broker"), "reasons are for users");
    let reasons = http::get_with(running.address, "/readyz", WALL).unwrap().body;
    assert!(reasons.lines().count() > 1 && !reasons.contains("send a name"), "{reasons}");

    let wall = users(&["wall"]);
    for (broken, says) in [
        ("basic_auth_users:\n  supervisor: canary\n", "basic_auth_users.supervisor is not a bcrypt hash"),
        ("", "server.board_users lists users, and no web configuration file has any"),
        (wall.as_str(), "server.board_users names supervisor"),
    ] {
        office.0.write("web.yml", broken);
        let is_logged = || running.log().contains(says);
        assert!(poll_until(PATIENCE, is_logged), "{says}: {}", running.log());
        running.wait_for_metric(SUPERVISOR, "ensilinja_web_config_last_reload_successful 0\n");
        assert_eq!(
            (running.status("/", ""), running.status("/", SUPERVISOR)),
            (401, 200),
            "the previous one is in force"
        );
    }

    office.0.write("web.yml", users(&["supervisor"]));
    running.wait_for("/metrics", WALL, 401);
    running.wait_for_metric(SUPERVISOR, "ensilinja_web_config_last_reload_successful 1\n");
    let log = running.log();
    assert!(log.contains("web configuration reloaded") && log.contains("web configuration not reloaded"), "{log}");
    for secret in ["canary", "U*U", "CCCC", "VSpV", "d2Fs"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn an_emptied_file_does_not_open_the_server() {
    let office = Office::new("web-emptied", "", &users(&["wall"]));
    let running = office.start();
    assert_eq!(running.status("/", ""), 401);
    office.0.write("web.yml", "");
    running.wait_for_metric(WALL, "ensilinja_web_config_last_reload_successful 0\n");
    assert!(running.log().contains("it would take away users from a server"), "{}", running.log());
    assert_eq!((running.status("/", ""), running.status("/", WALL)), (401, 200));
}
