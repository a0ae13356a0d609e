//! Comparison: equal figures are not reported, and every different one is.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeMap;

use ensilinja_catalogue::{FiguresDocument, RunLine, RunScope};
use ensilinja_model::EventTime;
use ensilinja_report::comparison::{
    ComparedLeg, ComparedValue, ComparisonResult, FigureKey, TracedContacts, differences,
};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

const AS_OF: i64 = 1_758_006_900;

/// A document with these lines.
fn document(lines: &[(&str, Value)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(id, figures)| json!({ "line": id, "figures": figures })).collect();
    json!({ "figures_as_of_timestamp_seconds": AS_OF, "time_zone": "Europe/Helsinki", "lines": lines })
}

fn parsed(document: &Value) -> FiguresDocument {
    FiguresDocument::parse(&document.to_string()).unwrap()
}

fn compared(one: &Value, other: &Value) -> ensilinja_report::comparison::Differences {
    let all = RunScope::default();
    differences((&parsed(one), &all), (&parsed(other), &all))
}

/// A figure: a number, or numbers by one or two labels.
fn figure() -> impl Strategy<Value = Value> {
    let number = || prop_oneof![(-5_i64..1_000).prop_map(|n| json!(n)), (1_i64..99_999).prop_map(thousandths)];
    let by_label = prop::collection::btree_map("[a-z0-9.]{1,3}", number(), 1..4).prop_map(|map| json!(map));
    let by_two = prop::collection::btree_map("[a-z]{1,2}", by_label.clone(), 1..3).prop_map(|map| json!(map));
    prop_oneof![number(), by_label, by_two]
}

#[expect(clippy::cast_precision_loss, reason = "it is small")]
fn thousandths(ms: i64) -> Value {
    json!(ms as f64 / 1000.0)
}

/// The figures of two lines, with and without windows.
fn county() -> impl Strategy<Value = Value> {
    let figures = || prop::collection::btree_map("[a-z_]{1,4}", figure(), 1..4).prop_map(|map| json!(map));
    let line = || {
        (figures(), figures(), prop::option::of(figures())).prop_map(|(mut now, quarter, yesterday)| {
            now["windows"] = json!({ "15m": quarter, "yesterday": yesterday });
            now
        })
    };
    (line(), line()).prop_map(|(one, other)| document(&[("mipa", one), ("neuvola", other)]))
}

/// The JSON pointers to the numbers of a document.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(below) => below.iter().for_each(|(name, below)| leaves(below, &format!("{at}/{name}"), found)),
        Value::Number(_) => found.push(at.to_owned()),
        _ => {}
    }
}

fn leaves_of(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for line in 0..2 {
        let at = format!("/lines/{line}/figures");
        leaves(document.pointer(&at).unwrap(), &at, &mut found);
    }
    found
}

/// The key of the figure at a JSON pointer.
fn key(document: &Value, pointer: &str) -> FigureKey {
    let mut parts = pointer.split('/').skip(2).map(str::to_owned);
    let line: usize = parts.next().unwrap().parse().unwrap();
    let mut parts = parts.skip(1).peekable();
    let window = parts.next_if(|part| part == "windows").map(|_| parts.next().unwrap());
    let line = document["lines"][line]["line"].as_str().unwrap().to_owned();
    FigureKey { line, window, figure: parts.next(), labels: parts.collect() }
}

proptest! {
    #[test]
    fn a_document_equals_itself_and_every_figure_is_compared(document in county()) {
        let differences = compared(&document, &document);
        prop_assert_eq!(&differences.found, &[]);
        prop_assert_eq!(differences.compared, leaves_of(&document).len() as u64);
        prop_assert!(differences.lines_of_one.is_empty() && differences.lines_of_other.is_empty());
    }

    #[test]
    fn only_the_changed_figure_differs(document in county(), which in any::<Index>(), by in 1_i64..9) {
        let leaves = leaves_of(&document);
        let pointer = which.get(&leaves);
        let mut changed = document.clone();
        let was = changed.pointer(pointer).unwrap().as_f64().unwrap();
        #[expect(clippy::cast_precision_loss, reason = "it is small")]
        let is = ((was * 1000.0).round() + by as f64) / 1000.0;
        *changed.pointer_mut(pointer).unwrap() = json!(is);
        let found = compared(&document, &changed).found;
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].key, &key(&document, pointer));
        prop_assert_eq!((found[0].one, found[0].other), (ComparedValue::Number(was), ComparedValue::Number(is)));
        let back = compared(&changed, &document).found;
        prop_assert_eq!((back[0].one, back[0].other), (ComparedValue::Number(is), ComparedValue::Number(was)));
    }

    #[test]
    fn a_figure_missing_on_one_side_is_the_only_difference(document in county(), which in any::<Index>()) {
        let leaves = leaves_of(&document);
        let pointer = which.get(&leaves);
        let mut without = document.clone();
        let (above, name) = pointer.rsplit_once('/').unwrap();
        without.pointer_mut(above).unwrap().as_object_mut().unwrap().remove(name);
        let found = compared(&without, &document).found;
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].key, &key(&document, pointer));
        prop_assert_eq!(found[0].one, ComparedValue::Missing);
        prop_assert!(found[0].other.number().is_some());
    }
}

