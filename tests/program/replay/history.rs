//! How far back history counts, seen through the commands: an instant has the same figures alone and in any series, and
//! unknown figures are absent and reported.

use std::fs;
use std::sync::LazyLock;

use ensilinja_kafka::TopicHistory;
use ensilinja_ledger::{Rules, Window};
use ensilinja_lookback::HistorySource;
use ensilinja_lookback::replay::ReplayOptions;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, soup, soup_lines};

use super::laws::{ALL_FIRST, KNOWN_THEN, as_event, comparable, stepped_through};
use crate::command_line::{Ended, file, printed, run};
use crate::rules;

/// Sources whose histories begin at different times among the events of a soup that begins at `base`.
fn sources(rules: &Rules, base: EventTime) -> Vec<HistorySource> {
    let topic = |start: EventTime, from_first_record| HistorySource::Topic {
        history: TopicHistory { start: Some(start), from_first_record },
        range_start: EventTime::from_millis(0),
        watched_since: None,
    };
    let life_ms = rules.life_ms();
    let mut sources = vec![HistorySource::Files, HistorySource::Offsets];
    for after_ms in [-life_ms, -3_600_000, 0, 5_400_000, 86_400_000, 40 * 86_400_000] {
        sources.extend([true, false].map(|whole| topic(base.plus_millis(after_ms), whole)));
    }
    sources
}

#[test]
fn an_instant_has_the_same_figures_alone_and_in_a_series_for_every_source() {
    let (lines, zone) = (soup_lines(), County::zone());
    let base = EventTime::from_seconds(1_774_720_800);
    let rules = rules::rules(&lines, base);
    let (mut shown, mut unknown, mut without_windows) = (0, 0, 0);
    for seed in 0..12 {
        let soup = soup(seed, &lines, &zone, 12, 7);
        let mut instants: Vec<EventTime> =
            soup.moments.iter().map(|moment| EventTime::from_seconds(moment.floor_second())).step_by(5).collect();
        instants.extend([base.plus_millis(-90 * 86_400_000), base.plus_millis(60 * 86_400_000)]);
        instants.sort_unstable();
        instants.dedup();
        for source in sources(&rules, base) {
            for (late_ms, complete_since) in [(0, None), (50 * 86_400_000, None), (0, Some(base))] {
                let mut events: Vec<_> = soup.events.iter().map(|err| as_event(err, &lines)).collect();
                events.sort_by_key(|event| event.at);
                let events: Vec<_> = events.into_iter().map(|event| (event.at.plus_millis(late_ms), event)).collect();
                for manner in [ALL_FIRST, KNOWN_THEN].map(|manner| ReplayOptions { complete_since, ..manner }) {
                    let (series, _, covered) = stepped_through(source, &rules, &instants, &events, manner);
                    let mut series = series.into_iter();
                    for instant in &instants {
                        let alone = [*instant];
                        let (figures, _, of_it) = stepped_through(source, &rules, &alone, &events, manner);
                        assert_eq!(
                            of_it.first(),
                            covered.iter().find(|covered| *covered == instant),
                            "seed {seed}, {source:?}, {manner:?}, late by {late_ms} ms, at {instant:?}"
                        );
                        if of_it.is_empty() {
                            unknown += 1;
                            continue;
                        }
                        let in_series = comparable(series.next().unwrap());
                        let alone = comparable(figures.into_iter().next().unwrap());
                        without_windows += usize::from(alone.lines[0].window(Window::Minutes15).is_none());
                        assert_eq!(in_series, alone, "seed {seed}, {source:?}, {manner:?}, at {instant:?}");
                        shown += 1;
                    }
                }
            }
        }
    }
    assert!(shown > 1_000 && unknown > 250 && without_windows > 60, "{shown}, {unknown}, {without_windows}");
}

/// A contact that was offered at this local time on 2026-11-28 and answered 30 s later.
fn answered(contact: &str, time: &str) -> String {
    let line = |kind: &str, second: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{contact}-{kind}","source":"/s","type":"fi.ensilinja.contact.{kind}","subject":"{contact}","time":"2026-11-28T{time}:{second}+02:00","data":{{"line":"h"}}}}"#
        )
    };
    [line("offered", "00"), line("answered", "30"), line("ended", "50")].join("\n")
}

