//! The headers of dead letters compared with docs/wire/asyncapi.json.

use std::sync::OnceLock;

use boon::{Compiler, SchemaIndex, Schemas};
use ensilinja_test_support::plain_consumer::StoredRecord;
use serde_json::{Map, Value};

const ASYNCAPI: &str = include_str!("../../docs/wire/asyncapi.json");
const EVENT_SCHEMA: &str = include_str!("../../docs/wire/event.schema.json");

/// Asserts that the headers of a dead letter are those of the document.
#[track_caller]
pub fn assert_as_documented(letter: &StoredRecord) {
    static DOCUMENT: OnceLock<(Schemas, SchemaIndex)> = OnceLock::new();
    let (schemas, index) = DOCUMENT.get_or_init(read);
    let added = letter.headers.iter().filter(|(name, _)| name.starts_with("ensilinja_"));
    let text = |value: &Option<Vec<u8>>| String::from_utf8_lossy(value.as_deref().expect("no null")).into_owned();
    let headers: Map<String, Value> = added.map(|(name, value)| (name.clone(), text(value).into())).collect();
    let headers = Value::Object(headers);
    if let Err(error) = schemas.validate(&headers, *index) {
        panic!("a dead letter is not as documented: {error:#}");
    }
}

fn read() -> (Schemas, SchemaIndex) {
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler.enable_format_assertions();
    compiler.add_resource("file:///event.schema.json", serde_json::from_str(EVENT_SCHEMA).unwrap()).unwrap();
    let mut document: Value = serde_json::from_str(ASYNCAPI).unwrap();
    // A header that is not in the document must not occur.
    document["components"]["messages"]["deadLetter"]["headers"]["additionalProperties"] = false.into();
    compiler.add_resource("file:///asyncapi.json", document).unwrap();
    let place = "file:///asyncapi.json#/components/messages/deadLetter/headers";
    let index = compiler.compile(place, &mut schemas).unwrap();
    (schemas, index)
}