#[test]
fn the_notation_of_a_whole_number_does_not_matter() {
    let written = |number: &str| {
        let text = format!(
            "{{\"figures_as_of_timestamp_seconds\": 1, \"lines\": [{{\"line\": \"a\", \"figures\": {{\"n\": {number}}}}}]}}"
        );
        FiguresDocument::parse(&text).unwrap()
    };
    let all = RunScope::default();
    assert_eq!(differences((&written("5"), &all), (&written("5.0"), &all)).found, []);
    assert_eq!(differences((&written("5"), &all), (&written("5.001"), &all)).found.len(), 1);
}

#[test]
fn a_missing_window_or_line_is_one_difference() {
    let figures = json!({ "n": 1, "windows": { "today": { "a": 1, "b": { "c": 2 } }, "15m": { "a": 1 } } });
    let mut without_today = figures.clone();
    without_today["windows"]["today"] = Value::Null;
    let found = compared(&document(&[("mipa", figures.clone())]), &document(&[("mipa", without_today)])).found;
    assert_eq!(found.len(), 1);
    let today = FigureKey { line: "mipa".into(), window: Some("today".into()), figure: None, labels: vec![] };
    assert_eq!((&found[0].key, found[0].one, found[0].other), (&today, ComparedValue::Figures, ComparedValue::Missing));

    let found = compared(&document(&[("mipa", Value::Null)]), &document(&[("mipa", figures)])).found;
    assert_eq!((found.len(), &found[0].key.window, found[0].one), (1, &None, ComparedValue::Missing));
    let none = document(&[("mipa", Value::Null)]);
    assert_eq!(compared(&none, &none).found, []);
}

#[test]
fn figures_that_another_version_has_nowhere_are_listed_and_not_compared() {
    let of = |version: Option<&str>, decided: Value, queue: Value| {
        let windows = json!({ "today": { "decided": decided } });
        let lines = [("mipa", json!({ "n": 1, "windows": windows })), ("chat", json!({ "n": 1, "queue": queue }))];
        FiguresDocument { version: version.map(str::to_owned), ..parsed(&document(&lines)) }
    };
    let old = |queue| of(None, json!({ "answered": 2 }), queue);
    let new = |version| of(version, json!({ "answered": 2, "timed_out": 0 }), json!({ "oldest": 7 }));
    let all = RunScope::default();
    let found = differences((&old(Value::Null), &all), (&new(Some("0.2.0")), &all));
    assert_eq!((found.found.len(), found.compared), (0, 3));
    assert_eq!(found.not_compared.figures, ["decided.timed_out", "queue.oldest"].map(str::to_owned).into());
    let found = differences((&old(json!({ "oldest": 8 })), &all), (&new(Some("0.2.0")), &all));
    assert_eq!(found.found.len(), 1, "a figure of both versions");
    let found = differences((&old(Value::Null), &all), (&new(None), &all));
    assert_eq!(found.found.len(), 2, "one version");
}

#[test]
fn lines_on_one_side_only_are_listed_and_not_compared() {
    let figures = || json!({ "n": 1, "windows": {} });
    let one = document(&[("mipa", figures()), ("neuvola", figures())]);
    let other = document(&[("116117", figures()), ("mipa", figures())]);
    let differences = compared(&one, &other);
    assert_eq!((differences.compared, differences.found.len()), (1, 0));
    assert_eq!((differences.lines_of_one, differences.lines_of_other), (vec!["neuvola".into()], vec!["116117".into()]));
}

