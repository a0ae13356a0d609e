//! Each cause of unusable brokers, on a real Kafka with TLS, SASL and an access list: `/readyz` and `check` name it and
//! its remedy. All cases use one broker.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ensilinja_test_support::kafka_broker::{Listener, Resource};
use ensilinja_test_support::{KafkaBroker, TemporaryFolder, poll_until};
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};

use crate::command_line::run;
use crate::program::Program;
use crate::stage::Stage;

/// The password of every user, which no output may contain.
const PASSWORD: &str = "canary-hunter2";

/// Operations of Kafka's protocol.
const READ: i8 = 3;
const WRITE: i8 = 4;
const DESCRIBE: i8 = 8;

/// Certificates in a folder of their own: two authorities and the certificates that they signed.
struct Certificates(TemporaryFolder);

impl Certificates {
    fn make() -> Self {
        let folder = TemporaryFolder::new("certificates");
        folder.write("names", "subjectAltName=IP:127.0.0.1\n");
        let made = Self(folder);
        for authority in ["ca", "other-ca"] {
            made.openssl(&format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {authority}.key \
                 -out {authority}.pem -days 2 -subj /CN={authority}"
            ));
        }
        for (name, authority, days) in
            [("broker", "ca", 2), ("expired", "ca", -1), ("client", "ca", 2), ("stranger", "other-ca", 2)]
        {
            made.openssl(&format!(
                "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.csr \
                 -subj /CN={name}"
            ));
            made.openssl(&format!(
                "x509 -req -in {name}.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial -days {days} \
                 -extfile names -out {name}.crt"
            ));
            let read = |end| fs::read_to_string(made.0.file(&format!("{name}.{end}"))).unwrap();
            made.0.write(&format!("{name}.pem"), read("key") + &read("crt"));
        }
        made
    }

    fn openssl(&self, words: &str) {
        let output =
            Command::new("openssl").args(words.split_whitespace()).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn path(&self, name: &str) -> String {
        self.0.file(name).display().to_string()
    }
}

fn broker(certificates: &Certificates) -> KafkaBroker {
    let listeners = [("SECURE", "SASL_SSL"), ("MUTUAL", "SSL"), ("EXPIRED", "SSL"), ("CLEAR", "SASL_PLAINTEXT")];
    let listeners = listeners.map(|(name, protocol)| Listener { name, protocol });
    let mut properties: Vec<(String, String)> = Vec::new();
    let mut set = |name: &str, value: String| properties.push((name.to_owned(), value));
    set("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer".to_owned());
    // The test itself uses the plaintext listener.
    set("super.users", "User:ANONYMOUS".to_owned());
    set("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512".to_owned());
    for (listener, certificate) in [("secure", "broker"), ("mutual", "broker"), ("expired", "expired")] {
        set(&format!("listener.name.{listener}.ssl.keystore.type"), "PEM".to_owned());
        set(
            &format!("listener.name.{listener}.ssl.keystore.location"),
            certificates.path(&format!("{certificate}.pem")),
        );
    }
    set("listener.name.mutual.ssl.client.auth", "required".to_owned());
    set("listener.name.mutual.ssl.truststore.type", "PEM".to_owned());
    set("listener.name.mutual.ssl.truststore.location", certificates.path("ca.pem"));
    for listener in ["secure", "clear"] {
        let users: String = ["reader", "blind", "alone"].map(|user| format!(" user_{user}=\"{PASSWORD}\"")).concat();
        set(
            &format!("listener.name.{listener}.plain.sasl.jaas.config"),
            format!("org.apache.kafka.common.security.plain.PlainLoginModule required{users};"),
        );
        set(
            &format!("listener.name.{listener}.scram-sha-512.sasl.jaas.config"),
            "org.apache.kafka.common.security.scram.ScramLoginModule required;".to_owned(),
        );
    }
    let lines: Vec<(&str, &str)> = properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let credential = format!("SCRAM-SHA-512=[name=reader,password={PASSWORD}]");
    KafkaBroker::start_listening(&listeners, &lines, &[&credential])
}

/// A connection that does not work, with the expected cause and remedy.
struct Case<'a> {
    brokers: String,
    properties: String,
    says: &'a str,
    advises: &'a str,
}

/// Writes the configuration of a stage with these brokers and properties to a file.
fn configuration(folder: &Path, stage: &Stage, brokers: &str, properties: &str) -> PathBuf {
    let stage = Stage { brokers: brokers.to_owned(), ..stage.clone() };
    let file = folder.join("ensilinja.toml");
    let text = stage.configuration();
    fs::write(&file, text.replacen("[kafka.properties]\n", &format!("[kafka.properties]\n{properties}\n"), 1)).unwrap();
    file
}

