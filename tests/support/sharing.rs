//! Three processes that share a topic, beside one that has all lines: each page of the three together is that of the
//! one, before and after new records, and each rejected record is written once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use ensilinja::feed;
use ensilinja_config::Config;
use ensilinja_kafka::Publisher;
use ensilinja_lookback::kafka_settings;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Publication};
use ensilinja_test_support::{PATIENCE, TemporaryFolder, plain_consumer, poll_for, poll_until};
use serde_json::Value;

use crate::command_line;
use crate::live::{HandClock, Live};
use crate::series::{self, Series};
use crate::stage::Stage;

/// Tuesday 2025-09-16 at 10:15 in Helsinki: every line is open.
const NOW: EventTime = EventTime::from_seconds(1_758_006_900);

const HOUR_MS: i64 = 3_600_000;

/// The names of the shards. Their lines are taken in turn, so that each has lines of every channel.
pub const SHARDS: [&str; 3] = ["south", "north", "east"];

/// The configuration of a stage, with shards.
pub fn configuration(stage: &Stage) -> Config {
    ensilinja::configuration::parse("a test", &with_shards(&stage.configuration())).unwrap()
}

/// The text of a configuration, with shards added to it.
pub fn with_shards(configuration: &str) -> String {
    configuration.to_owned() + &tables(configuration)
}

/// The `[[shard]]` tables for the lines of a configuration.
pub fn tables(configuration: &str) -> String {
    let config = ensilinja::configuration::parse("a test", configuration).unwrap();
    let shard = |(number, name): (usize, &&str)| {
        let lines: Vec<&str> = config.lines.iter().skip(number).step_by(3).map(|line| line.id.as_str()).collect();
        format!("\n[[shard]]\nname = \"{name}\"\nlines = {lines:?}\n")
    };
    SHARDS.iter().enumerate().map(shard).collect()
}

/// Runs the comparison on a topic with so many county's volumes of events, which begins so long before the range that
/// is read (or, if that is negative, after its beginning). `alone` has the same topic of events as `shared`, and dead
/// letters of its own.
pub fn check(shared: &Stage, alone: &Stage, volume: f64, older_by_ms: i64) {
    let config = configuration(shared);
    let range_start = config.rules(NOW).range_start(NOW);
    let from = range_start.plus_millis(-older_by_ms);
    let later = NOW.plus_millis(2 * HOUR_MS);
    let events =
        Generator::new(&County::oma_hame(), 93, from, volume).take_while(move |event| event.reported_at < later);
    let mut publications: Vec<Publication> = Disorder { poison: 0.02, ..Disorder::ROUGH }.publish(events, 93).collect();
    publications.retain(|record| record.at < later);
    let new = publications.split_off(publications.partition_point(|record| record.at < NOW));
    assert!(new.len() > 20, "{} new records of {}", new.len(), publications.len());
    // The embedded broker delivers one batch of each partition at a time, so batches are large.
    let mut settings = kafka_settings(&config);
    settings.properties.insert("linger.ms".to_owned(), "30".to_owned());
    let publisher = Publisher::new(&settings, &shared.topic).unwrap();
    publish(&publisher, &publications);

    let clock = HandClock::at(NOW);
    let mut whole = ensilinja::configuration::parse("a test", &alone.configuration()).unwrap();
    "alone".clone_into(&mut whole.kafka.group_id);
    let one = Live::with(whole, &clock);
    let three = SHARDS.map(|name| Live::with(config.clone().with_shard(Some(name)).unwrap(), &clock));
    let standby = Live::with(config.clone().with_shard(Some(SHARDS[1])).unwrap(), &clock);
    compare(&one, &three, NOW);
    // The processes look once a second whether the beginning of the log is known; then they stop to parse.
    std::thread::sleep(Duration::from_secs(2));
    publish(&publisher, &new);
    clock.set(later);
    compare(&one, &three, later);
    compare_by_command(shared, &three, &one, &standby);
    assert_eq!(lines_of(&standby.figures_at(later)), lines_of(&three[1].figures_at(later)), "a standby of a shard");
    compare_counters(&one, &three);
    // What was rejected before the range may have been written by an earlier process.
    let in_range = publications.iter().chain(&new).filter(|record| record.at >= range_start);
    let letters = in_range.filter(|record| record.poison.is_some_and(|it| it.reason.goes_to_dead_letters())).count();
    assert!(letters > 10, "there are {letters} rejected records");
    let are_written = || rejected(shared) == rejected(alone) && rejected(alone).len() >= letters;
    let is_so = poll_until(PATIENCE, are_written);
    let (by_shards, by_one) = (rejected(shared).len(), rejected(alone).len());
    assert!(is_so, "each of {letters} is written once, by whichever shard: {by_shards} by shards, {by_one} by one");
    for live in three.into_iter().chain([one, standby]) {
        live.end();
    }
}

