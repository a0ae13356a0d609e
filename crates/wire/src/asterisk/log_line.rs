//! A line of `queue_log`: `epoch|call|queue|agent|EVENT|data...`.
//!
//! Asterisk does not escape bars in names. So the event is looked for: if the fifth field is not a known event, it is
//! the first one after it that is. What lies between call and event are then the names of queue and agent. Where one
//! ends and the other begins, the table of queues says.

use ensilinja_model::EventTime;

use super::instant;
use crate::Detail;

/// A line. It has no `Debug`, because it contains ids and names.
pub(super) struct LogLine<'a> {
    pub at: EventTime,
    pub call: &'a str,
    /// Queue and agent, with a bar between.
    pub names: &'a str,
    pub event: &'a str,
    /// The fields after the event, with bars between.
    pub data: &'a str,
}

/// The most fields in which an event is looked for.
const MOST_FIELDS: usize = 16;

impl<'a> LogLine<'a> {
    /// Parses a line without a prefix. `is_known` says which words are events.
    pub(super) fn parse(line: &'a str, is_known: impl Fn(&str) -> bool) -> Result<Self, Detail> {
        let (at, rest) = line.split_once('|').ok_or(Detail::NotQueueLog)?;
        let at = instant::of_epoch_text(at).ok_or(Detail::NotQueueLog)?;
        let (call, rest) = rest.split_once('|').ok_or(Detail::CutLine)?;
        let (from, until) = event_in(rest, is_known).ok_or(Detail::CutLine)?;
        let data = rest.get(until + 1..).unwrap_or_default();
        Ok(Self { at, call, names: &rest[..from - 1], event: &rest[from..until], data })
    }

    /// The number in this field of the data.
    pub(super) fn number(&self, field: usize) -> Result<u32, Detail> {
        number(self.data.split('|').nth(field))
    }

    /// The number in this field of the data, counted from the last one.
    pub(super) fn number_from_end(&self, field: usize) -> Result<u32, Detail> {
        number(self.data.rsplit('|').nth(field))
    }

    /// The queue and the agent. `is_queue` says which names the configuration knows.
    pub(super) fn queue_and_agent(&self, is_queue: impl Fn(&str) -> bool) -> (&'a str, &'a str) {
        let mut splits = self.names.rmatch_indices('|').map(|(at, _)| (&self.names[..at], &self.names[at + 1..]));
        let Some(last) = splits.next() else { return (self.names, "") };
        let Some(before) = splits.next() else { return last };
        let mut splits = [last, before].into_iter().chain(splits);
        splits.find(|(queue, _)| is_queue(queue)).unwrap_or(last)
    }
}

/// Where the event lies in what follows the call.
fn event_in(rest: &str, is_known: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let mut fields = Fields { rest, from: 0 }.skip(2).take(MOST_FIELDS);
    let third = fields.next()?;
    let word = |(from, until): (usize, usize)| &rest[from..until];
    if is_known(word(third)) {
        return Some(third);
    }
    Some(fields.find(|field| is_known(word(*field))).unwrap_or(third))
}

/// The positions of the fields of a text.
struct Fields<'a> {
    rest: &'a str,
    from: usize,
}

impl Iterator for Fields<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.get(self.from..)?;
        let until = self.from + rest.find('|').unwrap_or(rest.len());
        let field = (self.from, until);
        self.from = until + 1;
        Some(field)
    }
}

fn number(field: Option<&str>) -> Result<u32, Detail> {
    field.and_then(|field| field.trim().parse().ok()).ok_or(Detail::CutLine)
}
