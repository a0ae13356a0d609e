//! The product: the built binary in a process of its own, observed from outside.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::builds::Build;
use crate::http::Connection;
use crate::topic::Topic;

/// The time between two requests for readiness.
const LOOK: Duration = Duration::from_millis(10);

/// How long it may take to become ready.
const PATIENCE: Duration = Duration::from_mins(3);

/// A running `ensilinja run`. Dropping the value kills it.
pub struct Product {
    child: Child,
    configuration: PathBuf,
    address: SocketAddr,
    started: Instant,
}

/// The table of a line that only the bench uses.
pub fn further_line(id: &str) -> String {
    format!(
        "[[line]]\nid = \"{id}\"\nchannel = \"phone\"\nname.fi = \"{id}\"\ngroup = \"bench\"\n\
         service_area = \"bench\"\nhours = \"24/7\"\n\n"
    )
}

/// Writes a configuration that was made from the sample to a new file, with the names of a topic.
pub fn configuration_file(topic: &Topic, configuration: &str) -> anyhow::Result<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let file = std::env::temp_dir().join(format!("ensilinja-bench-{}-{number}.toml", std::process::id()));
    let of_topic = configuration
        .replace("\"ensilinja.events\"", &format!("\"{}\"", topic.name()))
        .replace("\"ensilinja.dead-letters\"", &format!("\"{}\"", topic.settings.dead_letter_topic))
        .replace("group = \"ensilinja\"", &format!("group = \"{}\"", topic.settings.group_id));
    fs::write(&file, of_topic)?;
    Ok(file)
}

impl Product {
    /// Starts a build of the product on a topic; `configuration` is a TOML text made from its sample.
    pub fn start(build: &Build, topic: &Topic, configuration: &str) -> anyhow::Result<Self> {
        Self::start_with(build, topic, configuration, &[])
    }

    /// Starts it as the process of a shard.
    pub fn start_shard(build: &Build, topic: &Topic, configuration: &str, shard: &str) -> anyhow::Result<Self> {
        Self::start_with(build, topic, configuration, &["--shard", shard])
    }

    fn start_with(build: &Build, topic: &Topic, configuration: &str, further: &[&str]) -> anyhow::Result<Self> {
        let file = configuration_file(topic, configuration)?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let started = Instant::now();
        let child = Command::new(&build.program)
            .arg("run")
            .arg("--config")
            .arg(&file)
            .args(["--brokers", &topic.settings.bootstrap_servers, "--listen", &address.to_string()])
            .args(further)
            .env("ENSILINJA_LOG", "warn")
            .stdin(Stdio::null())
            .spawn()?;
        Ok(Self { child, configuration: file, address, started })
    }

    /// Waits until `/readyz` answers 200: everything is read and the figures are complete. Returns the time since the
    /// start of the process.
    pub fn wait_until_ready(&mut self) -> anyhow::Result<Duration> {
        let mut connection: Option<Connection> = None;
        loop {
            if let Some(open) = &mut connection {
                if open.get("/readyz")?.0 == 200 {
                    return Ok(self.started.elapsed());
                }
            } else {
                connection = Connection::open(self.address).ok();
            }
            anyhow::ensure!(self.child.try_wait()?.is_none(), "the product has ended");
            anyhow::ensure!(self.started.elapsed() < PATIENCE, "the product does not become ready");
            std::thread::sleep(LOOK);
        }
    }

    /// The address on which it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A new connection to it.
    pub fn connect(&self) -> anyhow::Result<Connection> {
        Connection::open(self.address)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // It keeps no state, so it may be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.configuration);
    }
}
