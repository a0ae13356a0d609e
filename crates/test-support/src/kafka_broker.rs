//! A real Apache Kafka for tests: one node in `KRaft` mode, on free ports of 127.0.0.1, with its data in a temporary
//! directory.
//!
//! Maven downloads the jars once into `target/kafka`, which all tests share. The environment variable
//! `ENSILINJA_TEST_KAFKA` selects another version. A broker can be stopped, started again on the same port and data,
//! killed, frozen and thawed. Topics are created over Kafka's own protocol, without a Kafka client.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::polling::poll_until;
use crate::signal::send_signal;

/// The default version.
const TODAYS_KAFKA: &str = "4.4.0";

/// The dependencies. `VERSION` is replaced by the version of Kafka.
const POM: &str = "<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>fi.ensilinja</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>VERSION</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
";

/// How long a broker may take to start or to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A broker, running or stopped. Dropping the value kills it.
pub struct KafkaBroker {
    child: Option<Child>,
    jars: PathBuf,
    directory: PathBuf,
    port: u16,
    /// The ports of further listeners, by their names.
    listeners: Vec<(&'static str, u16)>,
}

/// A listener beside the plaintext one.
#[derive(Clone, Copy)]
pub struct Listener {
    /// Its name, in capitals.
    pub name: &'static str,
    /// `SSL`, `SASL_SSL` and so on.
    pub protocol: &'static str,
}

/// The type of a resource in an access list, by its number in Kafka's protocol.
#[derive(Clone, Copy)]
pub enum Resource {
    /// A topic.
    Topic = 2,
    /// A consumer group.
    Group = 3,
}

impl KafkaBroker {
    /// Starts a broker without topics and waits until it answers.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a broker with further lines in its `server.properties`.
    #[must_use]
    pub fn start_with(properties: &[(&str, &str)]) -> Self {
        Self::start_listening(&[], properties, &[])
    }

