//! What the configuration means for lines, as text.

use std::fmt::Write as _;

use ensilinja_config::{
    Config, Line, VolumeSubject, date_in_words, formula_in_words, limits_in_words, promises_in_words,
};
use ensilinja_ledger::Indicator;
use ensilinja_report::fitted;
use jiff::civil::Date;

use super::meaning::{LineListing, LineMeaning, since};
use crate::open_days::runs;

/// The column at which words begin.
const WORDS_AT: usize = 17;

const DAY_MS: i64 = 24 * 3_600_000;

impl LineListing<'_> {
    /// The listing.
    pub(super) fn text(&self, width: usize) -> anyhow::Result<String> {
        let mut text = String::new();
        for line in &self.lines {
            line.write(&mut text, self.config, width)?;
            text.push('\n');
        }
        let horizon_ms = self.rules.horizon_ms();
        writeln!(
            text,
            "All lines together: figures need the last {} of the topic, so it has to keep records for that long:\n\
             retention.ms={horizon_ms} or more. The longest life of a contact is {}.",
            days(horizon_ms),
            days(self.rules.life_ms())
        )?;
        let unfed: Vec<&str> =
            self.lines.iter().filter(|line| line.feeds.is_empty()).map(|line| line.line.id.as_str()).collect();
        if !unfed.is_empty() {
            writeln!(
                text,
                "No source leads to {}: map their queues in `queues` of a [[source]], or leave the lines out.",
                unfed.join(", ")
            )?;
        }
        Ok(fitted(&text, width))
    }
}

impl LineMeaning<'_> {
    fn write(&self, text: &mut String, config: &Config, width: usize) -> anyhow::Result<()> {
        let Line {
            id,
            channel,
            name,
            group,
            group_name,
            service_area,
            hours,
            effective_limits,
            goals,
            volume_goals: _,
        } = self.line;
        writeln!(text, "{id}  {}", name.fi)?;
        let mut say = |what: &str, words: &str| {
            let words = fitted(words, width.saturating_sub(WORDS_AT));
            let mut lines = words.lines();
            writeln!(text, "  {what:<15}{}", lines.next().unwrap_or_default())?;
            lines.try_for_each(|line| writeln!(text, "{:WORDS_AT$}{line}", ""))
        };
        say("names", &format!("{} (sv), {} (en)", name.sv, name.en))?;
        let group = group_name.as_ref().map_or_else(|| group.clone(), |name| format!("{} ({group})", name.fi));
        say("place", &format!("{}, group {group}, area {service_area}", channel.as_str()))?;
        say("hours", &hours.to_string())?;
        for (place, (from, to, open)) in runs(&self.week, &config.zone).into_iter().enumerate() {
            let what = if place == 0 { "the week" } else { "" };
            let until = if from == to { String::new() } else { format!(" - {}", date_in_words(to)) };
            say(what, &format!("{}{until}  {open}", date_in_words(from)))?;
        }
        for effective in effective_limits {
            if let Some(date) = since(effective, config) {
                say("", &format!("-- from {date} on:"))?;
            }
            for (what, sentences) in [
                ("promises", promises_in_words(&effective.limits.promises)),
                ("limits", limits_in_words(&effective.limits)),
            ] {
                for (place, words) in sentences.into_iter().enumerate() {
                    say(if place == 0 { what } else { "" }, &words)?;
                }
            }
        }
        say("service level", &format!("{}: {}", goals.service_level.as_str(), formula_in_words(goals.service_level)))?;
        for (place, (indicator, words)) in self.goals().into_iter().enumerate() {
            say(if place == 0 { "goals" } else { "" }, &format!("{}: {words}", indicator.as_str()))?;
        }
        for (place, words) in volume_goals(self.line, config).into_iter().enumerate() {
            say(if place == 0 { "contacts" } else { "" }, &words)?;
        }
        for (place, feed) in self.feeds.iter().enumerate() {
            say(if place == 0 { "sources" } else { "" }, &feed.in_words())?;
        }
        if self.feeds.is_empty() {
            say("sources", "none: no source leads to this line, so its figures stay empty")?;
        }
        say("life", &format!("a contact has no new events of its own after {}", days(self.life_ms)))?;
        Ok(())
    }

    /// The goals of the indicators that apply to the line's channel.
    fn goals(&self) -> Vec<(Indicator, String)> {
        let percent = |share: f64| format!("{} %", (share * 1000.0).round() / 10.0);
        let words = |indicator: Indicator| {
            let target = self.line.goals.targets.of(indicator);
            let goal = target.goal.map(|goal| format!("goal {}", percent(goal)));
            let floor = target.alert_floor.map(|floor| format!("alerts below {}", percent(floor)));
            let words: Vec<String> = goal.into_iter().chain(floor).collect();
            (!words.is_empty()).then(|| (indicator, words.join(", ")))
        };
        let of_channel = Indicator::ALL.iter().copied().filter(|it| it.applies_to(self.line.channel));
        of_channel.filter_map(words).collect()
    }
}

