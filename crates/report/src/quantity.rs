//! The quantities behind the figures, and the sums that relate them.
//!
//! Every figure is computed from quantities, and quantities can be added over lines and periods. So totals are computed
//! from sums, never from means. [`SPLITS`] lists the equations by which a quantity can be computed from others.

use ensilinja_ledger::{Decision, Flag, Indicator, Nps, Resolution, ServiceLevel, Sums, Undecided, UnknownWait};
use ensilinja_model::vocabulary;

vocabulary! {
    /// A count of people, or another additive quantity where noted.
    Quantity {
        /// Contacts that arrived.
        Offered = "offered",
        /// Contacts decided.
        Decided = "decided",
        /// Contacts answered while the customer waited.
        Answered = "answered",
        /// Contacts decided otherwise.
        NotAnswered = "not_answered",
        /// Contacts answered, or with a callback request.
        Served = "served",
        /// Contacts decided and not served.
        NotServed = "not_served",
        /// Contacts that timed out.
        TimedOut = "timed_out",
        /// Of these, those that count in rates.
        TimedOutDecided = "timed_out_decided",
        /// Of these, those that are left out of rates.
        TimedOutLeftOut = "timed_out_left_out",
        /// Contacts with a wait of unknown length.
        WaitUnknown = "wait_unknown",
        /// Of these, those answered.
        AnsweredWaitUnknown = "answered_wait_unknown",
        /// Of these, those abandoned or timed out.
        LostWaitUnknown = "lost_wait_unknown",
        /// Of these, those abandoned.
        AbandonedWaitUnknown = "abandoned_wait_unknown",
        /// And those timed out.
        TimedOutWaitUnknown = "timed_out_wait_unknown",
        /// Contacts without a known result.
        Orphaned = "orphaned",
        /// Contacts without an event of their arrival.
        Inferred = "inferred",
        /// Contacts that arrived while the line was closed.
        OutsideHours = "outside_hours",
        /// Contacts answered after a wait of known length.
        AnswerWaits = "answer_waits",
        /// Contacts with a callback request.
        Requested = "requested",
        /// Requests made in the period whose customer was reached.
        RequestsReached = "requests_reached",
        /// Contacts answered, and requests made in the period whose customer was reached.
        HandledInTheEnd = "handled_in_the_end",
        /// The denominator of the service level.
        ServiceLevelBase = "service_level_base",
        /// Contacts decided that the service level excludes: short abandons and unknown waits in the usual formula.
        LeftOut = "left_out",
        /// Of these, those not answered after an unknown wait.
        LeftOutOtherwise = "left_out_otherwise",
        /// The numerator of the service level.
        WithinThreshold = "within_threshold",
        /// Customers reached in the period, whenever they requested the callback.
        CallbackWaits = "callback_waits",
        /// Callback requests resolved in the period, with any result.
        CallbacksResolved = "callbacks_resolved",
        /// Callback requests that were purged, expired or given up.
        CallbacksLost = "callbacks_lost",
        /// Promises kept or broken.
        Promises = "promises",
        /// Promises kept.
        Kept = "kept",
        /// Contacts handled in the period.
        Handled = "handled",
        /// Outcomes recorded.
        Outcomes = "outcomes",
        /// Outcomes that count as first-contact resolution.
        Resolved = "resolved",
        /// Outcome: handled in the contact.
        HandledInContact = "handled_in_contact",
        /// Outcome: continues in the county's services.
        ContinuesInCounty = "continues_in_county",
        /// Outcome: continues in hyte services.
        ContinuesInHyte = "continues_in_hyte",
        /// Answers to the recommendation question.
        NpsAnswers = "nps_answers",
        /// Scores 9 and 10.
        Promoters = "promoters",
        /// Scores 7 and 8.
        Passives = "passives",
        /// Scores 0 to 6.
        Detractors = "detractors",
        /// Promoters less detractors. It does not count people and may be negative.
        NpsDifference = "nps_difference",
        /// Answers to "do you know how your care continues?"
        ContinuesAnswers = "continues_answers",
        /// Of these, yes.
        ContinuesYes = "continues_yes",
        /// Answers to "did you get a solution?"
        SolvedAnswers = "solved_answers",
        /// Of these, yes.
        SolvedYes = "solved_yes",
        /// Sum of waits to answer, in ms. Neither this nor the next two count people.
        AnswerWaitMs = "answer_wait_ms",
        /// Sum of callback waits, in ms of elapsed time.
        CallbackWaitMs = "callback_wait_ms",
        /// Sum of callback waits, in ms of open time.
        CallbackOpenWaitMs = "callback_open_wait_ms",
    }
}

