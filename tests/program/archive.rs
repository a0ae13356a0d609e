//! `ensilinja archive` and `--archive`, on brokers within the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use ensilinja_kafka::{EmbeddedBroker, OutgoingRecord, Publisher, Settings, TopicChoice};
use ensilinja_model::EventTime;
use ensilinja_test_support::{TemporaryFolder, plain_consumer};
use serde_json::Value;

use crate::command_line::{printed, run, run_command, shell};

const TOPIC: &str = "ensilinja.events";

/// The period of the reports, long before the end of the events, so that every promise is settled.
const REPORT: [&str; 9] = ["report", "--from", "2025-09-01", "--to", "2025-09-04", "--by", "day", "--format", "csv"];

/// A broker, and a folder with the sample configuration for it.
struct Scene {
    broker: EmbeddedBroker,
    folder: TemporaryFolder,
}

impl Scene {
    fn new(name: &str) -> Self {
        let scene = Self { broker: EmbeddedBroker::start().unwrap(), folder: TemporaryFolder::new(name) };
        scene.broker.create_topic(TOPIC, 12).unwrap();
        scene.broker.create_topic("ensilinja.dead-letters", 1).unwrap();
        scene.configure(TOPIC);
        scene
    }

    /// Writes a configuration whose topic of events is this one, and returns its path.
    fn configure(&self, topic: &str) -> String {
        let text = ensilinja_config::SAMPLE.replace("topic = \"ensilinja.events\"", &format!("topic = \"{topic}\""));
        let text = text.replace("127.0.0.1:9092", &self.broker.bootstrap_servers());
        self.folder.write(&format!("{topic}.toml"), text).to_str().unwrap().to_owned()
    }

    fn config(&self) -> String {
        self.path(&format!("{TOPIC}.toml"))
    }

    fn path(&self, name: &str) -> String {
        self.folder.file(name).to_str().unwrap().to_owned()
    }

    fn simulate(&self) {
        printed(&[
            "simulate",
            "--config",
            &self.config(),
            "--from",
            "2025-09-01",
            "--to",
            "2025-09-07",
            "--seed",
            "9",
            "--disorder",
        ]);
    }

    /// Archives a range under a name, and returns its path.
    fn archive(&self, name: &str, from: &str, to: &str) -> String {
        let path = self.path(name);
        printed(&["archive", "create", "--config", &self.config(), "--from", from, "--to", to, "--output", &path]);
        path
    }

    fn publisher(&self) -> Publisher {
        let settings = Settings {
            bootstrap_servers: self.broker.bootstrap_servers(),
            topics: vec![TopicChoice::of(TOPIC)],
            dead_letter_topic: "ensilinja.dead-letters".to_owned(),
            writes_dead_letters: true,
            group_id: "tests".to_owned(),
            properties: [("linger.ms".to_owned(), "0".to_owned())].into(),
            secret_files: Vec::new(),
        };
        Publisher::new(&settings, TOPIC).unwrap()
    }
}

/// The report of three days from this source.
fn report_of(source: &[&str]) -> String {
    printed(&[&REPORT[..], source].concat())
}

/// All lines of an archive, decompressed.
fn lines(archive: &str) -> Vec<Value> {
    let text = zstd::decode_all(&fs::read(archive).unwrap()[..]).unwrap();
    String::from_utf8(text).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn event(contact: &str, fact: &str, time: &str, more: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{contact}-{fact}","source":"/canary-source","subject":"{contact}","type":"fi.ensilinja.contact.{fact}","time":"{time}","canarymember":"canary-text","data":{{"line":"116117","visit":"canary-visit","name":"canary-name"{more}}}}}"#
    )
}

