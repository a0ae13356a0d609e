//! One `[[line]]`: a telephone line, chat or text message number that customers contact.

use std::collections::BTreeMap;
use std::ops::Range;

use ensilinja_calendar::OpeningHours;
use ensilinja_catalogue::{LineInfo, VolumeGoals};
use ensilinja_ledger::EffectiveLimits;
use ensilinja_model::{Channel, LineId, WaitFrom};
use toml::de::{DeTable, DeValue};

use crate::change::{self, CHANGE};
use crate::error::ConfigError;
use crate::goals::{self, Goals};
use crate::group::{self, GROUP, GroupNames};
use crate::hours::{HOURS, HOURS_EXPECTED, hours};
use crate::life::LifeCheck;
use crate::limits;
use crate::names::{LANGUAGES, LineNames, NAME_KEY, names};
use crate::section::{Section, TomlText};
use crate::value::{self, NAME, word};

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name in events, labels and URLs.
    pub id: LineId,
    /// How customers reach it.
    pub channel: Channel,
    /// Its name for people.
    pub name: LineNames,
    /// The group of lines that it is shown with on a board, such as `health`.
    pub group: String,
    /// The names of the group; `None` if the configuration names no groups.
    pub group_name: Option<LineNames>,
    /// The area it serves, such as `Forssa`.
    pub service_area: String,
    /// When it is open, with its changes by date.
    pub hours: OpeningHours,
    /// Its limits and promises, each with the time from which they hold. The first hold since the beginning of time.
    pub effective_limits: Vec<EffectiveLimits>,
    /// Its goals.
    pub goals: Goals,
    /// The goals for the number of contacts that it has a part in.
    pub volume_goals: Vec<VolumeGoals>,
}

impl Line {
    /// The description of the line for series, figures and the board.
    #[must_use]
    pub fn info(&self) -> LineInfo {
        LineInfo {
            id: self.id.clone(),
            channel: self.channel,
            name_fi: self.name.fi.clone(),
            name_sv: self.name.sv.clone(),
            name_en: self.name.en.clone(),
            group_names: self.group_names(),
            group: self.group.clone(),
            service_area: self.service_area.clone(),
            wait_from: self.wait_from(),
            service_level: self.goals.service_level,
            targets: self.goals.targets.clone(),
            volume_goals: self.volume_goals.clone(),
        }
    }

    /// The names of its group: Finnish, Swedish, English. A group without names is called by its id.
    fn group_names(&self) -> [String; 3] {
        match &self.group_name {
            Some(LineNames { fi, sv, en }) => [fi, sv, en].map(Clone::clone),
            None => [&self.group; 3].map(Clone::clone),
        }
    }

    /// From where its waits count; `None` if that changes by date.
    #[must_use]
    pub fn wait_from(&self) -> Option<WaitFrom> {
        let mut rules = self.effective_limits.iter().map(|effective| effective.limits.wait_from);
        let first = rules.next()?;
        rules.all(|other| other == first).then_some(first)
    }
}

/// Limits and goals of lines that do not set their own.
#[derive(Default)]
pub(crate) struct LineDefaults {
    pub(crate) limits: limits::DefaultLimits,
    pub(crate) goals: Goals,
}

/// The most lines that a process may have: a hundred counties like the sample, and room to grow. Each line has
/// some 500 series and 50 KiB in every scrape, so this many are a million series a scrape and 120 MiB.
pub(crate) const MOST_LINES: usize = 2500;

/// The most lines that a configuration may have, with shards: an index of a line has 16 bits.
const MOST_NUMBERED: usize = 65_536;

/// The list of shards: a configuration that has some may have more lines.
pub(crate) const SHARD: &str = "shard";

const ID: &str = "id";
/// The key of a channel.
pub(crate) const CHANNEL: &str = "channel";
const SERVICE_AREA: &str = "service_area";
const LINES: &str =
    "a list of [[line]] tables, at least one, each with id, channel, name, group, service_area and hours";
