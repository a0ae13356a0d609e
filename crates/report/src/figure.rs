//! The figures of a report: what stands in a column, and what it is made of.

use ensilinja_ledger::Indicator;

use crate::language::{Language, Texts};
use crate::quantity::Quantity;
use crate::report_data::Breakdown;
use crate::subject::Subject;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Contacts that arrived.
    Offered,
    /// How many of how many.
    Share(Indicator),
    /// Mean wait of the answered, from arrival.
    AnswerWait,
    /// Mean wait of the customers called back, from the request until they were reached, by the clock on the wall. It
    /// is filed when they are reached.
    CallbackWait,
    /// The same, of which only the time counts in which the line was open.
    CallbackOpenWait,
    /// Callback requests that were purged, expired or given up: the worst there is.
    CallbacksLost,
    /// The net promoter score.
    Nps,
    /// The interval that holds the score of all customers with a confidence of 95 %.
    NpsInterval,
    /// How the county reads the score.
    NpsBand,
}

/// What a figure is made of, and so how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FigureKind {
    /// A number of something.
    Count(Quantity),
    /// How many of how many.
    Share { good: Quantity, valid: Quantity },
    /// A mean time: a sum of ms over how many.
    Mean { sum_ms: Quantity, of: Quantity },
    /// A net promoter score, its interval or its band.
    Nps,
}

