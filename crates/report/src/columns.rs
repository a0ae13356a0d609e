//! The columns of the tables: those of the county's slides in their order, with further figures beside them.

use ensilinja_ledger::Indicator;
use ensilinja_model::Channel;

use crate::balances::ReportSpan;
use crate::figure::{Figure, FigureKind};
use crate::language::Language;
use crate::published_figures::PublishedFigures;
use crate::report_data::FiguresOnRequest;
use crate::report_table::ReportCell;
use crate::subject::Subject;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// A figure.
    Figure(Figure),
    /// The share of callbacks as on the county's slides: see [`PublishedFigures::callback_share`].
    CallbackShare,
}

const fn share(indicator: Indicator) -> Column {
    Column::Figure(Figure::Share(indicator))
}

/// Slides 15 and 16. Added: arrivals, callbacks as a share of the handled, waits in open time, lost callbacks, contacts
/// that timed out, service level, promise, hyte services and coverage.
const CALLS: &[Column] = &[
    Column::Figure(Figure::Offered),
    share(Indicator::AnsweredLive),
    Column::CallbackShare,
    share(Indicator::CallbackShareOfHandled),
    Column::Figure(Figure::CallbackWait),
    Column::Figure(Figure::CallbackOpenWait),
    Column::Figure(Figure::CallbacksLost),
    Column::Figure(Figure::TimedOut),
    Column::Figure(Figure::WaitUnknown),
    share(Indicator::Service),
    share(Indicator::ServiceLevel),
    share(Indicator::PromiseKept),
    share(Indicator::FirstContactResolution),
    share(Indicator::HandledInContact),
    share(Indicator::ContinuesInCountyServices),
    share(Indicator::ContinuesInHyteServices),
    share(Indicator::Coverage),
];

/// Slide 17. Added: arrivals, timeouts, service level, promise, hyte services and coverage.
const CHATS: &[Column] = &[
    Column::Figure(Figure::Offered),
    Column::Figure(Figure::AnswerWait),
    Column::Figure(Figure::WaitUnknown),
    share(Indicator::ChatNotAnswered),
    Column::Figure(Figure::TimedOut),
    share(Indicator::ServiceLevel),
    share(Indicator::PromiseKept),
    share(Indicator::FirstContactResolution),
    share(Indicator::HandledInContact),
    share(Indicator::ContinuesInCountyServices),
    share(Indicator::ContinuesInHyteServices),
    share(Indicator::Coverage),
];

/// No slide has text messages. These are the columns of chats, with the service percentage.
const TEXT_MESSAGES: &[Column] = &[
    Column::Figure(Figure::Offered),
    Column::Figure(Figure::AnswerWait),
    Column::Figure(Figure::WaitUnknown),
    Column::Figure(Figure::TimedOut),
    share(Indicator::Service),
    share(Indicator::PromiseKept),
    share(Indicator::FirstContactResolution),
    share(Indicator::HandledInContact),
    share(Indicator::ContinuesInCountyServices),
    share(Indicator::ContinuesInHyteServices),
    share(Indicator::Coverage),
];

/// Slides 19 to 21. Added: the interval and the band of the score.
pub(crate) const FEEDBACK: &[Column] = &[
    Column::Figure(Figure::Nps),
    Column::Figure(Figure::NpsInterval),
    Column::Figure(Figure::NpsBand),
    share(Indicator::KnowsHowCareContinues),
    share(Indicator::GotASolution),
];

/// The columns of tables of goals for the number of contacts.
pub(crate) const VOLUME: &[Column] =
    &[Column::Figure(Figure::Offered), Column::Figure(Figure::ContactsGoal), Column::Figure(Figure::OfContactsGoal)];

/// The columns for lines of a channel. Contacts that timed out, or whose wait is unknown, have a column only if `any`
/// says that there are any: most platforms leave contacts in the queue and know how long they waited. The figures in
/// `also` come last.
pub(crate) fn of_channel(channel: Channel, also: FiguresOnRequest, any: impl Fn(Figure) -> bool) -> Vec<Column> {
    let columns = match channel {
        Channel::Phone => CALLS,
        Channel::Chat => CHATS,
        Channel::Sms => TEXT_MESSAGES,
    };
    let is_shown = |column: &&Column| match **column {
        Column::Figure(figure @ (Figure::TimedOut | Figure::WaitUnknown)) => any(figure),
        Column::Figure(_) | Column::CallbackShare => true,
    };
    let on_request = Figure::ON_REQUEST.iter().filter(|figure| figure.is_requested(also)).map(|it| Column::Figure(*it));
    columns.iter().filter(is_shown).copied().chain(on_request).collect()
}

impl Column {
    /// The figure that names it.
    pub const fn figure(self) -> Figure {
        match self {
            Self::Figure(figure) => figure,
            Self::CallbackShare => Figure::Share(Indicator::HandledAsCallback),
        }
    }

    /// Its heading.
    pub fn heading(self, language: Language) -> String {
        heading(self.figure(), language)
    }

    /// Its cell in the row of a subject and a time.
    pub fn cell(self, published: &PublishedFigures<'_>, subject: &Subject, span: ReportSpan) -> ReportCell {
        match self {
            Self::Figure(figure) => published.value(subject, span, figure).into(),
            Self::CallbackShare => {
                let indicator = published.callback_share(subject);
                let value = published.value(subject, span, Figure::Share(indicator));
                ReportCell { value, marked: indicator == Indicator::CallbackShareOfHandled }
            }
        }
    }
}

/// The name of a figure as a heading, with `%` for percentages and `(n)` for figures with an n.
pub(crate) fn heading(figure: Figure, language: Language) -> String {
    let name = figure.name(language);
    match figure.kind() {
        FigureKind::VolumeGoal if figure == Figure::OfContactsGoal => format!("{name} %"),
        FigureKind::Count(_) | FigureKind::VolumeGoal => name.to_owned(),
        FigureKind::Share { .. } if name.contains('%') => format!("{name} (n)"),
        FigureKind::Share { .. } => format!("{name} % (n)"),
        FigureKind::Nps if figure != Figure::Nps => name.to_owned(),
        FigureKind::Mean { .. } | FigureKind::Nps => format!("{name} (n)"),
    }
}