fn publish(publisher: &Publisher, publications: &[Publication]) {
    for publication in publications {
        feed::send(publisher, publication).unwrap();
    }
    feed::finish(publisher).unwrap();
}

/// `ensilinja compare` knows the shard of a process: it is compared with the lines of its shard in the topic, and lines
/// of other shards are no difference.
fn compare_by_command(stage: &Stage, three: &[Live; 3], one: &Live, standby: &Live) {
    let folder = TemporaryFolder::new("sharing");
    let config = folder.write("shards.toml", with_shards(&stage.configuration())).display().to_string();
    let [first, second, third] = three.each_ref().map(|live| format!("http://{}", live.address()));
    let [one, standby] = [one, standby].map(|live| format!("http://{}", live.address()));
    let topic = |name: &str| format!("and the topic {} (the lines of shard {name})\n", stage.topic);
    for (words, status, says) in [
        (vec!["--config", &config, &first], 0, topic(SHARDS[0])),
        (vec!["--config", &config, &third], 0, topic(SHARDS[2])),
        (vec!["--config", &config, &one], 0, format!("and the topic {}\n", stage.topic)),
        (vec![&second, &standby], 0, format!("are equal in {second} and {standby}\n")),
        (vec![&first, &one], 0, format!("are equal in {first} and {one}\nnot compared, of other shards: lines ")),
        (vec![&one, &first], 0, format!("are equal in {one} and {first}\nnot compared, of other shards: lines ")),
        (
            vec![&first, &second],
            1,
            format!("{first} has the shard south and {second} the shard north, so they have no line"),
        ),
    ] {
        let (ended, out, err) = command_line::run(&[&["compare", "--quiet"], &words[..]].concat());
        assert_eq!(ended, Some(status), "{words:?}: {out}{err}");
        assert!((out.clone() + &err).contains(&says), "{words:?}: {out}{err}");
    }
    let plain = folder.write("plain.toml", stage.configuration()).display().to_string();
    let (status, _, err) = command_line::run(&["compare", "--quiet", "--config", &plain, &first]);
    assert_eq!(status, Some(1));
    assert!(
        err.contains("the live process has the shard south, and the configuration does not (it has no shards)"),
        "{err}"
    );
}

/// Compares what one process shows with what three show.
fn compare(one: &Live, three: &[Live; 3], now: EventTime) {
    let figures = lines_of(&one.figures_at(now));
    let shared = three.each_ref().map(|live| lines_of(&live.figures_at(now)));
    assert_eq!(union(shared), figures, "figures");
    assert_eq!(union(three.each_ref().map(series_of_lines)), series_of_lines(one), "series");
    let boards = [0, 1, 2].map(|number| board(three[number].address(), Some(SHARDS[number]), now));
    assert_eq!(union(boards), board(one.address(), None, now), "boards");
    let yesterday = now.plus_millis(-20 * HOUR_MS).floor_second();
    let past = |live: &Live| -> BTreeMap<String, Value> {
        let answer: Value = serde_json::from_str(&live.page(&format!("/api/at/{yesterday}"))).unwrap();
        // An instant that is not remembered has no lines.
        let [figures, day] =
            ["figures", "day"].map(|part| answer[part]["lines"].as_array().cloned().unwrap_or_default());
        let lines = figures.into_iter().zip(day).map(|(figures, day)| Value::from(vec![figures, day]));
        ids(&live.figures_at(now)).into_iter().zip(lines).collect()
    };
    assert_eq!(union(three.each_ref().map(past)), past(one), "the past");
    let days = |live: &Live| -> BTreeMap<String, Value> {
        let day = |id: &String| serde_json::from_str(&live.page(&format!("/api/days/{id}"))).unwrap();
        lines_of(&live.figures_at(now)).keys().map(|id| (id.clone(), day(id))).collect()
    };
    assert_eq!(union(three.each_ref().map(days)), days(one), "days");
}

/// Puts maps together that have no key in common.
fn union<V>(parts: [BTreeMap<String, V>; 3]) -> BTreeMap<String, V> {
    let entries = parts.iter().map(BTreeMap::len).sum::<usize>();
    let whole: BTreeMap<String, V> = parts.into_iter().flatten().collect();
    assert_eq!(whole.len(), entries, "two shards have the same line");
    whole
}

/// The ids of the lines of `/api/figures`, in their order.
fn ids(figures: &Value) -> Vec<String> {
    let ids = figures["lines"].as_array().unwrap().iter().map(|line| line["line"].as_str().unwrap().to_owned());
    ids.collect()
}

