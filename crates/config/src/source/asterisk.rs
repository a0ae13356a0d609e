//! `[source.asterisk_queue_log]` and `[source.asterisk_ami]`: what only the formats of Asterisk need.

use std::collections::BTreeMap;

use ensilinja_model::Fact;
use ensilinja_wire::{AsteriskRules, Format, site_fact};
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
pub(super) fn read(source: &Section<'_>, format: Format) -> Result<AsteriskRules, ConfigError> {
    let is_log = format == Format::AsteriskQueueLog;
    let keys: &[&str] = if is_log { &[EVENTS, HOST_IN_ID, LINE_MEMBER] } else { &[HOST_IN_ID, TIME_MEMBER] };
    let Some(section) = source.section(format.as_str(), keys)? else { return Ok(AsteriskRules::default()) };
    Ok(AsteriskRules {
        events: if is_log { events(&section)? } else { BTreeMap::new() },
        host_in_id: section.optional(HOST_IN_ID, flag)?.unwrap_or(false),
        line_member: if is_log { section.optional(LINE_MEMBER, member)? } else { None },
        time_member: if is_log { None } else { section.optional(TIME_MEMBER, member)? },
    })
}

fn events(section: &Section<'_>) -> Result<BTreeMap<String, Fact>, ConfigError> {
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
        events.insert(entry.key.to_owned(), entry.word(facts.clone())?);
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
            events.CALLBACKREQUEST = \"callback_requested\"\nevents.CB_OK = \"callback_reached\"\nevents.DID = \"offered\"\n";
        let rules = rules("asterisk_queue_log", table).unwrap();
        assert!(rules.host_in_id);
        assert_eq!(rules.line_member.as_deref(), Some("raw"));
        assert_eq!(rules.events["CALLBACKREQUEST"], Fact::CallbackRequested);
        assert_eq!(rules.events["CB_OK"], Fact::CallbackAttempted(AttemptResult::Reached));
        assert_eq!(rules.events["DID"], Fact::Offered);
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
