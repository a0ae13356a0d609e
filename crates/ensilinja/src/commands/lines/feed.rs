//! What feeds a line: the sources, and which of their entries lead to it.

use ensilinja_config::{Config, Source};
use ensilinja_model::LineIndex;
use ensilinja_report::JsonDocument;
use ensilinja_wire::{ExitMeaning, Format, FormatRules, Mapping, QueueTarget};

/// A source that feeds a line, and its entries that lead there.
pub(super) struct LineFeed<'a> {
    source: &'a Source,
    /// Queues, by id, name or pattern.
    queues: Vec<&'a str>,
    /// Dialled numbers.
    numbers: Vec<&'a str>,
    /// Workflows (Twilio).
    workflows: Vec<&'a str>,
    /// What exits mean for the line; those that are not listed have the meaning of the format.
    exits: Vec<(&'a str, ExitMeaning)>,
}

impl<'a> LineFeed<'a> {
    /// The sources that feed a line, in the order of the configuration.
    pub(super) fn of(config: &'a Config, line: LineIndex) -> Vec<Self> {
        let feeds = config.sources.iter().map(|source| Self::of_source(source, line));
        feeds.filter(Self::leads_there).collect()
    }

    fn of_source(source: &'a Source, line: LineIndex) -> Self {
        let Mapping { queues, entries, exits, rules, .. } = &source.mapping;
        let queues = queues.iter().filter(|(_, target)| **target == QueueTarget::Line(line)).map(|(key, _)| key);
        let numbers = entries.iter().filter(|(_, target)| **target == line).map(|(key, _)| key);
        let workflows = match rules {
            FormatRules::TwilioTaskrouter(rules) => {
                rules.workflows().iter().filter(|(_, target)| **target == line).map(|(key, _)| key).collect()
            }
            _ => Vec::new(),
        };
        let own = exits.of_line.iter().filter(|((of, _), _)| *of == line);
        let mut meanings: Vec<_> = own.map(|((_, exit), meaning)| (exit.as_str(), *meaning)).collect();
        let general = exits.general.iter().filter(|(exit, _)| !exits.of_line.contains_key(&(line, (*exit).clone())));
        meanings.extend(general.map(|(exit, meaning)| (exit.as_str(), *meaning)));
        Self { source, queues: queues.collect(), numbers: numbers.collect(), workflows, exits: meanings }
    }

    /// Whether the source can say anything of the line. An event names its line itself.
    fn leads_there(&self) -> bool {
        let is_of_events = self.source.mapping.format == Format::CloudEvents;
        is_of_events || !(self.queues.is_empty() && self.numbers.is_empty() && self.workflows.is_empty())
    }

    /// For people.
    pub(super) fn in_words(&self) -> String {
        let Source { name, mapping, repairs_only, .. } = self.source;
        let mut words = vec![if mapping.format.as_str() == name {
            name.clone()
        } else {
            format!("{name} ({})", mapping.format.as_str())
        }];
        let quoted = |keys: &[&str]| keys.iter().map(|key| format!("{key:?}")).collect::<Vec<_>>().join(", ");
        if mapping.format == Format::CloudEvents {
            words.push("events that name the line".to_owned());
        }
        for (what, keys) in [("queues", &self.queues), ("numbers", &self.numbers), ("workflows", &self.workflows)] {
            if !keys.is_empty() {
                words.push(format!("{what} {}", quoted(keys)));
            }
        }
        if !self.exits.is_empty() {
            let exits = self.exits.iter().map(|(exit, meaning)| format!("{exit} is {}", meaning.as_str()));
            words.push(format!("exits: {}", exits.collect::<Vec<_>>().join(", ")));
        }
        if *repairs_only {
            words.push("only repairs".to_owned());
        }
        words.join("; ")
    }

    /// For programs.
    pub(super) fn document(&self) -> JsonDocument {
        let list = |keys: &[&str]| JsonDocument::list(keys.iter().map(|key| (*key).into()));
        let exits = self.exits.iter().map(|(exit, meaning)| {
            JsonDocument::object([("exit", (*exit).into()), ("meaning", meaning.as_str().into())])
        });
        JsonDocument::object([
            ("source", self.source.name.as_str().into()),
            ("format", self.source.mapping.format.as_str().into()),
            ("repairs_only", self.source.repairs_only.into()),
            ("queues", list(&self.queues)),
            ("numbers", list(&self.numbers)),
            ("workflows", list(&self.workflows)),
            ("exits", JsonDocument::list(exits)),
        ])
    }
}
