//! Which figures stand side by side: the county's columns in the county's order, and what truth needs beside them.

use ensilinja_ledger::Indicator;
use ensilinja_model::Channel;

use crate::balances::ReportSpan;
use crate::figure::{Figure, FigureKind};
use crate::language::Language;
use crate::published_figures::PublishedFigures;
use crate::report_table::ReportCell;
use crate::subject::Subject;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// A figure.
    Figure(Figure),
    /// The share of callbacks as the county prints it: see [`PublishedFigures::callback_share`].
    CallbackShare,
}

const fn share(indicator: Indicator) -> Column {
    Column::Figure(Figure::Share(indicator))
}

/// Slides 15 and 16; arrivals, the other denominator of callbacks, waits in open time, callbacks nobody made, service
/// level, promise, hyte services and coverage are ours.
const CALLS: &[Column] = &[
    Column::Figure(Figure::Offered),
    share(Indicator::AnsweredLive),
    Column::CallbackShare,
    share(Indicator::CallbackShareOfHandled),
    Column::Figure(Figure::CallbackWait),
    Column::Figure(Figure::CallbackOpenWait),
    Column::Figure(Figure::CallbacksLost),
    share(Indicator::Service),
    share(Indicator::ServiceLevel),
    share(Indicator::PromiseKept),
    share(Indicator::FirstContactResolution),
    share(Indicator::HandledInContact),
    share(Indicator::ContinuesInCountyServices),
    share(Indicator::ContinuesInHyteServices),
    share(Indicator::Coverage),
];

/// Slide 17; arrivals, service level, promise, hyte services and coverage are ours.
const CHATS: &[Column] = &[
    Column::Figure(Figure::Offered),
    Column::Figure(Figure::AnswerWait),
    share(Indicator::ChatNotAnswered),
    share(Indicator::ServiceLevel),
    share(Indicator::PromiseKept),
    share(Indicator::FirstContactResolution),
    share(Indicator::HandledInContact),
    share(Indicator::ContinuesInCountyServices),
    share(Indicator::ContinuesInHyteServices),
    share(Indicator::Coverage),
];

/// No slide shows text messages: the columns of chats, with the service percentage.
const TEXT_MESSAGES: &[Column] = &[
    Column::Figure(Figure::Offered),
    Column::Figure(Figure::AnswerWait),
    share(Indicator::Service),
    share(Indicator::PromiseKept),
    share(Indicator::FirstContactResolution),
    share(Indicator::HandledInContact),
    share(Indicator::ContinuesInCountyServices),
    share(Indicator::ContinuesInHyteServices),
    share(Indicator::Coverage),
];

/// Slides 19 to 21, with the interval and the band of the score.
pub(crate) const FEEDBACK: &[Column] = &[
    Column::Figure(Figure::Nps),
    Column::Figure(Figure::NpsInterval),
    Column::Figure(Figure::NpsBand),
    share(Indicator::KnowsHowCareContinues),
    share(Indicator::GotASolution),
];

/// The columns of the lines that are reached in one way.
pub(crate) const fn of_channel(channel: Channel) -> &'static [Column] {
    match channel {
        Channel::Phone => CALLS,
        Channel::Chat => CHATS,
        Channel::Sms => TEXT_MESSAGES,
    }
}

impl Column {
    /// Its heading.
    pub fn heading(self, language: Language) -> String {
        let figure = match self {
            Self::Figure(figure) => figure,
            Self::CallbackShare => Figure::Share(Indicator::HandledAsCallback),
        };
        heading(figure, language)
    }

    /// Its cell in a row.
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

/// A figure's name as a heading: what is a percentage says so, and what has an n too.
pub(crate) fn heading(figure: Figure, language: Language) -> String {
    let name = figure.name(language);
    match figure.kind() {
        FigureKind::Count(_) => name.to_owned(),
        FigureKind::Share { .. } if name.contains('%') => format!("{name} (n)"),
        FigureKind::Share { .. } => format!("{name} % (n)"),
        FigureKind::Nps if figure != Figure::Nps => name.to_owned(),
        FigureKind::Mean { .. } | FigureKind::Nps => format!("{name} (n)"),
    }
}