const ID_EXPECTED: &str = "1 to 40 of a-z, 0-9 and _, such as \"mipa_chat\"";
const CHANNEL_EXPECTED: &str = "one of \"phone\", \"chat\", \"sms\"";

/// Reads every `[[line]]` of the document.
pub(crate) fn read_all(
    root: &Section<'_>,
    defaults: &LineDefaults,
    groups: &GroupNames,
    life_check: &LifeCheck<'_>,
) -> Result<Vec<Line>, ConfigError> {
    let most = if root.has(SHARD) { MOST_NUMBERED } else { MOST_LINES };
    let tables = root.required("line", LINES, |value| match value {
        DeValue::Array(tables) if (1..=most).contains(&tables.len()) => Ok(tables),
        DeValue::Array(tables) if !tables.is_empty() => Err(format!("at most {most} [[line]] tables").into()),
        _ => Err(LINES.into()),
    })?;
    let mut lines = Vec::with_capacity(tables.len());
    let mut taken: BTreeMap<LineId, usize> = BTreeMap::new();
    for (index, value) in tables.iter().enumerate() {
        let DeValue::Table(table) = value.get_ref() else { return Err(root.refusal("line", LINES)) };
        let section = open(root.document(), index, value.span(), table)?;
        let line = read(&section, defaults, groups, life_check)?;
        if let Some(at) = taken.insert(line.id.clone(), section.line_of(ID)) {
            let section = Section::open(root.document(), numbered(index), value.span(), table, &keys())?;
            return Err(section
                .refusal(ID, format!("an id of its own: the line at {}:{at} has this one", root.document().file)));
        }
        lines.push(line);
    }
    Ok(lines)
}

/// Opens the table of a line under its id, or under its number, from 1, if it has no valid id.
fn open<'a>(
    document: TomlText<'a>,
    index: usize,
    place: Range<usize>,
    table: &'a DeTable<'a>,
) -> Result<Section<'a>, ConfigError> {
    let id = table.get(ID).and_then(|value| value.get_ref().as_str()).and_then(|text| LineId::parse(text).ok());
    let path = id.map_or_else(|| numbered(index), |id| format!("line[{id}]"));
    Section::open(document, path, place, table, &keys())
}

fn numbered(index: usize) -> String {
    format!("line[#{}]", index + 1)
}

fn keys() -> Vec<&'static str> {
    let own = [ID, CHANNEL, NAME_KEY, GROUP, SERVICE_AREA, HOURS];
    [own.as_slice(), &limits::LINE_KEYS, &goals::KEYS, &[CHANGE]].concat()
}

fn read(
    section: &Section<'_>,
    defaults: &LineDefaults,
    groups: &GroupNames,
    life_check: &LifeCheck<'_>,
) -> Result<Line, ConfigError> {
    let id = section.required(ID, ID_EXPECTED, |value| {
        value.as_str().and_then(|text| LineId::parse(text).ok()).ok_or_else(|| ID_EXPECTED.into())
    })?;
    let channel = section.required(CHANNEL, CHANNEL_EXPECTED, |value| word(value, Channel::ALL, Channel::as_str))?;
    let name = names(&section.required_section(NAME_KEY, &LANGUAGES)?)?;
    let (group, group_name) = group::of_line(section, groups)?;
    let service_area = section.required(SERVICE_AREA, NAME, value::name)?;
    let hours = section.required(HOURS, HOURS_EXPECTED, hours)?;
    let limits = limits::read(section, limits::ORPHAN_AFTER, defaults.limits.of(channel))?;
    let goals = Goals::read(section, &defaults.goals, Some(channel))?;
    let (hours, effective_limits) = change::read(section, hours, limits, life_check)?;
    Ok(Line {
        id,
        channel,
        name,
        group,
        group_name,
        service_area,
        hours,
        effective_limits,
        goals,
        volume_goals: Vec::new(),
    })
}
