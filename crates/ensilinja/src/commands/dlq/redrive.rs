//! `dlq redrive`: sends records to their topic again, after a fix.
//!
//! ```text
//! read all dead letters --> what would be sent, what not, and why --(--execute)--> read them again, sending each once
//! ```
//!
//! Invariant: a record is sent with its own key, value and headers, or not at all, and only if this configuration would
//! use it as it is sent. The dead letters stay where they are. A record that is sent twice changes no figure, because a
//! ledger joins facts; if the command ends early, run it again.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use ensilinja_config::Config;
use ensilinja_kafka::{Redriver, read_dead_letters};
use ensilinja_lookback::dead_letters::{
    DeadLetterKey, DeadLetterSearch, DeadLetterSelection, FoundDeadLetters, RedriveJudge, RedriveSummary, SentRecords,
};
use ensilinja_lookback::{LookbackContext, ProgressUpdate, kafka_settings};

use super::selection::selection_request;
use ensilinja_report::fitted;

use crate::cli::RedriveArguments;
use crate::clock;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::{ListingFormat, print};
use crate::lookback_context::{FileRecords, lookback_context};

/// Says what would be sent, or sends it.
///
/// # Errors
/// A bad request; why the dead letters cannot be read; or that not all records were sent and acknowledged.
pub fn redrive(arguments: &RedriveArguments, config: &Config) -> anyhow::Result<()> {
    let request = selection_request(&arguments.selection, &arguments.positions, &config.zone)?;
    let selection = DeadLetterSelection::new(request, config)?;
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.letters.quiet, &config.zone));
    let context = lookback_context(config, FileRecords::NONE, &stop, &progress)?;
    let judge = RedriveJudge::new(&context);
    let search = DeadLetterSearch { context: &context, selection: &selection, judge: &judge };
    let found = search.run(&mut |_, _| ())?;
    if let Some(position) = selection.positions.iter().find(|position| !found.has(position)) {
        anyhow::bail!(
            "{} has no dead letter about {position} that the options select, so nothing was sent: `ensilinja dlq list` \
             lists them",
            config.kafka.dead_letter_topic
        );
    }
    let mut summary = RedriveSummary::of(&found, config, judge.live_since);
    let is_sending = arguments.execute && summary.usable > 0;
    let ended = if is_sending { send(&found, &judge, &context, &mut summary) } else { Ok(()) };
    summary.is_executed = arguments.execute;
    print(&match arguments.listing.format {
        ListingFormat::Table => fitted(&summary.text(), arguments.listing.width()),
        ListingFormat::Json => summary.document().to_json(),
    })?;
    ended?;
    summary.sent.filter(|sent| sent.acknowledged < summary.usable).map_or(Ok(()), |sent| {
        let (all, topic) = (summary.usable, &summary.topic);
        anyhow::bail!(
            "{} of {all} records were sent to {topic} and acknowledged; the log says why brokers refuse. Run it again \
             after a fix: a record that is sent twice changes no figure",
            sent.acknowledged
        )
    })
}

/// Reads the dead letters again, and sends every record that can be used, once.
fn send(
    found: &FoundDeadLetters,
    judge: &RedriveJudge,
    context: &LookbackContext<'_>,
    summary: &mut RedriveSummary,
) -> anyhow::Result<()> {
    let LookbackContext { config, stop, progress, .. } = *context;
    let settings = kafka_settings(config);
    let usable = found.letters().filter(|(_, sketch)| sketch.eligibility.is_usable());
    let mut left: BTreeSet<DeadLetterKey> = usable.map(|(key, _)| key).collect();
    let topics: BTreeSet<String> = left.iter().map(|key| found.position(*key).topic).collect();
    let mut redriver = Redriver::new(&settings, topics.into_iter().collect(), stop)?;
    let clock = clock::wall();
    progress.begin(&format!("sending to {}", config.topics_in_words()), "records");
    let mut failure = None;
    let read = read_dead_letters(&settings, stop, &mut |letter, _| {
        let key = found.key(&letter.position, letter.topic_id).filter(|key| left.contains(key));
        let Some((key, record)) = key.zip(letter.record()) else { return ControlFlow::Continue(()) };
        let now = clock();
        if !judge.eligibility(letter, now).is_usable() {
            return ControlFlow::Continue(());
        }
        left.remove(&key);
        if let Err(error) = redriver.send(&record, &letter.position, now) {
            failure = Some(error);
            return ControlFlow::Break(());
        }
        let done = summary.usable - left.len() as u64;
        progress.show(&ProgressUpdate { done, total: Some(summary.usable), count: done, at: None });
        if left.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let ended = match (failure, read) {
        (Some(error), _) => Err(error.into()),
        (None, Err(error)) if !left.is_empty() => Err(anyhow::Error::from(error)),
        (None, _) => redriver.finish().map_err(Into::into),
    };
    if ended.is_err() {
        redriver.wait_after_stop();
    }
    progress.end();
    let (acknowledged, failed, unknown) = (redriver.acknowledged(), redriver.failed(), redriver.in_flight());
    summary.sent = Some(SentRecords { acknowledged, failed, unknown });
    ended
}
