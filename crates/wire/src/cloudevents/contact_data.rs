//! The `data` of an event: the line, the visit, and the value of the fact.

use ensilinja_model::{
    AttemptResult, CloseResult, Fact, FactKind, FeedbackAnswer, NpsScore, Outcome, Stage, Survey, YesNo,
};

use crate::json::field::Field;
use crate::json::members::{MemberTarget, Members};
use crate::{Detail, MAX_VISIT_CHARS};

/// The question with a numeric answer. The others are a [`Survey`].
pub(crate) const NPS_QUESTION: &str = "nps";

/// The fields of all kinds of facts, as received.
#[derive(Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(crate) struct ContactData<'a> {
    line: Field<'a>,
    visit: Field<'a>,
    stage: Field<'a>,
    result: Field<'a>,
    outcome: Field<'a>,
    question: Field<'a>,
    answer: Field<'a>,
}

impl<'a> Members<'a> for ContactData<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        Some(MemberTarget::Field(match name {
            "line" => &mut self.line,
            "visit" => &mut self.visit,
            "stage" => &mut self.stage,
            "result" => &mut self.result,
            "outcome" => &mut self.outcome,
            "question" => &mut self.question,
            "answer" => &mut self.answer,
            _ => return None,
        }))
    }
}

impl ContactData<'_> {
    /// The same data without borrowed text.
    pub(crate) fn into_owned(self) -> ContactData<'static> {
        ContactData {
            line: self.line.into_owned(),
            visit: self.visit.into_owned(),
            stage: self.stage.into_owned(),
            result: self.result.into_owned(),
            outcome: self.outcome.into_owned(),
            question: self.question.into_owned(),
            answer: self.answer.into_owned(),
        }
    }

    /// The line as the source spells it. The decoder looks it up.
    pub(crate) fn line(&self) -> Result<&str, Detail> {
        self.line.text(Detail::MissingLine, Detail::BadLine)
    }

    /// The visit, if present.
    pub(crate) fn visit(&self) -> Result<Option<&str>, Detail> {
        let visit = self.visit.optional_text(Detail::BadVisit)?;
        if visit.is_some_and(|visit| visit.len() > MAX_VISIT_CHARS && visit.chars().count() > MAX_VISIT_CHARS) {
            return Err(Detail::BadVisit);
        }
        Ok(visit)
    }

    /// The fact of this kind with its value. Fields of other kinds are ignored.
    pub(crate) fn fact(&self, kind: FactKind) -> Result<Fact, Detail> {
        Ok(match kind {
            FactKind::Offered => Fact::Offered,
            FactKind::Queued => Fact::Queued,
            FactKind::Answered => Fact::Answered,
            FactKind::Abandoned => {
                Fact::Abandoned(self.stage.word(Stage::from_name, Detail::MissingStage, Detail::BadStage)?)
            }
            FactKind::TimedOut => Fact::TimedOut,
            FactKind::WaitUnknown => Fact::WaitUnknown,
            FactKind::CallbackRequested => Fact::CallbackRequested,
            FactKind::CallbackAttempted => Fact::CallbackAttempted(self.result(AttemptResult::from_name)?),
            FactKind::CallbackReached => Fact::CallbackReached,
            FactKind::CallbackClosed => Fact::CallbackClosed(self.result(CloseResult::from_name)?),
            // `to_line` is not read: on that line the contact has an `offered` of its own.
            FactKind::Transferred => Fact::Transferred,
            FactKind::Ended => Fact::Ended,
            FactKind::OutcomeRecorded => Fact::OutcomeRecorded(self.outcome.word(
                Outcome::from_name,
                Detail::MissingOutcome,
                Detail::BadOutcome,
            )?),
            FactKind::FeedbackReceived => Fact::FeedbackReceived(self.feedback()?),
            FactKind::Retracted => Fact::Retracted,
        })
    }

    fn result<T>(&self, from_name: fn(&str) -> Option<T>) -> Result<T, Detail> {
        self.result.word(from_name, Detail::MissingResult, Detail::BadResult)
    }

    fn feedback(&self) -> Result<FeedbackAnswer, Detail> {
        let question = self.question.text(Detail::MissingQuestion, Detail::BadQuestion)?;
        if question == NPS_QUESTION {
            return match self.answer {
                Field::Number(number) => nps_score(number).map(FeedbackAnswer::Nps).ok_or(Detail::BadAnswer),
                Field::Absent | Field::Null => Err(Detail::MissingAnswer),
                _ => Err(Detail::BadAnswer),
            };
        }
        let survey = Survey::from_name(question).ok_or(Detail::BadQuestion)?;
        let answer = self.answer.word(YesNo::from_name, Detail::MissingAnswer, Detail::BadAnswer)?;
        Ok(FeedbackAnswer::Survey(survey, answer))
    }
}

/// The score in a JSON number. 7, 7.0 and 7e0 are the same number, because JSON has no integers.
#[expect(clippy::float_cmp, reason = "a number that is not exactly whole is not a score")]
fn nps_score(number: f64) -> Option<NpsScore> {
    (0..=10).find(|score| f64::from(*score) == number).and_then(NpsScore::new)
}