impl Quantity {
    /// The amount in the sums of a line with this service level formula. Parts of indicators come from the ledger's
    /// table of indicators, which alone defines them.
    pub(crate) fn of(self, sums: &Sums, formula: ServiceLevel) -> i64 {
        let good = |indicator: Indicator| indicator.of(sums, formula).good;
        let valid = |indicator: Indicator| indicator.of(sums, formula).valid;
        match self {
            Self::Offered => sums.offered(),
            Self::Decided => valid(Indicator::AnsweredLive),
            Self::Answered => good(Indicator::AnsweredLive),
            Self::NotAnswered => valid(Indicator::AnsweredLive) - good(Indicator::AnsweredLive),
            Self::Served => good(Indicator::Service),
            Self::NotServed => valid(Indicator::Service) - good(Indicator::Service),
            Self::TimedOut => sums.decided(Decision::TimedOut) + sums.undecided(Undecided::TimedOut),
            Self::TimedOutDecided => sums.decided(Decision::TimedOut),
            Self::TimedOutLeftOut => sums.undecided(Undecided::TimedOut),
            Self::WaitUnknown => UnknownWait::ALL.iter().map(|end| sums.wait_unknown(*end)).sum(),
            Self::AnsweredWaitUnknown => sums.wait_unknown(UnknownWait::Answered),
            Self::LostWaitUnknown => {
                sums.wait_unknown(UnknownWait::Abandoned) + sums.wait_unknown(UnknownWait::TimedOut)
            }
            Self::AbandonedWaitUnknown => sums.wait_unknown(UnknownWait::Abandoned),
            Self::TimedOutWaitUnknown => sums.wait_unknown(UnknownWait::TimedOut),
            Self::Orphaned => sums.undecided(Undecided::Orphaned),
            Self::Inferred => sums.flagged(Flag::Inferred),
            Self::OutsideHours => sums.flagged(Flag::OutsideHours),
            Self::AnswerWaits => sums.answer_waits().count(),
            Self::LeftOutOtherwise => Self::LeftOut.of(sums, formula) - Self::AnsweredWaitUnknown.of(sums, formula),
            Self::Requested => good(Indicator::Service) - good(Indicator::AnsweredLive),
            Self::RequestsReached => good(Indicator::HandledAsCallback),
            Self::HandledInTheEnd => valid(Indicator::CallbackShareOfHandled),
            Self::ServiceLevelBase => valid(Indicator::ServiceLevel),
            Self::LeftOut => valid(Indicator::AnsweredLive) - valid(Indicator::ServiceLevel),
            Self::WithinThreshold => good(Indicator::ServiceLevel),
            Self::CallbackWaits => sums.callback_waits().count(),
            Self::CallbacksResolved => valid(Indicator::CallbackReached),
            Self::CallbacksLost => [Resolution::Purged, Resolution::Expired, Resolution::GivenUp]
                .map(|resolution| sums.callbacks_closed(resolution))
                .iter()
                .sum(),
            Self::Promises => valid(Indicator::PromiseKept),
            Self::Kept => good(Indicator::PromiseKept),
            Self::Handled => valid(Indicator::Coverage),
            Self::Outcomes => valid(Indicator::FirstContactResolution),
            Self::Resolved => good(Indicator::FirstContactResolution),
            Self::HandledInContact => good(Indicator::HandledInContact),
            Self::ContinuesInCounty => good(Indicator::ContinuesInCountyServices),
            Self::ContinuesInHyte => good(Indicator::ContinuesInHyteServices),
            Self::NpsAnswers => Nps::of(sums).answers(),
            Self::Promoters => Nps::of(sums).promoters,
            Self::Passives => Nps::of(sums).passives,
            Self::Detractors => Nps::of(sums).detractors,
            Self::NpsDifference => Nps::of(sums).promoters - Nps::of(sums).detractors,
            Self::ContinuesAnswers => valid(Indicator::KnowsHowCareContinues),
            Self::ContinuesYes => good(Indicator::KnowsHowCareContinues),
            Self::SolvedAnswers => valid(Indicator::GotASolution),
            Self::SolvedYes => good(Indicator::GotASolution),
            Self::AnswerWaitMs => sums.answer_waits().sum_ms(),
            Self::CallbackWaitMs => sums.callback_waits().sum_ms(),
            Self::CallbackOpenWaitMs => sums.callback_open_waits().sum_ms(),
        }
    }

    /// Whether it counts people, so that a small number could identify them.
    pub(crate) const fn counts_people(self) -> bool {
        !matches!(self, Self::NpsDifference | Self::AnswerWaitMs | Self::CallbackWaitMs | Self::CallbackOpenWaitMs)
    }

    /// Whether a report has it only on request. Otherwise it is neither printed nor protected.
    pub(crate) const fn is_on_request(self) -> bool {
        matches!(self, Self::Orphaned | Self::Inferred | Self::OutsideHours)
    }

    /// Whether it is a sum of durations. It is printed only as a mean with its n, and hidden together with the n.
    pub(crate) const fn is_time(self) -> bool {
        matches!(self, Self::AnswerWaitMs | Self::CallbackWaitMs | Self::CallbackOpenWaitMs)
    }
}

