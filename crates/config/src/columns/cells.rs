//! `[columns]` and `[formats]`: what is in which column, and how it is written.

use std::collections::BTreeMap;

use ensilinja_wire::call_records::{
    CallDuration, CallText, CallTime, ColumnKey, ColumnRef, ColumnSet, DurationColumn, DurationFormat, TimeColumn,
    TimePattern, TimePatternKind,
};
use toml::Spanned;
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::section::{Expected, Section};
use crate::value::{whole_number, word};

pub(super) const COLUMNS: &str = "columns";
pub(super) const FORMATS: &str = "formats";

const ATTEMPTS: &str = "callback_attempts";

const DATE_TIME: &str = "date_time";
const DATE: &str = "date";
const TIME: &str = "time";
const DURATION: &str = "duration";

const COLUMN: &str = "column";
const FORMAT: &str = "format";
const DATE_FORMAT: &str = "date_format";
const TIME_FORMAT: &str = "time_format";

const COLUMN_EXPECTED: &str = "the name of a column, or its number, from 1";
const TIME_EXPECTED: &str =
    "the name or number of a column, or { column = ..., format = ... }, or { date = ..., time = ... }";
const DURATION_EXPECTED: &str = "the name or number of a column, or { column = ..., format = ... }";
const ATTEMPTS_EXPECTED: &str = "a list of columns with times, such as [\"Attempt 1\", \"Attempt 2\"]";

/// A column by its name, or by its number, from 1.
fn column_ref(value: &DeValue<'_>) -> Option<ColumnRef> {
    const MOST_COLUMNS: u16 = 1000;
    match value.as_str() {
        Some(name) => (!name.trim().is_empty()).then(|| ColumnRef::Name(name.to_owned())),
        None => whole_number(value, 1..=MOST_COLUMNS).ok().map(|number| ColumnRef::Number(number.into())),
    }
}

/// Reads the columns, and gathers each once.
pub(super) struct CellReader<'s, 'a> {
    root: &'s Section<'a>,
    columns: Section<'a>,
    header: bool,
    set: ColumnSet,
}

impl<'s, 'a> CellReader<'s, 'a> {
    pub(super) fn new(root: &'s Section<'a>, header: bool) -> Result<Self, ConfigError> {
        let texts = CallText::ALL.iter().map(|text| text.as_str());
        let times = CallTime::ALL.iter().map(|time| time.as_str());
        let durations = CallDuration::ALL.iter().map(|duration| duration.as_str());
        let keys: Vec<&str> = texts.chain(times).chain(durations).chain([ATTEMPTS]).collect();
        root.section(FORMATS, &[DATE_TIME, DATE, TIME, DURATION])?;
        Ok(Self { root, columns: root.required_section(COLUMNS, &keys)?, header, set: ColumnSet::default() })
    }

    pub(super) fn into_set(self) -> ColumnSet {
        self.set
    }

    pub(super) fn texts(&mut self) -> Result<BTreeMap<CallText, ColumnKey>, ConfigError> {
        self.each(CallText::ALL, CallText::as_str, Self::own_column)
    }

    pub(super) fn times(&mut self) -> Result<BTreeMap<CallTime, TimeColumn>, ConfigError> {
        self.each(CallTime::ALL, CallTime::as_str, Self::time)
    }

    pub(super) fn durations(&mut self) -> Result<BTreeMap<CallDuration, DurationColumn>, ConfigError> {
        self.each(CallDuration::ALL, CallDuration::as_str, Self::duration)
    }

    pub(super) fn attempts(&mut self) -> Result<Vec<TimeColumn>, ConfigError> {
        let listed = self.columns.optional(ATTEMPTS, |value| match value {
            DeValue::Array(items) => Ok(items),
            _ => Err(ATTEMPTS_EXPECTED.into()),
        })?;
        listed.into_iter().flatten().map(|item| self.time(ATTEMPTS, item)).collect()
    }

    /// The columns whose cells are known when a contact ends, and do not change later.
    pub(super) fn lasting_columns(&mut self) -> Result<Vec<ColumnKey>, ConfigError> {
        let lasting = [
            CallTime::Arrived,
            CallTime::Queued,
            CallTime::Answered,
            CallTime::Left,
            CallTime::Transferred,
            CallTime::Ended,
        ];
        let mut columns = Vec::new();
        for (_, column) in self.times()?.into_iter().filter(|(time, _)| lasting.contains(time)) {
            match column {
                TimeColumn::Whole { column, .. } => columns.push(column),
                TimeColumn::Apart { date, time, .. } => columns.extend([date, time]),
            }
        }
        columns.extend(self.durations()?.into_values().map(|duration| duration.column));
        Ok(columns)
    }

    /// A column that the item of a list under a key of `section`, or the value of the key itself, refers to.
    pub(super) fn column(
        &mut self,
        section: &Section<'_>,
        key: &str,
        item: &Spanned<DeValue<'_>>,
    ) -> Result<ColumnKey, ConfigError> {
        match column_ref(item.get_ref()) {
            Some(ColumnRef::Name(_)) if !self.header => {
                Err(section.refusal_of_item(key, item, "the number of a column, because header is false"))
            }
            Some(column) => Ok(self.set.add(column)),
            None => Err(section.refusal_of_item(key, item, COLUMN_EXPECTED)),
        }
    }

