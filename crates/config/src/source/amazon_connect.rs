//! `[source.amazon_connect]`: what only this format needs.

use ensilinja_model::{Outcome, Survey, YesNo};
use ensilinja_wire::{AmazonConnectRules, AttemptsFrom, AttributeMeaning, AttributeRule, AttributeTime};

use crate::error::ConfigError;
use crate::section::Section;
use crate::table_entries::{TableEntry, table_entries};
use crate::value::word;

/// The name of the table.
pub(super) const TABLE: &str = "amazon_connect";

const ATTRIBUTES: &str = "attributes";
const ATTEMPTS_FROM: &str = "attempts_from";

const ATTRIBUTES_EXPECTED: &str =
    "a table from attributes to what they mean, such as [source.amazon_connect.attributes.Outcome]";
const ATTRIBUTE_EXPECTED: &str = "a table with field, and if needed time and values";
const VALUES_EXPECTED: &str = "a table from values of the attribute to what they mean, such as { done = \"handled\" }";

/// What an attribute is about.
#[derive(Clone, Copy)]
enum Field {
    Outcome,
    Nps,
    Survey(Survey),
}

/// Reads the table, if there is one.
pub(super) fn read(source: &Section<'_>) -> Result<AmazonConnectRules, ConfigError> {
    let Some(section) = source.section(TABLE, &[ATTRIBUTES, ATTEMPTS_FROM])? else {
        return Ok(AmazonConnectRules::default());
    };
    let attributes = table_entries(&section, ATTRIBUTES, ATTRIBUTES_EXPECTED)?;
    let attributes = attributes.iter().map(attribute).collect::<Result<_, _>>()?;
    let attempts_from =
        section.optional(ATTEMPTS_FROM, |value| word(value, AttemptsFrom::ALL, AttemptsFrom::as_str))?;
    Ok(AmazonConnectRules { attributes, attempts_from })
}

fn attribute(entry: &TableEntry<'_, '_>) -> Result<AttributeRule, ConfigError> {
    let members = entry.table().ok_or_else(|| entry.refusal(ATTRIBUTE_EXPECTED))?;
    let (mut field, mut time, mut values) = (None, None, None);
    for member in members {
        match member.key {
            "field" => field = Some(member.word(fields())?),
            "time" => time = Some(member.word(names_of(AttributeTime::ALL, AttributeTime::as_str))?),
            "values" => values = Some(member),
            _ => return Err(member.refusal_of_key("field, time or values")),
        }
    }
    let field = field.ok_or_else(|| entry.refusal(ATTRIBUTE_EXPECTED))?;
    let meaning = meaning(field, entry, values.as_ref())?;
    Ok(AttributeRule { name: entry.key.to_owned(), time: time.unwrap_or(meaning.usual_time()), meaning })
}

fn meaning(
    field: Field,
    entry: &TableEntry<'_, '_>,
    values: Option<&TableEntry<'_, '_>>,
) -> Result<AttributeMeaning, ConfigError> {
    match (field, values) {
        (Field::Outcome, Some(values)) => {
            Ok(AttributeMeaning::Outcome(value_table(values, &names_of(Outcome::ALL, Outcome::as_str))?))
        }
        (Field::Outcome, None) => {
            Err(entry.refusal("a table with field and values: the outcome that each value means"))
        }
        (Field::Nps, None) => Ok(AttributeMeaning::Nps),
        (Field::Nps, Some(values)) => {
            Err(values.refusal_of_key("left out: the values of nps are whole numbers from 0 to 10"))
        }
        (Field::Survey(survey), Some(values)) => {
            Ok(AttributeMeaning::Survey(survey, value_table(values, &names_of(YesNo::ALL, YesNo::as_str))?))
        }
        (Field::Survey(survey), None) => Ok(AttributeMeaning::Survey(survey, [].into())),
    }
}

fn value_table<T: Clone, C: FromIterator<(String, T)>>(
    values: &TableEntry<'_, '_>,
    words: &[(String, T)],
) -> Result<C, ConfigError> {
    let entries = values.table().filter(|entries| !entries.is_empty());
    let entries = entries.ok_or_else(|| values.refusal(VALUES_EXPECTED))?;
    // Values are compared without white space around them.
    entries.iter().map(|entry| Ok((entry.key.trim().to_owned(), entry.word(words.to_vec())?))).collect()
}

fn fields() -> Vec<(String, Field)> {
    let surveys = Survey::ALL.iter().map(|survey| (survey.as_str().to_owned(), Field::Survey(*survey)));
    [("outcome".to_owned(), Field::Outcome), ("nps".to_owned(), Field::Nps)].into_iter().chain(surveys).collect()
}

