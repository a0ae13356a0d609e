//! The live process looks back: an earlier instant has the figures that a replay gives it, and every number of a line's
//! detail is the sum of the contacts that are listed for it.

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use ensilinja::commands::simulate::event_file_writer;
use ensilinja_catalogue::figures_json::line_json;
use ensilinja_catalogue::{Aggregation, Exposition, LineInfo, NamedFigure, contacts_json};
use ensilinja_config::{Config, Line};
use ensilinja_ledger::{Figures, HistoricalLedger, Ledger, LegCopies, PastReading, Rules, Window};
use ensilinja_lookback::FigureQuery;
use ensilinja_model::{EventTime, LineId, LineIndex};
use ensilinja_sim::{County, Disorder, Generator, Publication};
use ensilinja_wire::Decoder;
use serde_json::{Map, Value};

use crate::command_line::{file, printed};
use crate::pages::{COMPLETE, decode, snapshot};

/// Sunday 2025-08-10 at 00:00 in Helsinki: five weeks before the instants.
const START: EventTime = EventTime::from_seconds(1_754_773_200);
/// Tuesday 2025-09-16 at 10:15 in Helsinki: now.
const NOW: EventTime = EventTime::from_seconds(1_758_006_900);
/// Monday 2025-09-15 at 00:00 in Helsinki: the beginning of yesterday.
const YESTERDAY: EventTime = EventTime::from_seconds(1_757_883_600);

/// What was published in five weeks: events twice, late and out of order.
static PUBLISHED: LazyLock<Vec<Publication>> = LazyLock::new(|| {
    let events = Generator::new(&County::oma_hame(), 17, START, 0.5).take_while(|event| event.reported_at < NOW);
    Disorder { poison: 0.0, ..Disorder::ROUGH }.publish(events, 17).filter(|record| record.at <= NOW).collect()
});

/// A ledger that has applied all of it as it came, and was read every six hours, so that it has forgotten what it can.
fn live(config: &Config) -> (Ledger, Rules) {
    let rules = config.rules(START);
    let lines: Vec<LineId> = config.lines.iter().map(|line| line.id.clone()).collect();
    let decoder = Decoder::new(&lines, *b"any key will do.");
    let mut ledger = Ledger::new(rules.clone(), START);
    let mut next_read = START;
    for publication in PUBLISHED.iter() {
        if publication.at >= next_read {
            ledger.figures(next_read, COMPLETE);
            next_read = next_read.plus_millis(6 * 3_600_000);
        }
        ledger.apply(&decode(&decoder, publication).unwrap());
    }
    ledger.figures(NOW, COMPLETE);
    (ledger, rules)
}

/// The figures of an earlier instant, and the legs of one line.
fn look_back(ledger: &Ledger, rules: &Rules, at: EventTime, line: Option<LineIndex>) -> (Figures, HistoricalLedger) {
    let (mut reading, mut legs) = (PastReading::new(rules.clone(), at), HistoricalLedger::new(rules.clone()));
    let (mut copies, mut part) = (LegCopies::default(), 0);
    while ledger.copy_legs(part, line, &mut copies) {
        reading.add(&copies);
        legs.add(&copies);
        part += 1;
    }
    (reading.figures(COMPLETE, ledger.remembers_since()), legs)
}

/// The windows that the ledger remembers for any instant of today and yesterday.
const REMEMBERED: [Window; 3] = [Window::Minutes15, Window::Hour, Window::Today];

#[test]
fn an_earlier_instant_has_the_figures_that_a_replay_gives_it() {
    let config = ensilinja_config::county();
    let path = file("look-back.jsonl");
    event_file_writer::write(Path::new(&path), PUBLISHED.iter().cloned(), &AtomicBool::new(false)).unwrap();
    let range = ["--from", "2025-09-15T00:00", "--to", "2025-09-16T10:00", "--step", "2h"];
    let words = ["replay", "--events", &path, "--complete-since", "2025-08-10", "--format", "jsonl"];
    let run = printed(&[&words[..], &range].concat());
    let replayed: Vec<Value> = run.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    let (ledger, rules) = live(&config);
    assert!(ledger.remembers_since() <= YESTERDAY);
    let infos: Vec<LineInfo> = config.lines.iter().map(Line::info).collect();
    let exposition = Exposition::new(infos, rules.bounds());
    let mut compared = 0;
    for document in replayed.iter().filter(|document| document.get("lines").is_some()) {
        let at = EventTime::from_seconds(document["figures_as_of_timestamp_seconds"].as_i64().unwrap());
        let past = snapshot(at, look_back(&ledger, &rules, at, None).0);
        for (index, replayed) in document["lines"].as_array().unwrap().iter().enumerate() {
            let ours = line_json(exposition.lines(), index, &past);
            compared += compare(ours["figures"].clone(), replayed["figures"].clone(), at);
        }
    }
    assert!(compared > 18 * 21 * 3, "only {compared} windows were compared");
}

