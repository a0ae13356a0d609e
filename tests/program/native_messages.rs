//! What the commands say of records of a platform: keys that no table has, files of another format, calls without an
//! entry, ends under another id. The figures are in `native.rs`.

use std::fs;

use ensilinja_config::SAMPLE;

use crate::command_line::{Ended, file, printed, run};

/// A source of Asterisk's log without entries for exits.
const TELEPHONY: &str = "\n[[source]]\nname = \"telephony\"\ntopics = [\"pbx\"]\nformat = \"asterisk_queue_log\"\n\
                         [source.queues]\n\"q_one\" = \"neuvola\"\n";

/// The period of the lines below: 2025-09-16.
const PERIOD: [&str; 4] = ["--from", "2025-09-16", "--to", "2025-09-17"];

/// 2025-09-16 at 09:00 in Finland.
const NINE: u64 = 1_758_002_400;

/// The configuration of the sample with these sources alone, in a file.
fn only(name: &str, sources: &str) -> String {
    let path = file(name);
    fs::write(&path, SAMPLE.replace("topic = \"ensilinja.events\"\n", "") + sources).unwrap();
    path
}

/// Lines of the log, each with its second after nine, in a file.
fn log(name: &str, lines: &[(u64, &str)]) -> String {
    let path = file(name);
    let stamped: Vec<String> = lines.iter().map(|(second, line)| format!("{}|{line}\n", NINE + second)).collect();
    fs::write(&path, stamped.concat()).unwrap();
    path
}

fn report(arguments: &[&str]) -> Ended {
    run(&[&["report", "--line", "neuvola"], &PERIOD[..], arguments].concat())
}

const ANSWERED: [(u64, &str); 3] = [
    (0, "c.1|q_one|NONE|ENTERQUEUE||0401234567|1"),
    (7, "c.1|q_one|agent1|CONNECT|7|x|1"),
    (60, "c.1|q_one|agent1|COMPLETECALLER|7|53|1"),
];

#[test]
fn what_no_table_has_is_said_once_at_the_end_by_count() {
    let config = only("messages-unmapped.toml", TELEPHONY);
    let mut lines = ANSWERED.to_vec();
    lines.extend([(61, "c.2|q_new|NONE|ENTERQUEUE||0401234567|1"), (70, "c.2|q_new|NONE|ABANDON|1|1|9")]);
    lines.extend([(71, "c.3|q_old|NONE|ENTERQUEUE||0401234567|1"), (72, "c.4|q_one|NONE|ENTERQUEUE||0401234567|1")]);
    lines.extend([(80, "c.4|q_one|NONE|EXITWITHKEY|7|1|1|8")]);
    let log = log("messages-unmapped.queue_log", &lines);
    let source = ["--config", &config, "--events", &log, "--source", "telephony"];
    let explained =
        ["explain", "--line", "neuvola", "--figure", "promise_kept", "--window", "today", "--at", "2025-09-16T10:00"];
    let replayed = ["replay", "--at", "2025-09-16T10:00", "--format", "csv", "--complete-since", "2025-08-01"];
    let reported = [&["report", "--line", "neuvola"], &PERIOD[..]].concat();
    for command in [&explained[..], &replayed, &reported] {
        let (status, _, err) = run(&[command, &source].concat());
        assert_eq!(status, Some(0), "{err}");
        for said in [
            "queues without a line",
            r#"records=3 keys="\"q_new\": 2, \"q_old\": 1""#,
            "map each in `queues`, or list it in `ignore`",
            "exits without a meaning",
            r#"records=1 keys="\"q_one:key.7\": 1""#,
        ] {
            assert_eq!(err.matches(said).count(), 1, "{said}\n{err}");
        }
        assert!(!err.contains("0401234567") && !err.contains("c.2"), "{err}");
    }
}

#[test]
fn an_end_under_the_id_of_another_call_is_explained_with_the_call_that_it_ends() {
    let config = only("messages-elsewhere.toml", TELEPHONY);
    let mut lines = ANSWERED.to_vec();
    lines[2].1 = "c.9|q_one|agent1|COMPLETECALLER|7|53|1";
    let log = log("messages-elsewhere.queue_log", &lines);
    let explain = |contact: &str| run(&["explain", "--config", &config, "--events", &log, "--contact", contact]);
    let (status, out, err) = explain("c.1");
    assert_eq!(status, Some(0), "{err}");
    let ended = out.lines().find(|line| line.contains(" ended ")).unwrap_or_else(|| panic!("no end: {out}"));
    assert!(ended.contains("COMPLETECALLER") && ended.contains("messages-elsewhere.queue_log:3"), "{ended}");
    let (status, out, err) = explain("c.9");
    assert_eq!((status, out.as_str()), (Some(1), ""), "no leg of the other id exists: {err}");
}

#[test]
fn a_contact_of_a_queue_without_a_line_is_explained_by_a_hint_and_a_payload_is_shown_once() {
    let config = only("messages-hint.toml", TELEPHONY);
    let mut lines = ANSWERED.to_vec();
    lines.push((61, "c.2|q_new|NONE|ENTERQUEUE||0401234567|1"));
    let log = log("messages-hint.queue_log", &lines);
    let source = ["explain", "--config", &config, "--events", &log, "--contact"];
    let (status, _, err) = run(&[&source[..], &["c.2"]].concat());
    assert_eq!(status, Some(1));
    let hint = "1 records are of queues without a line (\"q_new\": 1): map each in `queues`, or list it in `ignore`";
    assert!(err.contains("there is no event of this contact") && err.contains(hint), "{err}");
    let out = printed(&[&source[..], &["c.1", "--payload"]].concat());
    assert_eq!(out.matches("ENTERQUEUE||0401234567|1").count(), 1, "one record states two facts: {out}");
}

