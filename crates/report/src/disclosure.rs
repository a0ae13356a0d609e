//! Disclosure control: what of a public report has to be hidden.
//!
//! Contacts are those of health and social care, and a small count tells who somebody is to whoever knows a little
//! more. The rule is the usual threshold of tables of counts, 5, applied to everything a figure tells:
//!
//! 1. A count of one to four people is hidden: arrivals and every n, but also the numerator of a percentage and its
//!    complement (38 of 40 tells of 2), each recorded outcome, and promoters, passives and detractors. A 0 is shown.
//! 2. Everything is hidden that lets such a count be computed: totals of lines, of groups and of periods, parts that
//!    add up to a whole, figures that share a denominator, a mean with its n. What is hidden for this is that by which
//!    the fewest figures are lost.
//! 3. All hidden cells look alike: whether a cell was hidden for itself or for another is not said.
//!
//! It is decided for the rows by line and by group together, so these two reports may be published side by side.
//! Reports that cut the same time differently are not decided together: publish one of months and quarters, and no two
//! reports of overlapping times or choices of lines. Days and hours are too fine to be published at all.

mod elimination;
mod suppression;

use std::collections::BTreeMap;

use crate::balances::{Balances, ReportSpan};
use crate::figure::Figure;
use crate::quantity::{Quantity, Rest, SPLITS};
use crate::report_data::Breakdown;
use crate::subject::Subject;
use suppression::{SumScope, SumSystem};

pub use suppression::FEWEST_SHOWN;

/// What may be shown.
#[derive(Debug)]
pub(crate) enum Disclosure {
    /// Everything: the report is not public.
    All,
    /// What is not hidden.
    Safe {
        /// The counts that were judged: what was not must not be shown.
        indices: BTreeMap<(Subject, ReportSpan, Quantity), usize>,
        hidden: Vec<bool>,
    },
}

impl Disclosure {
    /// What may be shown of a public report.
    pub fn of_public(balances: &Balances<'_>, by: Breakdown) -> Self {
        let mut table = CountTable { balances, by, sums: SumSystem::default(), indices: BTreeMap::new() };
        let cells = balances.cells();
        let (mut subjects, spans) = match by {
            Breakdown::Line | Breakdown::Group => {
                ([Subject::lines(cells), Subject::groups(cells)].concat(), vec![ReportSpan::Whole])
            }
            Breakdown::Month => (Subject::lines(cells), balances.spans().chain([ReportSpan::Whole]).collect()),
            Breakdown::Quarter | Breakdown::Day | Breakdown::Hour => {
                (Vec::new(), balances.spans().chain([ReportSpan::Whole]).collect())
            }
        };
        subjects.extend(Subject::totals(cells));
        subjects.sort();
        subjects.dedup();
        table.push(&subjects, &spans);
        table.connect();
        let hidden = table.sums.hidden();
        Self::Safe { indices: table.indices, hidden }
    }

    /// Whether this count may be told.
    pub fn allows(&self, subject: &Subject, span: ReportSpan, quantity: Quantity) -> bool {
        match self {
            Self::All => true,
            Self::Safe { indices, hidden } => {
                indices.get(&(subject.clone(), span, quantity)).is_some_and(|index| !hidden[*index])
            }
        }
    }
}

/// The counts of a report on their way into a system of sums.
struct CountTable<'a> {
    balances: &'a Balances<'a>,
    by: Breakdown,
    sums: SumSystem,
    indices: BTreeMap<(Subject, ReportSpan, Quantity), usize>,
}

impl CountTable<'_> {
    /// Adds the counts that are told of these, and those by which the score of a few answers could be taken apart.
    fn push(&mut self, subjects: &[Subject], spans: &[ReportSpan]) {
        for subject in subjects {
            let figures = Figure::printed_of(subject, self.by);
            let losses = |quantity: Quantity| figures.iter().filter(|it| it.tells().contains(&quantity)).count() as u64;
            let is_full = figures == Figure::MACHINE_READABLE;
            let is_judged = |quantity: &Quantity| {
                !quantity.is_time()
                    && (is_full || losses(*quantity) > 0 || Figure::NpsInterval.tells().contains(quantity))
            };
            for (span, quantity) in
                spans.iter().flat_map(|span| Quantity::ALL.iter().copied().filter(is_judged).map(move |it| (*span, it)))
            {
                let amount = self.balances.amount(subject, span, quantity);
                let index = self.sums.push(amount, quantity.counts_people(), losses(quantity));
                self.indices.insert((subject.clone(), span, quantity), index);
            }
        }
    }

    /// Says which counts add up to which: lines, periods, and the parts of a row.
    fn connect(&mut self) {
        let keys: Vec<(Subject, ReportSpan, Quantity)> = self.indices.keys().cloned().collect();
        let mut subjects: Vec<Subject> = keys.iter().map(|(subject, ..)| subject.clone()).collect();
        subjects.dedup();
        for (subject, span, quantity) in &keys {
            let whole = self.indices[&(subject.clone(), *span, *quantity)];
            let parts = subject.parts(self.balances.cells(), &subjects);
            self.add_up(whole, parts.into_iter().map(|part| (part.clone(), *span, *quantity)));
            if *span == ReportSpan::Whole {
                self.add_up(whole, self.balances.spans().map(|part| (subject.clone(), part, *quantity)));
            }
            for split in SPLITS.iter().filter(|split| split.whole == *quantity) {
                let mut parts: Vec<Option<usize>> = split
                    .parts
                    .iter()
                    .map(|part| self.indices.get(&(subject.clone(), *span, *part)).copied())
                    .collect();
                if split.rest == Rest::People {
                    let known: i64 = parts.iter().flatten().map(|part| self.sums.value(*part)).sum();
                    parts.push(Some(self.sums.push(self.sums.value(whole) - known, true, 0)));
                }
                if let Some(parts) = parts.into_iter().collect::<Option<Vec<usize>>>() {
                    self.sums.add_up(SumScope::Row, whole, parts);
                }
            }
        }
    }

    fn add_up(&mut self, whole: usize, parts: impl Iterator<Item = (Subject, ReportSpan, Quantity)>) {
        let parts: Vec<usize> = parts.filter_map(|part| self.indices.get(&part).copied()).collect();
        if !parts.is_empty() {
            self.sums.add_up(SumScope::Table, whole, parts);
        }
    }
}
