//! What a topic says of the instant of live figures: the figures as the process should have shown them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_catalogue::{Export, FigureSelection, FiguresDocument};
use ensilinja_ledger::Ledger;
use ensilinja_model::EventTime;

use crate::past::reuse::ReusedIds;
use crate::past::{self, Reading};
use crate::progress::Progress;
use crate::stopping;
use ensilinja_config::Config;

/// What was stamped before the figures were asked for is in the log after this, if producers send at once.
const SETTLE: Duration = Duration::from_secs(1);

/// A topic, or files in its place.
pub struct Topic<'a> {
    config: &'a Config,
    files: &'a [PathBuf],
    progress: &'a Progress,
    complete_since: Option<EventTime>,
    stop: Arc<AtomicBool>,
}

impl<'a> Topic<'a> {
    /// The topic of a configuration, or these files. `complete_since` is since when the caller says that nothing is
    /// missing.
    ///
    /// # Errors
    /// If the system takes no signal handlers.
    pub fn new(
        config: &'a Config,
        files: &'a [PathBuf],
        complete_since: Option<EventTime>,
        progress: &'a Progress,
    ) -> anyhow::Result<Self> {
        Ok(Self { config, files, progress, complete_since, stop: stopping::on_signal()? })
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        if self.files.is_empty() {
            return format!("the topic {}", self.config.kafka.topic);
        }
        let names: Vec<_> = self.files.iter().map(|path| path.display().to_string()).collect();
        names.join(" + ")
    }

    /// The figures at `as_of` by all that the process may have known when it was asked, and by all that it must have
    /// known: they differ by the records of the last moment. Files have no time of writing, and so all of them counts.
    ///
    /// # Errors
    /// If the source cannot be read, or it was told to stop.
    pub fn figures(&self, as_of: EventTime, live: &FiguresDocument) -> anyhow::Result<[FiguresDocument; 2]> {
        let is_topic = self.files.is_empty();
        let asked_at = live.asked_at.context("the live process does not say when it was asked: is it Ensilinja?")?;
        let certain_until = live.complete_until.unwrap_or(asked_at).min(asked_at);
        if is_topic {
            thread::sleep(SETTLE);
        }
        let rules = self.config.rules_over(&(as_of..as_of));
        let reading = Reading {
            config: self.config,
            files: self.files,
            from: rules.range_start(as_of),
            offsets: &[],
            known_before: is_topic.then_some(asked_at),
            progress: self.progress,
        };
        let mut ledger = Ledger::new(rules.clone(), as_of);
        let mut on_their_way = Vec::new();
        let mut reused = ReusedIds::within(reading.from..as_of.plus_millis(1_000), rules.clone());
        let read = reading.read(&past::decoder(self.config)?, &self.stop, &mut |told| {
            if is_topic && told.known >= certain_until {
                on_their_way.push(told.event);
            } else {
                reused.hear(&told.event, told.place, |note| ledger.apply_noting(&told.event, note));
            }
            Ok(())
        })?;
        reused.warn(self.files, self.config);
        let coverage = read.evidence.coverage(&rules, self.complete_since);
        if let Some(short) =
            coverage.shortfall(reading.from.plus_millis(rules.life_ms()), &reading.subject(), &self.config.zone)
        {
            tracing::warn!("{short}");
        }
        let history = coverage.history();
        let cards = self.config.lines.iter().map(ensilinja_config::Line::info).collect();
        let lines = (0..self.config.lines.len()).collect();
        let export = Export::new(cards, lines, FigureSelection::new(&[], &[]), rules.bounds(), &[]);
        let shown = |ledger: &mut Ledger| {
            let document = export.instant_line(self.config.zone_name(), &ledger.figures(as_of, history));
            FiguresDocument::parse(&document).context("what a replay writes is what a comparison reads")
        };
        let at_least = shown(&mut ledger)?;
        for event in &on_their_way {
            ledger.apply(event);
        }
        Ok([shown(&mut ledger)?, at_least])
    }
}
