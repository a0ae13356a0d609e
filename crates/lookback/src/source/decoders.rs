//! The decoders of all sources of a configuration.

use ensilinja_config::Config;
use ensilinja_model::LineId;
use ensilinja_wire::{Decoder, Format};

/// The decoders of all sources. They hash contacts with one key, so a contact has one leg on a line, whichever source
/// tells of it.
#[derive(Clone)]
pub struct SourceDecoders {
    topics: Vec<Decoder>,
    files: Decoder,
}

impl SourceDecoders {
    /// The decoders of the sources of `config`. Files are read as records of the source number `file_source`, or as
    /// `CloudEvents`. `key` is that of the hash of contact ids: it has to be the same where legs of two readings are
    /// compared, and random otherwise.
    #[must_use]
    pub fn new(config: &Config, file_source: Option<usize>, key: [u8; 16]) -> Self {
        let ids: Vec<LineId> = config.lines.iter().map(|line| line.id.clone()).collect();
        let topics: Vec<Decoder> =
            config.sources.iter().map(|source| Decoder::of_source(&ids, key, source.mapping.clone())).collect();
        let files = file_source.map_or_else(|| Decoder::new(&ids, key), |source| topics[source].clone());
        Self { topics, files }
    }

    /// The decoder of the records of a source, by its number in the configuration.
    #[must_use]
    pub fn of_source(&self, source: usize) -> &Decoder {
        &self.topics[source]
    }

    /// The decoder of the lines of files.
    #[must_use]
    pub const fn of_files(&self) -> &Decoder {
        &self.files
    }
}

/// The source whose records a file has unless the user says which: that of `CloudEvents`, or else the only one. `None`
/// if several platforms are configured.
#[must_use]
pub fn usual_file_source(config: &Config) -> Option<usize> {
    let of_events = config.sources.iter().position(|source| source.mapping.format == Format::CloudEvents);
    of_events.or_else(|| (config.sources.len() == 1).then_some(0))
}
