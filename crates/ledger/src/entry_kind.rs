//! Transitions: the steps in the life of a leg, as they are posted.
//!
//! A posting says *what step* a leg took, and every figure is a sum over steps: an answered leg is one posting, not
//! one for waiting, one for decided, one for answered and one for within the threshold. So an event costs one or two
//! postings, and a figure that is added later costs no event anything.

use ensilinja_model::{AttemptResult, FeedbackAnswer, Outcome, Stage, Survey, YesNo, vocabulary};

use crate::figure::{Decision, Flag, NpsGroup, Promise, Resolution, Undecided, Verdict, Within};

vocabulary! {
    /// A step of a leg. `Within` means within the line's threshold.
    EntryKind {
        /// The leg arrived.
        Arrived = "arrived",
        /// The leg arrived with a promise made to it.
        ArrivedPromised = "arrived_promised",
        /// The leg arrived while its line was closed.
        ArrivedOutsideHours = "arrived_outside_hours",
        /// The leg arrived while its line was closed, with a promise made to it.
        ArrivedOutsideHoursPromised = "arrived_outside_hours_promised",
        /// The leg arrived without an `offered`.
        ArrivedInferred = "arrived_inferred",
        /// The leg arrived without an `offered`, with a promise made to it.
        ArrivedInferredPromised = "arrived_inferred_promised",
        /// The leg arrived without an `offered`, while its line was closed.
        ArrivedInferredOutsideHours = "arrived_inferred_outside_hours",
        /// The leg arrived without an `offered`, while its line was closed, with a promise made to it.
        ArrivedInferredOutsideHoursPromised = "arrived_inferred_outside_hours_promised",
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
        /// It was moved to another line.
        Moved = "moved",
        /// It stopped waiting and nobody said how.
        Orphaned = "orphaned",
        /// An answered leg ended or was transferred. Sample: its handling time.
        Served = "served",
        /// A callback became outstanding, after the leg had stopped waiting.
        CallbackOpened = "callback_opened",
        /// The same, due today.
        CallbackOpenedDueToday = "callback_opened_due_today",
        /// The leg stopped waiting because a callback was requested.
        RequestDecided = "request_decided",
        /// The same, due today.
        RequestDecidedDueToday = "request_decided_due_today",
        /// The leg stopped waiting because a callback was requested, and comes under the promise of callbacks now.
        RequestDecidedPromised = "request_decided_promised",
        /// The same, due today.
        RequestDecidedPromisedDueToday = "request_decided_promised_due_today",
        /// The day of an outstanding callback's deadline began.
        BecameDueToday = "became_due_today",
        /// The deadline of an outstanding callback passed.
        BecameOverdue = "became_overdue",
        /// A callback that was due today was resolved.
        ResolvedWhileDueToday = "resolved_while_due_today",
        /// A callback that was overdue was resolved.
        ResolvedWhileOverdue = "resolved_while_overdue",
        /// The customer was reached, who had not been answered before. Sample: the callback's wait.
        CallbackReached = "callback_reached",
        /// The customer was reached, who had been answered before. Sample: the callback's wait.
        CallbackReachedAfterAnswer = "callback_reached_after_answer",
        /// Sample: the part of a callback's wait in which the line was open.
        CallbackOpenWaited = "callback_open_waited",
        /// Filed at a request that decided the leg and whose customer was reached, by a historical ledger only.
        RequestReached = "request_reached",
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
        /// The promise of an answer was kept.
        AnswerKept = "answer_kept",
        /// The promise of an answer was broken.
        AnswerBroken = "answer_broken",
        /// The promise of an answer became void.
        AnswerVoid = "answer_void",
        /// The promise of a callback was kept.
        CallbackKept = "callback_kept",
        /// The promise of a callback was broken.
        CallbackBroken = "callback_broken",
        /// The promise of a callback became void.
        CallbackVoid = "callback_void",
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

/// What a callback request is to its leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestRole {
    /// It came after the leg had stopped waiting.
    Later,
    /// It is why the leg stopped waiting.
    Decided,
    /// The same, and the promise of callbacks holds for it from now on.
    DecidedPromised,
}

/// Which sum and histogram the sample of a transition belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SampleKind {
    AnswerWait,
    AbandonWait,
    CallbackWait,
    CallbackOpenWait,
    Handling,
}

