//! Events in plain text, as the event socket sends them: a header a line, an empty line behind each event.
//!
//! ```text
//! Event-Subclass: callcenter%3A%3Ainfo
//! CC-Action: member-queue-start
//! ```

use super::event::QueueEvent;
use crate::json::field::Field;

/// Whether the text begins with a header.
pub(super) fn is_plain(text: &str) -> bool {
    let text = text.trim_start();
    // The first line of JSON may be very long.
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.lines().next().is_some_and(|line| header(line).is_some())
}

/// Reads the events in `text`, each into what `new` returns.
pub(super) fn read_each<'a>(text: &'a str, new: impl Fn() -> QueueEvent<'a>, mut take: impl FnMut(&QueueEvent<'a>)) {
    let mut event = None;
    for line in text.lines() {
        match header(line) {
            Some((name, value)) => {
                if let Some(field @ Field::Absent) = event.get_or_insert_with(&new).header(name) {
                    *field = Field::Text(value.into());
                }
            }
            None if line.trim().is_empty() => {
                if let Some(event) = event.take() {
                    take(&event);
                }
            }
            None => {}
        }
    }
    if let Some(event) = event {
        take(&event);
    }
}

fn header(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    is_name.then_some((name, value.trim()))
}