/// Compares the figures of a line. Returns the number of windows that both have.
fn compare(mut ours: Value, mut replayed: Value, at: EventTime) -> usize {
    let windows = |line: &mut Value| -> Map<String, Value> { line["windows"].take().as_object().unwrap().clone() };
    let (our_windows, their_windows) = (windows(&mut ours), windows(&mut replayed));
    assert_eq!(ours, replayed, "{at:?}");
    let mut compared = 0;
    for (name, ours) in our_windows {
        if ours.is_null() {
            let is_remembered = REMEMBERED.iter().any(|window| window.as_str() == name);
            assert!(!is_remembered, "{name} {at:?}");
            continue;
        }
        assert_eq!(ours, their_windows[&name], "{name} {at:?}");
        compared += 1;
    }
    compared
}

/// Every series that a line's detail has a number of: the names below a window of its JSON, as a person would type
/// them.
fn series_of(name: &str, value: &Value, labels: &mut Vec<String>, found: &mut Vec<(String, f64)>) {
    match value {
        Value::Number(number) => found.push((
            if labels.is_empty() { name.to_owned() } else { format!("{name}:{}", labels.join(":")) },
            number.as_f64().unwrap(),
        )),
        Value::Object(below) => {
            for (label, value) in below {
                labels.push(label.clone());
                series_of(name, value, labels, found);
                labels.pop();
            }
        }
        _ => {}
    }
}

/// The labels of the metrics of a line, in their order, by the JSON name of the metric.
fn label_names(name: &str) -> &'static [&'static str] {
    let metric = ensilinja_catalogue::metrics().find(|metric| metric.json_name() == name).unwrap();
    let names: Vec<&'static str> = metric.labels.iter().map(|label| label.name).collect();
    Vec::leak(names)
}

/// The query of one number: `contacts_decided:answered` is `contacts_decided{result="answered"}`.
fn query_of(series: &str) -> String {
    let (name, values) = series.split_once(':').unwrap_or((series, ""));
    let labels = label_names(name).iter().zip(values.split(':')).map(|(label, value)| format!("{label}=\"{value}\""));
    let labels: Vec<String> = labels.collect();
    if labels.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", labels.join(",")) }
}

#[test]
fn every_number_of_a_detail_is_the_sum_of_the_contacts_that_are_listed_for_it() {
    let config = ensilinja_config::county();
    let (ledger, rules) = live(&config);
    let exposition = Exposition::new(config.lines.iter().map(Line::info).collect(), rules.bounds());
    let (mut numbers, mut listed) = (0, 0);
    for at in [NOW, YESTERDAY.plus_millis(14 * 3_600_000)] {
        for (index, line) in config.lines.iter().enumerate() {
            let (info, place) = (line.info(), LineIndex::new(u16::try_from(index).unwrap()));
            let (figures, legs) = look_back(&ledger, &rules, at, Some(place));
            let whole = line_json(exposition.lines(), index, &snapshot(at, figures.clone()))["figures"].take();
            for window in [None, Some(Window::Today), Some(Window::Open5Days)] {
                let shown = match window {
                    Some(window) => whole["windows"][window.as_str()].clone(),
                    None => whole.clone(),
                };
                let Some(fields) = shown.as_object() else { continue };
                for (name, value) in fields.iter().filter(|(name, _)| *name != "windows" && !name.starts_with("line_"))
                {
                    let mut series = Vec::new();
                    if name.ends_with("wait_seconds") {
                        // A distribution of waits: the contacts are those of its count.
                        series.push((name.clone(), value["count"].as_f64().unwrap()));
                    } else {
                        series_of(name, value, &mut Vec::new(), &mut series);
                    }
                    for (series, number) in series {
                        let query = query_of(&series);
                        let found = NamedFigure::find(&query).unwrap_or_else(|error| panic!("{query}: {error}"));
                        let figure = found.last().unwrap();
                        let question = FigureQuery { figure, line: place, info: &info, window, at };
                        let list = question.contacts(&figures.lines[index], &legs, &rules, 1_000).unwrap();
                        assert_is(&list, number, &query);
                        numbers += 1;
                        listed += list.contacts.len();
                    }
                }
            }
        }
    }
    assert!(numbers > 2_000 && listed > 10_000, "{numbers} numbers, {listed} contacts");
}

