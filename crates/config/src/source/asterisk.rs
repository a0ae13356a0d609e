//! `[source.asterisk_queue_log]` and `[source.asterisk_ami]`: what only the formats of Asterisk need.

use std::collections::BTreeMap;

use ensilinja_model::Fact;
use ensilinja_wire::{AsteriskRules, Format, WaitFrom, is_of_menu, site_fact};
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::section::{Expected, Section};
use crate::table_entries::table_entries;
use crate::value::flag;

const EVENTS: &str = "events";
const HOST_IN_ID: &str = "host_in_id";
const LINE_MEMBER: &str = "line_member";
const TIME_MEMBER: &str = "time_member";

const EVENTS_EXPECTED: &str = "a table from events of your own lines to facts, such as events.CALLBACKREQUEST";

/// Reads the table that is named as the format, if there is one.
pub(super) fn read(source: &Section<'_>, format: Format, wait_from: WaitFrom) -> Result<AsteriskRules, ConfigError> {
    let is_log = format == Format::AsteriskQueueLog;
    let keys: &[&str] = if is_log { &[EVENTS, HOST_IN_ID, LINE_MEMBER] } else { &[HOST_IN_ID, TIME_MEMBER] };
    let Some(section) = source.section(format.as_str(), keys)? else { return Ok(AsteriskRules::default()) };
    Ok(AsteriskRules {
        events: if is_log { events(&section, wait_from)? } else { BTreeMap::new() },
        host_in_id: section.optional(HOST_IN_ID, flag)?.unwrap_or(false),
        line_member: if is_log { section.optional(LINE_MEMBER, member)? } else { None },
        time_member: if is_log { None } else { section.optional(TIME_MEMBER, member)? },
    })
}

fn events(section: &Section<'_>, wait_from: WaitFrom) -> Result<BTreeMap<String, Fact>, ConfigError> {
    let facts: Vec<_> =
        AsteriskRules::site_facts().filter_map(|name| Some((name.to_owned(), site_fact(name)?))).collect();
    let mut events = BTreeMap::new();
    for entry in table_entries(section, EVENTS, EVENTS_EXPECTED)? {
        if AsteriskRules::is_fixed(entry.key) {
            return Err(entry.refusal_of_key("an event of your own lines: what this one means is fixed"));
        }
        if entry.key.contains(['|', '\n', '\r']) {
            return Err(entry.refusal_of_key("an event as it stands in the log, without bars"));
        }
        let fact = entry.word(facts.clone())?;
        if is_of_menu(fact) && wait_from == WaitFrom::Queue {
            return Err(entry.refusal(
                "another fact, or the source should have wait_from = \"arrival\": this fact is of a menu before the \
                 queue, and without wait_from the wait begins in the queue",
            ));
        }
        events.insert(entry.key.to_owned(), fact);
    }
    Ok(events)
}

fn member(value: &DeValue<'_>) -> Result<String, Expected> {
    let name = value.as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    name.ok_or_else(|| "the name of a member of the JSON object".into())
}

#[cfg(test)]
mod tests {
    use ensilinja_model::AttemptResult;
    use ensilinja_wire::FormatRules;

    use super::*;
    use crate::outside::NothingOutside;
    use crate::{SAMPLE, parse};

    fn rules(format: &str, table: &str) -> Result<AsteriskRules, String> {
        let text = format!(
            "{SAMPLE}\n[[source]]\ntopics = [\"pbx\"]\nformat = \"{format}\"\n[source.queues]\n\"5000\" = \"mipa\"\n{table}"
        );
        let config = parse("e.toml", &text, &NothingOutside).map_err(|error| error.to_string())?;
        let mapping = config.sources.into_iter().find(|source| source.name == format).unwrap().mapping;
        match mapping.rules {
            FormatRules::Asterisk(rules) => Ok(rules),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_table_may_be_missing() {
        for format in ["asterisk_queue_log", "asterisk_ami"] {
            let rules = rules(format, "").unwrap();
            assert!(rules.events.is_empty() && !rules.host_in_id && rules.line_member.is_none());
        }
    }

    #[test]
    fn events_of_the_site_state_facts() {
        let table = "[source.asterisk_queue_log]\nhost_in_id = true\nline_member = \"raw\"\n\
            events.CALLBACKREQUEST = \"callback_requested\"\nevents.CB_OK = \"callback_reached\"\nevents.FULL = \"timed_out\"\nevents.PICKED = \"answered\"\n";
        let rules = rules("asterisk_queue_log", table).unwrap();
        assert!(rules.host_in_id);
        assert_eq!(rules.line_member.as_deref(), Some("raw"));
        assert_eq!(rules.events["CALLBACKREQUEST"], Fact::CallbackRequested);
        assert_eq!(rules.events["CB_OK"], Fact::CallbackAttempted(AttemptResult::Reached));
        assert_eq!(rules.events["FULL"], Fact::TimedOut);
        assert_eq!(rules.events["PICKED"], Fact::Answered);
    }

    #[test]
    fn facts_of_a_menu_need_a_wait_from_the_arrival() {
        for fact in ["offered", "abandoned"] {
            let of_menu = format!("[source.asterisk_queue_log]\nevents.MENU = \"{fact}\"\n");
            let refusal = rules("asterisk_queue_log", &of_menu).unwrap_err();
            let said = "events.\"MENU\" is \"offered\"; it should be another fact, or the source should have wait_from";
            assert!(refusal.contains(&said.replace("offered", fact)), "{refusal}");
            let text = format!(
                "{SAMPLE}\n[[source]]\ntopics = [\"pbx\"]\nformat = \"asterisk_queue_log\"\nwait_from = \"arrival\"\n\
                 [source.queues]\n\"5000\" = \"mipa\"\n{of_menu}"
            );
            assert!(parse("e.toml", &text, &NothingOutside).is_ok());
        }
    }

    #[test]
    fn the_time_of_ami_events_may_be_in_another_member() {
        let rules = rules("asterisk_ami", "[source.asterisk_ami]\ntime_member = \"received_at\"\n").unwrap();
        assert_eq!(rules.time_member.as_deref(), Some("received_at"));
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        for (line, expected) in [
            ("events.CONNECT = \"offered\"", "what this one means is fixed"),
            ("events.\"A|B\" = \"offered\"", "without bars"),
            ("events.CB = \"callback\"", "it should be one of \"offered\","),
            ("events = 7", "a table from events of your own lines to facts"),
            ("host_in_id = \"yes\"", "true or false"),
            ("line_member = \"\"", "the name of a member"),
            ("time_member = \"t\"", "time_member"),
        ] {
            let refusal = rules("asterisk_queue_log", &format!("[source.asterisk_queue_log]\n{line}\n")).unwrap_err();
            assert!(refusal.contains(expected) && refusal.starts_with("e.toml:"), "{line}: {refusal}");
        }
    }
}