/// The goals for the number of contacts that a line has a part in.
fn volume_goals(line: &Line, config: &Config) -> Vec<String> {
    let targets = config.volume_targets.iter().filter(|target| target.subject.holds(line));
    let steps = targets.flat_map(|target| target.steps.iter().map(move |step| (&target.subject, step)));
    let words = |(subject, (date, contacts)): (&VolumeSubject, &(Option<Date>, Option<u32>))| {
        let of = match subject {
            VolumeSubject::Line(_) => "of the line",
            VolumeSubject::Group(..) => "of its group",
            VolumeSubject::Channel(_) => "of its channel",
        };
        let goal = contacts.map_or_else(|| "no goal".to_owned(), |contacts| format!("goal {contacts} a month"));
        let from = date.map_or_else(String::new, |date| format!(", from {date} on"));
        format!("{goal} for contacts {of}{from}")
    };
    steps.map(words).collect()
}

/// A duration in whole days, rounded up.
fn days(ms: i64) -> String {
    match (ms + DAY_MS - 1).div_euclid(DAY_MS) {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn listing_of(id: &str, first: Date) -> String {
        narrow_listing_of(id, first, usize::MAX)
    }

    fn narrow_listing_of(id: &str, first: Date, width: usize) -> String {
        let config = ensilinja_config::county();
        let places = config.line_indices(&[ensilinja_model::LineId::parse(id).unwrap()]).unwrap();
        LineListing::new(&config, &places, first).unwrap().text(width).unwrap()
    }

    #[test]
    fn a_line_is_listed_with_its_week_its_promises_and_the_retention_it_needs() {
        let text = listing_of("116117", date(2025, 9, 15));
        for words in [
            "116117  Päivystysapu 116 117\n  names          Jourhjälpen 116 117 (sv), Medical Helpline 116 117 (en)\n",
            "  place          phone, group Päivystysapu 116 117 (medical_helpline), area Kanta-Häme\n  hours          24/7\n",
            "  the week       Mon 2025-09-15 - Sun 2025-09-21  00:00-24:00\n  promises       ",
            "  service level  negative_abandon: answered within the threshold / decided\n  goals          ",
            "retention.ms=",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn the_goals_for_contacts_stand_with_their_dates() {
        let text = listing_of("suun_chat", date(2025, 9, 15));
        let goal = "  contacts       goal 4000 a month for contacts of its channel, from 2025-01-01 on\n";
        assert!(text.contains(goal), "{text}");
        assert!(text.contains("  no goal for contacts of its channel, from 2026-01-01 on\n"), "{text}");
        assert!(!listing_of("116117", date(2025, 9, 15)).contains("for contacts"));
    }

    #[test]
    fn a_listing_fits_a_narrow_terminal() {
        let [narrow, wide] = [60, usize::MAX].map(|width| narrow_listing_of("neuvola", date(2025, 9, 15), width));
        assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&narrow), words(&wide), "nothing is left out");
    }

    #[test]
    fn a_line_says_which_entries_of_which_sources_lead_to_it_and_a_line_without_any_is_named() {
        let added = "[[source]]\nname = \"telephony\"\ntopics = [\"pbx\"]\nformat = \"asterisk_queue_log\"\n\
            [source.queues]\n\"5000\" = \"neuvola\"\n\"chat-*\" = \"mipa_chat\"\n\
            [source.exits]\ntimeout = \"timed_out\"\n\"key.1\" = \"transferred\"\n\
            [source.exits.neuvola]\n\"key.1\" = \"callback_requested\"\n";
        let text = ensilinja_config::SAMPLE.replace("topic = \"ensilinja.events\"\n", "") + added;
        let config = crate::configuration::parse("e.toml", &text).unwrap();
        let ids = ["neuvola", "mipa_chat", "mipa"].map(|id| ensilinja_model::LineId::parse(id).unwrap());
        let places = config.line_indices(&ids).unwrap();
        let listing = LineListing::new(&config, &places, date(2025, 9, 15)).unwrap();
        let text = listing.text(usize::MAX).unwrap();
        for words in [
            "  sources        telephony (asterisk_queue_log); queues \"5000\"; exits: key.1 is callback_requested, \
             timeout is timed_out\n",
            "  sources        telephony (asterisk_queue_log); queues \"chat-*\"; exits: key.1 is transferred, ",
            "  sources        none: no source leads to this line, so its figures stay empty\n",
            "\nNo source leads to mipa: map their queues",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let json = listing.document().to_json();
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        let sources = |id: &str| {
            let lines = document["lines"].as_array().unwrap();
            lines.iter().find(|line| line["line"] == id).unwrap()["sources"].clone()
        };
        assert_eq!(sources("mipa"), serde_json::json!([]));
        assert_eq!(sources("neuvola")[0]["queues"], serde_json::json!(["5000"]));
        assert_eq!(
            sources("neuvola")[0]["exits"][0],
            serde_json::json!({ "exit": "key.1", "meaning": "callback_requested" })
        );
        assert!(
            listing_of("neuvola", date(2025, 9, 15))
                .contains("  sources        cloudevents; events that name the line\n")
        );
    }

    #[test]
    fn the_week_of_helatorstai_has_a_closed_thursday() {
        let text = listing_of("neuvola", date(2025, 5, 26));
        assert!(text.contains("Thu 2025-05-29  closed\n"), "{text}");
    }
}
