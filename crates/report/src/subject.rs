//! The subject of a row: a line, or a set of lines.

use std::collections::BTreeSet;

use ensilinja_model::Channel;

use crate::report_data::{ReportData, ReportLine};

/// A line, or a set of lines whose amounts are added. Subjects form a tree: all, channels, groups, lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// One line, by its position in [`ReportData::lines`].
    Line(usize),
    /// The lines of a group with one channel. Calls and chats never share a row.
    Group(Channel, String),
    /// All lines of a channel.
    Channel(Channel),
    /// All lines.
    All,
}

impl Subject {
    /// Its level in CSV and JSON.
    #[must_use]
    pub const fn level(&self) -> &'static str {
        match self {
            Self::Line(_) => "line",
            Self::Group(..) => "group",
            Self::Channel(_) => "channel",
            Self::All => "all",
        }
    }

    /// The channel of its lines; `None` for all lines.
    #[must_use]
    pub fn channel(&self, data: &ReportData) -> Option<Channel> {
        match self {
            Self::Line(line) => Some(data.lines[*line].channel),
            Self::Group(channel, _) | Self::Channel(channel) => Some(*channel),
            Self::All => None,
        }
    }

    /// Whether a line belongs to the subject.
    pub(crate) fn holds(&self, index: usize, line: &ReportLine) -> bool {
        match self {
            Self::Line(own) => *own == index,
            Self::Group(channel, group) => line.channel == *channel && line.group == *group,
            Self::Channel(channel) => line.channel == *channel,
            Self::All => true,
        }
    }

    /// The channels of these lines, in the usual order.
    pub(crate) fn channels(data: &ReportData) -> Vec<Self> {
        let used: BTreeSet<Channel> = data.lines.iter().map(|line| line.channel).collect();
        used.into_iter().map(Self::Channel).collect()
    }

    /// The channels, and all lines if there are several channels.
    pub(crate) fn totals(data: &ReportData) -> Vec<Self> {
        let mut totals = Self::channels(data);
        if totals.len() > 1 {
            totals.push(Self::All);
        }
        totals
    }

    /// The lines, ordered by channel.
    pub(crate) fn lines(data: &ReportData) -> Vec<Self> {
        let mut lines: Vec<usize> = (0..data.lines.len()).collect();
        lines.sort_by_key(|line| data.lines[*line].channel);
        lines.into_iter().map(Self::Line).collect()
    }

    /// The groups, and the lines without a group, each at the position of its first line.
    pub(crate) fn groups(data: &ReportData) -> Vec<Self> {
        let mut groups = Vec::new();
        for line in Self::lines(data) {
            let group = line.group(data).unwrap_or(line);
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    }

    /// The group of a line; `None` for a line without a group, and for other subjects.
    pub(crate) fn group(&self, data: &ReportData) -> Option<Self> {
        let Self::Line(line) = self else { return None };
        let line = &data.lines[*line];
        (!line.group.is_empty()).then(|| Self::Group(line.channel, line.group.clone()))
    }

    /// The subjects among these that add up to it; empty for a line.
    pub(crate) fn parts<'a>(&self, data: &ReportData, subjects: &'a [Self]) -> Vec<&'a Self> {
        let has_group = |line: &Self| line.group(data).is_some_and(|group| subjects.contains(&group));
        let is_part = |other: &Self| match (self, other) {
            (Self::All, Self::Channel(_)) => true,
            (Self::Channel(channel), Self::Group(of, _)) => channel == of,
            (Self::Channel(channel), Self::Line(line)) => data.lines[*line].channel == *channel && !has_group(other),
            (Self::Group(..), Self::Line(_)) => other.group(data).as_ref() == Some(self),
            _ => false,
        };
        subjects.iter().filter(|other| is_part(other)).collect()
    }
}
