//! docker-compose.yml and the files that it mounts, compared with the repository and with each other.
//!
//! Most mistakes in such files are names and numbers that differ between two places: a port, a path, a topic, a flag.
//! Each is read from both places here. Only Docker can test whether the images start.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use ensilinja::{cli, clock};
use ensilinja_config::Config;
use ensilinja_test_support::{PATIENCE, non_empty, poll_until};
use serde::Deserialize;

use crate::command_line::{command, printed};
use crate::repository::{files, parse, read, top};

/// The parts of docker-compose.yml that other files repeat.
#[derive(Deserialize)]
struct Compose {
    services: BTreeMap<String, Service>,
    volumes: BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
#[serde(default)]
struct Service {
    image: String,
    build: Option<Build>,
    restart: String,
    entrypoint: Vec<String>,
    command: Vec<String>,
    environment: BTreeMap<String, String>,
    ports: Vec<String>,
    volumes: Vec<String>,
    depends_on: BTreeMap<String, Dependency>,
    healthcheck: Option<Healthcheck>,
    read_only: bool,
    cap_drop: Vec<String>,
    security_opt: Vec<String>,
    ulimits: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Build {
    context: String,
    dockerfile: String,
}

#[derive(Deserialize)]
struct Dependency {
    condition: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Healthcheck {
    test: Vec<String>,
    disable: bool,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            image: String::new(),
            build: None,
            restart: "no".to_owned(),
            entrypoint: Vec::new(),
            command: Vec::new(),
            environment: BTreeMap::new(),
            ports: Vec::new(),
            volumes: Vec::new(),
            depends_on: BTreeMap::new(),
            healthcheck: None,
            read_only: false,
            cap_drop: Vec::new(),
            security_opt: Vec::new(),
            ulimits: BTreeMap::new(),
        }
    }
}

impl Service {
    /// Published ports: the address and port on this machine, and the port of the container.
    fn published(&self) -> impl Iterator<Item = (SocketAddr, u16)> {
        self.ports.iter().map(|port| {
            let (outside, inside) = port.rsplit_once(':').expect("a port is published as address:port:port");
            (outside.parse().expect("an address and a port"), inside.parse().expect("a port"))
        })
    }

    /// Mounts: the source, and the target in the container.
    fn mounts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.volumes.iter().map(|volume| {
            let mut parts = volume.split(':');
            (parts.next().expect("a volume has a source"), parts.next().expect("a volume has a target"))
        })
    }

    /// The file of the repository that the container finds at `path`.
    fn file_at(&self, path: &str) -> Option<PathBuf> {
        let mounts = self.mounts().filter(|(source, _)| source.starts_with("./"));
        mounts.map(|(source, target)| (source, Path::new(path).strip_prefix(target))).find_map(|(source, rest)| {
            let file = top().join(source).join(rest.ok()?);
            // A path joined with an empty one ends with a slash, which the path of a file must not.
            file.components().collect::<PathBuf>().canonicalize().ok()
        })
    }

    fn is_ours(&self) -> bool {
        self.image.starts_with("ensilinja:")
    }

    /// The word after `flag` on the command line.
    fn flag(&self, flag: &str) -> Option<&str> {
        let at = self.command.iter().position(|word| word == flag)?;
        self.command.get(at + 1).map(String::as_str)
    }
}

#[test]
fn every_image_has_a_fixed_version_and_ours_has_this_one() {
    let compose = compose();
    for (name, service) in &compose.services {
        let (image, version) =
            service.image.rsplit_once(':').unwrap_or_else(|| panic!("the image of {name} has no version"));
        assert!(version.contains(|c: char| c.is_ascii_digit()), "the version of {name} is no number: {image}");
        assert!(!service.is_ours() || version == env!("CARGO_PKG_VERSION"), "{name} is of another version than this");
    }
    let kafkas = compose.services.values().filter(|service| service.image.starts_with("apache/kafka:"));
    assert_eq!(kafkas.map(|service| &service.image).collect::<BTreeSet<_>>().len(), 1, "tools and broker differ");
    let dockerfile = dockerfile();
    let cargo = read("Cargo.toml");
    let rust = cargo.split("rust-version = \"").nth(1).and_then(|rest| rest.split('"').next()).expect("a version");
    let bases = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM ")).collect::<Vec<_>>();
    assert_eq!(bases, ["${BUILD_IMAGE} AS build", "scratch"], "the image itself has no base");
    assert!(
        dockerfile.contains(&format!("\nARG BUILD_IMAGE=rust:{rust}.0-bookworm\n")),
        "it is built with Rust {rust}"
    );
}

