//! The ways in which lines arrive: bare, after a prefix, in JSON, several in a value, and as rows of the table.

use jiff::tz::TimeZone;
use serde_json::json;

use crate::asterisk::truth::{FoundStay, Joined, StayOutcome, mapping, sample, scenarios};
use crate::rules::FormatRules;
use crate::{Detail, Format, Mapping};

fn log_mapping() -> Mapping {
    mapping(Format::AsteriskQueueLog)
}

fn found(values: &[impl AsRef<[u8]>]) -> Vec<FoundStay> {
    Joined::of(log_mapping(), values.iter().map(AsRef::as_ref))
}

/// Wraps a line as a shipper does.
type Wrap<'a> = &'a dyn Fn(&String) -> String;

/// The first fault of a value.
fn fault(value: &str, mapping: Mapping) -> Option<Detail> {
    let mut joined = Joined::new(mapping);
    joined.read(value.as_bytes());
    joined.rejections.first().map(|rejection| rejection.detail)
}

fn all_lines() -> Vec<String> {
    let logs: Vec<_> = scenarios().map(|scenario| sample(&format!("{scenario}.queue_log"))).collect();
    logs.iter().flat_map(|log| log.lines()).map(str::to_owned).collect()
}

#[test]
fn every_wrapping_gives_the_same_stays() {
    let lines = all_lines();
    let expected = found(&lines);
    assert_eq!(expected.len(), 172);
    let fluent_bit = |line: &String| json!({"@timestamp": 1_789_550_100.123_456, "log": line}).to_string();
    let vector = |line: &String| {
        json!({"file": "/l", "host": "h", "message": line, "source_type": "file", "timestamp": "2026-11-29T15:09:37Z"})
            .to_string()
    };
    let filebeat = |line: &String| {
        json!({"@timestamp": "2026-11-29T15:09:37Z", "@metadata": {"beat": "filebeat"}, "message": line,
            "log": {"file": {"path": "/l"}, "offset": 9}, "agent": {"type": "filebeat"}, "event": {"a": 1},
            "input": {"type": "log"}, "host": {"name": "pbx"}, "tags": ["a"]})
        .to_string()
    };
    let ways: [(&str, Wrap<'_>); 13] = [
        ("a newline", &|line| format!("{line}\n")),
        ("CRLF", &|line| format!("{line}\r\n")),
        ("a blank in front", &|line| format!(" {line}")),
        ("a NUL behind", &|line| format!("{line}\0")),
        ("a mark of the byte order", &|line| format!("\u{feff}{line}")),
        ("rsyslog's file template", &|line| format!("2026-11-29T15:09:37.1+02:00 pbx queue_log {line}")),
        ("Fluent Bit", &fluent_bit),
        ("Vector", &vector),
        ("Filebeat", &filebeat),
        ("a prefix in brackets", &|line| format!("[pbx 1] {line}")),
        ("an event beside the line", &|line| json!({"event": "log", "message": line}).to_string()),
        ("msg", &|line| json!({"msg": line, "severity": 6}).to_string()),
        ("a prefix in JSON", &|line| json!({"line": format!("Nov 29 15:09:37 pbx queue_log: {line}")}).to_string()),
    ];
    for (name, wrap) in ways {
        assert_eq!(found(&lines.iter().map(wrap).collect::<Vec<_>>()), expected, "{name}");
    }
    let whole = lines.join("\n");
    assert_eq!(found(&[&whole]), expected, "all lines in one value");
    let array = json!(lines.iter().map(|line| json!({"message": line})).collect::<Vec<_>>()).to_string();
    assert_eq!(found(&[&array]), expected, "objects in an array");
    let ndjson: Vec<_> = lines.iter().map(|line| json!({"message": line}).to_string()).collect();
    assert_eq!(found(&[ndjson.join("\n")]), expected, "objects in lines");
    assert_eq!(found(&[json!({"log": whole}).to_string()]), expected, "several lines in a member");
}

#[test]
fn a_member_of_the_sites_own_may_hold_the_line() {
    let mut mapping = log_mapping();
    let FormatRules::Asterisk(rules) = &mut mapping.rules else { panic!("set above") };
    rules.line_member = Some("raw".to_owned());
    let lines = sample("01.queue_log");
    let values: Vec<_> = lines.lines().map(|line| json!({"raw": line, "message": "sent"}).to_string()).collect();
    let stays = Joined::of(mapping, values.iter().map(String::as_bytes));
    assert_eq!(stays, found(&lines.lines().collect::<Vec<_>>()));
}

#[test]
fn names_in_latin_1_are_read() {
    let mut mapping = log_mapping();
    mapping.queues.insert("jono_ä", crate::QueueTarget::Line(ensilinja_model::LineIndex::new(3)));
    let line = "1795957482|1795957482.720|jono_ä|NONE|ENTERQUEUE||1|1";
    let latin_1: Vec<u8> = line.chars().map(|c| u8::try_from(c).unwrap()).collect();
    for value in [line.as_bytes(), &latin_1] {
        assert_eq!(Joined::of(mapping.clone(), [value])[0].line, 3);
    }
}

/// The rows of the captured table, in the zone of the first or the second half, as objects.
fn rows(from: usize, until: usize) -> Vec<serde_json::Value> {
    let table = sample("31.table.csv");
    let names: Vec<_> = table.lines().next().unwrap().split(',').collect();
    let row = |line: &str| {
        let fields = names.iter().zip(line.split(',')).skip(1);
        fields.map(|(name, field)| ((*name).to_owned(), json!(field))).collect::<serde_json::Map<_, _>>().into()
    };
    table.lines().skip(1).map(row).skip(from).take(until - from).collect()
}

#[test]
fn rows_of_the_table_give_stays_with_milliseconds_in_the_zone_of_the_source() {
    let mut local = log_mapping();
    local.zone = Some(TimeZone::get("Europe/Helsinki").unwrap());
    let stays = |mapping: &Mapping, rows: &[serde_json::Value], wrap: &dyn Fn(&serde_json::Value) -> String| {
        let values: Vec<_> = rows.iter().map(wrap).collect();
        Joined::of(mapping.clone(), values.iter().map(String::as_bytes))
    };
    let expected = stays(&local, &rows(0, 13), &ToString::to_string);
    let seen: Vec<_> = expected
        .iter()
        .map(|stay| (stay.call.as_str(), stay.entered.as_millis() - 1_795_957_777_000, stay.outcome))
        .collect();
    assert_eq!(
        seen,
        [
            ("1795957777.0", 573, StayOutcome::Answered),
            ("1795957777.0", 4_599, StayOutcome::AbandonedWhileRinging),
            ("1795957784.11", 7_616, StayOutcome::Requested),
            ("1795957789.19", 12_801, StayOutcome::AbandonedWhileRinging),
        ]
    );
    let debezium =
        |row: &serde_json::Value| json!({"schema": {}, "payload": {"before": null, "after": row}}).to_string();
    assert_eq!(stays(&local, &rows(0, 13), &debezium), expected, "Debezium");
    let bare = |row: &serde_json::Value| json!({"before": null, "after": row, "op": "c"}).to_string();
    assert_eq!(stays(&local, &rows(0, 13), &bare), expected, "Debezium without a schema");
    let jdbc = |row: &serde_json::Value| json!({"schema": {}, "payload": row}).to_string();
    assert_eq!(stays(&local, &rows(0, 13), &jdbc), expected, "a JDBC source");
    // As numbers, Debezium and JDBC sources write local times as if they were UTC.
    let numbers = |row: &serde_json::Value| {
        let mut row = row.clone();
        let local: jiff::civil::DateTime = row["time"].as_str().unwrap().parse().unwrap();
        let micros = TimeZone::UTC.to_timestamp(local).unwrap().as_microsecond();
        row["time"] = json!(micros);
        row.to_string()
    };
    assert_eq!(stays(&local, &rows(0, 13), &numbers), expected, "microseconds");

    let mut utc = log_mapping();
    utc.zone = Some(TimeZone::UTC);
    let table = stays(&utc, &rows(13, 26), &ToString::to_string);
    let log = sample("31.queue_log");
    let file = found(&log.lines().collect::<Vec<_>>());
    let plain = |stays: &[FoundStay]| {
        let plain = |stay: &FoundStay| (stay.call.clone(), stay.entered.floor_second(), stay.outcome);
        stays.iter().map(plain).collect::<Vec<_>>()
    };
    assert_eq!(plain(&table), plain(&file));
    // Both at once are the same stays, not twice as many.
    let values: Vec<_> = rows(13, 26).iter().map(ToString::to_string).chain(log.lines().map(str::to_owned)).collect();
    let both = Joined::of(utc, values.iter().map(String::as_bytes));
    assert_eq!(plain(&both), plain(&file));

    assert_eq!(fault(&rows(1, 2)[0].to_string(), log_mapping()), Some(Detail::InstantWithoutZone));
}

#[test]
fn a_local_time_that_comes_twice_is_the_earlier_one_unless_the_call_began_after_it() {
    let mut mapping = log_mapping();
    mapping.zone = Some(TimeZone::get("Europe/Helsinki").unwrap());
    // On 25 October 2026, 03:30 comes at 00:30 and at 01:30 UTC.
    let (first, second) = (1_792_888_200, 1_792_891_800);
    let entered = |call: String| {
        let row = json!({"time": "2026-10-25 03:30:00.5", "callid": call, "queuename": "q_one", "agent": "NONE",
            "event": "ENTERQUEUE", "data1": "", "data2": "1", "data3": "1"});
        Joined::of(mapping.clone(), [row.to_string().as_bytes()])[0].entered.floor_second()
    };
    assert_eq!(entered(format!("{}.7", first - 20)), first);
    assert_eq!(entered(format!("pbx-1-{}.7", second - 20)), second);
    assert_eq!(entered("a call".to_owned()), first, "an id without a second");
    // On 29 March 2026, 03:30 does not come.
    let row = json!({"time": "2026-03-29 03:30:00", "callid": "c", "queuename": "q_one", "event": "ENTERQUEUE"});
    let skipped = Joined::of(mapping.clone(), [row.to_string().as_bytes()])[0].entered.floor_second();
    assert_eq!(skipped, 1_774_747_800, "the time by the clock before the change");
}

#[test]
fn the_host_belongs_to_the_id_if_the_source_says_so() {
    let mut mapping = log_mapping();
    let FormatRules::Asterisk(rules) = &mut mapping.rules else { panic!("set above") };
    rules.host_in_id = true;
    let line = "1795957482|1795957482.720|q_one|NONE|ENTERQUEUE||1|1";
    for (value, expected) in [
        (json!({"message": line, "host": "pbx1"}).to_string(), "pbx1/1795957482.720"),
        (json!({"message": line, "hostname": "pbx2"}).to_string(), "pbx2/1795957482.720"),
        (json!({"message": line, "host": {"name": "pbx3"}}).to_string(), "pbx3/1795957482.720"),
        (json!([{"x": 1, "message": line, "host": "a"}]).to_string(), "a/1795957482.720"),
        (format!("2026-11-29T15:09:37+02:00 pbx4 queue_log {line}"), "pbx4/1795957482.720"),
    ] {
        let stays = Joined::of(mapping.clone(), [value.as_bytes()]);
        assert_eq!(stays.iter().map(|stay| stay.call.as_str()).collect::<Vec<_>>(), [expected], "{value}");
    }
    assert_eq!(fault(line, mapping), Some(Detail::MissingContactId));
}

#[test]
fn what_is_no_line_or_cut_is_refused_with_a_reason() {
    let cases = [
        ("", Detail::EmptyValue),
        (" \n", Detail::EmptyValue),
        ("hello", Detail::NotQueueLog),
        ("12|a|q_one|NONE|CONNECT|1", Detail::NotQueueLog),
        ("{}", Detail::NotQueueLog),
        ("{\"message\": 7}", Detail::NotQueueLog),
        ("[]", Detail::NotQueueLog),
        ("{\"message\":", Detail::Truncated),
        ("1795957482|1795957482.720|q_one|NONE", Detail::CutLine),
        ("1795957482|", Detail::CutLine),
        ("1795957482|1795957482.720|q_one|NONE|ABANDON|1|1", Detail::CutLine),
        ("1795957482|1795957482.720|q_one|agent1|CONNECT|", Detail::CutLine),
        ("1795957482|1795957482.720|q_one|agent1|COMPLETEAGENT|1", Detail::CutLine),
        ("1795957482|1795957482.720|q_one|agent1|BLINDTRANSFER|801|xfer|2", Detail::CutLine),
        ("1795957482||q_one|NONE|ENTERQUEUE||1|1", Detail::MissingContactId),
        ("1795957482|NONE|q_one|NONE|ENTERQUEUE||1|1", Detail::MissingContactId),
        ("{\"event\": \"ENTERQUEUE\", \"callid\": \"c\", \"queuename\": \"q_one\"}", Detail::MissingInstant),
        (
            "{\"event\": \"ENTERQUEUE\", \"callid\": \"c\", \"queuename\": \"q_one\", \"time\": \"x\"}",
            Detail::BadInstant,
        ),
        ("{\"event\": \"ENTERQUEUE\", \"callid\": \"c\", \"queuename\": \"q_one\", \"time\": -1}", Detail::BadInstant),
    ];
    for (value, expected) in cases {
        assert_eq!(fault(value, log_mapping()), Some(expected), "{value}");
    }
    // The other lines of the value count.
    let value = "1795957482|cut\n1795957482|1795957482.720|q_one|NONE|ENTERQUEUE||1|1";
    let mut joined = Joined::new(log_mapping());
    joined.read(value.as_bytes());
    assert_eq!((joined.rejections.len(), joined.found().len()), (1, 1));
}