#[test]
fn reports_replays_and_explanations_are_the_same_from_topic_archives_and_both_together() {
    let scene = Scene::new("archive-same");
    scene.simulate();
    let (first, second) = (
        scene.archive("a.jsonl.zst", "2025-08-25", "2025-09-03"),
        scene.archive("b.jsonl.zst", "2025-09-03", "2025-09-11"),
    );
    let overlapping = scene.archive("c.jsonl.zst", "2025-09-02", "2025-09-05");
    let (status, out, _) = run(&["archive", "verify", &first, &second]);
    assert_eq!(status, Some(0), "{out}");
    assert!(out.ends_with("All 2 archives are whole, and nothing is missing between them.\n"), "{out}");
    let records = plain_consumer::count(&scene.broker.bootstrap_servers(), TOPIC);
    let archived: usize = [&first, &second].map(|path| lines(path).len() - 1).iter().sum();
    assert_eq!(archived as u64, records, "each record is in one of the two");

    let config = scene.config();
    let of_topic = report_of(&["--config", &config]);
    assert!(of_topic.lines().count() > 100, "{of_topic}");
    let both = ["--config", &*config, "--archive", &first, &second, &overlapping];
    assert!(report_of(&both) == of_topic, "together with the topic");
    let alone = [&both[..], &["--without-topic"]].concat();
    assert!(report_of(&alone) == of_topic, "alone");
    assert!(report_of(&["--archive", &second, "--archive", &first]) == of_topic, "alone, in another order");

    // Records count once: the log says how many there were.
    let (_, _, log) = run(&[&REPORT[..], &both].concat());
    let (_, _, of_topic_log) = run(&[&REPORT[..], &["--config", &config]].concat());
    let read = |log: &str| {
        log.lines()
            .filter(|line| line.contains("source read"))
            .map(|line| line.rsplit("events=").next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(read(&log).len(), 1, "{log}");
    assert_eq!(read(&log), read(&of_topic_log));

    let replay = ["replay", "--at", "2025-09-04T12:00", "--known-at", "then", "--format", "csv"];
    let replayed = printed(&[&replay[..], &["--config", &config]].concat());
    assert!(replayed.lines().count() > 100);
    assert!(printed(&[&replay[..], &alone].concat()) == replayed);
    assert!(printed(&[&replay[..], &both].concat()) == replayed);

    let lines = lines(&first);
    let contact = lines.iter().find_map(|line| line["key"].as_str().filter(|key| key.len() > 8)).unwrap();
    let explained = printed(&[&["explain", "--contact", contact, "--format", "json"][..], &both[..]].concat());
    let position = lines.iter().find(|line| line["key"] == contact).unwrap();
    let expected = format!("\"archive\": \"{first}\"");
    assert!(explained.contains(&expected), "{explained}");
    assert!(explained.contains(&format!("\"offset\": {}", position["offset"])), "{explained}");
}

#[test]
fn an_archive_that_is_cut_off_or_changed_and_a_missing_one_are_found() {
    let scene = Scene::new("archive-faults");
    scene.simulate();
    let ranges = [("2025-09-01", "2025-09-03"), ("2025-09-03", "2025-09-05"), ("2025-09-05", "2025-09-11")];
    let files: Vec<String> = ranges.iter().map(|(from, to)| scene.archive(&format!("{from}.zst"), from, to)).collect();
    let (status, out, _) = run(&["archive", "verify", &files[0], &files[2]]);
    assert_eq!(status, Some(3), "{out}");
    assert!(out.contains("no archive covers 2025-09-03 00:00 to 2025-09-05 00:00"), "{out}");
    let whole = fs::read(&files[1]).unwrap();
    let mut changed = whole.clone();
    let middle = changed.len() / 3;
    changed[middle] ^= 1;
    let bad: PathBuf = scene.folder.file("bad.zst");
    let bad_name = bad.to_str().unwrap();
    for content in [&whole[..whole.len() - 1], &whole[..whole.len() / 2], &changed, b"", b"{}\n"] {
        fs::write(&bad, content).unwrap();
        let (status, out, _) = run(&["archive", "verify", &files[0], bad_name, &files[2], "--format", "json"]);
        assert_eq!(status, Some(3), "{out}");
        let found: Value = serde_json::from_str(&out).unwrap();
        assert!(found["files"][1]["fault"].is_string() && found["files"][0]["fault"].is_null(), "{found}");
        let report = [&REPORT[..], &["--archive", &files[0], bad_name, &files[2]]].concat();
        let (status, out, err) = run(&report);
        assert_eq!((status, &*out), (Some(1), ""), "{err}");
        assert!(err.contains("bad.zst is no sound archive"), "{err}");
    }
    let config = scene.config();
    let again =
        ["archive", "create", "--config", &config, "--from", "2025-09-01", "--to", "2025-09-04", "--output", &files[0]];
    let (status, _, err) = run(&again);
    assert_eq!(status, Some(2), "{err}");
    assert!(err.contains("an archive is never replaced"), "{err}");
}

#[test]
fn ranges_are_shown_in_the_time_zone_of_the_archive() {
    let scene = Scene::new("archive-zone");
    scene.simulate();
    let text = fs::read_to_string(scene.config()).unwrap().replace("Europe/Helsinki", "America/New_York");
    scene.folder.write(&format!("{TOPIC}.toml"), text);
    let one = scene.archive("one.zst", "2025-09-01", "2025-09-02");
    let other = scene.archive("other.zst", "2025-09-03", "2025-09-04");
    let (status, out, _) = run(&["archive", "verify", &one, &other]);
    assert_eq!(status, Some(3), "{out}");
    assert!(out.contains("from 2025-09-01 00:00 to 2025-09-02 00:00\n"), "{out}");
    assert!(out.contains(" (America/New_York) by "), "{out}");
    assert!(out.contains("no archive covers 2025-09-02 00:00 to 2025-09-03 00:00"), "{out}");
}

#[test]
fn after_a_full_disk_the_same_command_completes_the_archive() {
    let scene = Scene::new("archive-full");
    scene.simulate();
    let path = scene.path("a.zst");
    let config = scene.config();
    let create =
        ["archive", "create", "--config", &config, "--from", "2025-08-25", "--to", "2025-09-11", "--output", &path];
    // A file may have 400 KiB, and writing more is an error.
    let limited = "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\"";
    let (status, _, err) = run_command(shell(limited).args(create));
    assert_eq!(status, Some(1), "{err}");
    assert!(err.contains("the same command continues it: cannot write "), "{err}");
    assert!(err.contains(".a.zst.partial: File too large"), "{err}");
    assert!(!fs::exists(&path).unwrap(), "what is not complete has no name");
    printed(&create);
    assert_eq!(run(&["archive", "verify", &path]).0, Some(0));
}

#[test]
fn an_archive_of_another_cluster_hides_nothing_of_a_topic_of_the_same_name() {
    let (scene, elsewhere) = (Scene::new("archive-cluster"), Scene::new("archive-elsewhere"));
    scene.simulate();
    // The first offsets of each partition, after the period of the reports.
    let publisher = elsewhere.publisher();
    for number in 0..500 {
        let value = event(&format!("elsewhere-{number}"), "offered", "2025-09-06T10:00:00+03:00", "");
        let timestamp = EventTime::from_seconds(1_757_142_000);
        let record = OutgoingRecord { key: None, headers: &[], value: Some(value.as_bytes()), timestamp };
        publisher.send(&record).unwrap();
    }
    publisher.flush(std::time::Duration::from_secs(10)).unwrap();
    let archive = elsewhere.archive("elsewhere.zst", "2025-08-25", "2025-09-11");
    let config = scene.config();
    let of_topic = report_of(&["--config", &config]);
    let (status, out, err) = run(&[&REPORT[..], &["--config", &config, "--archive", &archive]].concat());
    assert_eq!(status, Some(0), "{err}");
    assert!(out == of_topic, "nothing of the period is in the archive, and all of it is in the topic");
    assert!(err.contains("archives of an earlier topic of this name"), "{err}");
    let own = scene.archive("own.zst", "2025-08-25", "2025-09-11");
    let (status, out, _) = run(&["archive", "verify", &archive, &own]);
    assert_eq!(status, Some(3), "{out}");
    assert!(out.contains("another topic of this name"), "{out}");
}

#[test]
fn any_record_is_archived_and_restored_exactly_and_a_restore_is_continued() {
    let scene = Scene::new("archive-exact");
    let publisher = scene.publisher();
    let at = EventTime::from_seconds(1_757_000_000);
    let headers = [
        ("a".to_owned(), Some(b"1".to_vec())),
        ("a".to_owned(), None),
        ("\u{e4}".to_owned(), Some(vec![0, 255, 254])),
        (String::new(), Some(Vec::new())),
    ];
    for number in 0..40 {
        let (key, value) = (vec![0xc3, number], vec![b'"', 0xff, number, b'\n', 0]);
        for (key, value, headers) in [
            (Some(&key[..]), Some(&value[..]), &headers[..]),
            (None, Some(&value[..]), &headers[..0]),
            (Some(&key[..]), None, &headers[..2]),
            (Some(&b""[..]), Some(&b""[..]), &headers[..0]),
        ] {
            let timestamp = at.plus_millis(i64::from(number) * 997 % 10_000);
            publisher.send(&OutgoingRecord { key, headers, value, timestamp }).unwrap();
        }
    }
    publisher.flush(std::time::Duration::from_secs(10)).unwrap();
    let archive = scene.archive("exact.zst", "2025-09-04", "2025-09-05");
    let (brokers, config) = (scene.broker.bootstrap_servers(), scene.config());
    scene.broker.create_topic("restored", 12).unwrap();
    let restore = ["archive", "restore", &archive, "--config", &config, "--topic", "restored"];
    let out = printed(&restore);
    assert!(out.contains("160 records would be written: --execute writes them"), "{out}");
    assert_eq!(plain_consumer::count(&brokers, "restored"), 0, "a preview writes nothing");
    let execute = [&restore[..], &["--execute"]].concat();
    assert!(printed(&execute).contains("160 records were written"));
    let content = |topic: &str| {
        let mut records = plain_consumer::read(&brokers, topic);
        records.sort();
        records
    };
    assert!(content("restored") == content(TOPIC), "the same records at the same offsets");
    assert!(printed(&execute).contains("  0 records were written"), "a second time nothing is written");

    // A part of it was written before.
    scene.broker.create_topic("continued", 12).unwrap();
    let begun = scene.archive("begun.zst", "2025-09-04", "2025-09-04T18:33:22");
    let rest = scene.archive("rest.zst", "2025-09-04T18:33:22", "2025-09-05");
    let into = ["--config", &config, "--topic", "continued", "--execute"];
    printed(&[&["archive", "restore", &begun][..], &into].concat());
    let out = printed(&[&["archive", "restore", &rest, &begun][..], &into].concat());
    assert!(!out.contains("topic holds 0 of them") && !out.contains("  0 records were written"), "{out}");
    assert_eq!(plain_consumer::count(&brokers, "continued"), 160);

    // Other records are not overwritten, and another number of partitions is filled by key.
    let other = ["archive", "restore", &archive, "--config", &config, "--topic", TOPIC];
    assert!(printed(&other).contains("  0 records would be written"), "the topic itself has them all");
    publisher.send(&OutgoingRecord { key: None, headers: &[], value: Some(b"other"), timestamp: at }).unwrap();
    publisher.flush(std::time::Duration::from_secs(10)).unwrap();
    let (status, _, err) = run(&other);
    assert_eq!(status, Some(1), "{err}");
    assert!(err.contains("holds more records than the archives have"), "{err}");
    scene.broker.create_topic("fewer", 2).unwrap();
    let fewer = ["archive", "restore", &archive, "--config", &config, "--topic", "fewer", "--execute"];
    assert!(printed(&fewer).contains("each record goes to that of its key"));
    assert_eq!(plain_consumer::count(&brokers, "fewer"), 160);
}

#[test]
fn a_pseudonymised_archive_has_the_figures_of_the_original_and_nothing_personal() {
    let scene = Scene::new("archive-pseudonyms");
    scene.simulate();
    let publisher = scene.publisher();
    for (number, value) in [
        event("canary-id-1", "offered", "2025-09-03T10:00:00+03:00", ""),
        event(
            "canary-id-1",
            "abandoned",
            "2025-09-03T10:05:00+03:00",
            r#","stage":"queue","phone":"canary-0401234567""#,
        ),
        event("canary-id-2", "offered", "2025-09-04T10:00:00+03:00", "").replace("116117", "canary-line"),
        "canary free text".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let headers = [("canary-header".to_owned(), Some(b"canary-value".to_vec()))];
        let timestamp = EventTime::from_seconds(1_756_882_800 + i64::try_from(number).unwrap());
        let record =
            OutgoingRecord { key: Some(b"canary-key"), headers: &headers, value: Some(value.as_bytes()), timestamp };
        publisher.send(&record).unwrap();
    }
    publisher.flush(std::time::Duration::from_secs(10)).unwrap();
    let original = scene.archive("original.zst", "2025-09-01", "2025-09-11");
    let key = scene.folder.write("archive.key", "a key of more than thirty-two bytes for tests\n");
    let key = key.to_str().unwrap();
    let month = |name: &str, from: &str, to: &str| {
        let path = scene.path(name);
        let config = scene.config();
        let words = [
            "archive",
            "create",
            "--config",
            &config,
            "--from",
            from,
            "--to",
            to,
            "--output",
            &path,
            "--pseudonymise",
            key,
        ];
        (printed(&words), path)
    };
    let (out, one) = month("p1.zst", "2025-09-01", "2025-09-04");
    assert!(out.contains("because no figure counts them: malformed") && out.contains("unknown_line"), "{out}");
    let (_, other) = month("p2.zst", "2025-09-04", "2025-09-11");
    let ids: BTreeSet<String> =
        lines(&original).iter().filter_map(|line| Some(line["key"].as_str()?.to_owned())).collect();
    for path in [&one, &other] {
        let text = zstd::decode_all(&fs::read(path).unwrap()[..]).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("canary"), "something personal is left");
        assert!(!ids.iter().any(|id| id.len() > 8 && text.contains(id.as_str())), "an id is left");
    }
    let config = scene.config();
    let of_original = report_of(&["--config", &config, "--archive", &original, "--without-topic"]);
    let pseudonymised = ["--config", &*config, "--archive", &one, &other, "--without-topic"];
    assert!(report_of(&pseudonymised) == of_original);
    assert_refused(&scene, &one, &original);
    assert_erased_by_key(&scene, &one, key);
}

/// A mixture of ids and pseudonyms is refused, and so is a short key.
fn assert_refused(scene: &Scene, one: &str, original: &str) {
    let config = scene.config();
    // With ids of the topic, or of another archive, a contact would count twice.
    for mixed in [&["--config", &*config, "--archive", one][..], &["--archive", one, original]] {
        let (status, _, err) = run(&[&REPORT[..], mixed].concat());
        assert_eq!(status, Some(1), "{err}");
        assert!(err.contains("a contact of both would count twice"), "{err}");
    }
    let short = scene.folder.write("short.key", "short");
    let path = scene.path("none.zst");
    let words =
        ["archive", "create", "--config", &config, "--from", "2025-09-01", "--to", "2025-09-04", "--output", &path];
    let (status, _, err) = run(&[&words[..], &["--pseudonymise", short.to_str().unwrap()]].concat());
    assert_eq!(status, Some(2), "{err}");
}

/// The contact is erased by the id that only the owner of the key can turn into its pseudonym.
fn assert_erased_by_key(scene: &Scene, archive: &str, key: &str) {
    let erased = scene.path("erased.zst");
    let erase = ["archive", "erase", archive, "--contact", "canary-id-1", "--pseudonymise", key, "--output", &erased];
    assert!(printed(&erase).contains("2 of the contact were erased"));
}

#[test]
fn an_erased_contact_is_in_no_byte_of_the_new_archive_and_past_figures_lack_it() {
    let scene = Scene::new("archive-erased");
    scene.simulate();
    let publisher = scene.publisher();
    for (number, value) in [
        event("erase-me", "offered", "2025-09-03T10:00:00+03:00", ""),
        event("erase-me", "abandoned", "2025-09-03T10:05:00+03:00", r#","stage":"queue""#),
        "text before an event about erase-me".to_owned(),
        event("another", "offered", "2025-09-03T10:00:00+03:00", ""),
    ]
    .iter()
    .enumerate()
    {
        let timestamp = EventTime::from_seconds(1_756_882_800 + i64::try_from(number).unwrap());
        let record = OutgoingRecord { key: None, headers: &[], value: Some(value.as_bytes()), timestamp };
        publisher.send(&record).unwrap();
    }
    publisher.flush(std::time::Duration::from_secs(10)).unwrap();
    let archive = scene.archive("a.zst", "2025-09-01", "2025-09-11");
    let erased = scene.path("erased.zst");
    let erase = ["archive", "erase", &archive, "--contact", "erase-me", "--output", &erased];
    let out = printed(&erase);
    assert!(out.contains("3 of the contact were erased"), "{out}");
    let text = String::from_utf8(zstd::decode_all(&fs::read(&erased).unwrap()[..]).unwrap()).unwrap();
    assert!(!text.contains("erase-me") && text.contains("another"));
    assert_eq!(run(&["archive", "verify", &erased]).0, Some(0));
    let (status, _, err) =
        run(&["archive", "erase", &erased, "--contact", "erase-me", "--output", &scene.path("x.zst")]);
    assert_eq!(status, Some(1), "{err}");
    assert!(!err.contains("erase-me"), "{err}");

    let offered = |archive: &str| -> i64 {
        let report = report_of(&["--archive", archive, "--line", "116117"]);
        let rows = report.lines().map(|row| row.split(',').collect::<Vec<_>>());
        // The beginning of the period, and the figure.
        let mut day = rows.filter(|row| row[5].starts_with("2025-09-03") && row[7] == "offered");
        day.find_map(|row| row[8].parse::<i64>().ok()).unwrap()
    };
    let [before, after] = [&archive, &erased].map(|archive| offered(archive));
    assert_eq!(before - after, 1);
    // An archive that lacks the contact hides it also where the topic still has it.
    let both = report_of(&["--config", &scene.config(), "--archive", &erased]);
    assert!(both == report_of(&["--archive", &erased]));
    assert_compared_with_the_contacts_of_the_archives(&scene, &archive, &erased);
}

/// A run names the archives it was made from, and a comparison reads them again for the contacts behind a difference.
fn assert_compared_with_the_contacts_of_the_archives(scene: &Scene, archive: &str, erased: &str) {
    let run_of = |name: &str, source: &[&str]| {
        let path = scene.path(name);
        let asked = ["replay", "--at", "2025-09-03T10:30", "--line", "116117", "--format", "jsonl", "--output", &path];
        printed(&[&asked[..], source].concat());
        let text = fs::read_to_string(&path).unwrap();
        let header: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        (path, header["run"].clone())
    };
    let (before, header) = run_of("before.jsonl", &["--archive", archive]);
    assert_eq!((&header["archives"], &header["topic"]), (&serde_json::json!([archive]), &Value::Null));
    let (after, header) = run_of("after.jsonl", &["--config", &scene.config(), "--archive", erased]);
    assert_eq!((&header["archives"], &header["topic"]), (&serde_json::json!([erased]), &TOPIC.into()));
    let (status, out, err) = run(&["compare", &before, &after, "--contacts"]);
    assert_eq!(status, Some(3), "{out}{err}");
    assert!(out.contains("erase-me: one 1, other none"), "the topic has the contact, and the archive hides it: {out}");
}
