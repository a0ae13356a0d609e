//! Transitions: the steps in the life of a leg, as they are posted.
//!
//! A posting says *what step* a leg took, and every figure is a sum over steps: an answered leg is one posting, not
//! one for waiting, one for decided, one for answered and one for within the threshold. So an event costs one or two
//! postings, and a figure that is added later costs no event anything.

use ensilinja_model::{AttemptResult, FeedbackAnswer, Outcome, Stage, Survey, YesNo, vocabulary};

use crate::figure::{Decision, Flag, NpsGroup, Resolution, Undecided, Within};
use crate::figures::abandoned_at;

vocabulary! {
    /// A step of a leg. `Within` means within the line's threshold.
    Transition {
        /// The leg arrived.
        Arrived = "arrived",
        /// The leg arrived while its line was closed.
        ArrivedOutsideHours = "arrived_outside_hours",
        /// The leg arrived without an `offered`.
        ArrivedInferred = "arrived_inferred",
        /// Both of the above.
        ArrivedInferredOutsideHours = "arrived_inferred_outside_hours",
        /// Its `offered` turned up later than its arrival.
        Skewed = "skewed",
        /// Sample: its wait.
        AnsweredWithin = "answered_within",
        /// Sample: its wait.
        AnsweredBeyond = "answered_beyond",
        /// Sample: its wait.
        AbandonedShort = "abandoned_short",
        /// Sample: its wait.
        AbandonedMenuWithin = "abandoned_menu_within",
        /// Sample: its wait.
        AbandonedMenuBeyond = "abandoned_menu_beyond",
        /// Sample: its wait.
        AbandonedQueueWithin = "abandoned_queue_within",
        /// Sample: its wait.
        AbandonedQueueBeyond = "abandoned_queue_beyond",
        /// Sample: its wait.
        AbandonedRingingWithin = "abandoned_ringing_within",
        /// Sample: its wait.
        AbandonedRingingBeyond = "abandoned_ringing_beyond",
        /// It stopped waiting because a callback was requested.
        DecidedByRequest = "decided_by_request",
        /// It was moved to another line.
        Moved = "moved",
        /// It stopped waiting and nobody said how.
        Orphaned = "orphaned",
        /// An answered leg ended or was transferred. Sample: its handling time.
        Served = "served",
        /// A callback became outstanding.
        CallbackOpened = "callback_opened",
        /// The customer was reached, who had not been answered before. Sample: the callback's wait.
        CallbackReached = "callback_reached",
        /// The customer was reached, who had been answered before. Sample: the callback's wait.
        CallbackReachedAfterAnswer = "callback_reached_after_answer",
        /// Closed as unreached.
        CallbackUnreached = "callback_unreached",
        /// Closed as cancelled.
        CallbackCancelled = "callback_cancelled",
        /// Closed as a duplicate.
        CallbackDuplicate = "callback_duplicate",
        /// Closed as expired.
        CallbackExpired = "callback_expired",
        /// Closed as purged.
        CallbackPurged = "callback_purged",
        /// Given up.
        CallbackGivenUp = "callback_given_up",
        /// An attempt that reached the customer.
        AttemptReached = "attempt_reached",
        /// An attempt that did not.
        AttemptFailed = "attempt_failed",
        /// Outcome: handled.
        OutcomeHandled = "outcome_handled",
        /// Outcome: continues in county services.
        OutcomeContinuesCounty = "outcome_continues_county",
        /// Outcome: continues in hyte services.
        OutcomeContinuesHyte = "outcome_continues_hyte",
        /// Outcome: other.
        OutcomeOther = "outcome_other",
        /// The leg was retracted.
        Retracted = "retracted",
        /// Recommendation 9 or 10.
        NpsPromoter = "nps_promoter",
        /// Recommendation 7 or 8.
        NpsPassive = "nps_passive",
        /// Recommendation 0 to 6.
        NpsDetractor = "nps_detractor",
        /// Knows how care continues.
        ContinuesYes = "continues_yes",
        /// Does not.
        ContinuesNo = "continues_no",
        /// Got a solution.
        SolvedYes = "solved_yes",
        /// Did not.
        SolvedNo = "solved_no",
    }
}

/// Which sum and histogram the sample of a transition belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sample {
    AnswerWait,
    AbandonWait,
    CallbackWait,
    Handling,
}

impl Transition {
    pub(crate) const fn arrival(inferred: bool, outside_hours: bool) -> Self {
        match (inferred, outside_hours) {
            (false, false) => Self::Arrived,
            (false, true) => Self::ArrivedOutsideHours,
            (true, false) => Self::ArrivedInferred,
            (true, true) => Self::ArrivedInferredOutsideHours,
        }
    }

    pub(crate) const fn answered(within: bool) -> Self {
        if within { Self::AnsweredWithin } else { Self::AnsweredBeyond }
    }

    pub(crate) const fn abandoned(stage: Stage, within: bool) -> Self {
        match (stage, within) {
            (Stage::Menu, true) => Self::AbandonedMenuWithin,
            (Stage::Menu, false) => Self::AbandonedMenuBeyond,
            (Stage::Queue, true) => Self::AbandonedQueueWithin,
            (Stage::Queue, false) => Self::AbandonedQueueBeyond,
            (Stage::Ringing, true) => Self::AbandonedRingingWithin,
            (Stage::Ringing, false) => Self::AbandonedRingingBeyond,
        }
    }