/// The demo starts the versions that the tests have tried.
#[test]
fn images_have_the_versions_that_the_tests_run_with() {
    let (compose, run, broker) = (compose(), read(".ci/run"), read("crates/test-support/src/kafka_broker.rs"));
    let named = |text: &str, name: &str| {
        let after = text.split_once(name).unwrap_or_else(|| panic!("nothing says {name}")).1;
        after.split(['"', '\n']).next().expect("a text has a beginning").to_owned()
    };
    for (service, image) in [
        ("kafka", format!("apache/kafka:{}", named(&broker, "TODAYS_KAFKA: &str = \""))),
        ("prometheus", format!("prom/prometheus:v{}", named(&run, "\nprometheus_today="))),
        ("alertmanager", format!("prom/alertmanager:v{}", named(&run, "\nalertmanager_today="))),
    ] {
        assert_eq!(compose.services[service].image, image);
    }
    let boards: serde_json::Value = parse("deploy/grafana/boards/package.json");
    let grafana = boards["devDependencies"]["@grafana/schema"].as_str().expect("a version");
    assert_eq!(compose.services["grafana"].image, format!("grafana/grafana:{grafana}"));
}

#[test]
fn files_mounted_from_the_repository_exist_and_are_read_only() {
    let compose = compose();
    let mut named = BTreeSet::new();
    for (name, service) in &compose.services {
        for (source, _) in service.mounts() {
            if source.starts_with("./") {
                assert!(top().join(source).exists(), "{name} mounts {source}, which is not there");
                let read_only =
                    service.volumes.iter().any(|v| v.starts_with(&format!("{source}:")) && v.ends_with(":ro"));
                assert!(read_only, "{name} could write to {source}");
            } else {
                named.insert(source.to_owned());
            }
        }
    }
    assert_eq!(named, compose.volumes.into_keys().collect(), "named volumes are declared if and only if they are used");
}

#[test]
fn ports_are_published_once_and_on_this_machine_only() {
    let compose = compose();
    let mut taken = BTreeSet::new();
    for (name, service) in &compose.services {
        for (outside, _) in service.published() {
            assert!(outside.ip().is_loopback(), "{name} listens to other machines on {outside}");
            assert!(taken.insert(outside.port()), "two services publish port {}", outside.port());
        }
    }
    assert!(taken.len() >= 4, "board, Prometheus, Grafana and Kafka are published: {taken:?}");
}

#[test]
fn the_healthcheck_of_a_service_asks_its_published_port() {
    let compose = compose();
    for (name, service) in &compose.services {
        for (_, inside) in service.published() {
            let check = service.healthcheck.as_ref().unwrap_or_else(|| panic!("{name} has no healthcheck"));
            let address = format!("127.0.0.1:{inside}");
            let answers = check.test.iter().any(|word| word.contains(&format!("{address}/")) || *word == address)
                || check.test.iter().any(|word| word.contains(&format!("/dev/tcp/127.0.0.1/{inside}")));
            assert!(answers, "the healthcheck of {name} does not ask port {inside}: {:?}", check.test);
        }
    }
}

#[test]
fn a_service_waits_for_a_state_that_can_be_reached() {
    let compose = compose();
    let mut waits = 0;
    for (name, service) in &compose.services {
        for (other, dependency) in &service.depends_on {
            waits += 1;
            let awaited =
                compose.services.get(other).unwrap_or_else(|| panic!("{name} waits for {other}: there is none"));
            match dependency.condition.as_str() {
                "service_healthy" => {
                    let is_checked = awaited.healthcheck.as_ref().is_some_and(|check| !check.disable);
                    assert!(is_checked, "{name} waits for ever: {other} is never well");
                }
                "service_completed_successfully" => {
                    assert!(
                        ["no", "on-failure"].contains(&awaited.restart.as_str()),
                        "{name} waits for ever for {other}"
                    );
                }
                condition => panic!("{name} waits until {other} is {condition}"),
            }
        }
    }
    assert!(waits > 0, "no service waits for another");
}

