//! The consumer that the product is compared with: it polls records, or polls and parses the JSON, and does no more.
//!
//! It is written as usual: a poll loop over all partitions, and a typed struct that borrows its texts from the record.
//! Its client has the settings of the product's, so that the difference is what the product does with a record.

use std::hint::black_box;
use std::io::{self, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{ClientConfig, Message as _, Offset, TopicPartitionList};
use serde::Deserialize;

use crate::process::cpu_seconds;
use crate::topic::Topic;

/// How long the broker may leave the consumer without a record or an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The work on each record.
#[derive(Clone, Copy)]
pub enum Work {
    /// None.
    Poll,
    /// The JSON is parsed.
    Parse,
}

impl Work {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Parse => "parse",
        }
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsing them is the work")]
struct CloudEvent<'a> {
    specversion: &'a str,
    id: &'a str,
    source: &'a str,
    #[serde(rename = "type")]
    event_type: &'a str,
    subject: &'a str,
    time: &'a str,
    #[serde(borrow)]
    data: ContactData<'a>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsing them is the work")]
struct ContactData<'a> {
    line: &'a str,
    visit: Option<&'a str>,
    to_line: Option<&'a str>,
    stage: Option<&'a str>,
    result: Option<&'a str>,
    outcome: Option<&'a str>,
    question: Option<&'a str>,
    #[serde(borrow)]
    answer: Option<Answer<'a>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "parsing them is the work")]
enum Answer<'a> {
    Score(u8),
    Word(&'a str),
}

/// Lets a process of its own read a topic to its end. Returns the seconds since its start and its processor seconds.
pub fn time(work: Work, topic: &Topic) -> anyhow::Result<(f64, f64)> {
    let started = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["child", "bare-consumer", work.as_str(), &topic.settings.bootstrap_servers, topic.name()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let read = read_to_end(&mut child, topic.events, started);
    if read.is_err() {
        child.kill()?;
    }
    // It ends at the end of its standard input.
    drop(child.stdin.take());
    child.wait()?;
    read
}

fn read_to_end(child: &mut Child, events: u64, started: Instant) -> anyhow::Result<(f64, f64)> {
    let mut count = [0; 8];
    child.stdout.as_mut().context("its output is a pipe")?.read_exact(&mut count).context("the consumer failed")?;
    let seconds = started.elapsed().as_secs_f64();
    anyhow::ensure!(u64::from_le_bytes(count) == events, "the topic has other records than were published");
    Ok((seconds, cpu_seconds(child.id())?))
}

/// The process: reads, writes the number of records, and waits for the end of its standard input.
pub fn run(work: &str, brokers: &str, topic: &str) -> anyhow::Result<()> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "bare")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("check.crcs", "true")
        .set("fetch.queue.backoff.ms", "10")
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.message.max.bytes", "524288")
        .create()?;
    let all = assign_all(&consumer, topic)?;
    for _ in 0..all {
        let message = consumer.poll(PATIENCE).context("no record came")??;
        let payload = message.payload().unwrap_or_default();
        if work == Work::Parse.as_str() {
            let event: CloudEvent<'_> = serde_json::from_str(std::str::from_utf8(payload)?)?;
            black_box(&event);
        } else {
            black_box(payload);
        }
    }
    io::stdout().write_all(&all.to_le_bytes())?;
    io::stdout().flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Assigns every partition from its beginning and returns the number of records.
fn assign_all(consumer: &BaseConsumer, topic: &str) -> anyhow::Result<u64> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let partitions = metadata.topics().first().context("the topic is there")?.partitions();
    let mut all = 0;
    let mut assignment = TopicPartitionList::new();
    for partition in partitions {
        let (begin, end) = consumer.fetch_watermarks(topic, partition.id(), PATIENCE)?;
        all += end - begin;
        assignment.add_partition_offset(topic, partition.id(), Offset::Beginning)?;
    }
    consumer.assign(&assignment)?;
    Ok(u64::try_from(all)?)
}