/// Exit status and output of `check`.
fn check(file: &Path) -> (Option<i32>, String) {
    let (status, out, err) = run(&["check", "--quiet", "--config", file.to_str().unwrap()]);
    let text = out + &err;
    assert!(!text.contains(PASSWORD), "{text}");
    (status, text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Starts a process with this configuration and returns `/readyz` once it contains these words.
fn readyz(file: &Path, words: &[&str]) -> String {
    let mut program = Program::of_file(file);
    let mut body = String::new();
    let has_words = poll_until(Duration::from_secs(40), || {
        body = program.get("/readyz").body;
        words.iter().all(|words| body.contains(words))
    });
    assert!(has_words, "/readyz does not say {words:?}:\n{body}\n{}", program.log());
    assert!(!program.log().contains(PASSWORD) && !body.contains(PASSWORD), "a password is shown");
    program.kill();
    body
}

fn sasl(user: &str, mechanism: &str, password: &str) -> String {
    format!("sasl.mechanism = \"{mechanism}\"\nsasl.username = \"{user}\"\nsasl.password = \"{password}\"")
}

#[test]
#[ignore = "needs Java 17, Maven and OpenSSL"]
fn each_cause_of_unusable_brokers_is_named_with_its_remedy() {
    let certificates = Certificates::make();
    let broker = broker(&certificates);
    let stage = Stage::set(&broker, "secured", 1);
    for user in ["User:reader", "User:alone"] {
        broker.allow(user, READ, Resource::Topic, &stage.topic);
        for right in [READ, WRITE] {
            broker.allow(user, right, Resource::Topic, &stage.dead_letters);
        }
    }
    for user in ["User:reader", "User:blind"] {
        broker.allow(user, READ, Resource::Group, "ensilinja");
    }
    broker.allow("User:blind", DESCRIBE, Resource::Topic, &stage.topic);
    let (secure, mutual, expired) =
        (broker.bootstrap_of("SECURE"), broker.bootstrap_of("MUTUAL"), broker.bootstrap_of("EXPIRED"));
    let ca = format!("ssl.ca.location = \"{}\"", certificates.path("ca.pem"));
    let with = |protocol: &str, more: &[&str]| format!("security.protocol = \"{protocol}\"\n{}", more.join("\n"));
    let good = with("SASL_SSL", &[&ca, &sasl("reader", "SCRAM-SHA-512", PASSWORD)]);

    let folder = certificates.0.path();
    let (status, text) = check(&configuration(folder, &stage, &secure, &good));
    assert_eq!(status, Some(0), "{text}");

    for case in cases(&certificates, &broker, [&secure, &mutual, &expired], &ca) {
        let file = configuration(folder, &stage, &case.brokers, &case.properties);
        let (status, text) = check(&file);
        assert_eq!(status, Some(3), "{text}");
        for words in [case.says, case.advises] {
            assert!(text.contains(words), "check does not say {words}:\n{text}\n{}", case.properties);
        }
        readyz(&file, &[case.says, case.advises]);
    }

    let read = |resource: &str| format!("--add --allow-principal User:NAME --operation Read --{resource}");
    for (user, says, advises, grant) in [
        (
            "alone",
            "this user may not use the consumer group",
            "give this user READ on the group",
            read("group ensilinja"),
        ),
        (
            "blind",
            "this user may not see or read the topic",
            "give this user READ and DESCRIBE on the topic",
            read(&format!("topic {}", stage.topic)),
        ),
    ] {
        let properties = with("SASL_SSL", &[&ca, &sasl(user, "PLAIN", PASSWORD)]);
        let file = configuration(folder, &stage, &secure, &properties);
        readyz(&file, &[says, advises]);
        let (status, text) = check(&file);
        assert_eq!(status, Some(3), "{text}");
        assert!(text.contains(&grant), "{text}");
    }

    an_open_transaction_is_named(&broker, &stage, folder, &secure, &good);
}

/// A case of these brokers, protocol and further properties.
fn case<'a>(brokers: &str, protocol: &str, more: &[&str], says: &'a str, advises: &'a str) -> Case<'a> {
    let properties = format!("security.protocol = \"{protocol}\"\n{}", more.join("\n"));
    Case { brokers: brokers.to_owned(), properties, says, advises }
}

/// The cases, each with another mistake.
fn cases<'a>(
    certificates: &Certificates,
    broker: &KafkaBroker,
    [secure, mutual, expired]: [&str; 3],
    ca: &str,
) -> Vec<Case<'a>> {
    let with_tls = tls_cases(certificates, [secure, mutual, expired], ca);
    let scram = sasl("reader", "SCRAM-SHA-512", PASSWORD);
    let refuses = "the broker refuses this user or its password";
    let others = vec![
        case(secure, "SASL_SSL", &[ca, &sasl("reader", "SCRAM-SHA-512", "wrong")], refuses, "check sasl.username and"),
        case(secure, "SASL_SSL", &[ca, &sasl("reader", "PLAIN", "wrong")], refuses, "check sasl.username and"),
        case(
            secure,
            "SASL_SSL",
            &[ca, &sasl("reader", "SCRAM-SHA-256", PASSWORD)],
            "the broker does not offer this SASL mechanism",
            "sasl.enabled.mechanisms lists them",
        ),
        case(secure, "SASL_PLAINTEXT", &[&scram], "it probably uses TLS, but the settings do not", "or SASL_SSL"),
        case(
            &broker.bootstrap(),
            "SSL",
            &[ca],
            "the settings use TLS, but the port does not",
            "to PLAINTEXT or SASL_PLAINTEXT",
        ),
        case(
            &broker.bootstrap(),
            "SASL_PLAINTEXT",
            &[&scram],
            "the port does not accept a user and a password",
            "PLAINTEXT or SSL",
        ),
        case(
            &broker.bootstrap_of("CLEAR"),
            "PLAINTEXT",
            &[],
            "it probably requires a user and a password",
            "SASL_SSL or",
        ),
        case(
            "no-such-host.invalid:9092",
            "PLAINTEXT",
            &[],
            "the host name has no address",
            "this machine can resolve it",
        ),
    ];
    with_tls.into_iter().chain(others).collect()
}

