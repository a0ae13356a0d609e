//! `[source.genesys_cloud]`: what only this format needs.

use ensilinja_model::LineIndex;
use ensilinja_wire::{AttemptsFrom, GenesysCloudRules};
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::line::Line;
use crate::section::Section;
use crate::source::tables::line_of;
use crate::value::word;

/// The name of the table.
pub(super) const TABLE: &str = "genesys_cloud";

const CUSTOMER_FIRST: &str = "customer_first";
const MESSAGE_VISITS: &str = "message_visits";
const ATTEMPTS_FROM: &str = "attempts_from";

/// Reads the table, if there is one.
pub(super) fn read(source: &Section<'_>, lines: &[Line]) -> Result<GenesysCloudRules, ConfigError> {
    let Some(section) = source.section(TABLE, &[CUSTOMER_FIRST, MESSAGE_VISITS, ATTEMPTS_FROM])? else {
        return Ok(GenesysCloudRules::default());
    };
    Ok(GenesysCloudRules {
        customer_first: line_list(&section, CUSTOMER_FIRST, lines)?,
        message_visits: line_list(&section, MESSAGE_VISITS, lines)?,
        attempts_from: section.optional(ATTEMPTS_FROM, |value| word(value, AttemptsFrom::ALL, AttemptsFrom::as_str))?,
    })
}

fn line_list(section: &Section<'_>, key: &str, lines: &[Line]) -> Result<Vec<LineIndex>, ConfigError> {
    let listed = section.optional(key, |value| match value {
        DeValue::Array(items) => Ok(items),
        _ => Err("a list of lines, such as [\"mipa\"]".into()),
    })?;
    let line = |item| {
        let DeValue::String(id) = toml::Spanned::get_ref(item) else {
            return Err(section.refusal_of_item(key, item, "the id of a line"));
        };
        line_of(id, lines).map_err(|advice| section.refusal_of_item(key, item, advice))
    };
    listed.into_iter().flatten().map(line).collect()
}

#[cfg(test)]
mod tests {
    use ensilinja_wire::FormatRules;

    use super::*;
    use crate::outside::NothingOutside;
    use crate::source::page::page_of;
    use crate::{SAMPLE, parse};

    fn rules(table: &str) -> Result<GenesysCloudRules, String> {
        let text = format!(
            "{SAMPLE}\n[[source]]\ntopics = [\"genesys\"]\nformat = \"genesys_cloud\"\nremoved_callback = \"purged\"\n\
             [source.queues]\n\"q\" = \"mipa\"\n{table}"
        );
        let config = parse("e.toml", &text, &NothingOutside).map_err(|error| error.to_string())?;
        let mapping = config.sources.into_iter().find(|source| source.name == TABLE).unwrap().mapping;
        match mapping.rules {
            FormatRules::GenesysCloud(rules) => Ok(rules),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_table_may_be_missing_and_what_is_wrong_in_it_is_refused() {
        let missing = rules("").unwrap();
        assert!(missing.customer_first.is_empty() && missing.attempts_from.is_none());
        let given = "[source.genesys_cloud]\ncustomer_first = [\"mipa\"]\nmessage_visits = [\"mipa_chat\"]\n\
            attempts_from = \"records\"\n";
        let given = rules(given).unwrap();
        assert_eq!((given.customer_first.len(), given.message_visits.len()), (1, 1));
        assert_eq!(given.attempts_from, Some(AttemptsFrom::Records));
        for (line, expected) in [
            ("customer_first = \"mipa\"", "it should be a list of lines"),
            ("customer_first = [7]", "it should be the id of a line"),
            ("message_visits = [\"mipaa\"]", "did you mean mipa?"),
            ("attempts_from = \"both\"", "it should be one of \"events\", \"records\""),
            ("customers_first = []", "did you mean customer_first?"),
        ] {
            let refusal = rules(&format!("[source.genesys_cloud]\n{line}\n")).unwrap_err();
            assert!(refusal.contains(expected) && refusal.starts_with("e.toml:"), "{line}: {refusal}");
        }
    }

    #[test]
    fn the_configuration_in_the_documentation_is_read() {
        let page = page_of("genesys-cloud");
        let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let config = parse("e.toml", &format!("{SAMPLE}\n{example}"), &NothingOutside).unwrap();
        assert_eq!(config.sources.last().unwrap().mapping.format.as_str(), TABLE);
    }
}