/// What remains of a whole without its listed parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing: the parts are complete.
    None,
    /// Further people, whose number could be computed.
    People,
    /// Almost nothing: contacts at the edges of the period, and anomalies. Whole and parts disclose each other.
    Negligible,
}

/// One quantity as the sum of others.
pub(crate) struct Split {
    pub whole: Quantity,
    pub parts: &'static [Quantity],
    pub rest: Rest,
}

const fn split(whole: Quantity, parts: &'static [Quantity], rest: Rest) -> Split {
    Split { whole, parts, rest }
}

/// The equations between quantities of one row.
pub(crate) const SPLITS: &[Split] = {
    use Quantity as Q;
    &[
        split(Q::Offered, &[Q::Decided], Rest::Negligible),
        split(Q::Offered, &[Q::Decided, Q::TimedOutLeftOut], Rest::Negligible),
        split(Q::Offered, &[Q::Decided, Q::Orphaned], Rest::Negligible),
        split(Q::Offered, &[Q::Decided, Q::TimedOutLeftOut, Q::Orphaned], Rest::Negligible),
        split(Q::Offered, &[Q::Inferred], Rest::People),
        split(Q::Offered, &[Q::OutsideHours], Rest::People),
        split(Q::TimedOut, &[Q::TimedOutDecided, Q::TimedOutLeftOut], Rest::None),
        split(Q::NotServed, &[Q::TimedOutDecided], Rest::People),
        split(Q::NotServed, &[Q::TimedOutDecided, Q::LeftOutOtherwise], Rest::People),
        split(Q::Answered, &[Q::AnswerWaits, Q::AnsweredWaitUnknown], Rest::None),
        split(Q::WaitUnknown, &[Q::AnsweredWaitUnknown, Q::LostWaitUnknown], Rest::None),
        split(Q::LostWaitUnknown, &[Q::AbandonedWaitUnknown, Q::TimedOutWaitUnknown], Rest::None),
        split(Q::TimedOutDecided, &[Q::TimedOutWaitUnknown], Rest::People),
        split(Q::LeftOut, &[Q::AnsweredWaitUnknown, Q::LeftOutOtherwise], Rest::None),
        split(Q::LeftOutOtherwise, &[Q::AbandonedWaitUnknown], Rest::People),
        split(Q::AnswerWaits, &[Q::WithinThreshold], Rest::People),
        split(Q::Decided, &[Q::Answered, Q::NotAnswered], Rest::None),
        split(Q::Decided, &[Q::Served, Q::NotServed], Rest::None),
        split(Q::Served, &[Q::Answered, Q::Requested], Rest::None),
        split(Q::NotAnswered, &[Q::Requested, Q::NotServed], Rest::None),
        split(Q::Decided, &[Q::RequestsReached], Rest::People),
        split(Q::Requested, &[Q::RequestsReached], Rest::People),
        split(Q::Requested, &[Q::RequestsReached, Q::CallbacksLost], Rest::People),
        split(Q::RequestsReached, &[Q::CallbackWaits], Rest::Negligible),
        split(Q::HandledInTheEnd, &[Q::Answered, Q::RequestsReached], Rest::None),
        split(Q::Decided, &[Q::ServiceLevelBase, Q::LeftOut], Rest::None),
        split(Q::NotServed, &[Q::LeftOutOtherwise], Rest::People),
        split(Q::ServiceLevelBase, &[Q::WithinThreshold], Rest::People),
        split(Q::Answered, &[Q::WithinThreshold], Rest::People),
        split(Q::Handled, &[Q::Answered, Q::CallbackWaits], Rest::Negligible),
        split(Q::CallbacksResolved, &[Q::CallbackWaits, Q::CallbacksLost], Rest::People),
        split(Q::Promises, &[Q::Kept], Rest::People),
        split(Q::Handled, &[Q::Outcomes], Rest::People),
        split(Q::Outcomes, &[Q::Resolved], Rest::People),
        split(Q::Outcomes, &[Q::HandledInContact], Rest::People),
        split(Q::Outcomes, &[Q::ContinuesInCounty], Rest::People),
        split(Q::Outcomes, &[Q::ContinuesInHyte], Rest::People),
        split(Q::Resolved, &[Q::HandledInContact, Q::ContinuesInCounty, Q::ContinuesInHyte], Rest::None),
        split(Q::NpsAnswers, &[Q::Promoters, Q::Passives, Q::Detractors], Rest::None),
        split(Q::Promoters, &[Q::NpsDifference, Q::Detractors], Rest::None),
        split(Q::ContinuesAnswers, &[Q::ContinuesYes], Rest::People),
        split(Q::SolvedAnswers, &[Q::SolvedYes], Rest::People),
    ]
};
