//! The two documents for producers, parsed and compiled once.

use std::sync::OnceLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

const EVENT_SCHEMA: &str = include_str!("../../../../docs/wire/event.schema.json");
const ASYNCAPI: &str = include_str!("../../../../docs/wire/asyncapi.json");

/// The base URL of the documents, so that one can refer to the other.
const BASE_URL: &str = "file:///docs/wire";

pub(crate) struct Documents {
    pub(crate) event_schema: Value,
    pub(crate) asyncapi: Value,
    schemas: Schemas,
    event: SchemaIndex,
    structured_headers: SchemaIndex,
    binary_headers: SchemaIndex,
    binary_data: SchemaIndex,
    dead_letter_headers: SchemaIndex,
}

impl Documents {
    pub(crate) fn shared() -> &'static Self {
        static DOCUMENTS: OnceLock<Documents> = OnceLock::new();
        DOCUMENTS.get_or_init(Self::read)
    }

    fn read() -> Self {
        let event_schema: Value = serde_json::from_str(EVENT_SCHEMA).unwrap();
        let asyncapi: Value = serde_json::from_str(ASYNCAPI).unwrap();
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.enable_content_assertions();
        compiler.add_resource(&format!("{BASE_URL}/event.schema.json"), event_schema.clone()).unwrap();
        compiler.add_resource(&format!("{BASE_URL}/asyncapi.json"), asyncapi.clone()).unwrap();
        let mut compile = |path: &str| compiler.compile(&format!("{BASE_URL}/{path}"), &mut schemas).unwrap();
        let event = compile("event.schema.json");
        let structured_headers = compile("asyncapi.json#/components/messages/structured/headers");
        let binary_headers = compile("asyncapi.json#/components/messages/binary/headers");
        let binary_data = compile("asyncapi.json#/components/messages/binary/payload/schema");
        let dead_letter_headers = compile("asyncapi.json#/components/messages/deadLetter/headers");
        Self {
            event_schema,
            asyncapi,
            schemas,
            event,
            structured_headers,
            binary_headers,
            binary_data,
            dead_letter_headers,
        }
    }

    pub(crate) fn allows_event(&self, event: &Value) -> bool {
        self.schemas.validate(event, self.event).is_ok()
    }

    pub(crate) fn allows_structured_headers(&self, headers: &Value) -> bool {
        self.schemas.validate(headers, self.structured_headers).is_ok()
    }

    pub(crate) fn allows_binary_headers(&self, headers: &Value) -> bool {
        self.schemas.validate(headers, self.binary_headers).is_ok()
    }

    pub(crate) fn allows_binary_data(&self, data: &Value) -> bool {
        self.schemas.validate(data, self.binary_data).is_ok()
    }

    pub(crate) fn allows_dead_letter_headers(&self, headers: &Value) -> bool {
        self.schemas.validate(headers, self.dead_letter_headers).is_ok()
    }
}

/// The strings of a JSON array.
pub(crate) fn texts(array: &Value) -> Vec<&str> {
    array.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}
