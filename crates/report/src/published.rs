//! Every figure of a report, one by one: the only way from sums to what is printed, so that what is hidden is hidden in
//! every format.

use ensilinja_ledger::{Indicator, Nps};
use ensilinja_model::Channel;

use crate::balances::{Balances, Span};
use crate::cells::Cells;
use crate::disclosure::Disclosure;
use crate::figure::{Figure, Kind};
use crate::quantity::Quantity;
use crate::subject::Subject;
use crate::value::{Value, nps_of};

/// The figures that may be printed.
#[derive(Debug)]
pub(crate) struct Published<'a> {
    pub balances: Balances<'a>,
    pub disclosure: Disclosure,
}

impl<'a> Published<'a> {
    pub const fn cells(&self) -> &'a Cells {
        self.balances.cells()
    }

    /// What a figure comes to.
    pub fn value(&self, subject: &Subject, span: Span, figure: Figure) -> Value {
        if !self.applies(subject, figure) {
            return Value::NotApplicable;
        }
        if !self.balances.is_known(span) {
            return Value::NotKnown;
        }
        let amount = |quantity| self.balances.amount(subject, span, quantity);
        let allows = |quantity: &Quantity| self.disclosure.allows(subject, span, *quantity);
        let n = match figure.kind() {
            Kind::Count(_) => None,
            Kind::Share { valid, .. } => Some(valid),
            Kind::Mean { of, .. } => Some(of),
            Kind::Nps => Some(Quantity::NpsAnswers),
        };
        if !figure.tells().iter().all(allows) {
            return Value::Hidden { n: n.filter(allows).map(amount) };
        }
        let nobody = if self.balances.is_closed(subject, span) { Value::Closed } else { Value::NoData };
        let n = n.map(amount);
        match figure.kind() {
            Kind::Count(quantity) if amount(quantity) == 0 && nobody == Value::Closed => nobody,
            Kind::Count(quantity) => Value::Count(amount(quantity)),
            _ if n.is_none_or(|n| n <= 0) => nobody,
            Kind::Share { good, valid } => Value::Share { good: amount(good), n: amount(valid) },
            Kind::Mean { sum_ms, of } => Value::Mean { sum_ms: amount(sum_ms), n: amount(of) },
            Kind::Nps => self.nps(subject, span, figure),
        }
    }

    /// Score, interval or band of answers there are.
    fn nps(&self, subject: &Subject, span: Span, figure: Figure) -> Value {
        let amount = |quantity| self.balances.amount(subject, span, quantity);
        let (difference, n) = (amount(Quantity::NpsDifference), amount(Quantity::NpsAnswers));
        let answers = Nps {
            promoters: amount(Quantity::Promoters),
            passives: amount(Quantity::Passives),
            detractors: amount(Quantity::Detractors),
        };
        match figure {
            Figure::NpsInterval => {
                answers.interval().map_or(Value::NoData, |(low, high)| Value::Interval { low, high, n })
            }
            Figure::NpsBand => nps_of(difference, n).band().map_or(Value::NoData, Value::Band),
            _ => Value::Score { difference, n },
        }
    }

    /// The share of callbacks as the county prints it: of all decided, but of the handled where nobody was answered
    /// while on the line. Of a line that only calls back it then says 100 %, as slide 16 does. It is the same in every
    /// period: an hour in which nobody happened to be answered makes no line one that only calls back.
    pub fn callback_share(&self, subject: &Subject) -> Indicator {
        let amount = |quantity| self.balances.amount(subject, Span::Whole, quantity);
        if amount(Quantity::Answered) == 0 && amount(Quantity::RequestsReached) > 0 {
            Indicator::CallbackShareOfHandled
        } else {
            Indicator::HandledAsCallback
        }
    }

    /// Whether a figure says anything about a subject.
    fn applies(&self, subject: &Subject, figure: Figure) -> bool {
        let by_phone_only = [
            Figure::Share(Indicator::HandledAsCallback),
            Figure::Share(Indicator::CallbackShareOfHandled),
            Figure::Share(Indicator::CallbackReached),
            Figure::CallbackWait,
            Figure::CallbackOpenWait,
            Figure::CallbacksLost,
        ];
        let Some(channel) = subject.channel(self.cells()) else {
            return Figure::OF_ALL_CHANNELS.contains(&figure) || figure == Figure::NpsBand;
        };
        let asks_for_callbacks = || self.balances.amount(subject, Span::Whole, Quantity::Requested) > 0;
        match figure {
            figure if by_phone_only.contains(&figure) => channel == Channel::Phone || asks_for_callbacks(),
            Figure::Share(indicator) => indicator.applies_to(channel),
            _ => true,
        }
    }
}
