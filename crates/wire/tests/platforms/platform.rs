//! A platform: what it can tell of a call, its records, and the source that reads them.

use std::fmt::Write as _;

use ensilinja_config::{Config, NothingOutside, SAMPLE};
use ensilinja_model::{EventTime, LineId};
use ensilinja_wire::Decoder;

use crate::calls::{Call, Telling};

/// A platform whose records are read.
pub struct Platform {
    /// The name of its format.
    pub format: &'static str,
    pub telling: Telling,
    /// The records of a call, each with its instant.
    pub records: fn(&Call) -> Vec<(EventTime, String)>,
    /// Keys of its source, and tables below it.
    pub keys: &'static str,
    pub tables: &'static str,
}

/// The key of both decoders, that of the records and that of the events.
const KEY: [u8; 16] = *b"sixteen bytes!!!";

impl Platform {
    /// The configuration of the county with this platform as its only source.
    pub fn config(&self) -> Config {
        let Self { format, keys, tables, .. } = self;
        let mut text = SAMPLE.replace("topic = \"ensilinja.events\"\n", "");
        write!(text, "\n[[source]]\ntopics = [\"t\"]\nformat = \"{format}\"\n{keys}\n{tables}\n[source.queues]\n")
            .unwrap();
        for line in ensilinja_config::county().lines {
            writeln!(text, "\"q-{0}\" = \"{0}\"", line.id).unwrap();
        }
        ensilinja_config::parse("platform.toml", &text, &NothingOutside).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// A decoder of a platform's records.
pub fn records_decoder(config: &Config) -> Decoder {
    Decoder::of_source(&ids(config), KEY, config.sources[0].mapping.clone())
}

/// A decoder of this project's own events.
pub fn events_decoder(config: &Config) -> Decoder {
    Decoder::new(&ids(config), KEY)
}

fn ids(config: &Config) -> Vec<LineId> {
    config.lines.iter().map(|line| line.id.clone()).collect()
}
