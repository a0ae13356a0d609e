//! How much of each quantity there is, by subject and period.

use ensilinja_model::Channel;

use crate::quantity::Quantity;
use crate::report_data::ReportData;
use crate::subject::Subject;

/// How much of each quantity.
type Amounts = [i64; Quantity::ALL.len()];

/// Which time a figure is about: a period of the report by its position, or all of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportSpan {
    /// One period.
    Period(usize),
    /// All periods together.
    Whole,
}

/// How much of each quantity each line has in each period. Sums are added, never averaged.
#[derive(Debug)]
pub(crate) struct Balances<'a> {
    cells: &'a ReportData,
    /// By line and then by period.
    amounts: Vec<Vec<Amounts>>,
}

impl<'a> Balances<'a> {
    pub fn of(cells: &'a ReportData) -> Self {
        let amounts = cells.lines.iter().zip(&cells.sums).map(|(line, periods)| {
            let amounts = |sums| std::array::from_fn(|i| Quantity::ALL[i].of(sums, line.service_level));
            periods.iter().map(amounts).collect()
        });
        Self { amounts: amounts.collect(), cells }
    }

    pub const fn cells(&self) -> &'a ReportData {
        self.cells
    }

    /// The periods, one by one.
    pub fn spans(&self) -> impl Iterator<Item = ReportSpan> {
        (0..self.cells.periods.len()).map(ReportSpan::Period)
    }

    /// How much of a quantity there is.
    pub fn amount(&self, subject: &Subject, span: ReportSpan, quantity: Quantity) -> i64 {
        let of_line = |periods: &Vec<Amounts>| match span {
            ReportSpan::Period(period) => periods[period][quantity as usize],
            ReportSpan::Whole => periods.iter().map(|amounts| amounts[quantity as usize]).sum(),
        };
        self.lines(subject).map(|line| of_line(&self.amounts[line])).sum()
    }

    /// Whether the history of events holds all of that time.
    pub fn is_known(&self, span: ReportSpan) -> bool {
        match span {
            ReportSpan::Period(period) => self.cells.known[period],
            ReportSpan::Whole => self.cells.known.iter().all(|known| *known),
        }
    }

    /// Whether none of its lines was open for a moment.
    pub fn is_closed(&self, subject: &Subject, span: ReportSpan) -> bool {
        self.lines(subject).all(|line| match span {
            ReportSpan::Period(period) => self.cells.open_ms[line][period] == 0,
            ReportSpan::Whole => self.cells.open_ms[line].iter().all(|open_ms| *open_ms == 0),
        })
    }

    /// Whether any line is reached in this way.
    pub fn has(&self, channel: Channel) -> bool {
        self.cells.lines.iter().any(|line| line.channel == channel)
    }

    fn lines(&self, subject: &Subject) -> impl Iterator<Item = usize> {
        self.cells.lines.iter().enumerate().filter(|(index, line)| subject.holds(*index, line)).map(|(index, _)| index)
    }
}
