//! Answers about the past, as far as the ledger's memory reaches: the board at an earlier instant, the day of a line
//! beside other days, and the contacts that a figure is made of.
//!
//! Each copies legs while events are applied in between, and derives from the copies without a lock.

use ensilinja_catalogue::{ContactList, DayComparison, Readiness, Snapshot};
use ensilinja_kafka::IngestStatus;
use ensilinja_ledger::{HistoricalLedger, PastDays, PastReading, Rules};
use ensilinja_lookback::{ComparedDays, Coverage, FigureQuery};
use ensilinja_model::{EventTime, LineIndex};
use ensilinja_serve::{ContactsQuestion, ContactsRefusal, Memory, PastFigures};

use super::{LiveSource, shown};

/// The reason why the figures of an instant are not complete.
const SHORT_HISTORY: &str = "history does not reach far enough before this instant: contacts that began earlier may be \
                             missing";

/// The most contacts that are listed.
const MOST_CONTACTS: usize = 1_000;

/// What is known of the ledger when a question is asked.
struct Asked {
    status: IngestStatus,
    now: EventTime,
    log: u32,
    rules: Rules,
    coverage: Coverage,
    memory: Memory,
    /// Since when whole days are known.
    days_since: EventTime,
}

impl LiveSource {
    /// The instants that can be looked back to.
    pub(super) fn remembered(&self) -> Memory {
        self.asked().memory
    }

    fn asked(&self) -> Asked {
        let status = self.status();
        let now = self.clock.now();
        let live = self.shared.catch_up();
        let coverage = self.coverage(&status, &live);
        let first = coverage.begins.max(live.ledger.remembers_since());
        let last = shown(&status, now).filter(|_| live.log == status.log);
        let memory = Memory(last.map(|last| (first, last)).filter(|(first, last)| first <= last));
        let days_since = live.ledger.knows_days_since().max(days_known_since(&coverage, &live.rules));
        let (log, rules) = (live.log, live.rules.clone());
        drop(live);
        Asked { status, now, log, rules, coverage, memory, days_since }
    }

    /// The figures of an instant.
    pub(super) fn figures_at(&self, at: EventTime) -> Result<PastFigures, Memory> {
        let Asked { status, now, log, rules, coverage, memory, .. } = self.asked();
        if !memory.reaches(at) {
            return Err(memory);
        }
        let mut reading = PastReading::new(rules, at);
        // Another log has taken the place of the one that was asked about: nothing is known of it yet.
        let rest = self.shared.copy_legs(log, None, |copies| reading.add(copies));
        let (remembers_since, newest) = rest.ok_or(Memory(None))?;
        let is_complete = at >= coverage.whole_since;
        let reasons = if is_complete { Vec::new() } else { vec![SHORT_HISTORY.to_owned()] };
        Ok(PastFigures {
            snapshot: Snapshot {
                figures: Some(reading.figures(coverage.history(), remembers_since)),
                readiness: Readiness { complete: is_complete, reasons },
                ..self.without_figures(&status, at, &coverage, &newest)
            },
            intraday: reading.intraday(coverage.history(), remembers_since),
            known_at: now,
        })
    }

    /// The day of a line beside other days, as of an instant, or as of now.
    pub(super) fn compared_days(&self, line: usize, at: Option<EventTime>) -> Result<DayComparison, Memory> {
        let Asked { log, rules, memory, days_since, .. } = self.asked();
        let (_, last) = memory.0.ok_or(memory)?;
        let as_of = at.unwrap_or(last);
        if !memory.reaches(as_of) {
            return Err(memory);
        }
        let line = index_of(line);
        let compared = ComparedDays::new(&rules, line, &self.zone, as_of, days_since);
        let mut days = PastDays::new(rules, line, as_of, compared.starts());
        self.shared.copy_legs(log, Some(line), |copies| days.add(copies)).ok_or(Memory(None))?;
        Ok(compared.comparison(&days.intervals()))
    }

    /// The contacts that figures of a line are made of.
    pub(super) fn contacts_of(&self, question: &ContactsQuestion) -> Result<ContactList, ContactsRefusal> {
        let Asked { log, rules, coverage, memory, .. } = self.asked();
        let not_remembered = || ContactsRefusal::NotRemembered(memory);
        let (_, last) = memory.0.ok_or_else(not_remembered)?;
        let at = EventTime::from_seconds(question.at.unwrap_or(last).floor_second());
        if question.at.is_some() && !memory.reaches(at) {
            return Err(not_remembered());
        }
        let line = index_of(question.line);
        let (mut reading, mut legs) = (PastReading::new(rules.clone(), at), HistoricalLedger::new(rules.clone()));
        let rest = self.shared.copy_legs(log, Some(line), |copies| {
            reading.add(copies);
            legs.add(copies);
        });
        let (remembers_since, _) = rest.ok_or_else(not_remembered)?;
        let shown = reading.figures(coverage.history(), remembers_since).lines.swap_remove(line.as_usize());
        let series = question.figures.iter().map(|figure| {
            let info = &self.infos[question.line];
            let query = FigureQuery { figure, line, info, window: question.window, at };
            query.contacts(&shown, &legs, &rules, MOST_CONTACTS)
        });
        let series = series.collect::<Result<_, _>>().map_err(|error| ContactsRefusal::Bug(error.to_string()))?;
        Ok(ContactList { window: question.window, as_of: at, series })
    }
}

/// Since when the log tells of whole days: a contact that began before the log does may be decided for a while.
fn days_known_since(coverage: &Coverage, rules: &Rules) -> EventTime {
    rules.days_known_from(coverage.begins).min(coverage.whole_since)
}

fn index_of(line: usize) -> LineIndex {
    LineIndex::new(u16::try_from(line).expect("a configuration has fewer than 65 536 lines"))
}