/// The cases with a mistake in certificates, or without TLS where the broker requires it.
fn tls_cases<'a>(certificates: &Certificates, [secure, mutual, expired]: [&str; 3], ca: &str) -> Vec<Case<'a>> {
    let scram = sasl("reader", "SCRAM-SHA-512", PASSWORD);
    let other_ca = format!("ssl.ca.location = \"{}\"", certificates.path("other-ca.pem"));
    let localhost = secure.replace("127.0.0.1", "localhost");
    let stranger = format!(
        "ssl.certificate.location = \"{}\"\nssl.key.location = \"{}\"",
        certificates.path("stranger.crt"),
        certificates.path("stranger.key")
    );
    let untrusted = "signed by an authority that is not trusted";
    let client = "the broker requires a client certificate, or refuses the one it was given";
    vec![
        case(secure, "SASL_SSL", &[&other_ca, &scram], untrusted, "set ssl.ca.location"),
        case(
            &localhost,
            "SASL_SSL",
            &[ca, &scram],
            "is for another host name (it is for 127.0.0.1;",
            "advertised.listeners",
        ),
        case(
            expired,
            "SSL",
            &[ca],
            "has expired or is not yet valid (it was valid until ",
            "renew the broker's certificate",
        ),
        case(mutual, "SSL", &[ca], client, "set ssl.certificate.location and ssl.key.location"),
        case(mutual, "SSL", &[ca, &stranger], client, "whose authority the broker trusts"),
        case(expired, "PLAINTEXT", &[], "it probably uses TLS, but the settings do not", "to SSL or SASL_SSL"),
    ]
}

/// A transaction that its producer left open is named.
fn an_open_transaction_is_named(broker: &KafkaBroker, stage: &Stage, folder: &Path, secure: &str, good: &str) {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", broker.bootstrap())
        .set("transactional.id", "left-open")
        .create()
        .unwrap();
    producer.init_transactions(Duration::from_secs(20)).unwrap();
    producer.begin_transaction().unwrap();
    producer.send(BaseRecord::<str, str>::to(&stage.topic).payload("{}")).unwrap();
    producer.flush(Duration::from_secs(20)).unwrap();
    let file = configuration(folder, stage, secure, good);
    let says = format!("an open transaction holds {}/0 back from offset 0 on", stage.topic);
    readyz(&file, &[&says, "abort --topic secured.events --partition 0 --start-offset 0"]);
    let (_, text) = check(&file);
    assert!(text.contains("warning secured.events/0: an open transaction blocks it from offset 0 on"), "{text}");
}
