//! The amount of each quantity, by subject and period.

use ensilinja_model::Channel;

use crate::quantity::Quantity;
use crate::report_data::ReportData;
use crate::subject::Subject;

/// The amount of each quantity, in the order of [`Quantity::ALL`].
type Amounts = [i64; Quantity::ALL.len()];

/// The time that a figure covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportSpan {
    /// One period, by its index in the report.
    Period(usize),
    /// All periods together.
    Whole,
}

/// The amounts of each line in each period. Totals are sums of amounts, never means of figures.
#[derive(Debug)]
pub(crate) struct Balances<'a> {
    data: &'a ReportData,
    /// By line, then by period.
    amounts: Vec<Vec<Amounts>>,
}

impl<'a> Balances<'a> {
    pub fn of(data: &'a ReportData) -> Self {
        let amounts = data.lines.iter().zip(&data.sums).map(|(line, periods)| {
            let amounts = |sums| std::array::from_fn(|i| Quantity::ALL[i].of(sums, line.service_level));
            periods.iter().map(amounts).collect()
        });
        Self { amounts: amounts.collect(), data }
    }

    pub const fn data(&self) -> &'a ReportData {
        self.data
    }

    /// Each period.
    pub fn spans(&self) -> impl Iterator<Item = ReportSpan> {
        (0..self.data.periods.len()).map(ReportSpan::Period)
    }

    /// The amount of a quantity.
    pub fn amount(&self, subject: &Subject, span: ReportSpan, quantity: Quantity) -> i64 {
        let of_line = |periods: &Vec<Amounts>| match span {
            ReportSpan::Period(period) => periods[period][quantity as usize],
            ReportSpan::Whole => periods.iter().map(|amounts| amounts[quantity as usize]).sum(),
        };
        self.lines(subject).map(|line| of_line(&self.amounts[line])).sum()
    }

    /// Whether the event history covers this time.
    pub fn is_known(&self, span: ReportSpan) -> bool {
        match span {
            ReportSpan::Period(period) => self.data.known[period],
            ReportSpan::Whole => self.data.known.iter().all(|known| *known),
        }
    }

    /// Whether no line of the subject was open at any time.
    pub fn is_closed(&self, subject: &Subject, span: ReportSpan) -> bool {
        self.lines(subject).all(|line| match span {
            ReportSpan::Period(period) => self.data.open_ms[line][period] == 0,
            ReportSpan::Whole => self.data.open_ms[line].iter().all(|open_ms| *open_ms == 0),
        })
    }

    /// Whether any line has this channel.
    pub fn has(&self, channel: Channel) -> bool {
        self.data.lines.iter().any(|line| line.channel == channel)
    }

    fn lines(&self, subject: &Subject) -> impl Iterator<Item = usize> {
        self.data.lines.iter().enumerate().filter(|(index, line)| subject.holds(*index, line)).map(|(index, _)| index)
    }
}