impl EntryKind {
    pub(crate) const fn arrival(inferred: bool, outside_hours: bool, promised: bool) -> Self {
        match (inferred, outside_hours, promised) {
            (false, false, false) => Self::Arrived,
            (false, false, true) => Self::ArrivedPromised,
            (false, true, false) => Self::ArrivedOutsideHours,
            (false, true, true) => Self::ArrivedOutsideHoursPromised,
            (true, false, false) => Self::ArrivedInferred,
            (true, false, true) => Self::ArrivedInferredPromised,
            (true, true, false) => Self::ArrivedInferredOutsideHours,
            (true, true, true) => Self::ArrivedInferredOutsideHoursPromised,
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

    /// A callback became outstanding: by a request that decided the leg or a later one, under the promise of
    /// callbacks or not, due on the day of the request or later.
    pub(crate) const fn opened(request: RequestRole, due_today: bool) -> Self {
        match (request, due_today) {
            (RequestRole::Later, false) => Self::CallbackOpened,
            (RequestRole::Later, true) => Self::CallbackOpenedDueToday,
            (RequestRole::Decided, false) => Self::RequestDecided,
            (RequestRole::Decided, true) => Self::RequestDecidedDueToday,
            (RequestRole::DecidedPromised, false) => Self::RequestDecidedPromised,
            (RequestRole::DecidedPromised, true) => Self::RequestDecidedPromisedDueToday,
        }
    }

    pub(crate) const fn settled(promise: Promise, verdict: Verdict) -> Self {
        match (promise, verdict) {
            (Promise::Answer, Verdict::Kept) => Self::AnswerKept,
            (Promise::Answer, Verdict::Broken) => Self::AnswerBroken,
            (Promise::Answer, Verdict::Void) => Self::AnswerVoid,
            (Promise::Callback, Verdict::Kept) => Self::CallbackKept,
            (Promise::Callback, Verdict::Broken) => Self::CallbackBroken,
            (Promise::Callback, Verdict::Void) => Self::CallbackVoid,
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
            Self::Arrived
                | Self::ArrivedPromised
                | Self::ArrivedOutsideHours
                | Self::ArrivedOutsideHoursPromised
                | Self::ArrivedInferred
                | Self::ArrivedInferredPromised
                | Self::ArrivedInferredOutsideHours
                | Self::ArrivedInferredOutsideHoursPromised
        )
    }

    /// Whether the leg arrived with a promise made to it.
    pub(crate) const fn is_promised_arrival(self) -> bool {
        matches!(
            self,
            Self::ArrivedPromised
                | Self::ArrivedOutsideHoursPromised
                | Self::ArrivedInferredPromised
                | Self::ArrivedInferredOutsideHoursPromised
        )
    }

    pub(crate) const fn decision(self) -> Option<Decision> {
        Some(match self {
            Self::AnsweredWithin | Self::AnsweredBeyond => Decision::Answered,
            Self::AbandonedShort => Decision::AbandonedShort,
            Self::AbandonedMenuWithin | Self::AbandonedMenuBeyond => abandoned_at(Stage::Menu),
            Self::AbandonedQueueWithin | Self::AbandonedQueueBeyond => abandoned_at(Stage::Queue),
            Self::AbandonedRingingWithin | Self::AbandonedRingingBeyond => abandoned_at(Stage::Ringing),
            Self::RequestDecided
            | Self::RequestDecidedDueToday
            | Self::RequestDecidedPromised
            | Self::RequestDecidedPromisedDueToday => Decision::CallbackRequested,
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

    /// Whether a callback becomes outstanding with this step.
    pub(crate) const fn opens_callback(self) -> bool {
        matches!(
            self,
            Self::CallbackOpened
                | Self::CallbackOpenedDueToday
                | Self::RequestDecided
                | Self::RequestDecidedDueToday
                | Self::RequestDecidedPromised
                | Self::RequestDecidedPromisedDueToday
        )
    }

    /// Whether an outstanding callback is due today from this step on.
    pub(crate) const fn makes_due_today(self) -> bool {
        matches!(
            self,
            Self::CallbackOpenedDueToday
                | Self::RequestDecidedDueToday
                | Self::RequestDecidedPromisedDueToday
                | Self::BecameDueToday
        )
    }

    /// Whether the leg comes under the promise of callbacks from this step on.
    pub(crate) const fn moves_promise(self) -> bool {
        matches!(self, Self::RequestDecidedPromised | Self::RequestDecidedPromisedDueToday)
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
            Flag::Inferred => matches!(
                self,
                Self::ArrivedInferred
                    | Self::ArrivedInferredPromised
                    | Self::ArrivedInferredOutsideHours
                    | Self::ArrivedInferredOutsideHoursPromised
            ),
            Flag::OutsideHours => matches!(
                self,
                Self::ArrivedOutsideHours
                    | Self::ArrivedOutsideHoursPromised
                    | Self::ArrivedInferredOutsideHours
                    | Self::ArrivedInferredOutsideHoursPromised
            ),
            Flag::Skewed => matches!(self, Self::Skewed),
            Flag::Retracted => matches!(self, Self::Retracted),
        }
    }

    /// What the sample of this step measures; `None` where it has none.
    pub(crate) const fn sample(self) -> Option<SampleKind> {
        match self {
            Self::Served => Some(SampleKind::Handling),
            Self::CallbackReached | Self::CallbackReachedAfterAnswer => Some(SampleKind::CallbackWait),
            Self::CallbackOpenWaited => Some(SampleKind::CallbackOpenWait),
            _ => match self.decision() {
                Some(Decision::Answered) => Some(SampleKind::AnswerWait),
                Some(Decision::CallbackRequested) | None => None,
                Some(_) => Some(SampleKind::AbandonWait),
            },
        }
    }
}

/// The stage of an abandon as a decision.
const fn abandoned_at(stage: Stage) -> Decision {
    match stage {
        Stage::Menu => Decision::AbandonedMenu,
        Stage::Queue => Decision::AbandonedQueue,
        Stage::Ringing => Decision::AbandonedRinging,
    }
}