/// A file of three contacts on 2026-11-28, from 09:50 on, and the configuration of their line.
static THREE_CONTACTS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let [events, config] = ["history-three.jsonl", "history-three.toml"].map(file);
    let contacts = [("a", "09:50"), ("b", "10:10"), ("c", "11:40")];
    let lines: Vec<String> = contacts.iter().map(|(contact, time)| answered(contact, time)).collect();
    fs::write(&events, lines.join("\n") + "\n").unwrap();
    fs::write(
        &config,
        "time_zone = \"Europe/Helsinki\"\n[kafka]\nbrokers = \"127.0.0.1:1\"\n[defaults]\n\
         give_up_working_days = 1\norphan_after = \"1h\"\n[[line]]\nid = \"h\"\nchannel = \"phone\"\nname.fi = \"h\"\n\
         group = \"g\"\nservice_area = \"x\"\nhours = \"24/7\"\n",
    )
    .unwrap();
    [events, config]
});

/// They are written once, because tests run in parallel.
fn three_contacts() -> [String; 2] {
    THREE_CONTACTS.clone()
}

/// The program over these three contacts.
fn of_three(words: &[&str], more: &[&str]) -> Ended {
    let [events, config] = three_contacts();
    run(&[words, &["--config", &config, "--events", &events], more].concat())
}

const OFFERED: [&str; 6] = ["--format", "csv", "--figure", "contacts_offered", "--window", "today"];

#[test]
fn a_file_declared_complete_has_windows_from_that_time_on() {
    let at = [&["--at", "2026-11-28T12:00"], &OFFERED[..]].concat();
    let (status, out, err) = of_three(&["replay"], &at);
    assert_eq!((status, out.lines().count()), (Some(0), 1), "{out}{err}");
    assert!(err.contains("the file begins at 2026-11-28 09:50, and what was before is unknown"), "{err}");
    assert!(
        err.contains("for some windows; they are absent instants=1 of=1") && err.contains("--complete-since TIME"),
        "{err}"
    );

    let declared = [&at[..], &["--complete-since", "2026-11-28"]].concat();
    let (status, out, err) = of_three(&["replay"], &declared);
    assert_eq!((status, out.lines().last().unwrap().rsplit(',').next()), (Some(0), Some("3")), "{out}{err}");
    assert!(!err.contains("begins at"), "{err}");

    // A window that begins before the declared time is unknown.
    let later = [&at[..], &["--complete-since", "2026-11-28T10:00"]].concat();
    let (status, out, err) = of_three(&["replay"], &later);
    assert_eq!((status, out.lines().count()), (Some(0), 1), "{out}{err}");
    let (status, _, err) = of_three(&["replay"], &[&at[..], &["--complete-since", "2026-11-28T12:01"]].concat());
    assert_eq!(status, Some(1), "{err}");
    assert!(err.contains("--complete-since says that the file begins at 2026-11-28 12:01"), "{err}");
}

#[test]
fn explain_follows_the_same_rule() {
    let asked = ["--line", "h", "--figure", "contacts_offered", "--window", "today", "--at", "2026-11-28T12:00"];
    let (status, out, err) = of_three(&["explain"], &asked);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.contains("No figure is shown: history begins at 2026-11-28 09:50:00"), "{out}");
    let (status, out, err) = of_three(&["explain"], &[&asked[..], &["--complete-since", "2026-11-28"]].concat());
    assert_eq!(status, Some(0), "{err}");
    assert!(!out.contains("No figure is shown"), "{out}");
}

