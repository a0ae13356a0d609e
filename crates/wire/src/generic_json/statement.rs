//! From what a rule states to facts: fixed ones, and those that a value of the record decides.

use ensilinja_model::{AttemptResult, EventTime, Fact, FeedbackAnswer, NpsScore, YesNo};

use super::rules::JsonStatement;
use super::{Leg, Reading};
use crate::native::exits::exit;
use crate::native::{MappingEntry, MappingTable, shown};
use crate::{CodeMeaning, Detail};

impl Reading<'_, '_> {
    pub(super) fn state_fact(&mut self, statement: &JsonStatement, leg: &Leg<'_>, at: EventTime) -> Result<(), Detail> {
        match statement {
            JsonStatement::Fact(fact) => self.fact(leg, at, *fact, leg.queue),
            JsonStatement::Code(pointer) => {
                if let Some(code) = self.text(pointer) {
                    self.state_code(leg, at, &code);
                }
            }
            JsonStatement::Exit(pointer) => {
                let name = self.text(pointer).ok_or(Detail::MissingMember)?.to_lowercase();
                let is_mapped = self.mapping.exits.find(leg.line, &name).is_some();
                let name = if is_mapped { &name } else { shown(&name) };
                let (meaning, entry) = exit(self.mapping, leg.line, leg.queue, name, self.sink);
                self.fact(leg, at, meaning.fact(), entry);
            }
            JsonStatement::Nps(pointer) => {
                if let Some(answer) = self.text(pointer) {
                    let score = answer.parse().ok().and_then(NpsScore::new).ok_or(Detail::BadAnswer)?;
                    self.fact(leg, at, Fact::FeedbackReceived(FeedbackAnswer::Nps(score)), leg.queue);
                }
            }
            JsonStatement::Survey { question, answer, yes, no } => {
                if let Some(answer) = self.text(answer) {
                    let is_one_of = |texts: &[String]| texts.iter().any(|text| text.eq_ignore_ascii_case(&answer));
                    let answer = match (is_one_of(yes), is_one_of(no)) {
                        (true, _) => YesNo::Yes,
                        (false, true) => YesNo::No,
                        (false, false) => return Err(Detail::BadAnswer),
                    };
                    self.fact(leg, at, Fact::FeedbackReceived(FeedbackAnswer::Survey(*question, answer)), leg.queue);
                }
            }
        }
        Ok(())
    }

    /// States what `codes` says of a code. An unknown one is reported.
    fn state_code(&mut self, leg: &Leg<'_>, at: EventTime, code: &str) {
        let Some((meaning, key)) = self.mapping.codes.find_id(code) else {
            return self.sink.unmapped(MappingTable::Codes, shown(code), None);
        };
        let entry = MappingEntry { table: MappingTable::Codes, key };
        match *meaning {
            CodeMeaning::Outcome(outcome) => self.fact(leg, at, Fact::OutcomeRecorded(outcome), entry),
            CodeMeaning::Closed(result) => self.fact(leg, at, Fact::CallbackClosed(result), entry),
            CodeMeaning::Callback(result) => {
                self.fact(leg, at, Fact::CallbackAttempted(result), entry);
                if result == AttemptResult::Reached {
                    self.fact(leg, at, Fact::CallbackReached, entry);
                }
            }
        }
    }
}