impl Figure {
    /// Every figure of machine-readable reports, in their order. The band is not one: it follows from the score.
    pub(crate) const MACHINE_READABLE: &'static [Self] = &[
        Self::Offered,
        Self::Share(Indicator::AnsweredLive),
        Self::Share(Indicator::HandledAsCallback),
        Self::Share(Indicator::CallbackShareOfHandled),
        Self::Share(Indicator::CallbackReached),
        Self::CallbackWait,
        Self::CallbackOpenWait,
        Self::CallbacksLost,
        Self::Share(Indicator::Service),
        Self::Share(Indicator::ServiceLevel),
        Self::Share(Indicator::PromiseKept),
        Self::AnswerWait,
        Self::Share(Indicator::ChatNotAnswered),
        Self::Share(Indicator::FirstContactResolution),
        Self::Share(Indicator::HandledInContact),
        Self::Share(Indicator::ContinuesInCountyServices),
        Self::Share(Indicator::ContinuesInHyteServices),
        Self::Share(Indicator::Coverage),
        Self::Nps,
        Self::NpsInterval,
        Self::Share(Indicator::KnowsHowCareContinues),
        Self::Share(Indicator::GotASolution),
    ];

    /// The figures that are printed by line and month: slides 7 and 19 to 21.
    pub(crate) const BY_LINE_AND_MONTH: &'static [Self] = &[
        Self::Offered,
        Self::Nps,
        Self::Share(Indicator::KnowsHowCareContinues),
        Self::Share(Indicator::GotASolution),
    ];

    /// The figures that are printed of calls, chats and text messages added: what the county's goals say of all, and
    /// what is asked of all customers. Of the others nothing sensible can be said of calls and chats together.
    pub(crate) const OF_ALL_CHANNELS: &'static [Self] = &[
        Self::Offered,
        Self::Share(Indicator::PromiseKept),
        Self::Share(Indicator::FirstContactResolution),
        Self::Nps,
        Self::NpsInterval,
        Self::Share(Indicator::KnowsHowCareContinues),
        Self::Share(Indicator::GotASolution),
    ];

    /// The figures that a report by this prints of a subject.
    pub(crate) const fn printed_of(subject: &Subject, by: Breakdown) -> &'static [Self] {
        match (subject, by) {
            (Subject::All, _) => Self::OF_ALL_CHANNELS,
            (Subject::Line(_), Breakdown::Month) => Self::BY_LINE_AND_MONTH,
            _ => Self::MACHINE_READABLE,
        }
    }

    /// Its name in machine-readable reports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Share(indicator) => indicator.as_str(),
            Self::AnswerWait => "answer_wait_mean_seconds",
            Self::CallbackWait => "callback_wait_mean_seconds",
            Self::CallbackOpenWait => "callback_open_wait_mean_seconds",
            Self::CallbacksLost => "callbacks_lost",
            Self::Nps => "nps",
            Self::NpsInterval => "nps_interval",
            Self::NpsBand => "nps_band",
        }
    }

    /// Its name for people: the county's, where the county has one.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        let texts: Texts = match self {
            Self::Share(indicator) => {
                let row = indicator.row();
                (row.name_fi, row.name_sv, row.name_en)
            }
            Self::Offered => ("Saapuneet", "Inkomna", "Offered"),
            Self::AnswerWait => ("Odotusaika keskimäärin", "Väntetid i medeltal", "Mean wait"),
            Self::CallbackWait => (
                "Takaisinsoiton odotusaika keskimäärin",
                "Väntetid på återuppringning i medeltal",
                "Mean callback wait",
            ),
            Self::CallbackOpenWait => (
                "Takaisinsoiton odotusaika aukioloaikana keskimäärin",
                "Väntetid på återuppringning under öppettid i medeltal",
                "Mean callback wait in open time",
            ),
            Self::CallbacksLost => (
                "Kokonaan soittamatta jääneet takaisinsoitot",
                "Återuppringningar som aldrig gjordes",
                "Callbacks lost",
            ),
            Self::Nps => ("NPS", "NPS", "NPS"),
            Self::NpsInterval => ("NPS, 95 %:n luottamusväli", "NPS, 95 % konfidensintervall", "NPS, 95 % interval"),
            Self::NpsBand => ("NPS:n luokka", "NPS-klass", "NPS band"),
        };
        language.of(texts)
    }

    /// What it is made of.
    pub(crate) const fn kind(self) -> FigureKind {
        use Quantity as Q;
        let (good, valid) = match self {
            Self::Offered => return FigureKind::Count(Q::Offered),
            Self::CallbacksLost => return FigureKind::Count(Q::CallbacksLost),
            Self::AnswerWait => return FigureKind::Mean { sum_ms: Q::AnswerWaitMs, of: Q::Answered },
            Self::CallbackWait => return FigureKind::Mean { sum_ms: Q::CallbackWaitMs, of: Q::CallbackWaits },
            Self::CallbackOpenWait => return FigureKind::Mean { sum_ms: Q::CallbackOpenWaitMs, of: Q::CallbackWaits },
            Self::Nps | Self::NpsInterval | Self::NpsBand => return FigureKind::Nps,
            Self::Share(indicator) => match indicator {
                Indicator::AnsweredLive => (Q::Answered, Q::Decided),
                Indicator::HandledAsCallback => (Q::RequestsReached, Q::Decided),
                Indicator::CallbackShareOfHandled => (Q::RequestsReached, Q::HandledInTheEnd),
                Indicator::CallbackReached => (Q::CallbackWaits, Q::CallbacksResolved),
                Indicator::Service => (Q::Served, Q::Decided),
                Indicator::ServiceLevel => (Q::WithinThreshold, Q::ServiceLevelBase),
                Indicator::ChatNotAnswered => (Q::NotServed, Q::Decided),
                Indicator::PromiseKept => (Q::Kept, Q::Promises),
                Indicator::FirstContactResolution => (Q::Resolved, Q::Outcomes),
                Indicator::HandledInContact => (Q::HandledInContact, Q::Outcomes),
                Indicator::ContinuesInCountyServices => (Q::ContinuesInCounty, Q::Outcomes),
                Indicator::ContinuesInHyteServices => (Q::ContinuesInHyte, Q::Outcomes),
                Indicator::KnowsHowCareContinues => (Q::ContinuesYes, Q::ContinuesAnswers),
                Indicator::GotASolution => (Q::SolvedYes, Q::SolvedAnswers),
                Indicator::Coverage => (Q::Outcomes, Q::Handled),
            },
        };
        FigureKind::Share { good, valid }
    }

    /// What could be computed by whoever sees it.
    pub(crate) fn tells(self) -> Vec<Quantity> {
        use Quantity::{Detractors, NpsAnswers, NpsDifference, Passives, Promoters};
        match (self, self.kind()) {
            (_, FigureKind::Count(quantity)) => vec![quantity],
            (_, FigureKind::Share { good, valid }) => vec![good, valid],
            (_, FigureKind::Mean { of, .. }) => vec![of],
            // The interval narrows with promoters and detractors together: with the score it tells each.
            (Self::NpsInterval, FigureKind::Nps) => vec![NpsAnswers, NpsDifference, Promoters, Passives, Detractors],
            (_, FigureKind::Nps) => vec![NpsAnswers, NpsDifference],
        }
    }
}