#[test]
fn a_report_shows_time_before_the_first_event_as_unknown() {
    let report = |from: &str, to: &str, more: &[&str]| {
        let words = ["--from", from, "--to", to, "--format", "csv"];
        of_three(&["report"], &[&words[..], more].concat())
    };
    let (status, out, err) = report("2026-11-01", "2026-11-20", &[]);
    assert_eq!((status, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("nothing is known of the time from 2026-11-01 00:00 on: the file begins at"), "{err}");

    let offered = |csv: &str| -> Vec<String> {
        let rows = csv.lines().filter(|row| row.starts_with("channel,,,phone,") && row.contains(",offered,"));
        rows.map(|row| {
            let fields: Vec<&str> = row.split(',').collect();
            format!("{} {} {}{}", fields[4], &fields[5][..10], fields[8], fields[13])
        })
        .collect()
    };
    let (status, out, err) = report("2026-11-27", "2026-11-29", &["--by", "day"]);
    assert_eq!(status, Some(0), "{err}");
    assert_eq!(offered(&out), ["day 2026-11-27 not_known", "day 2026-11-28 3known", "whole 2026-11-27 not_known"]);
    assert!(err.contains("periods of the report not known") && err.contains("unknown=1 of=2"), "{err}");
    assert!(err.contains("--from 2026-11-28T00:00 leaves them out"), "{err}");

    let (status, out, err) = report("2026-11-27", "2026-11-29", &[]);
    assert_eq!((status, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("nothing is known of a whole period") && err.contains("--from 2026-11-28T00:00"), "{err}");
    let (_, out, _) = report("2026-11-28", "2026-11-29", &[]);
    assert_eq!(offered(&out), ["whole 2026-11-28 3known"]);

    let declared = ["--by", "day", "--complete-since", "2026-11-01"];
    let (status, out, err) = report("2026-11-27", "2026-11-29", &declared);
    assert_eq!(offered(&out), ["day 2026-11-27 0known", "day 2026-11-28 3known", "whole 2026-11-27 3known"]);
    assert!(status == Some(0) && !err.contains("begin"), "{err}");
}

#[test]
fn a_table_names_unknown_time_in_its_own_language() {
    let words = ["--from", "2026-11-27", "--to", "2026-11-29", "--by", "day"];
    for (language, cell) in [("fi", "ei tiedossa"), ("sv", "okänt"), ("en", "not known")] {
        let (_, out, _) = of_three(&["report"], &[&words[..], &["--language", language]].concat());
        assert!(out.matches(cell).count() > 3, "{out}");
        let sums = [&words[..], &["--language", language]].concat();
        let (_, replayed, _) = of_three(&["replay"], &sums);
        assert_eq!(out, replayed, "a replay sums up as a report does");
    }
}

#[test]
fn the_advised_from_leaves_no_period_unknown() {
    let report = |from: &str, by: &str| {
        of_three(&["report", "--from", from, "--to", "2026-12-02", "--by", by, "--format", "csv"], &[])
    };
    for (from, by, helps) in [
        ("2026-11-28T00:00", "hour", "2026-11-28T09:00"),
        ("2026-11-27", "hour", "2026-11-28T09:00"),
        ("2026-11-01", "month", "2026-11-28T00:00"),
    ] {
        let (status, _, err) = report(from, by);
        assert_eq!(status, Some(0), "{err}");
        assert!(err.contains(&format!("--from {helps} leaves them out")), "{err}");
        let (status, out, err) = report(helps, by);
        assert!(status == Some(0) && !out.contains("not_known") && !err.contains("not known"), "{by}: {err}");
    }
}

/// Two conversations a day apart with the same id: three facts of each.
fn reopened(reversed: bool) -> [String; 2] {
    let [events, config] =
        [format!("history-reopened-{reversed}.jsonl"), "history-reopened.toml".to_owned()].map(|name| file(&name));
    let line = |number: usize, kind: &str, time: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"conv-{number}","source":"/reports","type":"fi.ensilinja.contact.{kind}","subject":"canary-55","time":"2026-06-{time}+03:00","data":{{"line":"h"}}}}"#
        )
    };
    let err = [
        ("offered", "01T10:00:00"),
        ("answered", "01T10:00:42"),
        ("ended", "01T10:20:00"),
        ("offered", "02T09:00:00"),
        ("answered", "02T09:00:30"),
        ("ended", "02T09:10:00"),
    ];
    let mut lines: Vec<String> = (0..).zip(err).map(|(number, (kind, time))| line(number, kind, time)).collect();
    if reversed {
        lines.reverse();
    }
    fs::write(&events, lines.join("\n") + "\n").unwrap();
    fs::copy(&three_contacts()[1], &config).unwrap();
    [events, config]
}

#[test]
fn every_command_over_the_past_warns_of_contacts_hidden_by_a_reused_id() {
    for reversed in [false, true] {
        let [events, config] = reopened(reversed);
        let source = ["--config", &config, "--events", &events, "--complete-since", "2026-06-01"];
        let figure = ["--line", "h", "--figure", "contacts_offered", "--window", "today", "--at", "2026-06-02T12:00"];
        for words in [
            &["report", "--from", "2026-06-01", "--to", "2026-07-01"][..],
            &["replay", "--from", "2026-06-01", "--to", "2026-07-01"],
            &["replay", "--at", "2026-06-02T12:00", "--format", "csv"],
            &[&["explain"], &figure[..]].concat(),
        ] {
            let (ended, _, err) = run(&[words, &source].concat());
            // Status 3 means that figures lack contacts. An explanation itself names what is hidden.
            let status = if words[0] == "explain" { 0 } else { 3 };
            assert_eq!(ended, Some(status), "{words:?}: {err}");
            let what = "3 of 6 events (50.0 %), of 1 contacts, belong to another contact with the same id";
            assert!(err.contains(what), "{words:?}: {err}");
            assert!(err.contains("EnsilinjaEventsShadowed") && err.contains("send `visit` with each event"), "{err}");
            assert!(err.contains(&format!("for example at {events}:")), "{err}");
            assert!(!err.contains("canary"), "{err}");
        }
        // Events after the requested time hide nothing in it.
        let (ended, _, err) = run(&[&["report", "--from", "2026-06-01", "--to", "2026-06-02"], &source[..]].concat());
        assert!(ended == Some(0) && !err.contains("same id"), "{err}");
    }
}

