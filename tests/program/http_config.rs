//! The program's own clients speak TLS and log in: `health`, `compare` and `support-bundle` ask a real process that is
//! protected by a web configuration file. Each failure says what is wrong and what to do, and no output has a secret.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use ensilinja_kafka::EmbeddedBroker;
use ensilinja_test_support::{Identity, PATIENCE, Purpose, TemporaryFolder, poll_for, poll_until};

use crate::command_line::{Ended, command, run_command};

/// The password of every user, which no output may contain.
const PASSWORD: &str = "canary-hunter2";

/// bcrypt of the password, by another program.
const HASH: &str = "$2y$10$C6UzMDM.H6dfI/f/IKcEe.6ZfyaxsnEnHw6pmwoD9MpnbfUDjpQ3q";

/// `tls_server_config` without client certificates, and with them.
const TLS: &str = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";
const MUTUAL: &str = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n  \
                      client_allowed_sans: [support.example]\n";

/// `tls_config` with the authority, and with a certificate of the client.
const CA: &str = "tls_config:\n  ca_file: ca.crt\n";
const ME: &str = "  cert_file: support.crt\n  key_file: support.key\n";
const USER: &str = "basic_auth:\n  username: boss\n  password_file: password\n";

/// An authority, certificates that it signed, passwords, and the files of a process.
struct Office {
    folder: TemporaryFolder,
}

impl Office {
    fn new(name: &str, brokers: &str, web: &str) -> Self {
        let office = Self { folder: TemporaryFolder::new(name) };
        let authority = Identity::authority("ca");
        office.write("ca", &authority);
        office.write("server", &authority.signed(Purpose::Server, &["127.0.0.1", "a.example"], 2));
        office.write("support", &authority.signed(Purpose::Client, &["support.example"], 2));
        office.write("other", &authority.signed(Purpose::Client, &["other.example"], 2));
        let stranger = Identity::authority("stranger");
        office.write("authority-of-strangers", &stranger);
        office.write("stranger", &stranger.signed(Purpose::Client, &["support.example"], 2));
        office.folder.write("password", format!("{PASSWORD}\n"));
        office.folder.write("wrong-password", "canary-wrong");
        office.folder.write("empty", " \n");
        office.folder.write("web.yml", web);
        let config = ensilinja_config::SAMPLE
            .replace("listen = \"127.0.0.1:9464\"", &format!("listen = \"127.0.0.1:0\"\n{}", office.server_keys(web)))
            .replace("brokers = \"127.0.0.1:9092\"", &format!("brokers = \"{brokers}\""));
        office.folder.write("ensilinja.toml", config);
        office
    }

    fn server_keys(&self, web: &str) -> String {
        let users = if web.contains("scraper") { "board_users = [\"boss\"]\n" } else { "" };
        format!("web_config_file = \"{}\"\n{users}", self.path("web.yml"))
    }

    /// Writes a certificate and its key.
    fn write(&self, name: &str, identity: &Identity) {
        self.folder.write(&format!("{name}.crt"), identity.certificate_pem());
        self.folder.write(&format!("{name}.key"), identity.key_pem());
    }

    fn path(&self, name: &str) -> String {
        self.folder.file(name).display().to_string()
    }

