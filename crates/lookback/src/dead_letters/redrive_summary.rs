//! The summary of a redrive: what would be sent, what not and why, and what was sent.

use std::collections::BTreeMap;

use ensilinja_config::Config;
use ensilinja_model::EventTime;
use ensilinja_report::JsonDocument;
use ensilinja_wire::Detail;
use jiff::tz::TimeZone;

use super::eligibility::{AffectedFigures, RedriveEligibility};
use super::found::FoundDeadLetters;
use super::instants;

/// The summary of a redrive.
pub struct RedriveSummary {
    /// The topics of the records.
    pub topic: String,
    /// The topic of their dead letters.
    letters: String,
    zone: TimeZone,
    /// Records that are selected.
    selected: u64,
    /// Those of them that can be used now. Only these are sent.
    pub usable: u64,
    /// Those of the usable ones that change no live figure.
    past_only: u64,
    /// Events from before change no live figure.
    live_since: EventTime,
    /// Selected records that would be rejected again.
    rejected: BTreeMap<Detail, u64>,
    states_nothing: u64,
    not_whole: u64,
    of_another_topic: u64,
    /// Whether sending was asked for.
    pub is_executed: bool,
    /// What was sent, if anything was to be.
    pub sent: Option<SentRecords>,
}

/// What became of the records that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentRecords {
    /// All replicas have them.
    pub acknowledged: u64,
    /// The brokers refused them.
    pub failed: u64,
    /// They were in flight at the end.
    pub unknown: u64,
}

impl RedriveSummary {
    /// The summary of dead letters, before anything is sent.
    #[must_use]
    pub fn of(found: &FoundDeadLetters, config: &Config, live_since: EventTime) -> Self {
        let counts = found.by_eligibility();
        let count = |eligibility| counts.get(&eligibility).copied().unwrap_or(0);
        let usable = |affected| count(RedriveEligibility::Usable(affected));
        let (live, past_only) = (usable(AffectedFigures::Live), usable(AffectedFigures::PastOnly));
        let rejected = counts.iter().filter_map(|(eligibility, count)| match eligibility {
            RedriveEligibility::Rejected(detail) => Some((*detail, *count)),
            _ => None,
        });
        Self {
            topic: config.topics_in_words(),
            letters: config.kafka.dead_letter_topic.clone(),
            zone: config.zone.clone(),
            selected: found.len(),
            usable: live + past_only,
            past_only,
            live_since,
            rejected: rejected.collect(),
            states_nothing: count(RedriveEligibility::StatesNothing),
            not_whole: count(RedriveEligibility::NotWhole),
            of_another_topic: count(RedriveEligibility::OfAnotherTopic),
            is_executed: false,
            sent: None,
        }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let (topic, letters) = (&self.topic, &self.letters);
        let mut lines =
            vec![format!("{:>8}  records are selected among those with dead letters in {letters}", self.selected)];
        let mut say =
            |count: u64, what: String| lines.push(format!("{count:>8}  {}", what.replace('\n', "\n          ")));
        let verb = if self.is_executed { "are to be sent" } else { "would be sent" };
        say(self.usable, format!("{verb} to {topic}: this configuration can use them"));
        if self.past_only > 0 {
            let since = instants::in_words(self.live_since, &self.zone);
            say(
                self.past_only,
                format!("of these events happened before {since}: they change reports and replays but no live figure"),
            );
        }
        for (detail, count) in &self.rejected {
            let (reason, name) = (detail.reason().as_str(), detail.as_str());
            let in_time = match detail {
                Detail::AheadOfRecord => "\nThey can be sent once the time of their events has come.",
                _ => "",
            };
            let advice = detail.advice();
            say(*count, format!("are left out: they would come back as {reason}: {name}\n{advice}{in_time}"));
        }
        if self.states_nothing > 0 {
            let what = "are left out: they state nothing, as records of a queue in `ignore` do";
            say(self.states_nothing, what.to_owned());
        }
        if self.not_whole > 0 {
            say(self.not_whole, "are left out: their dead letters are incomplete".to_owned());
        }
        if self.of_another_topic > 0 {
            say(self.of_another_topic, format!("are left out: they are from another topic than {topic}"));
        }
        lines.push(String::new());
        lines.extend(self.ending());
        lines.join("\n") + "\n"
    }

    /// What was sent.
    fn ending(&self) -> Vec<String> {
        let Some(sent) = self.sent else {
            let asked = if self.is_executed { "nothing was sent" } else { "nothing was sent: --execute sends them" };
            return vec![if self.usable == 0 { "there is nothing to send" } else { asked }.to_owned()];
        };
        let mut lines = vec![format!("{:>8}  were sent and acknowledged", sent.acknowledged)];
        let not_sent = self.usable.saturating_sub(sent.acknowledged + sent.failed + sent.unknown);
        for (count, what) in [
            (sent.failed, "were refused by the brokers"),
            (sent.unknown, "were in flight, and may have arrived"),
            (not_sent, "were not sent"),
        ] {
            if count > 0 {
                lines.push(format!("{count:>8}  {what}"));
            }
        }
        lines
    }

    /// For programs.
    #[must_use]
    pub fn document(&self) -> JsonDocument {
        let rejected = self.rejected.iter().map(|(detail, count)| {
            JsonDocument::object([
                ("reason", detail.reason().as_str().into()),
                ("detail", detail.as_str().into()),
                ("advice", detail.advice().into()),
                ("records", (*count).into()),
            ])
        });
        let sent = self.sent.map(|sent| {
            JsonDocument::object([
                ("acknowledged", sent.acknowledged.into()),
                ("failed", sent.failed.into()),
                ("unknown", sent.unknown.into()),
            ])
        });
        JsonDocument::object([
            ("schema", "ensilinja.redrive/1".into()),
            ("topic", self.topic.as_str().into()),
            ("dead_letter_topic", self.letters.as_str().into()),
            ("executed", self.is_executed.into()),
            ("chosen", self.selected.into()),
            ("usable", self.usable.into()),
            ("usable_for_the_past_only", self.past_only.into()),
            ("live_figures_since", instants::document(self.live_since, &self.zone)),
            ("refused", JsonDocument::list(rejected)),
            ("states_nothing", self.states_nothing.into()),
            ("not_whole", self.not_whole.into()),
            ("of_another_topic", self.of_another_topic.into()),
            ("sent", sent.unwrap_or(JsonDocument::Null)),
        ])
    }
}