    pub(crate) const fn resolved(resolution: Resolution, answered_before: bool) -> Self {
        match resolution {
            Resolution::Reached if answered_before => Self::CallbackReachedAfterAnswer,
            Resolution::Reached => Self::CallbackReached,
            Resolution::Unreached => Self::CallbackUnreached,
            Resolution::Cancelled => Self::CallbackCancelled,
            Resolution::Duplicate => Self::CallbackDuplicate,
            Resolution::Expired => Self::CallbackExpired,
            Resolution::Purged => Self::CallbackPurged,
            Resolution::GivenUp => Self::CallbackGivenUp,
        }
    }

    pub(crate) const fn attempt(result: AttemptResult) -> Self {
        match result {
            AttemptResult::Reached => Self::AttemptReached,
            AttemptResult::Failed => Self::AttemptFailed,
        }
    }

    pub(crate) const fn outcome(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Handled => Self::OutcomeHandled,
            Outcome::ContinuesCounty => Self::OutcomeContinuesCounty,
            Outcome::ContinuesHyte => Self::OutcomeContinuesHyte,
            Outcome::Other => Self::OutcomeOther,
        }
    }

    pub(crate) const fn nps(group: NpsGroup) -> Self {
        match group {
            NpsGroup::Promoter => Self::NpsPromoter,
            NpsGroup::Passive => Self::NpsPassive,
            NpsGroup::Detractor => Self::NpsDetractor,
        }
    }

    /// Groups of the recommendation score as the county's slide 19 counts them.
    pub(crate) const fn feedback(answer: FeedbackAnswer) -> Self {
        match answer {
            FeedbackAnswer::Nps(score) => Self::nps(match score.get() {
                9.. => NpsGroup::Promoter,
                7 | 8 => NpsGroup::Passive,
                _ => NpsGroup::Detractor,
            }),
            FeedbackAnswer::Survey(Survey::Continues, YesNo::Yes) => Self::ContinuesYes,
            FeedbackAnswer::Survey(Survey::Continues, YesNo::No) => Self::ContinuesNo,
            FeedbackAnswer::Survey(Survey::Solved, YesNo::Yes) => Self::SolvedYes,
            FeedbackAnswer::Survey(Survey::Solved, YesNo::No) => Self::SolvedNo,
        }
    }

    pub(crate) const fn is_arrival(self) -> bool {
        matches!(
            self,
            Self::Arrived | Self::ArrivedOutsideHours | Self::ArrivedInferred | Self::ArrivedInferredOutsideHours
        )
    }

    pub(crate) const fn decision(self) -> Option<Decision> {
        Some(match self {
            Self::AnsweredWithin | Self::AnsweredBeyond => Decision::Answered,
            Self::AbandonedShort => Decision::AbandonedShort,
            Self::AbandonedMenuWithin | Self::AbandonedMenuBeyond => abandoned_at(Stage::Menu),
            Self::AbandonedQueueWithin | Self::AbandonedQueueBeyond => abandoned_at(Stage::Queue),
            Self::AbandonedRingingWithin | Self::AbandonedRingingBeyond => abandoned_at(Stage::Ringing),
            Self::DecidedByRequest => Decision::CallbackRequested,
            _ => return None,
        })
    }

    pub(crate) const fn undecided(self) -> Option<Undecided> {
        match self {
            Self::Moved => Some(Undecided::Moved),
            Self::Orphaned => Some(Undecided::Orphaned),
            _ => None,
        }
    }

    /// Whether the leg stops waiting with this step.
    pub(crate) const fn ends_waiting(self) -> bool {
        self.decision().is_some() || self.undecided().is_some()
    }

    pub(crate) const fn within_threshold(self) -> Option<Within> {
        match self {
            Self::AnsweredWithin => Some(Within::Answered),
            Self::AbandonedMenuWithin | Self::AbandonedQueueWithin | Self::AbandonedRingingWithin => {
                Some(Within::Abandoned)
            }
            _ => None,
        }
    }

    pub(crate) const fn is_handling(self) -> bool {
        matches!(self, Self::AnsweredWithin | Self::AnsweredBeyond | Self::CallbackReached)
    }

    pub(crate) const fn resolution(self) -> Option<Resolution> {
        Some(match self {
            Self::CallbackReached | Self::CallbackReachedAfterAnswer => Resolution::Reached,
            Self::CallbackUnreached => Resolution::Unreached,
            Self::CallbackCancelled => Resolution::Cancelled,
            Self::CallbackDuplicate => Resolution::Duplicate,
            Self::CallbackExpired => Resolution::Expired,
            Self::CallbackPurged => Resolution::Purged,
            Self::CallbackGivenUp => Resolution::GivenUp,
            _ => return None,
        })
    }

    pub(crate) const fn has_flag(self, flag: Flag) -> bool {
        match flag {
            Flag::Inferred => matches!(self, Self::ArrivedInferred | Self::ArrivedInferredOutsideHours),
            Flag::OutsideHours => matches!(self, Self::ArrivedOutsideHours | Self::ArrivedInferredOutsideHours),
            Flag::Skewed => matches!(self, Self::Skewed),
            Flag::Retracted => matches!(self, Self::Retracted),
        }
    }

    /// What the sample of this step measures; `None` where it has none.
    pub(crate) const fn sample(self) -> Option<Sample> {
        match self {
            Self::Served => Some(Sample::Handling),
            Self::CallbackReached | Self::CallbackReachedAfterAnswer => Some(Sample::CallbackWait),
            _ => match self.decision() {
                Some(Decision::Answered) => Some(Sample::AnswerWait),
                Some(Decision::CallbackRequested) | None => None,
                Some(_) => Some(Sample::AbandonWait),
            },
        }
    }
}