    fn start(&self) -> Running {
        let log = File::create(self.folder.file("log")).unwrap();
        let config = self.path("ensilinja.toml");
        let child = command(&["run", "--config", &config]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut running =
            Running { child, log: self.folder.file("log"), address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let listens = || running.log().split_once("listen=")?.1.split(' ').next()?.parse().ok();
        running.address = poll_for(PATIENCE, listens).unwrap_or_else(|| panic!("{}", running.log()));
        running
    }

    /// Runs a command with this HTTP client configuration, and checks that it has no secret in its output.
    fn run(&self, words: &[&str], http: &str) -> Ended {
        self.folder.write("http.yml", http);
        let file = self.path("http.yml");
        without_secrets(run_command(&mut command(&[words, &["--http.config.file", &file]].concat())))
    }

    /// `health` of an address: its standard error, which is one line, or nothing.
    fn health(&self, url: &str, http: &str) -> String {
        let (status, out, err) = self.run(&["health", "--url", url], http);
        match status {
            Some(0) => assert_eq!((out.as_str(), err.as_str()), ("alive\n", "")),
            _ => assert!(out.is_empty() && err.lines().count() == 1, "{out}{err}"),
        }
        err
    }
}

#[track_caller]
fn without_secrets(ended: Ended) -> Ended {
    // The password, how basic authentication sends it, and how a private key begins.
    for secret in ["canary", "Ym9zczpj", "MIGHAgEA"] {
        assert!(!ended.1.contains(secret) && !ended.2.contains(secret), "{ended:?}");
    }
    ended
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

    fn https(&self) -> String {
        format!("https://{}", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn health_says_what_is_wrong_with_tls_and_what_to_do() {
    let office = Office::new("http-health", "127.0.0.1:1", TLS);
    let running = office.start();
    let url = running.https();
    assert_eq!(office.health(&url, CA), "");
    // Any certificate of the list may be the end of a chain, as in Go.
    assert_eq!(office.health(&url, "tls_config:\n  ca_file: server.crt\n"), "");
    assert_eq!(office.health(&url, &format!("{CA}  server_name: a.example\n  min_version: TLS13\n")), "");
    assert_eq!(office.health(&url, "tls_config:\n  insecure_skip_verify: true\n"), "");

    for (url, http, says) in [
        (
            url.as_str(),
            "tls_config:\n  ca_file: authority-of-strangers.crt\n",
            ": its certificate is signed by ca, which is not among the authorities of --http.config.file: add it to \
             tls_config.ca_file",
        ),
        (
            &url,
            &format!("{CA}  server_name: b.example\n"),
            ": its certificate is for 127.0.0.1 and a.example, not for b.example: use a name of the certificate in the \
             address, or set server_name",
        ),
        (&url.replace("https", "http"), CA, &format!(" speaks TLS: use {url}")),
    ] {
        let error = office.health(url, http);
        assert_eq!(error.split_once(says).map(|(before, _)| before), Some(format!("error: {url}").as_str()), "{error}");
    }

    // Without a file, the machine's certificate store counts.
    let machine =
        |name: &str, value: &str| without_secrets(run_command(command(&["health", "--url", &url]).env(name, value)));
    assert_eq!(machine("SSL_CERT_FILE", &office.path("ca.crt")).0, Some(0));
    let (status, _, error) = machine("SSL_CERT_FILE", &office.path("authority-of-strangers.crt"));
    assert_eq!(status, Some(1));
    assert!(
        error.contains("signed by ca, which this machine does not trust: name the file of the authority"),
        "{error}"
    );
    // A list of folders, as in OpenSSL.
    let folder = office.folder.path().display();
    let (status, _, error) = machine("SSL_CERT_DIR", &format!("{folder}:{folder}"));
    assert!(status == Some(1) && error.contains("signed by ca, which this machine does not trust"), "{error}");
    let (status, _, error) = machine("SSL_CERT_DIR", &format!("{folder}:/nowhere"));
    assert_eq!(
        (status, error.as_str()),
        (Some(2), "error: SSL_CERT_DIR names /nowhere, which is not there: correct it, or unset it\n")
    );
}

#[test]
fn a_process_that_speaks_plain_http_does_not_speak_tls() {
    let office = Office::new("http-plain", "127.0.0.1:1", &format!("basic_auth_users:\n  boss: {HASH}\n"));
    let running = office.start();
    let error = office.health(&running.https(), CA);
    assert!(error.contains("TLS") && error.contains("use http:// in the address"), "{error}");
    // Users without TLS: probes are open.
    assert_eq!(office.health(&format!("http://{}", running.address), USER), "");
    // While its web configuration file is edited, the process keeps what it said before.
    let (listen, web) = (running.address.to_string(), office.path("web.yml"));
    for edited in ["tls_server_config:\n", "basic_auth_users: [\n"] {
        office.folder.write("web.yml", edited);
        let ended = run_command(&mut command(&["health", "--listen", &listen, "--web.config.file", &web]));
        assert_eq!(ended, (Some(0), "alive\n".to_owned(), String::new()), "{edited:?}");
    }
}

#[test]
fn a_server_that_demands_client_certificates_says_which() {
    for version in ["", "  max_version: TLS12\n"] {
        let office = Office::new("http-mutual", "127.0.0.1:1", &format!("{TLS}{version}{MUTUAL}"));
        let running = office.start();
        let url = running.https();
        assert_eq!(office.health(&url, &format!("{CA}{ME}")), "");
        let error = office.health(&url, CA);
        assert!(error.contains("client certificate") && error.contains("cert_file and key_file"), "{error}");
        for name in ["other", "stranger"] {
            let error = office.health(&url, &format!("{CA}  cert_file: {name}.crt\n  key_file: {name}.key\n"));
            assert!(error.contains(": it refuses the client certificate of --http.config.file ("), "{error}");
        }
    }
}

#[test]
fn what_the_file_names_has_to_be_there_and_fit() {
    let office = Office::new("http-refused", "127.0.0.1:1", TLS);
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("https://{nowhere}");
    let key = fs::read_to_string(office.folder.file("other.key")).unwrap().replace('\n', "\n    ");
    for (http, says) in [
        (
            "basic_auth:\n  usernam: canary\n".to_owned(),
            "http.yml:2: basic_auth.usernam is unknown; did you mean username?",
        ),
        (
            "tls_config:\n  ca_file: absent.crt\n".to_owned(),
            "absent.crt, which cannot be read: No such file or directory",
        ),
        (
            "tls_config:\n  ca_file: password\n".to_owned(),
            "the authorities (ca_file or ca) are not certificates in PEM",
        ),
        (
            format!("{CA}  cert_file: support.crt\n  key_file: other.key\n"),
            "the client's key does not belong to its certificate",
        ),
        (
            format!("{CA}  cert_file: support.crt\n  key: |\n    {key}\n"),
            "the client's key does not belong to its certificate",
        ),
        (
            format!("{CA}  cert_file: password\n  key_file: other.key\n"),
            "the client's certificate (cert_file or cert) is not",
        ),
        (format!("{CA}  cert_file: other.crt\n  key_file: password\n"), "the client's key (key_file or key) is not"),
        (
            "basic_auth:\n  username: boss\n  password_file: empty\n".to_owned(),
            "basic_auth.password_file names a file that is empty",
        ),
        ("authorization:\n  credentials: \"a\\ncanary\"\n".to_owned(), "authorization.credentials holds a character"),
    ] {
        let (status, _, error) = office.run(&["health", "--url", &url], &http);
        assert_eq!(status, Some(2), "{error}");
        assert!(error.contains(says) && error.lines().count() == 1, "{says}: {error}");
    }
    let (status, _, error) =
        run_command(command(&["health", "--url", &url]).env("ENSILINJA_HTTP_CONFIG_FILE", "/absent.yml"));
    assert_eq!(status, Some(2));
    assert!(
        error.starts_with("error: the HTTP client configuration file /absent.yml cannot be read: No such"),
        "{error}"
    );
}

#[test]
fn health_without_an_address_finds_tls_in_the_web_configuration_of_the_process() {
    let office = Office::new("http-own", "127.0.0.1:1", TLS);
    let running = office.start();
    let (listen, config, web) = (running.address.to_string(), office.path("ensilinja.toml"), office.path("web.yml"));
    let health = |words: &[&str]| run_command(&mut command(&[&["health", "--listen", &listen], words].concat()));
    let alive = (Some(0), "alive\n".to_owned(), String::new());
    assert_eq!(health(&["--config", &config]), alive);
    assert_eq!(health(&["--web.config.file", &web]), alive);
    assert_eq!(
        run_command(command(&["health", "--listen", &listen]).env("ENSILINJA_WEB_CONFIG_FILE", &web)),
        alive,
        "as in an image"
    );
    let (status, _, error) = health(&[]);
    assert_eq!(status, Some(1));
    assert!(error.contains(&format!("speaks TLS: use https://{listen}")), "{error}");
    // With a file, the certificate is verified.
    let (status, _, error) = office.run(
        &["health", "--listen", &listen, "--config", &config],
        "tls_config:\n  ca_file: authority-of-strangers.crt\n",
    );
    assert!(status == Some(1) && error.contains("signed by ca, which is not among"), "{error}");
    // While the file is edited, the process keeps what it said before.
    for edited in ["tls_server_config:\n  new: 1\n", "tls_server_config: [\n", "", "new: 1\n"] {
        office.folder.write("web.yml", edited);
        assert_eq!(health(&["--config", &config]), alive, "{edited:?}");
    }
    fs::remove_file(&web).unwrap();
    assert_eq!(health(&["--config", &config]), alive);
}

#[test]
fn compare_and_the_support_bundle_log_in_over_mutual_tls() {
    let broker = EmbeddedBroker::start().unwrap();
    for (topic, partitions) in [("ensilinja.events", 2), ("ensilinja.dead-letters", 1)] {
        broker.create_topic(topic, partitions).unwrap();
    }
    let web = format!("{TLS}{MUTUAL}basic_auth_users:\n  boss: {HASH}\n  scraper: {HASH}\n");
    let office = Office::new("http-compare", &broker.bootstrap_servers(), &web);
    let running = office.start();
    let (url, config) = (running.https(), office.path("ensilinja.toml"));
    let whole = format!("{USER}{CA}{ME}");
    let is_ready = || office.run(&["health", "--ready", "--url", &url], &whole).0 == Some(0);
    assert!(poll_until(PATIENCE, is_ready), "{}", running.log());

    let compare = ["compare", "--quiet", &url, &url];
    let (status, out, error) = office.run(&compare, &whole);
    assert_eq!(status, Some(0), "{error}");
    assert!(out.starts_with("no differences: ") && out.contains(&url), "{out}");
    for (user, says) in [
        ("", "/api/figures answers 401 Unauthorized: it asks for a user: write one under basic_auth in a file"),
        (
            "basic_auth:\n  username: boss\n  password_file: wrong-password\n",
            "/api/figures answers 401 Unauthorized: it refuses the user, the password or the token of --http.config.file",
        ),
        (
            "basic_auth:\n  username: scraper\n  password: canary-hunter2\n",
            "/api/figures answers 403 Forbidden: the user of --http.config.file may not read it: see server.board_users",
        ),
        ("authorization:\n  credentials: canary\n", "/api/figures answers 401 Unauthorized: it refuses the user"),
    ] {
        let (status, out, error) = office.run(&compare, &format!("{user}{CA}{ME}"));
        assert_eq!((status, out.as_str()), (Some(1), ""));
        assert!(error.contains(&format!("{url}{says}")), "{error}");
    }

    let words = ["support-bundle", "--quiet", "--config", &config, "--process", &url, "--process", &url];
    let (_, bundle, error) = office.run(&words, &whole);
    for page in ["livez\n\nalive\n", "readyz\n\nready\n", "metrics\n\n# HELP "] {
        assert_eq!(bundle.matches(&format!("========== live process {url}/{page}")).count(), 2, "{bundle}{error}");
    }
    let (status, bundle, _) = office.run(&words, CA);
    assert_eq!(status, Some(3));
    assert!(bundle.contains("MISSING: ") && bundle.contains("client certificate"), "{bundle}");
    // A user whose password is wrong still gets the probes, without reasons.
    let (_, bundle, _) = office.run(&words, &format!("authorization:\n  credentials: x\n{CA}{ME}"));
    assert!(
        bundle.contains("MISSING: ") && bundle.contains("/metrics answers 401 Unauthorized: it refuses"),
        "{bundle}"
    );
    assert!(!running.log().contains("canary"), "{}", running.log());
}