#[test]
fn one_lost_day_among_many_sound_ones_is_reported() {
    let [_, config] = three_contacts();
    let lines = |day: &str, contacts: std::ops::Range<usize>| -> String {
        contacts.map(|n| answered(&format!("c{n}"), "10:00").replace("11-28", day) + "\n").collect()
    };
    for (again, status) in [(2, 0), (5, 3)] {
        let events = file(&format!("history-lost-day-{again}.jsonl"));
        fs::write(&events, lines("11-02", 0..400) + &lines("11-03", 0..again)).unwrap();
        for words in [
            &["report", "--by", "day", "--from", "2026-11-02", "--to", "2026-11-04"][..],
            &["replay", "--from", "2026-11-02", "--to", "2026-11-04", "--step", "1d", "--format", "csv"],
        ] {
            let source = ["--config", &config, "--events", &events, "--complete-since", "2026-11-02"];
            let (ended, _, err) = run(&[words, &source].concat());
            assert_eq!(ended, Some(status), "{words:?}: {err}");
            assert!(err.contains("belong to another contact with the same id"), "{err}");
            let of_day = err.contains(", on 2026-11-03 15 of 15 (100.0 %)");
            assert_eq!(of_day, status == 3, "{err}");
        }
    }
}

#[test]
fn attempts_beyond_a_thousand_are_reported_in_any_order_of_arrival() {
    let [_, config] = three_contacts();
    let line = |number: usize, kind: &str, second: usize, more: &str| {
        let time = format!("10:{:02}:{:02}", second / 60, second % 60);
        format!(
            r#"{{"specversion":"1.0","id":"{number}","source":"/s","type":"fi.ensilinja.contact.{kind}","subject":"canary-9","time":"2026-11-28T{time}+02:00","data":{{"line":"h"{more}}}}}"#
        )
    };
    let mut lines = vec![line(0, "callback_requested", 0, "")];
    lines.extend((1..=1_003).map(|n| line(n, "callback_attempted", n, r#","result":"failed""#)));
    for reversed in [false, true] {
        if reversed {
            lines.reverse();
        }
        let events = file(&format!("history-surplus-{reversed}.jsonl"));
        fs::write(&events, lines.join("\n") + "\n").unwrap();
        let source = ["--config", &config, "--events", &events, "--complete-since", "2026-11-28"];
        let figure = ["--line", "h", "--figure", "callback_attempts", "--window", "today", "--at", "2026-11-28T12:00"];
        for words in [
            &["report", "--from", "2026-11-28", "--to", "2026-11-29"][..],
            &["replay", "--at", "2026-11-28T12:00", "--format", "csv"],
            &[&["explain"], &figure[..]].concat(),
        ] {
            let (ended, _, err) = run(&[words, &source].concat());
            assert_eq!(ended, Some(0), "{words:?}: {err}");
            assert_eq!(err.matches("3 callback attempts of 1 contacts are not counted").count(), 1, "{err}");
            assert!(!err.contains("canary"), "{err}");
        }
        let contact = ["explain", "--contact", "canary-9", "--at", "2026-11-28T12:00"];
        let page = printed(&[&contact[..], &source].concat());
        assert_eq!(page.matches("not counted: beyond the earliest 1000").count(), 3, "{page}");
        assert!(!page.contains("overridden by"), "{page}");
    }
}

#[test]
fn the_county_uses_no_id_twice() {
    let words = ["--from", "2025-09-01", "--to", "2025-09-17", "--events", super::EVENTS.as_str()];
    let (ended, _, err) = run(&[&["report"], &words[..]].concat());
    assert!(ended == Some(0) && !err.contains("same id"), "{err}");
}
