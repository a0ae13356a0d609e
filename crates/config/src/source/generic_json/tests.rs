//! Tests of `[source.json]`: the examples of its page, and what is refused.

use std::sync::LazyLock;

use ensilinja_model::EventTime;
use ensilinja_wire::{Decoder, Record};
use jiff::Timestamp;

use crate::outside::NothingOutside;
use crate::source::page::page_of;
use crate::{Config, SAMPLE, parse};

static PAGE: LazyLock<String> = LazyLock::new(|| page_of("json"));

fn parsed(source: &str) -> Result<Config, String> {
    parse("e.toml", &format!("{SAMPLE}\n{source}"), &NothingOutside).map_err(|error| error.to_string())
}

/// The blocks of the page in this language.
fn blocks(language: &str) -> Vec<&'static str> {
    let start = format!("```{language}\n");
    PAGE.split(&start).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// What a value states, in the words of the page.
fn stated(config: &Config, name: &str, value: &str) -> String {
    let lines: Vec<_> = config.lines.iter().map(|line| line.id.clone()).collect();
    let source = config.sources.iter().find(|source| source.name == name).unwrap();
    let decoder = Decoder::of_source(&lines, [7; 16], source.mapping.clone());
    let contents = decoder.contents(&Record::of_value(value.as_bytes()));
    assert_eq!(contents.faults, [], "{value}");
    let time = |at: EventTime| Timestamp::from_millisecond(at.as_millis()).unwrap();
    let mut words: Vec<String> = contents
        .facts
        .iter()
        .map(|fact| format!("{} {} {}", lines[fact.line.as_usize()], fact.kind.unwrap().as_str(), time(fact.at)))
        .collect();
    words.extend(contents.unmapped.iter().map(|(table, key, name)| {
        format!("unmapped {} {key:?} ({})", table.as_str(), name.as_deref().unwrap_or_default())
    }));
    words.extend(contents.has_unknown_type.then(|| "unknown type".to_owned()));
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

#[test]
fn the_examples_of_the_page_state_what_it_says() {
    let (configurations, values) = (blocks("toml"), blocks("json"));
    // The first block of text is the table of keys.
    let expected = &blocks("text")[1..];
    assert_eq!((configurations.len(), values.len(), expected.len()), (2, 2, 2));
    for (number, name) in ["enreach", "dynamics"].iter().enumerate() {
        let config = parsed(configurations[number]).unwrap();
        let found: Vec<String> = values[number].lines().map(|value| stated(&config, name, value)).collect();
        assert_eq!(found, expected[number].lines().collect::<Vec<_>>());
    }
}

const SMALL: &str = r#"
[[source]]
topics = ["t"]
format = "json"
[source.queues]
"q" = "mipa"
[source.json]
type = "/type"
contact = "/id"
queue_name = "/queue"
time = "/at"
[[source.json.facts]]
fact = "offered"
type = ["in", 7, true]
when = { "/direction" = "in" }
present = "/a"
missing = ["/b", "/c/0"]
"#;

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    parsed(SMALL).unwrap();
    for (from, to, expected) in [
        ("contact = \"/id\"", "", "json.contact is missing; it should be a pointer to the id of the contact"),
        ("\"/id\"", "\"id\"", "json.contact is \"id\"; it should be a pointer, such as \"/call/id\""),
        ("\"/id\"", "\"^/id\"", "without `records` there is nothing outside of a record"),
        ("queue_name = \"/queue\"", "", "a pointer to the name of the queue, or queue_id"),
        ("contact =", "contacts =", "did you mean contact?"),
        ("time = \"/at\"", "", "facts[#1].time is missing; it should be a pointer to the time of the fact"),
        ("time = \"/at\"", "time = \"/at\"\ntime_unit = \"local\"", "unless the source has a time_zone"),
        ("time = \"/at\"", "time = \"/at\"\ntime_unit = \"minutes\"", "time_unit is \"minutes\"; it should be one of"),
        ("fact = \"offered\"", "fact = \"arrived\"", "fact is \"arrived\"; it should be one of \"offered\","),
        ("fact = \"offered\"", "", "fact is missing; it should be what the records state"),
        ("fact = \"offered\"", "fact = \"offered\"\ncode = \"/x\"", "a table has one of fact, code and exit"),
        ("fact = \"offered\"", "fact = \"offered\"\nstage = \"menu\"", "stage is \"menu\"; it should be left out"),
        ("fact = \"offered\"", "code = \"/x\"\noutcome = \"handled\"", "outcome is \"handled\"; it should be left out"),
        ("fact = \"offered\"", "fact = \"abandoned\"\nstage = \"hall\"", "stage is \"hall\"; it should be one of"),
        ("fact = \"offered\"", "fact = \"callback_attempted\"", "result is missing; it should be \"reached\" or"),
        ("fact = \"offered\"", "fact = \"callback_closed\"", "result is missing"),
        ("fact = \"offered\"", "fact = \"outcome_recorded\"", "a code of the records is read by code"),
        ("fact = \"offered\"", "fact = \"feedback_received\"", "question is missing; it should be one of \"nps\""),
        (
            "fact = \"offered\"",
            "fact = \"feedback_received\"\nquestion = \"nps\"\nanswer = \"/x\"\nyes = \"y\"",
            "yes is \"y\"; it should be left out",
        ),
        ("\"/direction\" =", "\"direction\" =", "when.\"direction\" is a key; it should be a pointer"),
        ("= \"in\" }", "= [] }", "when.\"/direction\" is an empty list; it should be a text, or a list of texts"),
        ("\"/b\", ", "\"b\", ", "missing is a list; it should be a pointer"),
        ("[[source.json.facts]]", "[[source.json.fact]]", "did you mean facts?"),
        ("[source.json]", "[source.jsn]", "did you mean json?"),
    ] {
        let refusal = parsed(&SMALL.replacen(from, to, 1)).map(|_| ()).expect_err(to);
        assert!(refusal.contains(expected), "{refusal}");
        assert!(refusal.starts_with("e.toml:"), "{refusal}");
    }
    let without = SMALL.split("[source.json]").next().unwrap();
    assert!(parsed(without).unwrap_err().contains("json is missing; it should be a table with records, type"));
}
