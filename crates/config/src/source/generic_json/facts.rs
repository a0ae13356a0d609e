//! `[[source.json.facts]]`: one fact that records state, with its conditions.

use ensilinja_model::{AttemptResult, CloseResult, Fact, FactKind, Outcome, Stage, Survey};
use ensilinja_wire::{JsonCondition, JsonFact, JsonPointer, JsonStatement, JsonTest, JsonTime};
use toml::de::DeValue;

use super::pointers::{Pointers, QUEUE_ID, QUEUE_NAME, TIME, TIME_UNIT, TYPE, texts, types};
use crate::error::ConfigError;
use crate::section::{Expected, Section};
use crate::table_entries::table_entries;
use crate::value::word;

/// The name of the list.
pub(super) const FACTS: &str = "facts";

const FACT: &str = "fact";
const CODE: &str = "code";
const EXIT: &str = "exit";
const WHEN: &str = "when";
const PRESENT: &str = "present";
const MISSING: &str = "missing";
const STAGE: &str = "stage";
const RESULT: &str = "result";
const OUTCOME: &str = "outcome";
const QUESTION: &str = "question";
const ANSWER: &str = "answer";
const YES: &str = "yes";
const NO: &str = "no";
const KEYS: [&str; 18] = [
    FACT, CODE, EXIT, TYPE, WHEN, PRESENT, MISSING, TIME, TIME_UNIT, QUEUE_ID, QUEUE_NAME, STAGE, RESULT, OUTCOME,
    QUESTION, ANSWER, YES, NO,
];

/// The keys that say more about a fact.
const VALUES: [&str; 7] = [STAGE, RESULT, OUTCOME, QUESTION, ANSWER, YES, NO];

/// The name of the recommendation question.
const NPS: &str = "nps";

const FACTS_EXPECTED: &str = "a list of [[source.json.facts]] tables, each with fact, code or exit";

/// Reads the facts of a source whose records have this time.
pub(super) fn read(
    section: &Section<'_>,
    pointers: Pointers,
    common_time: Option<&JsonTime>,
) -> Result<Vec<JsonFact>, ConfigError> {
    let listed = section.required(FACTS, FACTS_EXPECTED, |value| match value {
        DeValue::Array(items) if !items.is_empty() => Ok(items),
        _ => Err(FACTS_EXPECTED.into()),
    })?;
    let mut facts = Vec::with_capacity(listed.len());
    for (index, value) in listed.iter().enumerate() {
        let fact = section.item(&format!("{FACTS}[#{}]", index + 1), value, &KEYS);
        let fact = fact.unwrap_or_else(|| Err(section.refusal(FACTS, FACTS_EXPECTED)))?;
        facts.push(read_fact(&fact, pointers, common_time)?);
    }
    Ok(facts)
}

fn read_fact(
    section: &Section<'_>,
    pointers: Pointers,
    common_time: Option<&JsonTime>,
) -> Result<JsonFact, ConfigError> {
    let names = section.optional(TYPE, texts)?;
    let time = pointers.time(section, common_time)?;
    if time.is_none() && common_time.is_none() {
        return Err(section.refusal(TIME, "a pointer to the time of the fact: the source has none for all facts"));
    }
    Ok(JsonFact {
        statement: statement(section, pointers)?,
        types: names.as_deref().map(types),
        conditions: conditions(section, pointers)?,
        time,
        queue: pointers.queue(section)?,
    })
}

/// What is stated: by `fact`, `code` or `exit`.
fn statement(section: &Section<'_>, pointers: Pointers) -> Result<JsonStatement, ConfigError> {
    let given: Vec<&str> = [FACT, CODE, EXIT].into_iter().filter(|key| section.has(key)).collect();
    if let [_, second, ..] = given[..] {
        return Err(section.refusal(second, "left out: a table has one of fact, code and exit"));
    }
    let pointer = |key: &str, expected| section.required(key, expected, |value| pointers.pointer(value));
    match given.first() {
        Some(&CODE) => {
            no_others(section, &[])?;
            pointer(CODE, "a pointer to a code").map(JsonStatement::Code)
        }
        Some(&EXIT) => {
            no_others(section, &[])?;
            pointer(EXIT, "a pointer to the name of an exit").map(JsonStatement::Exit)
        }
        _ => fact(section, pointers),
    }
}

