//! Whether the columns of a file are enough to tell when a contact arrived and what came of it, and whether each column
//! of words has its table.

use ensilinja_wire::call_records::{CallDuration, CallRecordRules, CallText, CallTime};

use super::words::{ANSWERS, CALLBACKS, OUTCOMES, RESULTS};
use crate::error::ConfigError;
use crate::section::Section;

/// Refuses rules by which no row could be read, and columns without their tables.
pub(super) fn check(root: &Section<'_>, rules: &CallRecordRules) -> Result<(), ConfigError> {
    let columns = &rules.columns;
    let has_time = |time| columns.times.contains_key(&time);
    let has_duration = |duration| columns.durations.contains_key(&duration);
    let has_text = |text| columns.texts.contains_key(&text);
    let wait = has_duration(CallDuration::Wait);
    let arrival_follows = (wait && (has_time(CallTime::Answered) || has_time(CallTime::Left)))
        || (has_time(CallTime::Ended) && (wait || has_duration(CallDuration::Duration)));
    if !has_time(CallTime::Arrived) && !arrival_follows {
        let expected = "the column with the time of arrival; or ended and duration; or ended, wait and talk";
        return Err(root.refusal("columns.arrived", expected));
    }
    let result_follows = has_time(CallTime::Answered)
        || has_time(CallTime::CallbackRequested)
        || has_duration(CallDuration::Talk)
        || rules.otherwise.is_some();
    if !has_text(CallText::Result) && !result_follows {
        let expected = "the column with what came of the contact; or otherwise, if the file has one kind of rows";
        return Err(root.refusal("columns.result", expected));
    }
    for (text, table, is_missing) in [
        (CallText::Result, RESULTS, rules.results.is_empty()),
        (CallText::Outcome, OUTCOMES, rules.outcomes.is_empty()),
        (CallText::Solved, ANSWERS, rules.answers.is_empty()),
        (CallText::Continues, ANSWERS, rules.answers.is_empty()),
        (CallText::CallbackResult, CALLBACKS, rules.callbacks.is_empty()),
    ] {
        if has_text(text) && is_missing {
            let expected = format!("a table from the words in columns.{} to what they mean", text.as_str());
            return Err(root.refusal(table, expected));
        }
    }
    if has_time(CallTime::CallbackClosed) && !has_text(CallText::CallbackResult) {
        let expected = "the column with what came of the callback, beside callback_closed";
        return Err(root.refusal("columns.callback_result", expected));
    }
    Ok(())
}
