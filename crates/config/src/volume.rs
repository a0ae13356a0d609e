//! `[[target]]`: goals for the number of contacts that arrive in a month at a line, a group or a channel, by date.
//!
//! They are a list of their own, because a channel has no table, and because the goal of a channel is not the sum of
//! goals of lines. They change only with a month, so that every month has one goal.

use ensilinja_catalogue::{VolumeGoals, VolumeScope, VolumeStep};
use ensilinja_model::{Channel, EventTime, LineId};
use jiff::civil::Date;
use toml::de::DeValue;

use crate::change;
use crate::error::ConfigError;
use crate::group::GROUP;
use crate::life::LifeCheck;
use crate::line::{CHANNEL, Line};
use crate::nearest::suggestion;
use crate::section::{Expected, Section};
use crate::value::{self, word};

/// The list of goals.
pub(crate) const TARGET: &str = "target";

const LINE: &str = "line";
const VALID_FROM: &str = "valid_from";
const CONTACTS: &str = "contacts_per_month";
const KEYS: [&str; 5] = [LINE, GROUP, CHANNEL, VALID_FROM, CONTACTS];
const TARGETS: &str = "a list of [[target]] tables, each with contacts_per_month, and with line, group or channel";
const FIRST_OF_MONTH: &str = "the first day of a month, without quotes, such as 2026-01-01";
const CONTACTS_EXPECTED: &str = "a whole number from 1 to 100000000, or \"none\"";
const MOST_CONTACTS: u32 = 100_000_000;

/// Whose contacts a goal counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VolumeSubject {
    /// Those of a line.
    Line(LineId),
    /// Those of the lines of a group with one channel.
    Group(String, Channel),
    /// Those of all lines of a channel.
    Channel(Channel),
}

/// The goals for the contacts of a month, by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeTarget {
    /// Whose contacts.
    pub subject: VolumeSubject,
    /// The goals, each from the first day of a month; `None` of the first for all time before. There is at least one.
    pub steps: Vec<(Option<Date>, Option<u32>)>,
}

impl VolumeSubject {
    /// Whether it counts the contacts of a line.
    #[must_use]
    pub fn holds(&self, line: &Line) -> bool {
        match self {
            Self::Line(id) => line.id == *id,
            Self::Group(group, channel) => line.group == *group && line.channel == *channel,
            Self::Channel(channel) => line.channel == *channel,
        }
    }

    const fn scope(&self) -> VolumeScope {
        match self {
            Self::Line(_) => VolumeScope::Line,
            Self::Group(..) => VolumeScope::Group,
            Self::Channel(_) => VolumeScope::Channel,
        }
    }
}

impl VolumeTarget {
    /// The goals at the instants from which they hold.
    fn goals(&self, life_check: &LifeCheck<'_>) -> VolumeGoals {
        let step = |(date, contacts_per_month): &(Option<Date>, Option<u32>)| VolumeStep {
            valid_from: date.map_or(EventTime::MIN, |date| life_check.midnight(date)),
            contacts_per_month: *contacts_per_month,
        };
        VolumeGoals { scope: self.subject.scope(), steps: self.steps.iter().map(step).collect() }
    }
}

/// Reads every `[[target]]` of the document, and tells each of the lines which goals it has a part in.
pub(crate) fn read_all(
    root: &Section<'_>,
    lines: &mut [Line],
    life_check: &LifeCheck<'_>,
) -> Result<Vec<VolumeTarget>, ConfigError> {
    let tables = root.optional(TARGET, |value| match value {
        DeValue::Array(tables) if !tables.is_empty() => Ok(tables),
        _ => Err(TARGETS.into()),
    })?;
    let mut targets: Vec<VolumeTarget> = Vec::new();
    for (table, number) in tables.into_iter().flatten().zip(1..) {
        let item = root.item(&format!("{TARGET}[#{number}]"), table, &KEYS);
        let section = item.unwrap_or_else(|| Err(root.refusal(TARGET, TARGETS)))?;
        let subject = subject(&section, lines)?;
        let before = targets.iter_mut().find(|target| target.subject == subject);
        let step = step(&section, before.as_ref().and_then(|target| target.steps.last().copied()))?;
        match before {
            Some(target) => target.steps.push(step),
            None => targets.push(VolumeTarget { subject, steps: vec![step] }),
        }
    }
    for line in lines {
        let of_line = targets.iter().filter(|target| target.subject.holds(line));
        line.volume_goals = of_line.map(|target| target.goals(life_check)).collect();
    }
    Ok(targets)
}

