//! An explanation as it is printed: what makes up a figure, or what became of a contact.
//!
//! It names contacts, for whoever asks at the console and may read the topic anyway; so it is written to standard
//! output and nowhere else, and nothing in it has a `Debug`. The words and numbers come from whoever explains; how they
//! stand on a page, and in a document for programs, is said here.

mod json;
mod terminal;

/// An instant, written both ways.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    /// As people write local time: `2026-03-02 10:15:07`; with its offset where the clock shows it twice.
    pub local: String,
    /// With its offset: `2026-03-02T10:15:07+02:00`.
    pub rfc_3339: String,
}

/// A number of a figure.
#[derive(Clone, PartialEq, Eq)]
pub enum Amount {
    /// How many.
    Count(i64),
    /// How long, in ms.
    Duration(i64),
    /// When.
    Instant(Written),
}

/// Where something was said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// In a record.
    Record {
        /// Of this topic.
        topic: String,
        /// Its partition.
        partition: i32,
        /// Its offset there.
        offset: i64,
    },
    /// In a line of a file.
    Line {
        /// The file.
        file: String,
        /// The number of the line, from 1.
        line: u64,
    },
}

/// Which leg of which contact.
#[derive(Clone, PartialEq, Eq)]
pub struct Whose {
    /// The id of the contact, as the source has it.
    pub contact: String,
    /// Its visit, where the source names one.
    pub visit: Option<String>,
}

/// Something that was said.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    /// What: `abandoned queue`.
    pub fact: String,
    /// Of which instant.
    pub at: Written,
    /// Where it was said first.
    pub source: Option<Source>,
}

/// An entry of a leg: one step, and why it was taken.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The second it belongs to.
    pub at: Written,
    /// The step, in words with `_` between them.
    pub step: &'static str,
    /// What the step measures, in ms, if it measures anything.
    pub sample_ms: Option<u32>,
    /// What lapsed, in words, if time alone made it.
    pub lapsed: Option<&'static str>,
    /// What was said that it follows from; where time lapsed, what set that time going.
    pub said: Said,
}

/// What makes up a figure.
pub struct FigureExplained {
    /// The line.
    pub line: String,
    /// The figure, as it was asked for.
    pub asked: String,
    /// The instant.
    pub at: Written,
    /// Only what was known before this instant counts.
    pub known_before: Option<Written>,
    /// The window and the stretch of time it is, both ends in it; `None` for a figure of an instant.
    pub window: Option<Window>,
    /// The figure; two for what is a share or a distribution.
    pub parts: Vec<Part>,
    /// Of an indicator, how many of how many, where both are known.
    pub share: Option<(i64, i64)>,
}

/// A window at an instant.
pub struct Window {
    /// Its name.
    pub name: &'static str,
    /// Its first and its last second; `None` while it has not begun.
    pub stretch: Option<(Written, Written)>,
}

/// One number, and what it is made of.
pub struct Part {
    /// The series that it is, as a query for them.
    pub series: String,
    /// What it means.
    pub help: &'static str,
    /// The number that the entries make; `None` where there is none.
    pub number: Option<Amount>,
    /// Why no number is shown, if none is: the entries may be a part of what happened.
    pub not_shown: Option<String>,
    /// How the entries make it, in words.
    pub made: &'static str,
    /// The entries by step: how often it was taken, and what that adds.
    pub by_step: Vec<(&'static str, usize, Option<Amount>)>,
    /// The entries in the order of their instants: all, or the first and the last.
    pub entries: Vec<Contribution>,
    /// How many are left out, and after how many of those listed.
    pub left_out: Option<(usize, usize)>,
}

/// An entry and what it adds.
#[derive(Clone, PartialEq, Eq)]
pub struct Contribution {
    /// Of whom.
    pub whose: Whose,
    /// The entry.
    pub entry: Entry,
    /// What it adds; `None` where the figure is no sum.
    pub adds: Option<Amount>,
    /// It is the one that the figure is taken from.
    pub is_it: bool,
}

/// What became of a contact.
pub struct ContactExplained {
    /// Its id.
    pub contact: String,
    /// As of this instant.
    pub at: Written,
    /// Only what was known before this instant counts.
    pub known_before: Option<Written>,
    /// Its legs, in the order of their first instants.
    pub legs: Vec<Leg>,
}

/// What became of a leg.
pub struct Leg {
    /// Its line.
    pub line: String,
    /// Its visit, if the source names one.
    pub visit: Option<String>,
    /// What was said of it, in the order of the instants it was said of.
    pub claims: Vec<Claim>,
    /// Its entries, in the order of their instants; whether each lies in the future.
    pub entries: Vec<(Entry, bool)>,
    /// What was promised to it, and what became of that, a sentence a line.
    pub promise: Vec<String>,
    /// The same for programs; `None` where nothing was promised.
    pub verdict: Option<Verdict>,
    /// Whatever else should be known of it.
    pub notes: Vec<String>,
}

/// Something that was said of a leg, and what became of that.
pub struct Claim {
    /// What was said.
    pub said: Said,
    /// When it became known, where the source tells.
    pub known: Option<Written>,
    /// What became of it.
    pub fate: Fate,
}

/// What becomes of something that is said.
pub enum Fate {
    /// It counts.
    Counts,
    /// The same was said before.
    Duplicate,
    /// Something else counts in its place.
    Lost {
        /// What counts: the fact and its instant.
        to: String,
        /// Of which instant that is.
        at: Written,
    },
    /// It is an attempt beyond the earliest thousand of its result of the contact, and is not counted.
    Surplus,
    /// It decided the leg until something said within a minute of it did.
    Superseded {
        /// What superseded it.
        by: String,
        /// Of which instant that is.
        at: Written,
    },
}

/// A promise and its verdict, for programs.
pub struct Verdict {
    /// `answer` or `callback`.
    pub promise: &'static str,
    /// The term as the configuration has it.
    pub term: Option<String>,
    /// From when the limits hold by which the leg is judged; `None` for those that held from the start.
    pub valid_from: Option<Written>,
    /// From when its time is counted.
    pub from: Written,
    /// The first instant that is too late, if there is one.
    pub deadline: Option<Written>,
    /// `kept`, `broken`, `void`; `pending` while it is not settled.
    pub verdict: &'static str,
    /// When it was settled, or will be if nothing more is said.
    pub at: Written,
    /// By what.
    pub cause: &'static str,
}

impl FigureExplained {
    /// As tables for people.
    #[must_use]
    pub fn table(&self) -> String {
        terminal::figure(self)
    }

    /// As one document for programs.
    #[must_use]
    pub fn json(&self) -> String {
        json::figure(self)
    }
}

impl ContactExplained {
    /// As tables for people.
    #[must_use]
    pub fn table(&self) -> String {
        terminal::contact(self)
    }

    /// As one document for programs.
    #[must_use]
    pub fn json(&self) -> String {
        json::contact(self)
    }
}

impl Fate {
    /// Its name.
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::Duplicate => "duplicate",
            Self::Lost { .. } => "lost",
            Self::Surplus => "surplus",
            Self::Superseded { .. } => "superseded",
        }
    }
}