/// The list has the number that is shown, and its contacts make it up.
fn assert_is(list: &ensilinja_catalogue::ContactSeries, shown: f64, query: &str) {
    let scale = if list.unit == ensilinja_catalogue::FigureUnit::Count { 1.0 } else { 1_000.0 };
    let number = list.number.unwrap();
    #[expect(clippy::cast_precision_loss, reason = "figures of a county are small")]
    let ours = number as f64 / scale;
    assert!((ours - shown).abs() < 1e-6, "{query}: {ours} is shown as {shown}");
    match list.aggregation {
        Aggregation::Sum => {
            let sum: i64 = list.contacts.iter().map(|contact| contact.adds.unwrap()).sum();
            assert_eq!(sum + list.left_out_adds.unwrap(), number, "{query}");
            assert!(list.contacts.iter().all(|contact| contact.adds != Some(0)), "{query}");
        }
        Aggregation::Quantile => {
            assert_eq!(list.contacts.iter().filter(|contact| contact.is_chosen).count(), 1, "{query}");
        }
        Aggregation::Single => assert!(number == 0 || !list.contacts.is_empty(), "{query}"),
    }
}

/// Ids, numbers and texts of the source are nowhere in a list, and instants are whole seconds.
#[test]
fn a_list_of_contacts_names_no_contact() {
    let config = ensilinja_config::county();
    let (ledger, rules) = live(&config);
    let canaries: Vec<String> = Generator::new(&County::oma_hame(), 17, START, 0.5)
        .skip_while(|event| event.reported_at < YESTERDAY)
        .take_while(|event| event.reported_at < NOW)
        .flat_map(|event| [Some(event.contact.clone()), event.visit.clone()])
        .flatten()
        .filter(|id| id.len() > 8)
        .collect();
    assert!(canaries.len() > 1_000);
    for (index, line) in config.lines.iter().enumerate() {
        let (info, place) = (line.info(), LineIndex::new(u16::try_from(index).unwrap()));
        let (figures, legs) = look_back(&ledger, &rules, NOW, Some(place));
        let figure = NamedFigure::find("contacts_offered").unwrap().remove(0);
        let question = FigureQuery { figure: &figure, line: place, info: &info, window: Some(Window::Today), at: NOW };
        let series = question.contacts(&figures.lines[index], &legs, &rules, 1_000).unwrap();
        let list = ensilinja_catalogue::ContactList { window: Some(Window::Today), as_of: NOW, series: vec![series] };
        let text = contacts_json(line.id.as_str(), &list).to_string();
        for canary in &canaries {
            assert!(!text.contains(canary.as_str()), "an id is in the list of {}", line.id);
        }
        let document: Value = serde_json::from_str(&text).unwrap();
        for contact in document["series"][0]["contacts"].as_array().unwrap() {
            assert!(contact["arrived_timestamp_seconds"].is_i64(), "{contact}");
        }
    }
}

#[test]
fn the_most_that_is_listed_is_bounded_and_the_rest_is_counted() {
    let config = ensilinja_config::county();
    let (ledger, rules) = live(&config);
    let (line, info) = (LineIndex::new(0), config.lines[0].info());
    let (figures, legs) = look_back(&ledger, &rules, NOW, Some(line));
    let figure = NamedFigure::find("contacts_offered").unwrap().remove(0);
    let question = FigureQuery { figure: &figure, line, info: &info, window: Some(Window::Open5Days), at: NOW };
    let of = |most| question.contacts(&figures.lines[0], &legs, &rules, most).unwrap();
    let (all, some) = (of(usize::MAX), of(3));
    assert!(all.contacts.len() > 10 && all.left_out == 0);
    assert_eq!(some.contacts, all.contacts[..3], "the newest");
    assert_eq!(some.left_out + 3, all.contacts.len());
    assert_eq!(some.left_out_adds.map(|adds| adds + 3), all.number);
    let newest = all.contacts.windows(2).all(|two| two[0].entries[0].at >= two[1].entries[0].at);
    assert!(newest, "newest first");
}
