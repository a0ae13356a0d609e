//! The counts behind the figures, and which of them add up to which.
//!
//! Every figure of a report is made of these, and each of them can be added over lines and periods. So a total is made
//! of sums, never of averages; and what could be computed back from what is printed is known here, in [`SPLITS`].

use ensilinja_ledger::{Indicator, Nps, Resolution, ServiceLevel, Sums};
use ensilinja_model::vocabulary;

vocabulary! {
    /// A count of people, or, where it says so, something else that can be added.
    Quantity {
        /// Contacts that arrived.
        Offered = "offered",
        /// Contacts decided.
        Decided = "decided",
        /// Answered while the customer was there.
        Answered = "answered",
        /// Decided in another way.
        NotAnswered = "not_answered",
        /// Answered, or a callback was requested.
        Served = "served",
        /// Neither.
        NotServed = "not_served",
        /// A callback was requested.
        Requested = "requested",
        /// Requests of the period whose customer was reached.
        RequestsReached = "requests_reached",
        /// Answered, or a request of the period whose customer was reached.
        HandledInTheEnd = "handled_in_the_end",
        /// The denominator of the service level.
        ServiceLevelBase = "service_level_base",
        /// Decided, and not in the denominator of the service level: short abandons, by the usual formula.
        LeftOut = "left_out",
        /// The numerator of the service level.
        WithinThreshold = "within_threshold",
        /// Customers reached in the period, whenever they had asked: those whose callback wait is known.
        CallbackWaits = "callback_waits",
        /// Callback requests resolved in the period, in whatever way.
        CallbacksResolved = "callbacks_resolved",
        /// Callback requests that were purged, expired or given up.
        CallbacksLost = "callbacks_lost",
        /// Promises kept or broken.
        Promises = "promises",
        /// Promises kept.
        Kept = "kept",
        /// Handled in the period.
        Handled = "handled",
        /// Outcomes recorded.
        Outcomes = "outcomes",
        /// Outcomes that resolve the matter in the first contact.
        Resolved = "resolved",
        /// Outcome: handled in the contact.
        HandledInContact = "handled_in_contact",
        /// Outcome: continues in the county's services.
        ContinuesInCounty = "continues_in_county",
        /// Outcome: continues in hyte services.
        ContinuesInHyte = "continues_in_hyte",
        /// Answers to the recommendation question.
        NpsAnswers = "nps_answers",
        /// 9 or 10.
        Promoters = "promoters",
        /// 7 or 8.
        Passives = "passives",
        /// 0 to 6.
        Detractors = "detractors",
        /// Promoters less detractors: no count of people, and it may be negative.
        NpsDifference = "nps_difference",
        /// Answers to whether the customer knows how care continues.
        ContinuesAnswers = "continues_answers",
        /// Yes.
        ContinuesYes = "continues_yes",
        /// Answers to whether the customer got a solution.
        SolvedAnswers = "solved_answers",
        /// Yes.
        SolvedYes = "solved_yes",
        /// Waits of the answered in ms: no count of people, as the next two.
        AnswerWaitMs = "answer_wait_ms",
        /// Waits of the customers called back, in ms of the clock on the wall.
        CallbackWaitMs = "callback_wait_ms",
        /// The same in ms of open time.
        CallbackOpenWaitMs = "callback_open_wait_ms",
    }
}

impl Quantity {
    /// How much of it there is in these sums of one line with this formula of the service level. What belongs to an
    /// indicator is read from the ledger's table of indicators, so that its rule is said once.
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

    /// Whether it counts people, so that a small number of it could tell who they are.
    pub(crate) const fn counts_people(self) -> bool {
        !matches!(self, Self::NpsDifference | Self::AnswerWaitMs | Self::CallbackWaitMs | Self::CallbackOpenWaitMs)
    }

    /// Whether it is a time, which is never printed but as a mean beside the number of those who waited: it is hidden
    /// with that number.
    pub(crate) const fn is_time(self) -> bool {
        matches!(self, Self::AnswerWaitMs | Self::CallbackWaitMs | Self::CallbackOpenWaitMs)
    }
}

/// What is left of the whole when its parts are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing: the parts are all.
    None,
    /// More people, who are not counted on their own but can be.
    People,
    /// About nobody: whole and parts are so nearly the same that whoever knows one knows the other. It differs by
    /// contacts at the edges of a period and by oddities.
    AsGoodAsNone,
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

/// Which quantities of one row add up to which: by these one can be computed from others.
pub(crate) const SPLITS: &[Split] = {
    use Quantity as Q;
    &[
        split(Q::Offered, &[Q::Decided], Rest::AsGoodAsNone),
        split(Q::Decided, &[Q::Answered, Q::NotAnswered], Rest::None),
        split(Q::Decided, &[Q::Served, Q::NotServed], Rest::None),
        split(Q::Served, &[Q::Answered, Q::Requested], Rest::None),
        split(Q::NotAnswered, &[Q::Requested, Q::NotServed], Rest::None),
        split(Q::Decided, &[Q::RequestsReached], Rest::People),
        split(Q::Requested, &[Q::RequestsReached], Rest::People),
        split(Q::Requested, &[Q::RequestsReached, Q::CallbacksLost], Rest::People),
        split(Q::RequestsReached, &[Q::CallbackWaits], Rest::AsGoodAsNone),
        split(Q::HandledInTheEnd, &[Q::Answered, Q::RequestsReached], Rest::None),
        split(Q::Decided, &[Q::ServiceLevelBase, Q::LeftOut], Rest::None),
        split(Q::NotServed, &[Q::LeftOut], Rest::People),
        split(Q::ServiceLevelBase, &[Q::WithinThreshold], Rest::People),
        split(Q::Answered, &[Q::WithinThreshold], Rest::People),
        split(Q::Handled, &[Q::Answered, Q::CallbackWaits], Rest::AsGoodAsNone),
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