#[test]
fn our_commands_and_their_configuration_are_valid() {
    for (name, service) in ours(&compose()) {
        let words = ["ensilinja"].into_iter().chain(service.command.iter().map(String::as_str));
        cli::read(words).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let path = service.flag("--config").unwrap_or_else(|| panic!("{name} has no configuration"));
        let file = service.file_at(path).unwrap_or_else(|| panic!("{name} has nothing mounted at {path}"));
        ensilinja::configuration::load(&file).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    }
}

#[test]
fn the_help_of_a_command_names_every_flag_in_use() {
    for (name, service) in ours(&compose()) {
        let help = printed(&[&service.command[0], "--help"]);
        let flags = service.command.iter().filter(|word| word.starts_with("--"));
        for flag in non_empty("flags", flags) {
            assert!(help.contains(flag.as_str()), "{name} uses {flag}, of which the help knows nothing:\n{help}");
        }
    }
}

#[test]
fn the_processor_listens_on_the_port_that_is_published_and_scraped() {
    let compose = compose();
    let listen = compose.services["ensilinja"].flag("--listen").expect("inside a container it must say so");
    let listen: SocketAddr = listen.parse().expect("an address and a port");
    assert!(listen.ip().is_unspecified(), "nothing outside the container reaches {listen}");
    let published = compose.services["ensilinja"].published().map(|(_, inside)| inside).collect::<Vec<_>>();
    assert_eq!(published, [listen.port()]);
    assert!(dockerfile().contains(&format!("EXPOSE {}\n", listen.port())));
    let dockerfile = dockerfile();
    assert!(dockerfile.contains(&format!("\"--listen\", \"{listen}\"")), "the image alone listens elsewhere");
}

#[test]
fn every_client_uses_an_address_that_kafka_advertises() {
    let compose = compose();
    let kafka = &compose.services["kafka"];
    let advertised = kafka.environment["KAFKA_ADVERTISED_LISTENERS"].split(',').collect::<Vec<_>>();
    let at = |name: &str| advertised.iter().find_map(|listener| listener.strip_prefix(name)).expect("it is advertised");
    let (inside, outside) = (at("INSIDE://"), at("OUTSIDE://"));
    for (name, service) in ours(&compose) {
        assert_eq!(service.flag("--brokers"), Some(inside), "{name} asks another broker");
    }
    assert_eq!(compose.services["kafka-topics"].environment["BOOTSTRAP_SERVERS"], inside);
    assert_eq!(
        county().kafka.bootstrap_servers,
        outside,
        "the sample, run outside of a container, asks another broker"
    );
    assert!(kafka.published().any(|(address, _)| address.to_string() == outside), "{outside} is not published");
    for (listener, address) in [("INSIDE", inside), ("OUTSIDE", outside)] {
        let port = address.rsplit_once(':').expect("a port").1;
        let listens = format!("{listener}://:{port}");
        assert!(kafka.environment["KAFKA_LISTENERS"].split(',').any(|here| here == listens), "{listens}");
    }
}

