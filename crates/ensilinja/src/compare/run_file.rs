//! A run in a file, read one instant after the other.

use std::io::{BufRead, Read as _};
use std::path::Path;

use anyhow::Context as _;
use ensilinja_model::EventTime;
use ensilinja_report::comparison::{Run, RunLine, Shown};
use jiff::tz::TimeZone;

use crate::events_file::{self, source::Source};
use crate::local_time::in_words;

/// The longest line that is read, in bytes: the figures of a hundred counties.
const LONGEST_LINE: u64 = 256 * 1024 * 1024;

/// What makes a run.
const ADVICE: &str = "a run is what `ensilinja replay --format jsonl` writes";

/// A run that is being read.
pub struct RunFile {
    /// What it is called.
    pub name: String,
    /// What it is of.
    pub run: Run,
    source: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    instants: u64,
    first: Option<EventTime>,
    latest: Option<EventTime>,
    zone: Option<TimeZone>,
}

impl RunFile {
    /// Opens it, and reads what it is of.
    ///
    /// # Errors
    /// If it cannot be opened, or is no run.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let (name, source) = source(path)?;
        let mut file = Self {
            name,
            run: Run::default(),
            source,
            line: Vec::new(),
            instants: 0,
            first: None,
            latest: None,
            zone: None,
        };
        let first = file.line()?;
        let Some(RunLine::Header(run)) = first else { anyhow::bail!("{} is no run: {ADVICE}", file.name) };
        file.run = run;
        Ok(file)
    }

    /// The figures of its next instant; `None` at its end.
    ///
    /// # Errors
    /// If it cannot be read, was cut off, or is not in the order of its instants.
    pub fn next(&mut self) -> anyhow::Result<Option<(EventTime, Shown)>> {
        let number = self.instants + 1;
        let shown = match self.line()? {
            Some(RunLine::Figures(shown)) => shown,
            Some(RunLine::End { instants }) => {
                anyhow::ensure!(
                    instants == self.instants,
                    "{} says that it has {instants} instants, and has {}: make the run again",
                    self.name,
                    self.instants
                );
                anyhow::ensure!(self.line()?.is_none(), "{} goes on after its end: compare its runs apart", self.name);
                return Ok(None);
            }
            Some(RunLine::Header(_)) => anyhow::bail!("{} has the beginning of another run in it", self.name),
            None => anyhow::bail!("{} was cut off after {} instants: make the run again", self.name, self.instants),
        };
        let at = shown.as_of.with_context(|| format!("{}: instant {number} has no figures", self.name))?;
        let is_later = self.latest.is_none_or(|latest| latest < at);
        anyhow::ensure!(is_later, "{}: instant {number} is not later than the one before", self.name);
        self.instants = number;
        self.first = self.first.or(Some(at));
        self.latest = Some(at);
        if self.zone.is_none() {
            self.zone = shown.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        }
        Ok(Some((at, shown)))
    }

    /// Which instants it has, in words, when all of it has been read.
    #[must_use]
    pub fn span(&self) -> String {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        match self.first.zip(self.latest) {
            Some((first, last)) => format!(
                "{} from {} to {}",
                if self.instants == 1 { "1 instant".to_owned() } else { format!("{} instants", self.instants) },
                in_words(first, &zone),
                in_words(last, &zone)
            ),
            None => "no instants".to_owned(),
        }
    }

    /// The next line that is not blank; `None` at the end of the file.
    fn line(&mut self) -> anyhow::Result<Option<RunLine>> {
        loop {
            self.line.clear();
            let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.line);
            if read.with_context(|| format!("{} cannot be read on", self.name))? == 0 {
                return Ok(None);
            }
            let text = str::from_utf8(&self.line).with_context(|| format!("{} is no run: {ADVICE}", self.name))?;
            if text.trim().is_empty() {
                continue;
            }
            return match RunLine::parse(text) {
                Ok(line) => Ok(Some(line)),
                // Whatever is wrong with a last line that has no end, it was cut off.
                Err(_) if !text.ends_with('\n') && self.instants > 0 => Ok(None),
                Err(error) => {
                    let what = if self.instants == 0 { "is no run" } else { "is not a run to its end" };
                    Err(anyhow::Error::from(error).context(format!("{} {what} ({ADVICE})", self.name)))
                }
            };
        }
    }
}

/// What it is called, and its text; a compressed one is known by its first bytes.
fn source(path: &Path) -> anyhow::Result<(String, Box<dyn BufRead + Send>)> {
    let name = events_file::name_of(path);
    let source = Source::open(path).with_context(|| format!("cannot open {name}"))?;
    Ok((name, source.text))
}
