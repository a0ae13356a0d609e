//! The figures of a report, and the quantities that each is computed from.

use ensilinja_ledger::Indicator;

use crate::language::{Language, Texts};
use crate::quantity::Quantity;
use crate::report_data::{Breakdown, FiguresOnRequest, ReportRequest};
use crate::subject::Subject;

/// A figure of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Contacts that arrived.
    Offered,
    /// The goal for their number.
    ContactsGoal,
    /// Contacts that arrived as a share of the goal.
    OfContactsGoal,
    /// The share of an indicator.
    Share(Indicator),
    /// Mean known wait of answered contacts, from arrival or from the queue to answer.
    AnswerWait,
    /// Mean wait of customers called back, from request to reached, in elapsed time. It belongs to the period in which
    /// the customer was reached.
    CallbackWait,
    /// The same in open time.
    CallbackOpenWait,
    /// Callback requests that were purged, expired or given up.
    CallbacksLost,
    /// Contacts that the platform took out of the queue, whether they count in rates or are left out.
    TimedOut,
    /// Contacts that were answered, abandoned or timed out after a wait of unknown length.
    WaitUnknown,
    /// Contacts that were lost by their source: they ended, or had no event for long, without a known result.
    Orphaned,
    /// Contacts without an event of their arrival, which is inferred from later events.
    Inferred,
    /// Contacts that arrived while their line was closed.
    OutsideHours,
    /// The net promoter score.
    Nps,
    /// The 95 % confidence interval of the score.
    NpsInterval,
    /// The county's classification of the score.
    NpsBand,
}

/// The composition of a figure, which determines its notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FigureKind {
    /// A count.
    Count(Quantity),
    /// A share: numerator and denominator.
    Share { good: Quantity, valid: Quantity },
    /// A mean duration: a sum in ms and the number of samples.
    Mean { sum_ms: Quantity, of: Quantity },
    /// A net promoter score, or its interval or band.
    Nps,
    /// A goal for the number of contacts, or the share of it that arrived.
    VolumeGoal,
}

impl Figure {
    /// The figures of CSV and JSON, in their order. The band is not among them: it follows from the score.
    pub(crate) const MACHINE_READABLE: &'static [Self] = &[
        Self::Offered,
        Self::ContactsGoal,
        Self::OfContactsGoal,
        Self::Share(Indicator::AnsweredLive),
        Self::Share(Indicator::HandledAsCallback),
        Self::Share(Indicator::CallbackShareOfHandled),
        Self::Share(Indicator::CallbackReached),
        Self::CallbackWait,
        Self::CallbackOpenWait,
        Self::CallbacksLost,
        Self::TimedOut,
        Self::Share(Indicator::Service),
        Self::Share(Indicator::ServiceLevel),
        Self::Share(Indicator::PromiseKept),
        Self::AnswerWait,
        Self::WaitUnknown,
        Self::Orphaned,
        Self::Inferred,
        Self::OutsideHours,
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