fn step(
    section: &Section<'_>,
    before: Option<(Option<Date>, Option<u32>)>,
) -> Result<(Option<Date>, Option<u32>), ConfigError> {
    let date = match before {
        None => section.optional(VALID_FROM, first_of_month)?,
        Some((earlier, _)) => {
            let date = section.required(VALID_FROM, FIRST_OF_MONTH, first_of_month)?;
            if let Some(earlier) = earlier.filter(|earlier| *earlier >= date) {
                let expected = format!("after {earlier}, the date of the [[target]] before it");
                return Err(section.refusal(VALID_FROM, expected));
            }
            Some(date)
        }
    };
    let contacts = section.required(CONTACTS, CONTACTS_EXPECTED, contacts)?;
    if contacts == before.and_then(|(_, contacts)| contacts) {
        let expected = match contacts {
            Some(_) => "another number than that of the [[target]] before it",
            None => "a whole number: there is no goal before",
        };
        return Err(section.refusal(CONTACTS, expected));
    }
    Ok((date, contacts))
}

fn subject(section: &Section<'_>, lines: &[Line]) -> Result<VolumeSubject, ConfigError> {
    let channel = section.optional(CHANNEL, |value| word(value, Channel::ALL, Channel::as_str))?;
    let group = section.optional(GROUP, value::name)?;
    let line = section.optional(LINE, value::name)?;
    if let Some(line) = line {
        if let Some(other) = [GROUP, CHANNEL].into_iter().find(|key| section.has(key)) {
            return Err(section.refusal(other, "left out beside line"));
        }
        let known = lines.iter().find(|known| known.id.as_str() == line);
        let ids = lines.iter().map(|line| line.id.as_str());
        return known
            .map(|line| VolumeSubject::Line(line.id.clone()))
            .ok_or_else(|| section.refusal(LINE, format!("the id of a [[line]]; {}", suggestion(&line, ids))));
    }
    let channels = |group: Option<&str>| {
        let of_group = |line: &&Line| group.is_none_or(|group| line.group == group);
        let has = |channel: &Channel| lines.iter().filter(of_group).any(|line| line.channel == *channel);
        Channel::ALL.iter().copied().filter(has).collect::<Vec<_>>()
    };
    match (group, channel) {
        (None, None) => Err(section.refusal(LINE, "the id of a [[line]], unless there is a group or a channel")),
        (None, Some(channel)) if channels(None).contains(&channel) => Ok(VolumeSubject::Channel(channel)),
        (None, Some(_)) => Err(section.refusal(CHANNEL, of_lines(&channels(None)))),
        (Some(group), channel) => match (channels(Some(&group)).as_slice(), channel) {
            ([], _) => {
                let mut groups: Vec<&str> = lines.iter().map(|line| line.group.as_str()).collect();
                groups.sort_unstable();
                groups.dedup();
                Err(section.refusal(GROUP, format!("the group of a line; {}", suggestion(&group, groups))))
            }
            ([only], None) => Ok(VolumeSubject::Group(group, *only)),
            (known, Some(channel)) if known.contains(&channel) => Ok(VolumeSubject::Group(group, channel)),
            (known, _) => Err(section.refusal(CHANNEL, of_lines(known))),
        },
    }
}

fn of_lines(channels: &[Channel]) -> String {
    let words: Vec<String> = channels.iter().map(|channel| format!("\"{}\"", channel.as_str())).collect();
    format!("one of {}, the channels of the lines", words.join(", "))
}

fn first_of_month(value: &DeValue<'_>) -> Result<Date, Expected> {
    change::date(value).ok().filter(|date| date.day() == 1).ok_or_else(|| FIRST_OF_MONTH.into())
}

/// A number of contacts; `None` for "none".
fn contacts(value: &DeValue<'_>) -> Result<Option<u32>, Expected> {
    if value.as_str() == Some("none") {
        return Ok(None);
    }
    let number = value.as_integer().and_then(|integer| u32::from_str_radix(integer.as_str(), integer.radix()).ok());
    number.filter(|number| (1..=MOST_CONTACTS).contains(number)).map(Some).ok_or_else(|| CONTACTS_EXPECTED.into())
}