    fn each<K: Copy + Ord, T>(
        &mut self,
        all: &[K],
        as_str: fn(K) -> &'static str,
        read: impl Fn(&mut Self, &str, &'a Spanned<DeValue<'a>>) -> Result<T, ConfigError>,
    ) -> Result<BTreeMap<K, T>, ConfigError> {
        let mut found = BTreeMap::new();
        for member in all {
            if let Some((_, value)) = self.columns.entry(as_str(*member)) {
                found.insert(*member, read(self, as_str(*member), value)?);
            }
        }
        Ok(found)
    }

    fn own_column(&mut self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Result<ColumnKey, ConfigError> {
        let columns = self.columns.clone();
        self.column(&columns, key, value)
    }

    /// The column under a key of a table of its own.
    fn inner_column(&mut self, table: &Section<'a>, key: &str) -> Result<ColumnKey, ConfigError> {
        match table.entry(key) {
            Some((_, value)) => self.column(table, key, value),
            None => Err(table.refusal(key, COLUMN_EXPECTED)),
        }
    }

    fn time(&mut self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Result<TimeColumn, ConfigError> {
        let keys = [COLUMN, FORMAT, DATE, TIME, DATE_FORMAT, TIME_FORMAT];
        let Some(table) = self.columns.item(key, value, &keys) else {
            self.refuse_other(key, value, TIME_EXPECTED)?;
            let pattern = self.general_pattern(DATE_TIME, TimePatternKind::DateTime)?;
            return Ok(TimeColumn::Whole { column: self.own_column(key, value)?, pattern });
        };
        let table = table?;
        if table.has(DATE) || table.has(TIME) {
            if let Some(other) = [COLUMN, FORMAT].into_iter().find(|key| table.has(key)) {
                return Err(table.refusal(other, "left out beside date and time"));
            }
            return Ok(TimeColumn::Apart {
                date: self.inner_column(&table, DATE)?,
                date_pattern: self.pattern(&table, DATE_FORMAT, DATE, TimePatternKind::Date)?,
                time: self.inner_column(&table, TIME)?,
                time_pattern: self.pattern(&table, TIME_FORMAT, TIME, TimePatternKind::TimeOfDay)?,
            });
        }
        if let Some(other) = [DATE_FORMAT, TIME_FORMAT].into_iter().find(|key| table.has(key)) {
            return Err(table.refusal(other, "left out without date and time; the key is format"));
        }
        let column = self.inner_column(&table, COLUMN)?;
        Ok(TimeColumn::Whole { column, pattern: self.pattern(&table, FORMAT, DATE_TIME, TimePatternKind::DateTime)? })
    }

    fn duration(&mut self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Result<DurationColumn, ConfigError> {
        let format = |value: &DeValue<'_>| word(value, DurationFormat::ALL, DurationFormat::as_str);
        let table = self.columns.item(key, value, &[COLUMN, FORMAT]).transpose()?;
        let column = if let Some(table) = &table {
            self.inner_column(table, COLUMN)?
        } else {
            self.refuse_other(key, value, DURATION_EXPECTED)?;
            self.own_column(key, value)?
        };
        let own = table.map(|table| table.optional(FORMAT, format)).transpose()?.flatten();
        let general = || {
            self.root.required(
                &format!("{FORMATS}.{DURATION}"),
                "how durations are written, such as \"hh:mm:ss\", \"mm:ss\", \"seconds\" or \"minutes\"",
                format,
            )
        };
        Ok(DurationColumn { column, format: own.map_or_else(general, Ok)? })
    }

    /// Refuses what is neither a column nor a table.
    fn refuse_other(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &'static str) -> Result<(), ConfigError> {
        match column_ref(value.get_ref()) {
            Some(_) => Ok(()),
            None => Err(self.columns.refusal_of_item(key, value, expected)),
        }
    }

    /// The pattern of a column, or the general one.
    fn pattern(
        &self,
        table: &Section<'_>,
        own_key: &str,
        general_key: &str,
        kind: TimePatternKind,
    ) -> Result<TimePattern, ConfigError> {
        let own = table.optional(own_key, |value| pattern(value, kind))?;
        own.map_or_else(|| self.general_pattern(general_key, kind), Ok)
    }

    fn general_pattern(&self, key: &str, kind: TimePatternKind) -> Result<TimePattern, ConfigError> {
        self.root.required(&format!("{FORMATS}.{key}"), expected_pattern(kind), |value| pattern(value, kind))
    }
}

fn pattern(value: &DeValue<'_>, kind: TimePatternKind) -> Result<TimePattern, Expected> {
    value.as_str().and_then(|text| TimePattern::parse(text, kind)).ok_or_else(|| expected_pattern(kind).into())
}

const fn expected_pattern(kind: TimePatternKind) -> &'static str {
    match kind {
        TimePatternKind::DateTime => {
            "a pattern of a date and a time of day, such as \"%d.%m.%Y %H:%M:%S\" or \"%Y-%m-%dT%H:%M:%S%:z\""
        }
        TimePatternKind::Date => "a pattern of a date, such as \"%d.%m.%Y\", \"%Y-%m-%d\" or \"%m/%d/%Y\"",
        TimePatternKind::TimeOfDay => "a pattern of a time of day, such as \"%H:%M:%S\", \"%H.%M\" or \"%I:%M %p\"",
    }
}