fn names_of<T: Copy>(all: &[T], as_str: fn(T) -> &'static str) -> Vec<(String, T)> {
    all.iter().map(|member| (as_str(*member).to_owned(), *member)).collect()
}

#[cfg(test)]
mod tests {
    use ensilinja_wire::FormatRules;

    use super::*;
    use crate::outside::NothingOutside;
    use crate::source::page::page_of;
    use crate::{SAMPLE, parse};

    fn rules(table: &str) -> Result<AmazonConnectRules, String> {
        let text = format!(
            "{SAMPLE}\n[[source]]\ntopics = [\"connect\"]\nformat = \"amazon_connect\"\nremoved_callback = \"purged\"\n\
             [source.queues]\n\"q\" = \"mipa\"\n{table}"
        );
        let config = parse("e.toml", &text, &NothingOutside).map_err(|error| error.to_string())?;
        let mapping = config.sources.into_iter().find(|source| source.name == TABLE).unwrap().mapping;
        match mapping.rules {
            FormatRules::AmazonConnect(rules) => Ok(rules),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn attributes_lead_to_outcomes_and_answers() {
        assert!(rules("").unwrap().attributes.is_empty());
        let from_records = rules("[source.amazon_connect]\nattempts_from = \"records\"\n").unwrap();
        assert_eq!(from_records.attempts_from, Some(AttemptsFrom::Records));
        let table = "[source.amazon_connect.attributes.Outcome]\nfield = \"outcome\"\ntime = \"latest\"\n\
            values = { done = \"handled\", \"to unit \" = \"continues_county\" }\n\
            [source.amazon_connect.attributes]\nNps.field = \"nps\"\nSolved = { field = \"solved\", time = \"end\" }\n\
            \"Knows how\" = { field = \"continues\", values = { \"1\" = \"yes\", \"2\" = \"no\" } }\n";
        let [outcome, nps, solved, continues] =
            <[AttributeRule; 4]>::try_from(rules(table).unwrap().attributes).unwrap();
        assert_eq!((outcome.name.as_str(), outcome.time), ("Outcome", AttributeTime::Latest));
        let AttributeMeaning::Outcome(values) = outcome.meaning else { panic!("an outcome") };
        assert_eq!(values["to unit"], Outcome::ContinuesCounty);
        assert!(matches!((nps.meaning, nps.time), (AttributeMeaning::Nps, AttributeTime::Latest)));
        assert_eq!(solved.time, AttributeTime::End);
        assert!(matches!(solved.meaning, AttributeMeaning::Survey(Survey::Solved, values) if values.is_empty()));
        assert!(matches!(continues.meaning, AttributeMeaning::Survey(Survey::Continues, values) if values.len() == 2));
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        for (line, expected) in [
            ("attributes = 7", "a table from attributes to what they mean"),
            ("attributes.A = \"outcome\"", "attributes.\"A\" is \"outcome\"; it should be a table with field"),
            ("attributes.A = {}", "a table with field, and if needed time and values"),
            (
                "attributes.A = { field = \"score\" }",
                "it should be one of \"outcome\", \"nps\", \"continues\", \"solved\"",
            ),
            ("attributes.A = { field = \"nps\", time = \"now\" }", "it should be one of \"end\", \"latest\""),
            ("attributes.A = { field = \"nps\", values = { a = 1 } }", "whole numbers from 0 to 10"),
            ("attributes.A = { field = \"outcome\" }", "the outcome that each value means"),
            ("attributes.A = { field = \"outcome\", values = {} }", "a table from values of the attribute"),
            ("attributes.A = { field = \"outcome\", values = { a = \"done\" } }", "it should be one of \"handled\","),
            (
                "attributes.A = { field = \"solved\", values = { a = \"maybe\" } }",
                "it should be one of \"yes\", \"no\"",
            ),
            ("attributes.A = { feild = \"nps\" }", "it should be field, time or values"),
            ("attribute = {}", "did you mean attributes?"),
            ("attempts_from = \"all\"", "it should be one of \"events\", \"records\""),
        ] {
            let refusal = rules(&format!("[source.amazon_connect]\n{line}\n")).unwrap_err();
            assert!(refusal.contains(expected) && refusal.starts_with("e.toml:"), "{line}: {refusal}");
        }
    }

    #[test]
    fn the_configuration_in_the_documentation_is_read() {
        let page = page_of("amazon-connect");
        let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let config = parse("e.toml", &format!("{SAMPLE}\n{example}"), &NothingOutside).unwrap();
        assert_eq!(config.sources.last().unwrap().mapping.format.as_str(), TABLE);
    }
}