#[test]
fn figures_outside_the_scope_of_a_run_are_not_compared() {
    let header = json!({ "run": {
        "windows": ["15m"], "figures": ["ensilinja_window_contacts_offered", "ensilinja_contacts_waiting"],
        "known_at": null, "version": "0.1.0"
    }});
    let Ok(RunLine::Header(run)) = RunLine::parse(&header.to_string()) else { panic!("it is a header") };
    let all = json!({
        "contacts_waiting": 1, "line_open": 1,
        "windows": { "15m": { "contacts_offered": 1, "contacts_handled": 1 }, "today": { "contacts_offered": 1 } }
    });
    let narrow = json!({ "contacts_waiting": 2, "windows": { "15m": { "contacts_offered": 1 } } });
    let [all, narrow] = [all, narrow].map(|figures| parsed(&document(&[("mipa", figures)])));
    for (one, other) in
        [((&all, &RunScope::default()), (&narrow, &run.scope)), ((&narrow, &run.scope), (&all, &RunScope::default()))]
    {
        let differences = differences(one, other);
        let names: Vec<String> = differences.found.iter().map(|found| found.key.name()).collect();
        assert_eq!((differences.compared, names), (2, vec!["contacts_waiting".to_owned()]));
    }
}

/// The result for three instants: a figure differs at two, and a window is missing on one side at one.
fn result() -> ComparisonResult {
    let all = RunScope::default();
    let mut result = ComparisonResult::default();
    for (minute, offered, due) in [(0, 3, 1_758_027_600), (15, 4, 1_758_027_600), (30, 6, 1_758_027_600)] {
        let at = AS_OF + minute * 60;
        let of = |offered: Option<i64>, due: i64| {
            let quarter = offered.map(|offered| json!({ "contacts_offered": offered, "waits": { "0.5": 31.7 } }));
            let figures = json!({ "callback_next_due_timestamp_seconds": due, "windows": { "15m": quarter } });
            parsed(&document(&[("mipa", figures)]))
        };
        let one = of((minute < 30).then_some(3), due - minute);
        let other = of(Some(offered), due);
        result.add(EventTime::from_seconds(at), differences((&one, &all), (&other, &all)));
    }
    result.only_in_one.lines.insert("neuvola".to_owned());
    result.only_in_other.instants.add(EventTime::from_seconds(AS_OF + 7_200));
    result
}

fn local(at: EventTime) -> String {
    format!("{}s", at.as_millis() / 1000 - AS_OF)
}

#[test]
fn the_table_shows_the_first_difference_of_each_figure() {
    assert_eq!(
        result().text(["before.jsonl", "after.jsonl"], &local, usize::MAX),
        "4 of 8 figures at 3 instants (0s to 1800s) differ
one: before.jsonl
other: after.jsonl

LINE  WINDOW  FIGURE                               FIRST AT     ONE    OTHER  DIFFERENCE  INSTANTS  LAST AT
mipa  now     callback_next_due_timestamp_seconds  900s      20685s   20700s         +15         2  1800s
mipa  15m     *                                    1800s       none  figures                     1  1800s
mipa  15m     contacts_offered                     900s           3        4          +1         1  900s
only in one: line neuvola
only in other: 1 instant (7200s)
"
    );
    let mut same = result();
    same.rows.clear();
    let text = same.text(["a", "b"], &local, usize::MAX);
    assert!(!same.is_same() && text.starts_with("only the lines differ: 8 "), "{text}");
    same.only_in_one.lines.clear();
    assert!(
        same.text(["a", "b"], &local, usize::MAX)
            .starts_with("no differences: 8 figures at 3 instants (0s to 1800s) are equal in a and b\n")
    );
}

#[test]
fn the_json_document_lists_every_instant_at_which_a_figure_differs() {
    let json: Value = serde_json::from_str(&result().json(["a", "b"])).unwrap();
    assert_eq!(json["figures"], json!(8));
    assert_eq!(
        json["instants"],
        json!({ "count": 3, "first_timestamp_seconds": AS_OF, "last_timestamp_seconds": AS_OF + 1_800 })
    );
    assert_eq!(json["only_in_one"]["lines"], json!(["neuvola"]));
    assert_eq!(json["only_in_other"]["instants"]["count"], json!(1));
    assert_eq!(
        json["differences"][2],
        json!({
            "line": "mipa", "window": "15m", "figure": "contacts_offered", "labels": [], "instants": 1, "not_listed": 0, "contacts": null,
            "most": { "as_of_timestamp_seconds": AS_OF + 900, "one": 3, "other": 4, "by": 1 },
            "at": [{ "as_of_timestamp_seconds": AS_OF + 900, "one": 3, "other": 4, "by": 1 }],
        })
    );
    let due = &json["differences"][0];
    assert_eq!((&due["most"]["by"], due["at"].as_array().map(Vec::len)), (&json!(30), Some(2)));
    assert_eq!(
        json["differences"][1]["at"][0],
        json!({
            "as_of_timestamp_seconds": AS_OF + 1_800, "one": null, "other": "figures", "by": null
        })
    );
}