#[test]
fn the_topics_are_those_of_the_configuration_and_keep_what_the_figures_need() {
    let (kafka, script) = (county().kafka, read("deploy/kafka/topics.sh"));
    let settings_of = |topic: &str| -> BTreeMap<String, String> {
        let (_, after) =
            script.split_once(&format!("\nmake_topic {topic} ")).unwrap_or_else(|| panic!("{topic} is not made"));
        let words = after.replace("\\\n", " ");
        let words = words.lines().next().unwrap_or_default().split_whitespace().skip(1);
        words.map(|word| word.split_once('=').expect("a setting")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    let (events, letters) = (settings_of(&kafka.topic), settings_of(&kafka.dead_letter_topic));
    for settings in [&events, &letters] {
        assert_eq!(settings["cleanup.policy"], "delete");
        assert_eq!(settings["message.timestamp.type"], "CreateTime");
    }
    let horizon_ms = county().rules(clock::wall()()).horizon_ms();
    let keeps_ms: i64 = events["retention.ms"].parse().expect("milliseconds");
    assert!(keeps_ms >= horizon_ms, "kept for {keeps_ms} ms, needed for {horizon_ms} ms");
    assert_eq!(events["retention.bytes"], "-1", "a busy day must not delete events that figures still need");
    let letters_ms: i64 = letters["retention.ms"].parse().expect("milliseconds");
    assert!(letters_ms <= keeps_ms, "dead letters may hold what events hold, and are kept for longer");
}

#[test]
fn prometheus_and_grafana_ask_services_that_exist() {
    let compose = compose();
    let answers = |address: &str| {
        let (host, port) = address.rsplit_once(':').expect("an address has a port");
        let port: u16 = port.parse().expect("a port");
        let service = compose.services.get(if host == "127.0.0.1" { "prometheus" } else { host });
        service.is_some_and(|service| service.published().any(|(_, inside)| inside == port))
    };
    let targets = targets(&parse::<serde_json::Value>("deploy/prometheus/prometheus.yml"));
    assert!(targets.contains(&"ensilinja:9464".to_owned()), "{targets:?}");
    for target in targets {
        assert!(answers(&target), "Prometheus asks {target}, where nothing answers");
    }
    let sources: serde_json::Value = parse("deploy/grafana/provisioning/datasources/prometheus.yml");
    let url = sources["datasources"][0]["url"].as_str().and_then(|url| url.strip_prefix("http://")).expect("a URL");
    assert!(answers(url), "Grafana asks {url}, where nothing answers");
}

#[test]
fn prometheus_and_alertmanager_are_given_the_configuration_that_is_mounted() {
    let compose = compose();
    for name in ["prometheus", "alertmanager"] {
        let service = &compose.services[name];
        let flag = service
            .command
            .iter()
            .find_map(|word| word.strip_prefix("--config.file="))
            .expect("it has a configuration");
        let file = service.file_at(flag).unwrap_or_else(|| panic!("{name} has nothing mounted at {flag}"));
        assert!(file.is_file(), "{}", file.display());
    }
    let prometheus = parse::<serde_json::Value>("deploy/prometheus/prometheus.yml");
    for pattern in non_empty("files of rules", prometheus["rule_files"].as_array().expect("rules are a list")) {
        let folder = pattern.as_str().and_then(|pattern| pattern.strip_suffix("/*.yml")).expect("all of a folder");
        let rules = files(&format!("deploy/prometheus/{folder}"), "yml").into_iter().map(read).collect::<String>();
        let job = prometheus["scrape_configs"][0]["job_name"].as_str().expect("a name");
        assert!(rules.contains(&format!("job=\"{job}\"")), "no rule is about {job}");
    }
}

#[test]
fn the_image_is_built_from_files_that_exist_and_runs_as_an_unprivileged_user() {
    let compose = compose();
    let build = compose.services.values().find_map(|service| service.build.as_ref()).expect("our image is built here");
    assert_eq!((build.context.as_str(), build.dockerfile.as_str()), (".", "deploy/Dockerfile"));
    let (dockerfile, ignore) = (dockerfile(), read("deploy/Dockerfile.dockerignore"));
    let sent = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect::<BTreeSet<_>>();
    let mut copied = BTreeSet::new();
    let lines = dockerfile.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from="));
    for line in non_empty("files that are copied", lines) {
        let words = line.split_whitespace().skip(1).collect::<Vec<_>>();
        copied.extend(words[..words.len() - 1].iter().copied());
    }
    assert_eq!(copied, sent, "what is copied is sent to the builder, and nothing else");
    for path in &copied {
        assert!(top().join(path).exists(), "{path} is not there");
    }
    let script = read("deploy/debian/build.sh");
    let parts = script.split("$top").skip(1).map(|rest| rest.trim_start_matches(['"', '/']));
    let packaged = parts.filter_map(|rest| rest.split(['"', '*', ' ', '\n']).next()).filter(|path| !path.is_empty());
    for path in non_empty("files of the package", packaged) {
        assert!(copied.iter().any(|copied| path.starts_with(copied)), "the package needs {path}");
    }
    for path in included_from_elsewhere() {
        assert!(copied.iter().any(|copied| Path::new(&path).starts_with(copied)), "the build needs {path}");
    }
    let user = dockerfile.lines().find_map(|line| line.strip_prefix("USER ")).expect("it names a user");
    assert!(user.split(':').all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)), "it runs as {user}");
}

