//! The keys that a configuration may have, asked of the reader of configurations itself: it refuses a key that it does
//! not know, and lists those that it does.
//!
//! ```text
//! [server]
//! zz_zz = 1      ->  refused: known here: listen, allowed_hosts, ...
//! ```
//! Each key that is listed is tried as a table and as a list of tables in turn, so new sections need no entry here.

use std::collections::BTreeSet;

use ensilinja_config::{NothingOutside, parse, parse_columns};
use ensilinja_wire::Format;
use serde_json::{Value, json};

/// No key is called so.
const STRANGER: &str = "zz_zz";

/// Says why a text is refused.
type Refusal = fn(&str) -> Option<String>;

/// The keys of the configuration, as paths.
pub(super) fn of_configuration() -> BTreeSet<String> {
    let refusal: Refusal = |text| parse("e.toml", text, &NothingOutside).err().map(|error| error.to_string());
    let mut keys = BTreeSet::new();
    visit(&county(), "", "", refusal, &mut keys);
    for format in Format::ALL {
        let mut base = county();
        base["source"] = json!([source(*format)]);
        assert_eq!(refusal(&toml(&base)), None, "the least configuration of {}", format.as_str());
        visit(&base, "/source/0", "source", refusal, &mut keys);
    }
    for deep in ["server.listen", "line.change.promise.answer", "source.json.facts.fact", "group.name.sv"] {
        assert!(keys.contains(deep), "{deep} is not found, so the document that leads to it is no longer right");
    }
    keys
}

/// The keys of a columns file, as paths.
pub(super) fn of_columns_file() -> BTreeSet<String> {
    let refusal: Refusal = |text| parse_columns("e.toml", text, None).err().map(|error| error.to_string());
    let base = json!({
        "time_zone": "Europe/Helsinki",
        "line": "mipa",
        "formats": { "date_time": "%Y-%m-%d %H:%M:%S" },
        "columns": { "id": "id", "arrived": "arrived", "result": "result" },
        "results": { "yes": "answered" },
    });
    assert_eq!(refusal(&toml(&base)), None, "the least columns file");
    let mut keys = BTreeSet::new();
    visit(&base, "", "", refusal, &mut keys);
    assert!(keys.contains("columns.arrived") && keys.contains("formats.date"), "{keys:?}");
    keys
}

/// The least county that has every section.
fn county() -> Value {
    json!({
        "kafka": { "brokers": "kafka:9092" },
        "group": [{ "id": "health", "name": { "fi": "Terveys" } }],
        "target": [{ "channel": "phone", "contacts_per_month": 1 }],
        "line": [{
            "id": "mipa",
            "channel": "phone",
            "name": { "fi": "Mipä" },
            "group": "health",
            "service_area": "Forssa",
            "hours": "24/7",
            "change": [{ "valid_from": "2026-01-01", "hours": "Mo-Fr 08:00-16:00" }],
        }],
    })
}

fn source(format: Format) -> Value {
    let mut source = json!({ "topics": ["records"], "format": format.as_str() });
    if format != Format::CloudEvents {
        source["queues"] = json!({ "q": "mipa" });
    }
    if format == Format::Json {
        let facts = json!([{ "fact": "offered" }]);
        source["json"] = json!({ "contact": "/id", "queue_name": "/queue", "time": "/time", "facts": facts });
    }
    source
}

/// Collects the keys of the table at `pointer` and below it. `name` is the path of the table for people.
fn visit(document: &Value, pointer: &str, name: &str, refusal: Refusal, keys: &mut BTreeSet<String>) {
    for key in known_keys(document, pointer, refusal).unwrap_or_default() {
        let (pointer, name) = (format!("{pointer}/{key}"), [name, &key].into_iter().filter(|part| !part.is_empty()));
        let name = name.collect::<Vec<_>>().join(".");
        for (shape, below) in [(json!({}), ""), (json!([{}]), "/0")] {
            let inside = format!("{pointer}{below}");
            let document = if document.pointer(&inside).is_some_and(Value::is_object) {
                document.clone()
            } else {
                with(document, &pointer, shape)
            };
            if known_keys(&document, &inside, refusal).is_some() {
                visit(&document, &inside, &name, refusal, keys);
            }
        }
        keys.insert(name);
    }
}

/// The keys that the table at `pointer` may have; `None` if it is no table, or one whose keys are free.
fn known_keys(document: &Value, pointer: &str, refusal: Refusal) -> Option<Vec<String>> {
    let message = refusal(&toml(&with(document, &format!("{pointer}/{STRANGER}"), json!(1))))?;
    let (before, known) = message.split_once("nown here: ")?;
    before.contains(STRANGER).then(|| known.split(", ").map(str::to_owned).collect())
}

/// The document with another value at `pointer`, whose parent is an object.
fn with(document: &Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    let mut document = document.clone();
    let table = document.pointer_mut(parent).and_then(Value::as_object_mut).expect("the parent is a table");
    table.insert(key.to_owned(), value);
    document
}

/// A document as TOML, each section in one line.
fn toml(document: &Value) -> String {
    let sections = document.as_object().expect("a document is a table").iter();
    sections.map(|(key, value)| format!("{key:?} = {}\n", inline(value))).collect::<Vec<_>>().concat()
}

fn inline(value: &Value) -> String {
    let is_date = |text: &str| text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    match value {
        Value::Object(table) => {
            let entries = table.iter().map(|(key, value)| format!("{key:?} = {}", inline(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::String(date) if is_date(date) => date.clone(),
        other => other.to_string(),
    }
}