#[test]
fn a_source_without_a_configuration_is_bad_usage_that_names_the_remedy() {
    let log = log("messages-no-config.queue_log", &ANSWERED);
    let (status, _, err) = report(&["--events", &log, "--source", "telephony"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("--source telephony names a [[source]] of a configuration, and none is given"), "{err}");
    assert!(err.contains("add --config FILE"), "{err}");
}

#[test]
fn files_that_are_read_as_another_format_than_they_have_are_refused_with_the_sources_that_have_it() {
    let both = file("messages-both.toml");
    fs::write(&both, SAMPLE.to_owned() + TELEPHONY).unwrap();
    let queue_log = log("messages-both.queue_log", &ANSWERED);
    let (status, _, err) = report(&["--config", &both, "--events", &queue_log]);
    assert_eq!(status, Some(1));
    assert!(err.contains("files without --source") && err.contains("read_as=\"cloudevents\""), "{err}");
    let refused =
        "its records look like asterisk_queue_log. The files were read as cloudevents: give --source telephony";
    assert!(err.contains(refused) && err.contains("looks_like=\"asterisk_queue_log\""), "{err}");
    assert_eq!(report(&["--config", &both, "--events", &queue_log, "--source", "telephony"]).0, Some(0));

    let ami = only(
        "messages-ami.toml",
        &TELEPHONY.replace("asterisk_queue_log", "asterisk_ami").replace("\"telephony\"", "\"manager\""),
    );
    let (status, _, err) = report(&["--config", &ami, "--events", &queue_log]);
    assert_eq!(status, Some(1));
    assert!(err.contains("look like asterisk_queue_log. The files were read as asterisk_ami: give --config"), "{err}");
    // One line, and no newline: it was not cut off, it is another format.
    fs::write(&queue_log, format!("{NINE}|{}", ANSWERED[0].1)).unwrap();
    let (_, _, err) = report(&["--config", &both, "--events", &queue_log]);
    assert!(err.contains("give --source telephony") && !err.contains("cut off"), "{err}");
}

#[test]
fn calls_whose_entry_was_not_read_are_said() {
    let config = only("messages-entry.toml", TELEPHONY);
    let none = log("messages-entry-none.queue_log", &ANSWERED[1..]);
    let (status, _, err) = report(&["--config", &config, "--events", &none]);
    assert_eq!(status, Some(1));
    let hint = "has no event of these lines: 1 calls left a queue, and the entry of none of them was read. To count them, \
                read the records from before them too";
    assert!(err.contains(hint) && err.contains("ENTERQUEUE"), "{err}");
    let mut lines = ANSWERED.to_vec();
    lines.push((90, "c.5|q_one|agent1|CONNECT|200|x|1"));
    let some = log("messages-entry-some.queue_log", &lines);
    let (status, _, err) = report(&["--config", &config, "--events", &some]);
    assert_eq!(status, Some(0), "{err}");
    assert!(err.contains("calls whose entry into a queue was not read") && err.contains("calls=1"), "{err}");
}

#[test]
fn lines_that_are_left_out_beyond_those_listed_are_counted_and_a_cut_file_has_a_remedy() {
    let config = only("messages-more.toml", TELEPHONY);
    let mut lines = ANSWERED.to_vec();
    lines.extend([(70, "c.7|q_one|agent1|CONNECT"); 8]);
    let many = log("messages-more.queue_log", &lines);
    let (status, _, err) = report(&["--config", &config, "--events", &many]);
    assert_eq!(status, Some(0), "{err}");
    assert_eq!(err.matches("line left out file=").count(), 5, "{err}");
    assert!(err.contains("further lines left out, which are not listed") && err.contains("lines=3"), "{err}");
    let text = fs::read_to_string(&many).unwrap();
    fs::write(&many, text.trim_end()).unwrap();
    let (status, _, err) = report(&["--config", &config, "--events", &many]);
    assert_eq!(status, Some(1));
    assert!(
        err.contains("Copy it again once it is complete; to read what is there, leave out the last line: `sed '$d'"),
        "{err}"
    );
}

#[test]
fn lines_say_which_source_feeds_them_and_which_lines_none_feeds() {
    let annex = TELEPHONY.replace("telephony", "annex").replace("\"pbx\"", "\"annex\"").replace("neuvola", "mipa");
    let config = only("messages-lines.toml", &(TELEPHONY.to_owned() + &annex));
    let asked = ["lines", "--config", &config, "--line", "mipa", "--line", "neuvola", "--line", "kuntoutus"];
    let listed = printed(&asked);
    for said in [
        "annex (asterisk_queue_log); queues \"q_one\"",
        "telephony (asterisk_queue_log); queues \"q_one\"",
        "none: no source leads to this line",
        "No source leads to kuntoutus: map their queues",
    ] {
        assert!(listed.contains(said), "{said}\n{listed}");
    }
    let document: serde_json::Value =
        serde_json::from_str(&printed(&[&asked[..], &["--format", "json"]].concat())).unwrap();
    let of = |line: usize| document["lines"][line]["sources"].clone();
    assert_eq!((of(0)[0]["source"].as_str(), of(0)[0]["queues"][0].as_str()), (Some("annex"), Some("q_one")));
    assert_eq!(of(2), serde_json::json!([]));
}
