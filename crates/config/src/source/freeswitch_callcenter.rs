//! `[source.freeswitch_callcenter]`: what only this format needs.

use ensilinja_model::is_printable;
use ensilinja_wire::{AnsweredFrom, FreeswitchRules};

use crate::error::ConfigError;
use crate::section::Section;
use crate::value::word;

/// The name of the table.
pub(super) const TABLE: &str = "freeswitch_callcenter";

const ANSWERED_FROM: &str = "answered_from";
const CALLBACK_OF: &str = "callback_of";

/// Reads the table, if there is one.
pub(super) fn read(source: &Section<'_>) -> Result<FreeswitchRules, ConfigError> {
    let Some(section) = source.section(TABLE, &[ANSWERED_FROM, CALLBACK_OF])? else {
        return Ok(FreeswitchRules::default());
    };
    let answered_from =
        section.optional(ANSWERED_FROM, |value| word(value, AnsweredFrom::ALL, AnsweredFrom::as_str))?;
    let callback_of = section.optional(CALLBACK_OF, |value| {
        let is_variable =
            |name: &&str| name.len() > 9 && name.starts_with("variable_") && name.chars().all(is_printable);
        let name = value.as_str().filter(is_variable).map(str::to_owned);
        name.ok_or_else(|| "the header of a channel variable, such as \"variable_callback_of\"".into())
    })?;
    Ok(FreeswitchRules { answered_from: answered_from.unwrap_or_default(), callback_of })
}

#[cfg(test)]
mod tests {
    use ensilinja_wire::FormatRules;

    use super::*;
    use crate::outside::NothingOutside;
    use crate::{SAMPLE, parse};

    fn rules(table: &str) -> Result<FreeswitchRules, String> {
        let text = format!(
            "{SAMPLE}\n[[source]]\ntopics = [\"pbx\"]\nformat = \"freeswitch_callcenter\"\n[source.queues]\n\
             \"line@pbx.example\" = \"mipa\"\n{table}"
        );
        let config = parse("e.toml", &text, &NothingOutside).map_err(|error| error.to_string())?;
        let mapping = config.sources.into_iter().find(|source| source.name == TABLE).unwrap().mapping;
        match mapping.rules {
            FormatRules::FreeswitchCallcenter(rules) => Ok(rules),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_table_may_be_missing_and_what_is_wrong_in_it_is_refused() {
        assert_eq!(rules("").unwrap().answered_from, AnsweredFrom::Start);
        let given = "[source.freeswitch_callcenter]\nanswered_from = \"end\"\ncallback_of = \"variable_first\"\n";
        let given = rules(given).unwrap();
        assert_eq!((given.answered_from, given.callback_of.as_deref()), (AnsweredFrom::End, Some("variable_first")));
        for (line, expected) in [
            ("answered_from = \"middle\"", "answered_from is \"middle\"; it should be one of \"start\", \"end\""),
            ("callback_of = \"first\"", "callback_of is \"first\"; it should be the header of a channel variable"),
            ("callback = \"variable_first\"", "did you mean callback_of?"),
        ] {
            let refusal = rules(&format!("[source.freeswitch_callcenter]\n{line}\n")).unwrap_err();
            assert!(refusal.contains(expected), "{refusal}");
        }
    }
}
