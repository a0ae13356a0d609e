//! The kinds of entries. Every figure is a sum over kinds.
//!
//! A kind contains everything that one change of a leg means: an answered leg has one entry, not one each for waiting,
//! decided, answered and within the threshold. So an event costs one or two postings, and a new figure costs no event
//! anything.

use ensilinja_model::{AttemptResult, FeedbackAnswer, Outcome, Stage, Survey, YesNo, vocabulary};

use crate::figure::{Decision, Flag, NpsGroup, Promise, Resolution, Undecided, UnknownWait, Verdict, Within};
use crate::rules::TimedOutRule;

vocabulary! {
    /// The kinds of entries. `Within` means within the line's threshold.
    EntryKind {
        /// The leg arrived.
        Arrived = "arrived",
        /// The leg arrived on a line with a promise.
        ArrivedPromised = "arrived_promised",
        /// The leg arrived while its line was closed.
        ArrivedOutsideHours = "arrived_outside_hours",
        /// The leg arrived while its line was closed, on a line with a promise.
        ArrivedOutsideHoursPromised = "arrived_outside_hours_promised",
        /// The leg arrived without an `offered`.
        ArrivedInferred = "arrived_inferred",
        /// The leg arrived without an `offered`, on a line with a promise.
        ArrivedInferredPromised = "arrived_inferred_promised",
        /// The leg arrived without an `offered`, while its line was closed.
        ArrivedInferredOutsideHours = "arrived_inferred_outside_hours",
        /// The leg arrived without an `offered`, while its line was closed, on a line with a promise.
        ArrivedInferredOutsideHoursPromised = "arrived_inferred_outside_hours_promised",
        /// Its `offered` is later than its arrival.
        Skewed = "skewed",
        /// Answered within the threshold. Sample: the wait.
        AnsweredWithin = "answered_within",
        /// Answered after the threshold. Sample: the wait.
        AnsweredBeyond = "answered_beyond",
        /// Answered after an unknown wait.
        AnsweredUnknownWait = "answered_unknown_wait",
        /// Abandoned before the limit for short abandons. Sample: the wait.
        AbandonedShort = "abandoned_short",
        /// Abandoned in the menu, within the threshold. Sample: the wait.
        AbandonedMenuWithin = "abandoned_menu_within",
        /// Abandoned in the menu, after the threshold. Sample: the wait.
        AbandonedMenuBeyond = "abandoned_menu_beyond",
        /// Abandoned in the queue, within the threshold. Sample: the wait.
        AbandonedQueueWithin = "abandoned_queue_within",
        /// Abandoned in the queue, after the threshold. Sample: the wait.
        AbandonedQueueBeyond = "abandoned_queue_beyond",
        /// Abandoned while an agent's phone was ringing, within the threshold. Sample: the wait.
        AbandonedRingingWithin = "abandoned_ringing_within",
        /// Abandoned while an agent's phone was ringing, after the threshold. Sample: the wait.
        AbandonedRingingBeyond = "abandoned_ringing_beyond",
        /// Abandoned in the menu after an unknown wait.
        AbandonedMenuUnknownWait = "abandoned_menu_unknown_wait",
        /// Abandoned in the queue after an unknown wait.
        AbandonedQueueUnknownWait = "abandoned_queue_unknown_wait",
        /// Abandoned while an agent's phone was ringing, after an unknown wait.
        AbandonedRingingUnknownWait = "abandoned_ringing_unknown_wait",
        /// The leg timed out, and counts in rates. Sample: the wait.
        TimedOut = "timed_out",
        /// The leg timed out, and is left out of rates. Sample: the wait.
        TimedOutLeftOut = "timed_out_left_out",
        /// The leg timed out after an unknown wait, and counts in rates.
        TimedOutUnknownWait = "timed_out_unknown_wait",
        /// The leg timed out after an unknown wait, and is left out of rates.
        TimedOutLeftOutUnknownWait = "timed_out_left_out_unknown_wait",
        /// The leg was moved to another line.
        Moved = "moved",
        /// The wait ended without a known result.
        Orphaned = "orphaned",
        /// An answered leg ended or was transferred. Sample: the handling time.
        Served = "served",
        /// A callback was requested after the end of the wait.
        CallbackOpened = "callback_opened",
        /// The same, due today.
        CallbackOpenedDueToday = "callback_opened_due_today",
        /// A callback request ended the wait.
        RequestDecided = "request_decided",
        /// The same, due today.
        RequestDecidedDueToday = "request_decided_due_today",
        /// A callback request ended the wait, and the promise of callbacks now applies.
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
        /// The customer was reached, without an answer before. Sample: the wait for the callback.
        CallbackReached = "callback_reached",
        /// The customer was reached, after an answer before. Sample: the wait for the callback.
        CallbackReachedAfterAnswer = "callback_reached_after_answer",
        /// Accompanies a reached callback. Sample: the open time of the wait for it.
        CallbackOpenWaited = "callback_open_waited",
        /// At the second of a request that decided the leg and whose customer was reached. Historical ledgers only.
        RequestReached = "request_reached",
        /// The callback was closed as unreached.
        CallbackUnreached = "callback_unreached",
        /// The callback was closed as cancelled.
        CallbackCancelled = "callback_cancelled",
        /// The callback was closed as a duplicate.
        CallbackDuplicate = "callback_duplicate",
        /// The callback was closed as expired.
        CallbackExpired = "callback_expired",
        /// The callback was closed as purged.
        CallbackPurged = "callback_purged",
        /// The callback was given up.
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
        /// A callback attempt that reached the customer.
        AttemptReached = "attempt_reached",
        /// A callback attempt that failed.
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
        /// The customer knows how care continues.
        ContinuesYes = "continues_yes",
        /// The customer does not know how care continues.
        ContinuesNo = "continues_no",
        /// The customer got a solution.
        SolvedYes = "solved_yes",
        /// The customer did not get a solution.
        SolvedNo = "solved_no",
    }
}