fn fact(section: &Section<'_>, pointers: Pointers) -> Result<JsonStatement, ConfigError> {
    let kind = section.required(FACT, "what the records state, such as \"offered\"", |value| {
        word(value, FactKind::ALL, FactKind::as_str)
    })?;
    let needs: &[&str] = match kind {
        FactKind::Abandoned => &[STAGE],
        FactKind::CallbackAttempted | FactKind::CallbackClosed => &[RESULT],
        FactKind::OutcomeRecorded => &[OUTCOME],
        FactKind::FeedbackReceived => &[QUESTION, ANSWER, YES, NO],
        _ => &[],
    };
    no_others(section, needs)?;
    let fact = match kind {
        FactKind::Offered => Fact::Offered,
        FactKind::Queued => Fact::Queued,
        FactKind::Answered => Fact::Answered,
        FactKind::TimedOut => Fact::TimedOut,
        FactKind::WaitUnknown => Fact::WaitUnknown,
        FactKind::CallbackRequested => Fact::CallbackRequested,
        FactKind::CallbackReached => Fact::CallbackReached,
        FactKind::Transferred => Fact::Transferred,
        FactKind::Ended => Fact::Ended,
        FactKind::Retracted => Fact::Retracted,
        FactKind::Abandoned => {
            let stage = section.optional(STAGE, |value| word(value, Stage::ALL, Stage::as_str))?;
            Fact::Abandoned(stage.unwrap_or(Stage::Queue))
        }
        FactKind::CallbackAttempted => {
            let expected = "\"reached\" or \"failed\"";
            let read = |value: &DeValue<'_>| word(value, AttemptResult::ALL, AttemptResult::as_str);
            Fact::CallbackAttempted(section.required(RESULT, expected, read)?)
        }
        FactKind::CallbackClosed => {
            let expected = "why the callback was closed, such as \"purged\"";
            let read = |value: &DeValue<'_>| word(value, CloseResult::ALL, CloseResult::as_str);
            Fact::CallbackClosed(section.required(RESULT, expected, read)?)
        }
        FactKind::OutcomeRecorded => {
            let expected = "an outcome, such as \"handled\"; a code of the records is read by code instead of fact";
            let read = |value: &DeValue<'_>| word(value, Outcome::ALL, Outcome::as_str);
            Fact::OutcomeRecorded(section.required(OUTCOME, expected, read)?)
        }
        FactKind::FeedbackReceived => return feedback(section, pointers),
    };
    Ok(JsonStatement::Fact(fact))
}

fn feedback(section: &Section<'_>, pointers: Pointers) -> Result<JsonStatement, ConfigError> {
    const EXPECTED: &str = "one of \"nps\", \"continues\", \"solved\"";
    let question = section.required(QUESTION, EXPECTED, |value| match value.as_str() {
        Some(NPS) => Ok(None),
        name => name.and_then(Survey::from_name).map(Some).ok_or_else(|| EXPECTED.into()),
    })?;
    let answer = section.required(ANSWER, "a pointer to the answer", |value| pointers.pointer(value))?;
    let Some(question) = question else {
        no_others(section, &[QUESTION, ANSWER])?;
        return Ok(JsonStatement::Nps(answer));
    };
    let words = |key, default: &str| -> Result<Vec<String>, ConfigError> {
        Ok(section.optional(key, texts)?.unwrap_or_else(|| vec![default.to_owned(), (key == YES).to_string()]))
    };
    Ok(JsonStatement::Survey { question, answer, yes: words(YES, YES)?, no: words(NO, NO)? })
}

/// Refuses the keys that say more about another fact.
fn no_others(section: &Section<'_>, needs: &[&str]) -> Result<(), ConfigError> {
    match VALUES.iter().find(|key| section.has(key) && !needs.contains(key)) {
        Some(key) => Err(section.refusal(key, "left out: this fact has none")),
        None => Ok(()),
    }
}

fn conditions(section: &Section<'_>, pointers: Pointers) -> Result<Vec<JsonCondition>, ConfigError> {
    let mut conditions = Vec::new();
    for entry in table_entries(section, WHEN, "a table from pointers to values, such as { \"/direction\" = \"in\" }")? {
        let key = DeValue::String(entry.key.into());
        let pointer = pointers.pointer(&key).map_err(|expected| entry.refusal_of_key(&expected))?;
        let values = texts(entry.value()).map_err(|expected| entry.refusal(&expected))?;
        conditions.push(JsonCondition { pointer, test: JsonTest::OneOf(values) });
    }
    for (key, test) in [(PRESENT, JsonTest::Present), (MISSING, JsonTest::Absent)] {
        let listed = section.optional(key, |value| pointer_list(value, pointers))?;
        let condition = |pointer| JsonCondition { pointer, test: test.clone() };
        conditions.extend(listed.into_iter().flatten().map(condition));
    }
    Ok(conditions)
}

/// One pointer, or a list of them.
fn pointer_list(value: &DeValue<'_>, pointers: Pointers) -> Result<Vec<JsonPointer>, Expected> {
    match value {
        DeValue::Array(items) if !items.is_empty() => {
            items.iter().map(|item| pointers.pointer(item.get_ref())).collect()
        }
        value => Ok(vec![pointers.pointer(value)?]),
    }
}
