//! A resolved configuration, and the ledger's rules that follow from it.

use std::ops::Range;
use std::sync::Arc;

use ensilinja_calendar::{Days, LineHours, OpeningHours};
use ensilinja_ledger::{LineRules, Rules};
use ensilinja_model::{EventTime, LineId};
use jiff::tz::TimeZone;

use crate::error::UnknownLine;
use crate::kafka_settings::KafkaSettings;
use crate::line::Line;
use crate::logging::LogSettings;
use crate::nearest::suggestion;
use crate::server::ServerSettings;
use crate::shard::{Shard, ShardChoiceError};
use crate::source::Source;
use crate::volume::VolumeTarget;

/// Opening hours are laid out from this long before the time that figures are for, in ms. This is longer than a contact
/// lives, and longer than a line that opens for one season needs to open on five days.
const HOURS_BEFORE_MS: i64 = 400 * DAY_MS;

/// Opening hours are laid out until this long after the time that figures are for, in ms.
const HOURS_AFTER_MS: i64 = 2 * 366 * DAY_MS;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// All that an operator decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the figures are served.
    pub server: ServerSettings,
    /// What is logged, and how.
    pub log: LogSettings,
    /// Where the events come from.
    pub kafka: KafkaSettings,
    /// The time zone of the lines.
    pub zone: TimeZone,
    /// The local days of that zone.
    pub days: Arc<Days>,
    /// The lines, in the order of the file. There is at least one, and no two have the same id.
    pub lines: Vec<Line>,
    /// The ids of the `[[group]]` tables that no line has, in the order of the file.
    pub groups_without_lines: Vec<String>,
    /// Goals for the number of contacts in a month. No two have the same subject.
    pub volume_targets: Vec<VolumeTarget>,
    /// The sources of records. There is at least one, and no two have the same name or topic.
    pub sources: Vec<Source>,
    /// Which lines belong to which process, if several share the topics. Then each line is in exactly one of them.
    pub shards: Vec<Shard>,
    /// The shard of this process, by its position; `None` of a process that has all lines.
    pub shard: Option<usize>,
}

impl Config {
    /// The name of the lines' time zone in the IANA database.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().expect("the zone was found by its name")
    }

    /// The topic, if the sources have only one, and it is no pattern.
    #[must_use]
    pub fn only_topic(&self) -> Option<&str> {
        let mut topics = self.sources.iter().flat_map(|source| &source.topics);
        topics.next().filter(|topic| topics.next().is_none() && !topic.starts_with('^')).map(String::as_str)
    }

    /// The topics of all sources, with commas between them.
    #[must_use]
    pub fn topics_in_words(&self) -> String {
        let topics: Vec<&str> =
            self.sources.iter().flat_map(|source| source.topics.iter().map(String::as_str)).collect();
        topics.join(", ")
    }

    /// The indices of the lines with these ids, in the order of the file; of all lines if no id is given.
    ///
    /// # Errors
    /// If no line has one of the ids.
    pub fn line_indices(&self, ids: &[LineId]) -> Result<Vec<usize>, UnknownLine> {
        let known = || self.lines.iter().map(|line| line.id.as_str());
        if let Some(id) = ids.iter().find(|id| known().all(|known| known != id.as_str())) {
            return Err(UnknownLine { id: id.clone(), advice: suggestion(id.as_str(), known()) });
        }
        let is_asked_for = |line: &Line| ids.is_empty() || ids.contains(&line.id);
        Ok(self.lines.iter().enumerate().filter(|(_, line)| is_asked_for(line)).map(|(place, _)| place).collect())
    }

    /// The configuration of a process that has the lines of this shard. The first shard has the configured consumer
    /// group, and with it what was committed before there were shards. Each other one has a group of its own, named
    /// after it: processes of different shards have written different dead letters.
    ///
    /// # Errors
    /// If there are shards and none is named, or there is no such shard.
    pub fn with_shard(mut self, name: Option<&str>) -> Result<Self, ShardChoiceError> {
        let known = || self.shards.iter().map(|shard| shard.name.as_str());
        let all = || known().collect::<Vec<_>>().join(", ");
        let Some(name) = name else {
            return if self.shards.is_empty() {
                Ok(self)
            } else {
                Err(ShardChoiceError::Missing(format!("there are {}", all())))
            };
        };
        if self.shards.is_empty() {
            return Err(ShardChoiceError::NoShards(name.to_owned()));
        }
        let Some(position) = known().position(|known| known == name) else {
            return Err(ShardChoiceError::Unknown(name.to_owned(), suggestion(name, known().collect::<Vec<_>>())));
        };
        self.kafka.group_id = self.group_of(position);
        self.shard = Some(position);
        Ok(self)
    }

    /// The consumer group of the shard at this position.
    fn group_of(&self, position: usize) -> String {
        let group = &self.kafka.group_id;
        if position == 0 { group.clone() } else { format!("{group}.{}", self.shards[position].name) }
    }

    /// The consumer group of this process; where there are shards and this has none, those of all, in their order.
    #[must_use]
    pub fn consumer_groups(&self) -> Vec<String> {
        if self.shard.is_some() || self.shards.is_empty() {
            return vec![self.kafka.group_id.clone()];
        }
        (0..self.shards.len()).map(|position| self.group_of(position)).collect()
    }

    /// The positions of the lines of this process, ascending.
    #[must_use]
    pub fn own_lines(&self) -> Vec<usize> {
        self.shard.map_or_else(|| (0..self.lines.len()).collect(), |shard| self.shards[shard].lines.clone())
    }

    /// Whether this process counts rejected records and writes them to the dead letters: exactly one shard does.
    #[must_use]
    pub fn keeps_rejections(&self) -> bool {
        self.shard.is_none_or(|shard| shard == 0)
    }

    /// Every shard by name, and whether it is that of this process; none where a process has all lines.
    pub fn shard_names(&self) -> impl Iterator<Item = (&str, bool)> {
        let own = self.shard;
        let shards = self.shards.iter().enumerate().filter(move |_| own.is_some());
        shards.map(move |(position, shard)| (shard.name.as_str(), own == Some(position)))
    }

    /// The ledger's rules for figures from `now` until two years later.
    #[must_use]
    pub fn rules(&self, now: EventTime) -> Rules {
        self.rules_over(&(now..now))
    }

    /// The ledger's rules for figures of a stretch of time. Opening hours are laid out from 400 days before it to two
    /// years after it, each distinct text once: a hundred counties have many lines with the same hours.
    #[must_use]
    pub fn rules_over(&self, stretch: &Range<EventTime>) -> Rules {
        let (from, to) = (stretch.start.plus_millis(-HOURS_BEFORE_MS), stretch.end.plus_millis(HOURS_AFTER_MS));
        let mut laid_out: Vec<(&OpeningHours, LineHours)> = Vec::new();
        let mut lines = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let known = laid_out.iter().find(|(hours, _)| **hours == line.hours).map(|(_, known)| known.clone());
            let hours = known.unwrap_or_else(|| {
                let new = LineHours::new(&line.hours, &self.days, from, to);
                laid_out.push((&line.hours, new.clone()));
                new
            });
            lines.push(LineRules { hours, effective_limits: line.effective_limits.clone() });
        }
        Rules::new(Arc::clone(&self.days), lines)
    }
}