    /// The figures of the tables by line and month: slides 7 and 19 to 21.
    pub(crate) const BY_LINE_AND_MONTH: &'static [Self] = &[
        Self::Offered,
        Self::Nps,
        Self::Share(Indicator::KnowsHowCareContinues),
        Self::Share(Indicator::GotASolution),
    ];

    /// The figures of the tables of goals for the number of contacts.
    pub(crate) const OF_VOLUME: &'static [Self] = &[Self::Offered, Self::ContactsGoal, Self::OfContactsGoal];

    /// The facts of a line in a report by month: those of the tables by line and month, and the goal for contacts.
    const OF_LINE_BY_MONTH: &'static [Self] = &[
        Self::Offered,
        Self::ContactsGoal,
        Self::OfContactsGoal,
        Self::Nps,
        Self::Share(Indicator::KnowsHowCareContinues),
        Self::Share(Indicator::GotASolution),
    ];

    /// The figures for all channels together: those of the county's goals and of customer feedback. The other figures
    /// are not meaningful for calls and chats together.
    pub(crate) const OF_ALL_CHANNELS: &'static [Self] = &[
        Self::Offered,
        Self::Share(Indicator::PromiseKept),
        Self::Share(Indicator::FirstContactResolution),
        Self::Nps,
        Self::NpsInterval,
        Self::Share(Indicator::KnowsHowCareContinues),
        Self::Share(Indicator::GotASolution),
    ];

    /// The figures that a report has only on request.
    pub(crate) const ON_REQUEST: [Self; 3] = [Self::Orphaned, Self::Inferred, Self::OutsideHours];

    /// Whether it is among the figures that a report has only on request, and requested.
    pub(crate) const fn is_requested(self, also: FiguresOnRequest) -> bool {
        match self {
            Self::Orphaned => also.orphaned,
            Self::Inferred => also.inferred,
            Self::OutsideHours => also.outside_hours,
            _ => false,
        }
    }

    /// The figures of a subject in a report.
    pub(crate) fn printed_of(subject: &Subject, request: ReportRequest) -> Vec<Self> {
        let is_printed = |figure: &Self| !Self::ON_REQUEST.contains(figure) || figure.is_requested(request.also);
        Self::listed_of(subject, request.by).iter().copied().filter(is_printed).collect()
    }

    /// The same, with those that a report has only on request.
    pub(crate) const fn listed_of(subject: &Subject, by: Breakdown) -> &'static [Self] {
        match (subject, by) {
            (Subject::All, _) => Self::OF_ALL_CHANNELS,
            (Subject::Line(_), Breakdown::Month) => Self::OF_LINE_BY_MONTH,
            // Only lines and groups with a goal are in these reports.
            (Subject::Line(_), Breakdown::Quarter) | (Subject::Group(..), Breakdown::Month | Breakdown::Quarter) => {
                Self::OF_VOLUME
            }
            _ => Self::MACHINE_READABLE,
        }
    }

    /// The id in CSV and JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::ContactsGoal => "contacts_goal",
            Self::OfContactsGoal => "contacts_of_goal_ratio",
            Self::Share(indicator) => indicator.as_str(),
            Self::AnswerWait => "answer_wait_mean_seconds",
            Self::CallbackWait => "callback_wait_mean_seconds",
            Self::CallbackOpenWait => "callback_open_wait_mean_seconds",
            Self::CallbacksLost => "callbacks_lost",
            Self::TimedOut => "timed_out",
            Self::WaitUnknown => "wait_unknown",
            Self::Orphaned => "orphaned",
            Self::Inferred => "inferred",
            Self::OutsideHours => "outside_hours",
            Self::Nps => "nps",
            Self::NpsInterval => "nps_interval",
            Self::NpsBand => "nps_band",
        }
    }

    /// The name for people: the county's own name, if there is one.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        let texts: Texts = match self {
            Self::Share(indicator) => {
                let row = indicator.row();
                (row.name_fi, row.name_sv, row.name_en)
            }
            Self::Offered => ("Saapuneet", "Inkomna", "Offered"),
            Self::ContactsGoal => ("Tavoite", "Mål", "Goal"),
            Self::OfContactsGoal => ("Osuus tavoitteesta", "Andel av målet", "Share of the goal"),
            Self::AnswerWait => ("Odotusaika keskimäärin", "Väntetid i medeltal", "Mean wait"),
            Self::CallbackWait => (
                "Takaisinsoiton odotusaika keskimäärin",
                "Väntetid för återuppringning i medeltal",
                "Mean callback wait",
            ),
            Self::CallbackOpenWait => (
                "Takaisinsoiton odotusaika aukioloaikana keskimäärin",
                "Väntetid för återuppringning under öppettid i medeltal",
                "Mean callback wait in open time",
            ),
            Self::CallbacksLost => (
                "Kokonaan soittamatta jääneet takaisinsoitot",
                "Återuppringningar som aldrig gjordes",
                "Callbacks lost",
            ),
            Self::TimedOut => ("Jonosta pudonneet", "Föll ur kön", "Timed out in the queue"),
            Self::WaitUnknown => ("Odotusaika ei tiedossa", "Väntetid okänd", "Wait unknown"),
            Self::Orphaned => ("Kadonneet", "Förlorade", "Orphaned"),
            Self::Inferred => ("Saapuminen päätelty", "Ankomsten härledd", "Arrival inferred"),
            Self::OutsideHours => {
                ("Saapuneet aukiolon ulkopuolella", "Inkomna utanför öppettiden", "Offered outside opening hours")
            }
            Self::Nps => ("NPS", "NPS", "NPS"),
            Self::NpsInterval => {
                ("NPS, 95 %:n luottamusväli", "NPS, 95 % konfidensintervall", "NPS, 95% confidence interval")
            }
            Self::NpsBand => ("NPS:n luokka", "NPS-klass", "NPS band"),
        };
        language.of(texts)
    }

    /// The quantities that it is computed from.
    pub(crate) const fn kind(self) -> FigureKind {
        use Quantity as Q;
        let (good, valid) = match self {
            Self::Offered => return FigureKind::Count(Q::Offered),
            Self::CallbacksLost => return FigureKind::Count(Q::CallbacksLost),
            Self::TimedOut => return FigureKind::Count(Q::TimedOut),
            Self::WaitUnknown => return FigureKind::Count(Q::WaitUnknown),
            Self::Orphaned => return FigureKind::Count(Q::Orphaned),
            Self::Inferred => return FigureKind::Count(Q::Inferred),
            Self::OutsideHours => return FigureKind::Count(Q::OutsideHours),
            Self::ContactsGoal | Self::OfContactsGoal => return FigureKind::VolumeGoal,
            Self::AnswerWait => return FigureKind::Mean { sum_ms: Q::AnswerWaitMs, of: Q::AnswerWaits },
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

    /// The counts that can be computed from it.
    pub(crate) fn discloses(self) -> Vec<Quantity> {
        use Quantity::{Detractors, NpsAnswers, NpsDifference, Passives, Promoters};
        match (self, self.kind()) {
            (_, FigureKind::Count(quantity)) => vec![quantity],
            (_, FigureKind::Share { good, valid }) => vec![good, valid],
            (_, FigureKind::Mean { of, .. }) => vec![of],
            // The goal is public.
            (Self::ContactsGoal, FigureKind::VolumeGoal) => Vec::new(),
            (_, FigureKind::VolumeGoal) => vec![Quantity::Offered],
            // The width of the interval depends on the sum of promoters and detractors, the score on their difference.
            (Self::NpsInterval, FigureKind::Nps) => vec![NpsAnswers, NpsDifference, Promoters, Passives, Detractors],
            (_, FigureKind::Nps) => vec![NpsAnswers, NpsDifference],
        }
    }
}
