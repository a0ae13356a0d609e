//! `dlq redrive`: records to their topic again, after a fix.
//!
//! ```text
//! read all letters --> what would be sent, what not, and why --(--execute)--> read them again, sending each once
//! ```
//!
//! What must hold: a record is sent with its own key, value and headers, or not at all; and only if this configuration
//! would use it as it is sent. The letters stay where they are. Sending twice changes no figure, for a ledger joins
//! facts: so whatever ends it early, it is run again.

mod account;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use ensilinja_kafka::{Redriver, read_dead_letters};

use super::found::{Found, Place, Search};
use super::prospect::Judge;
use super::selection::Selection;
use crate::cli::{ListingFormat, RedriveArguments};
use crate::clock;
use crate::kafka_settings::kafka_settings;
use crate::progress::{self, Progress};
use crate::standard_output::print;
use crate::stopping;
use account::{Account, Sent};
use ensilinja_config::Config;

/// Says what would be sent, or sends it.
///
/// # Errors
/// What cannot be asked; why the letters cannot be read; or that not all was sent and acknowledged.
pub fn redrive(arguments: &RedriveArguments, config: &Config) -> anyhow::Result<()> {
    let now = clock::wall()();
    let selection = Selection::new(&arguments.selection, &arguments.positions, config)?;
    let judge = Judge::new(config, now)?;
    let progress = Progress::new(arguments.letters.quiet, &config.zone);
    let stop = stopping::on_signal()?;
    let search = Search { config, selection: &selection, judge: &judge, stop: &stop, progress: &progress };
    let found = search.run(now, &mut |_, _, _| ())?;
    if let Some(position) = selection.positions.iter().find(|position| !found.has(position)) {
        anyhow::bail!(
            "{} has no letter about {position} that is also chosen by the options, so nothing was sent: `ensilinja dlq \
             list` says which there are",
            config.kafka.dead_letter_topic
        );
    }
    let mut account = Account::of(&found, config, judge.live_since);
    let ended = if arguments.execute && account.usable > 0 { search.send(&found, &mut account) } else { Ok(()) };
    account.is_executed = arguments.execute;
    print(&match arguments.listing.format {
        ListingFormat::Table => account.text(),
        ListingFormat::Json => account.document().to_json(),
    })?;
    ended?;
    account.sent.filter(|sent| sent.acknowledged < account.usable).map_or(Ok(()), |sent| {
        let (all, topic) = (account.usable, &account.topic);
        anyhow::bail!(
            "{} of {all} records were sent to {topic} and acknowledged; the log says why brokers refuse. Run it again after \
             a fix: what is sent twice changes no figure",
            sent.acknowledged
        )
    })
}

impl Search<'_> {
    /// Reads the letters again, and sends every record that can be used, once.
    fn send(&self, found: &Found, account: &mut Account) -> anyhow::Result<()> {
        let settings = kafka_settings(&self.config.kafka);
        let mut redriver = Redriver::new(&settings, self.stop)?;
        let mut left: BTreeSet<Place> =
            found.letters().filter(|(_, sketch)| sketch.prospect.is_usable()).map(|(place, _)| place).collect();
        let clock = clock::wall();
        self.progress.begin(&format!("sending to {}", self.config.kafka.topic), "records");
        let mut failure = None;
        let read = read_dead_letters(&settings, self.stop, &mut |letter, _| {
            let place = found.place(&letter.position, letter.topic_id).filter(|place| left.contains(place));
            let Some((place, record)) = place.zip(letter.record()) else { return ControlFlow::Continue(()) };
            let now = clock();
            if !self.judge.prospect(letter, now).is_usable() {
                return ControlFlow::Continue(());
            }
            left.remove(&place);
            if let Err(error) = redriver.send(&record, &letter.position, now) {
                failure = Some(error);
                return ControlFlow::Break(());
            }
            let done = account.usable - left.len() as u64;
            self.progress.show(&progress::Position { done, total: Some(account.usable), count: done, at: None });
            if left.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let ended = match (failure, read) {
            (Some(error), _) => Err(error.into()),
            (None, Err(error)) if !left.is_empty() => Err(anyhow::Error::from(error)),
            (None, _) => redriver.finish().map_err(Into::into),
        };
        if ended.is_err() {
            redriver.farewell();
        }
        self.progress.end();
        account.sent = Some(Sent {
            acknowledged: redriver.acknowledged(),
            failed: redriver.failed(),
            unknown: redriver.in_flight(),
        });
        ended
    }
}