#[test]
fn records_in_flight_to_a_live_process_are_no_difference() {
    let of = |offered: i64, answered: i64, waiting: Option<i64>| {
        document(&[("mipa", json!({ "offered": offered, "answered": answered, "waiting": waiting }))])
    };
    let (all, less) = (of(7, 4, Some(3)), of(5, 4, Some(1)));
    let stays = |live: &Value| {
        let found = compared(live, &all).beyond(&compared(live, &less)).found;
        found.iter().map(|found| found.key.name()).collect::<Vec<_>>()
    };
    assert_eq!(stays(&all), Vec::<String>::new());
    assert_eq!(stays(&less), Vec::<String>::new());
    assert_eq!(stays(&of(6, 4, Some(2))), Vec::<String>::new(), "the process has read some of them");
    assert_eq!(stays(&of(8, 4, Some(2))), ["offered"]);
    assert_eq!(stays(&of(6, 5, None)), ["answered", "waiting"]);

    let before = compared(&of(8, 5, Some(3)), &all);
    let after = compared(&of(8, 4, Some(2)), &all).that_stay(&before.keys());
    assert_eq!(after.found.iter().map(|found| found.key.name()).collect::<Vec<_>>(), ["offered"]);
}

#[test]
fn contacts_are_listed_below_their_figure_and_absent_from_debug_output() {
    let mut result = result();
    let leg = |contact: &str, one, other| ComparedLeg {
        contact: contact.to_owned(),
        one,
        other,
        found_in_one: Vec::new(),
        found_in_other: other.map(|_| "arrived at 10:15, topic/0/7".to_owned()).into_iter().collect(),
    };
    let traced = TracedContacts { legs: vec![leg("c-1", None, Some(1.0)), leg("c-2", Some(1.5), None)], more: 3 };
    assert!(!format!("{traced:?}").contains("c-1"), "ids must not reach a log");
    let key = result.rows.keys().last().unwrap().clone();
    result.rows.get_mut(&key).unwrap().contacts = Some(traced);
    let text = result.text(["a", "b"], &local, usize::MAX);
    let below = "    c-1: one none, other 1; other: arrived at 10:15, topic/0/7
    c-2: one 1.5, other none
    and 3 more contacts
contacts are listed for the first 1 figure only
";
    assert!(text.contains(below), "{text}");
    let json: Value = serde_json::from_str(&result.json(["a", "b"])).unwrap();
    let contacts = &json["differences"][2]["contacts"];
    assert_eq!((&contacts["more"], &contacts["legs"][0]["contact"]), (&json!(3), &json!("c-1")));
    assert_eq!(contacts["legs"][0]["found_in_other"], json!(["arrived at 10:15, topic/0/7"]));
}

#[test]
fn a_long_table_is_truncated_and_counts_the_omitted_rows() {
    let county = |n: i64| {
        let figures: BTreeMap<String, i64> = (0..300).map(|figure| (format!("f{figure:03}"), n)).collect();
        document(&[("mipa", json!(figures))])
    };
    let result = ComparisonResult::of_one_instant(EventTime::from_seconds(AS_OF), compared(&county(1), &county(2)), 7);
    let text = result.text(["a", "b"], &local, usize::MAX);
    let rows = text.lines().filter(|row| row.starts_with("mipa")).count();
    assert_eq!(rows, 200);
    assert!(
        text.ends_with(
            "100 more rows: --format json lists all\n\
             7 figures differed while records were in flight, and no longer differ\n"
        ),
        "{text}"
    );
    let json: Value = serde_json::from_str(&result.json(["a", "b"])).unwrap();
    assert_eq!((json["differences"].as_array().map(Vec::len), &json["differed_in_passing"]), (Some(300), &json!(7)));
}
