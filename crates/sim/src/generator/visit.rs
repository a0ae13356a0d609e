//! A visit of a contact to a line, its pseudonym, and its context.

use ensilinja_model::EventTime;
use jiff::tz::TimeZone;
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::arrivals::Arrivals;
use crate::CountyLine;

/// A visit of a contact to a line. It has no `Debug`, because it holds the id of a contact.
#[derive(Clone)]
pub(super) struct Visit {
    /// The pseudonym of the contact.
    pub contact: String,
    /// The index of the line in the county.
    pub line: usize,
    /// The number of the visit to this line, from 1.
    pub number: u32,
    /// Whether the visit is a transfer from another line. Such a contact is not transferred again.
    pub transferred: bool,
    /// The arrival.
    pub at: EventTime,
}

impl Visit {
    /// The first visit of a new contact.
    pub(super) fn first(line: usize, at: EventTime, rng: &mut Pcg64Mcg) -> Self {
        Self { contact: pseudonym(rng), line, number: 1, transferred: false, at }
    }

    /// The visit id in events; `None` for the first visit.
    pub(super) fn name(&self) -> Option<String> {
        (self.number > 1).then(|| self.number.to_string())
    }
}

/// A random UUID, version 4.
fn pseudonym(rng: &mut Pcg64Mcg) -> String {
    let random: u128 = rng.random();
    let version_4 = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{version_4:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// The county as a visit sees it.
#[derive(Clone, Copy)]
pub(super) struct VisitContext<'a> {
    pub lines: &'a [CountyLine],
    pub arrivals: &'a [Arrivals],
    pub zone: &'a TimeZone,
}