    /// Starts a broker with further listeners, lines in its `server.properties`, and SCRAM credentials as
    /// `SCRAM-SHA-512=[name=NAME,password=PASSWORD]`.
    #[must_use]
    pub fn start_listening(listeners: &[Listener], properties: &[(&str, &str)], credentials: &[&str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let jars = jars();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("ensilinja-kafka-{}-{number}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let (port, controller) = (free_port(), free_port());
        let ports: Vec<(&'static str, u16)> = listeners.iter().map(|listener| (listener.name, free_port())).collect();
        let further: Vec<String> = ports.iter().map(|(name, port)| format!(",{name}://127.0.0.1:{port}")).collect();
        let protocols: Vec<String> =
            listeners.iter().map(|listener| format!(",{}:{}", listener.name, listener.protocol)).collect();
        let (further, protocols) = (further.concat(), protocols.concat());
        let mut text = format!(
            "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{controller}\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}{further}\n\
             listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{protocols}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}{further}\ncontroller.listener.names=CONTROLLER\n\
             log.dirs={}\noffsets.topic.replication.factor=1\noffsets.topic.num.partitions=4\n\
             transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n\
             transaction.state.log.num.partitions=2\ngroup.initial.rebalance.delay.ms=0\n\
             auto.create.topics.enable=false\nlog.cleaner.enable=false\n",
            directory.join("data").display()
        );
        for (name, value) in properties {
            text.extend([name, "=", value, "\n"]);
        }
        let configuration = directory.join("server.properties");
        fs::write(&configuration, text).unwrap();
        let mut broker = Self { child: None, jars, directory, port, listeners: ports };
        let id = broker.java("kafka.tools.StorageTool", &["random-uuid"]).output().unwrap();
        let id = String::from_utf8(id.stdout).unwrap();
        let file = configuration.to_str().unwrap();
        let mut words = vec!["format", "-t", id.trim(), "-c", file];
        words.extend(credentials.iter().flat_map(|credential| ["--add-scram", credential]));
        let format = broker.java("kafka.tools.StorageTool", &words).output().unwrap();
        assert!(format.status.success(), "the storage was not formatted: {}", String::from_utf8_lossy(&format.stderr));
        broker.start_again();
        broker
    }

    /// Its address, as `host:port`.
    #[must_use]
    pub fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The address of one of its further listeners, as `host:port`.
    #[must_use]
    #[track_caller]
    pub fn bootstrap_of(&self, listener: &str) -> String {
        let (_, port) =
            self.listeners.iter().find(|(name, _)| *name == listener).expect("the broker has this listener");
        format!("127.0.0.1:{port}")
    }

    /// Starts a stopped broker on the same port and data and waits until it answers.
    pub fn start_again(&mut self) {
        assert!(self.child.is_none(), "the broker is running");
        let log = File::options().create(true).append(true).open(self.directory.join("broker.log")).unwrap();
        let file = self.directory.join("server.properties");
        let mut command = self.java("kafka.Kafka", &[file.to_str().unwrap()]);
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.child = Some(command.spawn().unwrap());
        let answers = poll_until(PATIENCE, || {
            let ended = self.child.as_mut().and_then(|child| child.try_wait().unwrap());
            assert!(ended.is_none(), "Kafka has ended: {}", self.log());
            self.ask(18, 0, &[]).is_ok()
        });
        assert!(answers, "Kafka did not start: {}", self.log());
    }

    /// Stops the broker cleanly and waits until it has ended.
    pub fn stop(&mut self) {
        self.signal("TERM");
        self.child.take().expect("the broker is running").wait().unwrap();
    }

    /// Kills the broker.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Copies the data of a partition of a stopped broker.
    pub fn keep_partition(&self, name: &str, partition: i32) {
        copy_files(&self.partition_directory(name, partition), &self.kept_directory(name, partition));
    }

    /// Restores the copied data of a partition of a stopped broker. Records that were acknowledged since are lost.
    pub fn put_partition_back(&self, name: &str, partition: i32) {
        let held = self.partition_directory(name, partition);
        fs::remove_dir_all(&held).unwrap();
        copy_files(&self.kept_directory(name, partition), &held);
    }

    fn partition_directory(&self, name: &str, partition: i32) -> PathBuf {
        self.directory.join(format!("data/{name}-{partition}"))
    }

    fn kept_directory(&self, name: &str, partition: i32) -> PathBuf {
        self.directory.join(format!("kept/{name}-{partition}"))
    }

    /// Freezes the broker (SIGSTOP): connections stay open and no request is answered.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Resumes a frozen broker.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Creates a topic, with settings such as `("retention.ms", "-1")`.
    pub fn create_topic(&self, name: &str, partitions: i32, settings: &[(&str, &str)]) {
        let mut body = Body::default();
        body.int(1).text(name).int(partitions).short(1).int(0).length(settings.len());
        for (name, value) in settings {
            body.text(name).text(value);
        }
        // The timeout in ms, and that it is no dry run.
        body.int(30_000).byte(0);
        let answer = self.ask(19, 2, &body.0).unwrap();
        // Throttle time, number of topics, and the name come before the error.
        assert_eq!(short_at(&answer, 4 + 4 + 2 + name.len()), 0, "CreateTopics refused {name}");
    }

    /// Adds partitions to a topic, which then has `total`.
    pub fn add_partitions(&self, name: &str, total: i32) {
        let mut body = Body::default();
        body.int(1).text(name).int(total).int(-1).int(30_000).byte(0);
        let answer = self.ask(37, 0, &body.0).unwrap();
        assert_eq!(short_at(&answer, 4 + 4 + 2 + name.len()), 0, "CreatePartitions refused {name}");
    }

    /// Deletes a topic.
    pub fn delete_topic(&self, name: &str) {
        let mut body = Body::default();
        body.int(1).text(name).int(30_000);
        let answer = self.ask(20, 1, &body.0).unwrap();
        assert_eq!(short_at(&answer, 4 + 4 + 2 + name.len()), 0, "DeleteTopics refused {name}");
    }

    /// Deletes the records of a partition before `offset`, as retention would.
    pub fn delete_records(&self, name: &str, partition: i32, offset: i64) {
        let mut body = Body::default();
        body.int(1).text(name).int(1).int(partition).long(offset).int(30_000);
        let answer = self.ask(21, 0, &body.0).unwrap();
        // After the name: number of partitions, the partition, and its new beginning.
        assert_eq!(short_at(&answer, 4 + 4 + 2 + name.len() + 4 + 4 + 8), 0, "DeleteRecords refused {name}");
    }

    /// Sets a setting of a topic, as `kafka-configs.sh --alter` does.
    pub fn set_of_topic(&self, name: &str, setting: &str, value: &str) {
        let (topic, set) = (2, 0);
        let mut body = Body::default();
        body.int(1).byte(topic).text(name).int(1).text(setting).byte(set).text(value).byte(0);
        let answer = self.ask(44, 0, &body.0).unwrap();
        // Throttle time and number of answers come before the error.
        assert_eq!(short_at(&answer, 4 + 4), 0, "IncrementalAlterConfigs refused {setting} of {name}");
    }

    /// Allows every user an operation, by its number in Kafka's protocol, on the topic or the group of this name. A
    /// resource with such an entry is closed to all other operations.
    pub fn allow_everyone(&self, operation: i8, resource: Resource, name: &str) {
        self.allow("User:*", operation, resource, name);
    }

    /// Allows one user (`User:NAME`) an operation.
    pub fn allow(&self, principal: &str, operation: i8, resource: Resource, name: &str) {
        let literal = 3;
        self.add_entry(principal, operation, resource, name, literal);
    }

    /// The same on all resources whose names begin with `prefix`.
    pub fn allow_prefixed(&self, principal: &str, operation: i8, resource: Resource, prefix: &str) {
        let prefixed = 4;
        self.add_entry(principal, operation, resource, prefix, prefixed);
    }

    fn add_entry(&self, principal: &str, operation: i8, resource: Resource, name: &str, pattern: u8) {
        let (anywhere, allowed) = ("*", 3);
        let mut body = Body::default();
        body.int(1).byte(resource as u8).text(name).byte(pattern).text(principal).text(anywhere);
        body.byte(operation.unsigned_abs()).byte(allowed);
        let answer = self.ask(30, 1, &body.0).unwrap();
        // Throttle time and number of entries come before the error.
        assert_eq!(short_at(&answer, 4 + 4), 0, "CreateAcls refused {name}");
    }

    /// The log of the broker.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.join("broker.log")).unwrap_or_default()
    }

    fn java(&self, class: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("java");
        command.args(["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"]);
        command.arg(format!("{}/*", self.jars.display())).arg(class).args(arguments);
        command.current_dir(&self.directory).stdin(Stdio::null());
        command
    }

    fn signal(&self, name: &str) {
        send_signal(self.child.as_ref().expect("the broker is running"), name);
    }

    /// Sends one request of Kafka's protocol and returns the answer, both without their headers.
    fn ask(&self, key: i16, version: i16, body: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut request = Body::default();
        request.short(key).short(version).int(7).text("tests");
        request.0.extend_from_slice(body);
        let length = u32::try_from(request.0.len()).expect("a request is small");
        stream.write_all(&length.to_be_bytes())?;
        stream.write_all(&request.0)?;
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut answer)?;
        Ok(answer.split_off(4))
    }
}

impl Drop for KafkaBroker {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let last: Vec<&str> = log.lines().rev().take(20).collect();
            eprintln!("the last lines of the broker, newest first:\n{}", last.join("\n"));
        }
        self.kill();
        // The system removes temporary files that cannot be removed now.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The body of a request in Kafka's encoding of numbers and texts.
#[derive(Default)]
struct Body(Vec<u8>);

impl Body {
    fn byte(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    fn short(&mut self, value: i16) -> &mut Self {
        self.0.extend_from_slice(&value.to_be_bytes());
        self
    }

    fn int(&mut self, value: i32) -> &mut Self {
        self.0.extend_from_slice(&value.to_be_bytes());
        self
    }

    fn long(&mut self, value: i64) -> &mut Self {
        self.0.extend_from_slice(&value.to_be_bytes());
        self
    }

    fn length(&mut self, value: usize) -> &mut Self {
        self.int(i32::try_from(value).expect("a list in a request is short"))
    }

    fn text(&mut self, value: &str) -> &mut Self {
        self.short(i16::try_from(value.len()).expect("a text in a request is short"));
        self.0.extend_from_slice(value.as_bytes());
        self
    }
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn short_at(answer: &[u8], position: usize) -> i16 {
    i16::from_be_bytes([answer[position], answer[position + 1]])
}

/// A free port below the range that the system assigns to clients, so that no client gets it in the second before Kafka
/// listens on it. Each process begins at another port.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(97);
    loop {
        let offset = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 16_000;
        let port = 16_000 + u16::try_from(offset).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The directory of Kafka's jars. Downloads them if they are missing.
///
/// The process that creates the lock directory downloads into a directory that gets its final name once complete; the
/// others wait. A lock older than five minutes is that of a process that was killed.
fn jars() -> PathBuf {
    let version = std::env::var("ENSILINJA_TEST_KAFKA").unwrap_or_else(|_| TODAYS_KAFKA.to_owned());
    let target = target_directory().join("kafka");
    let (done, lock) = (target.join(format!("libs-{version}")), target.join("fetching"));
    fs::create_dir_all(&target).unwrap();
    let deadline = Instant::now() + Duration::from_mins(10);
    while !done.is_dir() {
        assert!(Instant::now() < deadline, "Kafka's jars were not downloaded");
        if fs::create_dir(&lock).is_ok() {
            if !done.is_dir() {
                fetch(&version, &target, &done);
            }
            fs::remove_dir(&lock).unwrap();
        } else {
            let age = fs::metadata(&lock).and_then(|lock| lock.modified());
            let age = age.ok().and_then(|made| SystemTime::now().duration_since(made).ok());
            if age.is_some_and(|age| age > Duration::from_mins(5)) {
                // Another process may have removed it.
                let _ = fs::remove_dir(&lock);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    done
}

fn fetch(version: &str, target: &Path, done: &Path) {
    let unfinished = target.join("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    fs::write(target.join("pom.xml"), POM.replace("VERSION", version)).unwrap();
    let output = Command::new("mvn")
        .args(["-q", "-B", "dependency:copy-dependencies"])
        .arg(format!("-DoutputDirectory={}", unfinished.display()))
        .current_dir(target)
        .output()
        .expect("Maven is installed");
    assert!(output.status.success(), "Maven: {}", String::from_utf8_lossy(&output.stdout));
    fs::rename(&unfinished, done).unwrap();
}

/// Cargo's target directory, found as the ancestor of the running test binary.
fn target_directory() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let target = own.ancestors().find(|directory| directory.join("CACHEDIR.TAG").is_file());
    target.expect("a test is built in cargo's target directory").to_owned()
}
