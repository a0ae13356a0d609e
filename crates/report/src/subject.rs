//! Whom a row is about: a line, or lines that are added.

use std::collections::BTreeSet;

use ensilinja_model::Channel;

use crate::report_data::{ReportData, ReportLine};

/// A line, or lines that are added. They form a tree: all, by channel, by group, by line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// One line, by its position in [`ReportData::lines`].
    Line(usize),
    /// The lines of a group that are reached in the same way: calls and chats are not added into one row.
    Group(Channel, String),
    /// All lines that are reached in one way.
    Channel(Channel),
    /// All lines.
    All,
}

impl Subject {
    /// Its level in machine-readable reports.
    #[must_use]
    pub const fn level(&self) -> &'static str {
        match self {
            Self::Line(_) => "line",
            Self::Group(..) => "group",
            Self::Channel(_) => "channel",
            Self::All => "all",
        }
    }

    /// The channel of its lines; `None` if there may be several.
    #[must_use]
    pub fn channel(&self, cells: &ReportData) -> Option<Channel> {
        match self {
            Self::Line(line) => Some(cells.lines[*line].channel),
            Self::Group(channel, _) | Self::Channel(channel) => Some(*channel),
            Self::All => None,
        }
    }

    /// Whether a line belongs to it.
    pub(crate) fn holds(&self, index: usize, line: &ReportLine) -> bool {
        match self {
            Self::Line(own) => *own == index,
            Self::Group(channel, group) => line.channel == *channel && line.group == *group,
            Self::Channel(channel) => line.channel == *channel,
            Self::All => true,
        }
    }

    /// The channels of these lines, in the usual order.
    pub(crate) fn channels(cells: &ReportData) -> Vec<Self> {
        let used: BTreeSet<Channel> = cells.lines.iter().map(|line| line.channel).collect();
        used.into_iter().map(Self::Channel).collect()
    }

    /// The channels, and all where there are several.
    pub(crate) fn totals(cells: &ReportData) -> Vec<Self> {
        let mut totals = Self::channels(cells);
        if totals.len() > 1 {
            totals.push(Self::All);
        }
        totals
    }

    /// The lines themselves, channel by channel.
    pub(crate) fn lines(cells: &ReportData) -> Vec<Self> {
        let mut lines: Vec<usize> = (0..cells.lines.len()).collect();
        lines.sort_by_key(|line| cells.lines[*line].channel);
        lines.into_iter().map(Self::Line).collect()
    }

    /// The groups, and the lines that are in none, each where the first of its lines stands.
    pub(crate) fn groups(cells: &ReportData) -> Vec<Self> {
        let mut groups = Vec::new();
        for line in Self::lines(cells) {
            let group = line.group(cells).unwrap_or(line);
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    }

    /// The group of a line; `None` if this is no line, or one in no group.
    pub(crate) fn group(&self, cells: &ReportData) -> Option<Self> {
        let Self::Line(line) = self else { return None };
        let line = &cells.lines[*line];
        (!line.group.is_empty()).then(|| Self::Group(line.channel, line.group.clone()))
    }

    /// Who adds up to it, among these; empty for a line.
    pub(crate) fn parts<'a>(&self, cells: &ReportData, subjects: &'a [Self]) -> Vec<&'a Self> {
        let has_group = |line: &Self| line.group(cells).is_some_and(|group| subjects.contains(&group));
        let is_part = |other: &Self| match (self, other) {
            (Self::All, Self::Channel(_)) => true,
            (Self::Channel(channel), Self::Group(of, _)) => channel == of,
            (Self::Channel(channel), Self::Line(line)) => cells.lines[*line].channel == *channel && !has_group(other),
            (Self::Group(..), Self::Line(_)) => other.group(cells).as_ref() == Some(self),
            _ => false,
        };
        subjects.iter().filter(|other| is_part(other)).collect()
    }
}
