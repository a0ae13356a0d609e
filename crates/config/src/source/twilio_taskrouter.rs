//! `[source.twilio_taskrouter]`: what only this format needs.

use ensilinja_model::LineIndex;
use ensilinja_wire::{KeyTable, TwilioRules, TwilioSettings};
use toml::de::DeValue;

use super::tables::line_of;
use crate::error::ConfigError;
use crate::line::Line;
use crate::section::{Expected, Section};
use crate::table_entries::table_entries;

/// The name of the table.
pub(super) const TABLE: &str = "twilio_taskrouter";

const CALLBACK_ATTRIBUTE: &str = "callback_attribute";
const CALLBACK_VALUES: &str = "callback_values";
const OUTCOME_ATTRIBUTE: &str = "outcome_attribute";
const COMPLETED_IS_REACHED: &str = "completed_is_reached";
const WORKFLOWS: &str = "workflows";
const KEYS: [&str; 5] = [CALLBACK_ATTRIBUTE, CALLBACK_VALUES, OUTCOME_ATTRIBUTE, COMPLETED_IS_REACHED, WORKFLOWS];

const VALUES_EXPECTED: &str = "a list of texts, such as [\"callback\", \"voicemail\"]";

/// Reads the table, if there is one.
pub(super) fn read(source: &Section<'_>, lines: &[Line]) -> Result<TwilioRules, ConfigError> {
    let mut settings = TwilioSettings::default();
    if let Some(section) = source.section(TABLE, &KEYS)? {
        if let Some(attribute) = section.optional(CALLBACK_ATTRIBUTE, attribute)? {
            settings.callback_attribute = attribute;
        }
        if let Some(values) = section.optional(CALLBACK_VALUES, texts)? {
            settings.callback_values = values;
        }
        if let Some(attribute) = section.optional(OUTCOME_ATTRIBUTE, attribute)? {
            settings.outcome_attribute = attribute;
        }
        let flag = |value: &DeValue<'_>| value.as_bool().ok_or_else(|| "true or false".into());
        settings.completed_is_reached = section.optional(COMPLETED_IS_REACHED, flag)?.unwrap_or_default();
        settings.workflows = workflows(&section, lines)?;
    }
    Ok(TwilioRules::new(settings).expect("the names of attributes have been checked"))
}

/// The name of an attribute that the rules can find.
fn attribute(value: &DeValue<'_>) -> Result<String, Expected> {
    let is_found = |name: &&str| {
        TwilioRules::new(TwilioSettings { outcome_attribute: (*name).to_owned(), ..TwilioSettings::default() })
            .is_some()
    };
    let name = value.as_str().filter(is_found).map(str::to_owned);
    name.ok_or_else(|| "the name of a task attribute, such as \"conversations.outcome\"".into())
}

fn texts(value: &DeValue<'_>) -> Result<Vec<String>, Expected> {
    let items = match value {
        DeValue::Array(items) if !items.is_empty() => items,
        _ => return Err(VALUES_EXPECTED.into()),
    };
    let text = |item: &str| Some(item).filter(|item| !item.is_empty()).map(str::to_owned);
    let texts: Option<Vec<String>> = items.iter().map(|item| item.get_ref().as_str().and_then(text)).collect();
    texts.ok_or_else(|| VALUES_EXPECTED.into())
}

fn workflows(section: &Section<'_>, lines: &[Line]) -> Result<KeyTable<LineIndex>, ConfigError> {
    let mut workflows = KeyTable::default();
    for entry in table_entries(section, WORKFLOWS, "a table from workflows, by id or name, to lines")? {
        let line = line_of(entry.text("the id of a line")?, lines).map_err(|advice| entry.refusal(&advice))?;
        workflows.insert(entry.key, line);
    }
    Ok(workflows)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use ensilinja_wire::{Decoder, Record};

    use crate::outside::NothingOutside;
    use crate::source::page::page_of;
    use crate::{Config, SAMPLE, parse};

    /// The configuration of the page.
    fn page() -> &'static str {
        static PAGE: LazyLock<String> = LazyLock::new(|| page_of("twilio-taskrouter"));
        PAGE.split("```toml\n").nth(1).unwrap().split("```").next().unwrap()
    }

    fn parsed(source: &str) -> Result<Config, String> {
        parse("e.toml", &format!("{SAMPLE}\n{source}"), &NothingOutside).map_err(|error| error.to_string())
    }

    /// The kinds of facts that a task.completed with these attributes states.
    fn completed(source: &str, attributes: &str) -> Vec<&'static str> {
        let config = parsed(source).unwrap();
        let lines: Vec<_> = config.lines.iter().map(|line| line.id.clone()).collect();
        let mapping = config.sources.last().unwrap().mapping.clone();
        let record = format!(
            "{{\"EventType\":\"task.completed\",\"Timestamp\":\"1772514000\",\"TaskSid\":\"WT1\",\
             \"TaskQueueName\":\"Palveluneuvonta\",\"TaskAttributes\":{attributes:?}}}"
        );
        let contents = Decoder::of_source(&lines, [7; 16], mapping).contents(&Record::of_value(record.as_bytes()));
        assert_eq!(contents.faults, [], "{record}");
        contents.facts.iter().map(|fact| fact.kind.unwrap().as_str()).collect()
    }

    #[test]
    fn the_configuration_of_the_page_is_read_and_has_effect() {
        let spoke = r#"{"taskType":"callback","conversations":{"outcome":"spoke"}}"#;
        assert_eq!(completed(page(), spoke), ["callback_attempted", "callback_reached"]);
        assert_eq!(completed(page(), r#"{"taskType":"callback"}"#), Vec::<&str>::new());
        let trusting = page().replace("completed_is_reached = false", "completed_is_reached = true");
        let reached = ["callback_attempted", "callback_reached"];
        assert_eq!(completed(&trusting, r#"{"taskType":"callback"}"#), reached);
        let other = page().replace("callback_attribute = \"taskType\"", "callback_attribute = \"site.kind\"");
        assert_eq!(completed(&other, r#"{"site":{"kind":"callback"},"conversations":{"outcome":"spoke"}}"#), reached);
        assert_eq!(completed(&other, r#"{"taskType":"callback"}"#), ["ended"]);
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        for (from, to, expected) in [
            (
                "completed_is_reached = false",
                "completed_is_reached = 1",
                "completed_is_reached is 1; it should be true",
            ),
            ("\"conversations.outcome\"", "\"a..b\"", "outcome_attribute is \"a..b\"; it should be the name of a task"),
            ("[\"callback\", \"voicemail\"]", "[7]", "callback_values is a list; it should be a list of texts"),
            ("callback_values", "callback_value", "did you mean callback_values?"),
            ("\"Palveluneuvonta flow\" = \"mipa\"", "\"x\" = \"mipaa\"", "did you mean mipa?"),
        ] {
            let refusal = parsed(&page().replacen(from, to, 1)).map(|_| ()).expect_err(to);
            assert!(refusal.contains(expected), "{refusal}");
        }
    }
}
