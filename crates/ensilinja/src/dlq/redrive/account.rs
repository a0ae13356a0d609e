//! What a redrive comes to: what would be sent, what not and why, and what was.

use std::collections::BTreeMap;

use ensilinja_model::EventTime;
use ensilinja_report::JsonDocument;
use ensilinja_wire::Detail;
use jiff::tz::TimeZone;

use crate::dlq::found::Found;
use crate::dlq::instants;
use crate::dlq::prospect::{Prospect, Use};
use ensilinja_config::Config;

/// What a redrive comes to.
pub struct Account {
    /// The topic of the records.
    pub topic: String,
    /// Where their letters are.
    letters: String,
    zone: TimeZone,
    /// Records that are chosen.
    chosen: u64,
    /// Of these, those that can be used now, and no others, are sent.
    pub usable: u64,
    /// Of the usable, those that change no live figure.
    past_only: u64,
    /// What happened before changes no live figure.
    live_since: EventTime,
    /// Of the chosen, those that would be refused again.
    refused: BTreeMap<Detail, u64>,
    not_whole: u64,
    of_another_topic: u64,
    /// Whether sending was asked for.
    pub is_executed: bool,
    /// What was sent, if anything was to be.
    pub sent: Option<Sent>,
}

/// What became of the records that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// All replicas have them.
    pub acknowledged: u64,
    /// They were refused.
    pub failed: u64,
    /// They were on their way when it ended.
    pub unknown: u64,
}

impl Account {
    /// Of the letters that were found, before anything is sent.
    pub fn of(found: &Found, config: &Config, live_since: EventTime) -> Self {
        let counts = found.by_prospect();
        let count = |prospect| counts.get(&prospect).copied().unwrap_or(0);
        let (live, past_only) = (count(Prospect::Usable(Use::Live)), count(Prospect::Usable(Use::PastOnly)));
        let refused = counts.iter().filter_map(|(prospect, count)| match prospect {
            Prospect::Refused(detail) => Some((*detail, *count)),
            _ => None,
        });
        Self {
            topic: config.kafka.topic.clone(),
            letters: config.kafka.dead_letter_topic.clone(),
            zone: config.zone.clone(),
            chosen: found.len(),
            usable: live + past_only,
            past_only,
            live_since,
            refused: refused.collect(),
            not_whole: count(Prospect::NotWhole),
            of_another_topic: count(Prospect::OfAnotherTopic),
            is_executed: false,
            sent: None,
        }
    }

    /// For people.
    pub fn text(&self) -> String {
        let (topic, letters) = (&self.topic, &self.letters);
        let mut lines =
            vec![format!("{:>8}  records are chosen of those that {letters} has letters about", self.chosen)];
        let mut say =
            |count: u64, what: String| lines.push(format!("{count:>8}  {}", what.replace('\n', "\n          ")));
        let verb = if self.is_executed { "are to be sent" } else { "would be sent" };
        say(self.usable, format!("{verb} to {topic}: this configuration can use them"));
        if self.past_only > 0 {
            let since = instants::in_words(self.live_since, &self.zone);
            say(
                self.past_only,
                format!("of these tell of what was before {since}: they change reports and replays, no live figure"),
            );
        }
        for (detail, count) in &self.refused {
            let (reason, name) = (detail.reason().as_str(), detail.as_str());
            let in_time = match detail {
                Detail::AheadOfRecord => "\nThey can be sent when the time that they tell of has come.",
                _ => "",
            };
            let advice = detail.advice();
            say(*count, format!("are left out, for they would come back as {reason}: {name}\n{advice}{in_time}"));
        }
        if self.not_whole > 0 {
            say(self.not_whole, "are left out, for their letters have not all of them".to_owned());
        }
        if self.of_another_topic > 0 {
            say(self.of_another_topic, format!("are left out, for they lay in another topic than {topic}"));
        }
        lines.push(String::new());
        lines.extend(self.ending());
        lines.join("\n") + "\n"
    }

    /// What was done.
    fn ending(&self) -> Vec<String> {
        let Some(sent) = self.sent else {
            let asked = if self.is_executed { "nothing was sent" } else { "nothing was sent: --execute sends them" };
            return vec![if self.usable == 0 { "there is nothing to send" } else { asked }.to_owned()];
        };
        let mut lines = vec![format!("{:>8}  were sent and acknowledged", sent.acknowledged)];
        let not_sent = self.usable.saturating_sub(sent.acknowledged + sent.failed + sent.unknown);
        for (count, what) in [
            (sent.failed, "were refused by the brokers"),
            (sent.unknown, "were on their way, and may have arrived"),
            (not_sent, "were not sent"),
        ] {
            if count > 0 {
                lines.push(format!("{count:>8}  {what}"));
            }
        }
        lines
    }

    /// For programs.
    pub fn document(&self) -> JsonDocument {
        let refused = self.refused.iter().map(|(detail, count)| {
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
            ("chosen", self.chosen.into()),
            ("usable", self.usable.into()),
            ("usable_for_the_past_only", self.past_only.into()),
            ("live_figures_since", instants::document(self.live_since, &self.zone)),
            ("refused", JsonDocument::list(refused)),
            ("not_whole", self.not_whole.into()),
            ("of_another_topic", self.of_another_topic.into()),
            ("sent", sent.unwrap_or(JsonDocument::Null)),
        ])
    }
}