/// The role of a callback request in its leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestRole {
    /// The request came after the end of the wait.
    Later,
    /// The request ended the wait.
    Decided,
    /// The request ended the wait, and the promise of callbacks now applies.
    DecidedPromised,
}

/// The sum and histogram to which the sample of an entry belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SampleKind {
    AnswerWait,
    AbandonWait,
    TimedOutWait,
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

    pub(crate) const fn timed_out(rule: TimedOutRule) -> Self {
        match rule {
            TimedOutRule::Counts => Self::TimedOut,
            TimedOutRule::LeftOut => Self::TimedOutLeftOut,
        }
    }

    pub(crate) const fn abandoned_after_unknown_wait(stage: Stage) -> Self {
        match stage {
            Stage::Menu => Self::AbandonedMenuUnknownWait,
            Stage::Queue => Self::AbandonedQueueUnknownWait,
            Stage::Ringing => Self::AbandonedRingingUnknownWait,
        }
    }

    pub(crate) const fn timed_out_after_unknown_wait(rule: TimedOutRule) -> Self {
        match rule {
            TimedOutRule::Counts => Self::TimedOutUnknownWait,
            TimedOutRule::LeftOut => Self::TimedOutLeftOutUnknownWait,
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

    /// The kind of a callback request, by its role, and by whether it is due on its own day.
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

    /// The kind of an answer. Groups of the recommendation score follow the county's slide 19.
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

    /// Whether the leg arrived on a line with a promise.
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
            Self::AnsweredWithin | Self::AnsweredBeyond | Self::AnsweredUnknownWait => Decision::Answered,
            Self::AbandonedShort => Decision::AbandonedShort,
            Self::AbandonedMenuWithin | Self::AbandonedMenuBeyond | Self::AbandonedMenuUnknownWait => {
                abandoned_at(Stage::Menu)
            }
            Self::AbandonedQueueWithin | Self::AbandonedQueueBeyond | Self::AbandonedQueueUnknownWait => {
                abandoned_at(Stage::Queue)
            }
            Self::AbandonedRingingWithin | Self::AbandonedRingingBeyond | Self::AbandonedRingingUnknownWait => {
                abandoned_at(Stage::Ringing)
            }
            Self::RequestDecided
            | Self::RequestDecidedDueToday
            | Self::RequestDecidedPromised
            | Self::RequestDecidedPromisedDueToday => Decision::CallbackRequested,
            Self::TimedOut | Self::TimedOutUnknownWait => Decision::TimedOut,
            _ => return None,
        })
    }

    pub(crate) const fn undecided(self) -> Option<Undecided> {
        match self {
            Self::Moved => Some(Undecided::Moved),
            Self::TimedOutLeftOut | Self::TimedOutLeftOutUnknownWait => Some(Undecided::TimedOut),
            Self::Orphaned => Some(Undecided::Orphaned),
            _ => None,
        }
    }

    /// Whether an entry of this kind ends the wait.
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

    /// The end of the wait, if its length is unknown.
    pub(crate) const fn unknown_wait(self) -> Option<UnknownWait> {
        match self {
            Self::AnsweredUnknownWait => Some(UnknownWait::Answered),
            Self::AbandonedMenuUnknownWait | Self::AbandonedQueueUnknownWait | Self::AbandonedRingingUnknownWait => {
                Some(UnknownWait::Abandoned)
            }
            Self::TimedOutUnknownWait | Self::TimedOutLeftOutUnknownWait => Some(UnknownWait::TimedOut),
            _ => None,
        }
    }

    pub(crate) const fn is_handling(self) -> bool {
        matches!(self, Self::AnsweredWithin | Self::AnsweredBeyond | Self::AnsweredUnknownWait | Self::CallbackReached)
    }

    /// Whether an entry of this kind opens a callback.
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

    /// Whether the callback is due today from this entry on.
    pub(crate) const fn makes_due_today(self) -> bool {
        matches!(
            self,
            Self::CallbackOpenedDueToday
                | Self::RequestDecidedDueToday
                | Self::RequestDecidedPromisedDueToday
                | Self::BecameDueToday
        )
    }

    /// Whether the promise of callbacks applies from this entry on, instead of that of an answer.
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

    /// The kind of its sample; `None` if it has none.
    pub(crate) const fn sample(self) -> Option<SampleKind> {
        match self {
            Self::Served => Some(SampleKind::Handling),
            Self::CallbackReached | Self::CallbackReachedAfterAnswer => Some(SampleKind::CallbackWait),
            Self::CallbackOpenWaited => Some(SampleKind::CallbackOpenWait),
            Self::TimedOut | Self::TimedOutLeftOut => Some(SampleKind::TimedOutWait),
            _ if self.unknown_wait().is_some() => None,
            _ => match self.decision() {
                Some(Decision::Answered) => Some(SampleKind::AnswerWait),
                Some(
                    Decision::AbandonedMenu
                    | Decision::AbandonedQueue
                    | Decision::AbandonedRinging
                    | Decision::AbandonedShort,
                ) => Some(SampleKind::AbandonWait),
                Some(Decision::CallbackRequested | Decision::TimedOut) | None => None,
            },
        }
    }
}

/// The decision of an abandon at this stage.
const fn abandoned_at(stage: Stage) -> Decision {
    match stage {
        Stage::Menu => Decision::AbandonedMenu,
        Stage::Queue => Decision::AbandonedQueue,
        Stage::Ringing => Decision::AbandonedRinging,
    }
}