/// The lines of `/api/figures` by id.
fn lines_of(figures: &Value) -> BTreeMap<String, Value> {
    let lines = figures["lines"].as_array().unwrap();
    assert!(!lines.is_empty(), "there are no lines");
    ids(figures).into_iter().zip(lines.iter().cloned()).collect()
}

/// The series of lines on the page of metrics, with their values as text: no two differ that look the same.
fn series_of_lines(live: &Live) -> BTreeMap<String, String> {
    let page = series::read_page(&live.page("/metrics")).into_iter();
    page.filter(|(series, _)| series.contains("{line=\"")).map(|(series, value)| (series, value.to_string())).collect()
}

/// What a board of this shard gets of each line: its name and rules, its figures, its day.
fn board(address: SocketAddr, shard: Option<&str>, now: EventTime) -> BTreeMap<String, Value> {
    // A board begins with what was shown to others last, which may be of the second before the clock was set.
    let is_of_now = |[_, figures, _]: &[Value; 3]| figures["figures_as_of_timestamp_seconds"] == now.floor_second();
    let events = poll_for(PATIENCE, || Some(first_events(address)).filter(is_of_now));
    let [hello, figures, day] = events.expect("the board shows the figures of now");
    assert_eq!(hello["shard"].as_str(), shard);
    let parts = |number: usize| {
        Value::from(vec![figures["lines"][number].clone(), day["lines"][number].clone(), day["open"][number].clone()])
    };
    let infos = hello["lines"].as_array().unwrap().iter().enumerate();
    let line = |(number, info): (usize, &Value)| {
        let whole = Value::from(vec![info.clone(), parts(number)]);
        (info["line"].as_str().unwrap().to_owned(), whole)
    };
    infos.map(line).collect()
}

/// The first three events of a board: hello, figures, day.
fn first_events(address: SocketAddr) -> [Value; 3] {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"GET /api/live HTTP/1.0\r\nHost: test\r\n\r\n").unwrap();
    let mut data: Vec<Value> = Vec::new();
    for line in BufReader::new(stream).lines() {
        if let Some(text) = line.unwrap().strip_prefix("data: ") {
            data.push(serde_json::from_str(text).unwrap());
        }
        if data.len() == 3 {
            break;
        }
    }
    <[Value; 3]>::try_from(data).unwrap_or_else(|data| panic!("a board gets {} events", data.len()))
}

/// Events are counted by the process that has their line, rejected records by one, and all others are skipped.
fn compare_counters(one: &Live, three: &[Live; 3]) {
    let counts = |live: &Live, family: &str| -> Series {
        let page = series::read_page(&live.page("/metrics"));
        page.into_iter().filter(|(series, _)| series.starts_with(family)).collect()
    };
    for family in ["ensilinja_events_total{", "ensilinja_events_rejected_total{", "ensilinja_events_odd_total{"] {
        let (expected, shared) = (counts(one, family), three.each_ref().map(|live| counts(live, family)));
        let sum = |series: &String| shared.iter().map(|counts| counts[series]).sum::<f64>();
        let sums: Series = expected.keys().map(|series| (series.clone(), sum(series))).collect();
        assert_eq!(sums, expected);
        // A quiet hour may have no rejected and no odd records.
        assert!(family != "ensilinja_events_total{" || expected.values().sum::<f64>() > 0.0, "{family}");
    }
    let skipped = |live: &Live, reason: &str| {
        counts(live, "ensilinja_records_skipped_total{")
            [&format!("ensilinja_records_skipped_total{{reason=\"{reason}\"}}")]
    };
    assert!(skipped(one, "other_line") + skipped(one, "rejected") < 0.5);
    assert!(three.iter().all(|live| skipped(live, "other_line") > 100.0));
    assert!(skipped(&three[0], "rejected") < 0.5, "the first shard keeps rejected records");
    assert!(skipped(&three[1], "rejected") > 0.5);
    for (live, own) in three.iter().zip(SHARDS) {
        let shards = counts(live, "ensilinja_shard{");
        assert_eq!(
            shards,
            SHARDS.map(|name| (format!("ensilinja_shard{{shard=\"{name}\"}}"), f64::from(name == own))).into()
        );
    }
}

/// The positions of the records in the dead letters; panics if one is there twice.
pub fn rejected(stage: &Stage) -> BTreeSet<String> {
    let letters = plain_consumer::read(&stage.brokers, &stage.dead_letters);
    let position = |key: &str| key.split('/').take(3).collect::<Vec<_>>().join("/");
    let positions: BTreeSet<String> = letters.iter().map(|letter| position(letter.key_text())).collect();
    assert_eq!(positions.len(), letters.len(), "a rejected record is written twice");
    positions
}