#[test]
fn our_services_cannot_write_have_no_rights_and_leave_no_cores() {
    let (dropped, options) = (["ALL".to_owned()], ["no-new-privileges:true".to_owned()]);
    for (name, service) in ours(&compose()) {
        assert!(service.read_only, "{name} can write to its image");
        assert_eq!((&service.cap_drop[..], &service.security_opt[..]), (&dropped[..], &options[..]), "{name}");
        assert_eq!(service.ulimits.get("core"), Some(&0), "{name}");
        let is_checked = service.healthcheck.as_ref().is_none_or(|check| !check.disable);
        assert_eq!(is_checked, service.command[0] == "run", "{name}: the check of the image asks a processor");
    }
}

#[test]
fn the_healthcheck_of_the_processor_fails_without_a_process_and_passes_with_one() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let compose = compose();
    let check = &compose.services["ensilinja"].healthcheck.as_ref().expect("it has one").test;
    let dockerfile = dockerfile();
    let program = dockerfile.split("ENTRYPOINT [\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a program");
    assert_eq!(check[..3], ["CMD", program, "health"]);
    assert!(dockerfile.contains(&format!("CMD [\"{program}\", \"health\"]\n")), "the image alone has no healthcheck");
    let asks = || {
        let words = check[2..].iter().map(|word| word.replace("9464", &port.to_string())).collect::<Vec<_>>();
        let words = words.iter().map(String::as_str).collect::<Vec<_>>();
        command(&words).output().expect("the binary was built").status.success()
    };
    assert!(!asks(), "the healthcheck passes without a process");
    let listen = format!("127.0.0.1:{port}");
    // There is no broker at port 1: the processor is alive and not ready.
    let run = ["run", "--config", "deploy/ensilinja.toml", "--listen", &listen, "--brokers", "127.0.0.1:1"];
    let mut processor = Running::start(&run);
    assert!(poll_until(PATIENCE, asks), "the healthcheck does not pass:\n{}", processor.stop());
}

/// The running program. Dropping the value stops it.
struct Running(Child);

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut command = command(arguments);
        let command = command.current_dir(top()).stdout(Stdio::null()).stderr(Stdio::piped());
        Self(command.spawn().expect("the binary was built"))
    }

    /// Stops it and returns its standard error.
    fn stop(&mut self) -> String {
        self.0.kill().expect("it is ours to stop");
        let mut err = String::new();
        self.0.stderr.take().expect("it is piped").read_to_string(&mut err).expect("it is text");
        err
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The files outside of a crate that are compiled into the program, relative to the top of the repository.
fn included_from_elsewhere() -> Vec<String> {
    let mut included = Vec::new();
    let mut folders = vec![top().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of ours").map(|entry| entry.expect("an entry").path()) {
            let tests = ["tests", "benches", "examples"].iter().any(|name| entry.ends_with(name));
            if entry.is_dir() && !tests {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&entry).expect("a source of ours");
                let paths = source.split("include_str!(\"").skip(1).chain(source.split("include_bytes!(\"").skip(1));
                let files = paths.filter_map(|rest| rest.split('"').next()).map(|path| folder.join(path));
                included.extend(files.filter_map(|file| file.canonicalize().ok()));
            }
        }
    }
    let top = top().canonicalize().expect("it is there");
    let within = included.iter().filter_map(|file| file.strip_prefix(&top).ok());
    let paths = within.map(|path| path.to_string_lossy().into_owned()).collect::<Vec<_>>();
    assert!(paths.contains(&"deploy/ensilinja.toml".to_owned()), "the sample is compiled in: {paths:?}");
    paths
}

fn targets(prometheus: &serde_json::Value) -> Vec<String> {
    let scraped = prometheus["scrape_configs"].as_array().expect("a list");
    let told = prometheus["alerting"]["alertmanagers"].as_array().expect("a list");
    let lists = scraped.iter().chain(told).map(|part| &part["static_configs"][0]["targets"]);
    let targets = lists.flat_map(|list| list.as_array().expect("a list of targets"));
    targets.map(|target| target.as_str().expect("an address").to_owned()).collect()
}

fn compose() -> Compose {
    parse("docker-compose.yml")
}

/// The services that run our image.
fn ours(compose: &Compose) -> Vec<(&String, &Service)> {
    non_empty("services of ours", compose.services.iter().filter(|(_, service)| service.is_ours()))
}

fn county() -> Config {
    ensilinja_config::county()
}

fn dockerfile() -> String {
    read("deploy/Dockerfile")
}
