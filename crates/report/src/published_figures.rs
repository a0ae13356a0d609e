//! The figures of a report after disclosure control. It is the only way from sums to printed values, so a hidden value
//! is hidden in every format.

use ensilinja_ledger::{Indicator, Nps};
use ensilinja_model::Channel;

use crate::balances::{Balances, ReportSpan};
use crate::cell_value::{CellValue, nps_of};
use crate::disclosure::Disclosure;
use crate::figure::{Figure, FigureKind};
use crate::goal_comparison;
use crate::quantity::Quantity;
use crate::report_data::ReportData;
use crate::subject::Subject;

/// The figures of a report, with hidden ones replaced.
#[derive(Debug)]
pub(crate) struct PublishedFigures<'a> {
    pub balances: Balances<'a>,
    pub disclosure: Disclosure,
}

impl<'a> PublishedFigures<'a> {
    pub const fn data(&self) -> &'a ReportData {
        self.balances.data()
    }

    /// The value of a figure.
    pub fn value(&self, subject: &Subject, span: ReportSpan, figure: Figure) -> CellValue {
        if !self.applies(subject, figure) {
            return CellValue::NotApplicable;
        }
        if !self.balances.is_known(span) {
            return CellValue::NotKnown;
        }
        let amount = |quantity| self.balances.amount(subject, span, quantity);
        let allows = |quantity: &Quantity| self.disclosure.allows(subject, span, *quantity);
        let n = match figure.kind() {
            FigureKind::Count(_) | FigureKind::VolumeGoal => None,
            FigureKind::Share { valid, .. } => Some(valid),
            FigureKind::Mean { of, .. } => Some(of),
            FigureKind::Nps => Some(Quantity::NpsAnswers),
        };
        if figure.kind() == FigureKind::VolumeGoal && goal_comparison::of(self.data(), subject).is_none() {
            return CellValue::NotApplicable;
        }
        if !figure.discloses().iter().all(allows) {
            return CellValue::Hidden { n: n.filter(allows).map(amount) };
        }
        let empty = if self.balances.is_closed(subject, span) { CellValue::Closed } else { CellValue::NoData };
        let n = n.map(amount);
        match figure.kind() {
            FigureKind::Count(quantity) if amount(quantity) == 0 && empty == CellValue::Closed => empty,
            FigureKind::Count(quantity) => CellValue::Count(amount(quantity)),
            FigureKind::VolumeGoal if figure == Figure::ContactsGoal => {
                goal_comparison::goal(self.data(), subject, span)
            }
            FigureKind::VolumeGoal => goal_comparison::share(self.data(), subject, span, amount(Quantity::Offered)),
            _ if n.is_none_or(|n| n <= 0) => empty,
            FigureKind::Share { good, valid } => CellValue::Share { good: amount(good), n: amount(valid) },
            FigureKind::Mean { sum_ms, of } => CellValue::Mean { sum_ms: amount(sum_ms), n: amount(of) },
            FigureKind::Nps => self.nps(subject, span, figure),
        }
    }

    /// The score, interval or band; there is at least one answer.
    fn nps(&self, subject: &Subject, span: ReportSpan, figure: Figure) -> CellValue {
        let amount = |quantity| self.balances.amount(subject, span, quantity);
        let (difference, n) = (amount(Quantity::NpsDifference), amount(Quantity::NpsAnswers));
        let answers = Nps {
            promoters: amount(Quantity::Promoters),
            passives: amount(Quantity::Passives),
            detractors: amount(Quantity::Detractors),
        };
        match figure {
            Figure::NpsInterval => {
                answers.interval().map_or(CellValue::NoData, |(low, high)| CellValue::Interval { low, high, n })
            }
            Figure::NpsBand => nps_of(difference, n).band().map_or(CellValue::NoData, CellValue::Band),
            _ => CellValue::Score { difference, n },
        }
    }

    /// The share of callbacks as on the county's slides: of contacts decided, or of contacts handled if the line
    /// answers no call directly. A line that only calls back then has 100 %, as on slide 16. The choice is made for the
    /// whole report, so an hour without answered calls does not change it.
    pub fn callback_share(&self, subject: &Subject) -> Indicator {
        let amount = |quantity| self.balances.amount(subject, ReportSpan::Whole, quantity);
        if amount(Quantity::Answered) == 0 && amount(Quantity::RequestsReached) > 0 {
            Indicator::CallbackShareOfHandled
        } else {
            Indicator::HandledAsCallback
        }
    }

    /// Whether a figure applies to a subject.
    fn applies(&self, subject: &Subject, figure: Figure) -> bool {
        let by_phone_only = [
            Figure::Share(Indicator::HandledAsCallback),
            Figure::Share(Indicator::CallbackShareOfHandled),
            Figure::Share(Indicator::CallbackReached),
            Figure::CallbackWait,
            Figure::CallbackOpenWait,
            Figure::CallbacksLost,
        ];
        let Some(channel) = subject.channel(self.data()) else {
            return Figure::OF_ALL_CHANNELS.contains(&figure) || figure == Figure::NpsBand;
        };
        let asks_for_callbacks = || self.balances.amount(subject, ReportSpan::Whole, Quantity::Requested) > 0;
        match figure {
            figure if by_phone_only.contains(&figure) => channel == Channel::Phone || asks_for_callbacks(),
            Figure::Share(indicator) => indicator.applies_to(channel),
            _ => true,
        }
    }
}
