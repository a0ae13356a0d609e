//! An attacker, who tries to compute hidden counts from public reports.
//!
//! The attacker knows every definition, the lines of each group and channel, and that no count is negative. The
//! unknowns are the *atoms*: disjoint counts of the contacts of each line and month. Each shown figure discloses one or
//! two sums of atoms. A count is disclosed if it follows from these sums.

use std::collections::BTreeMap;

use ensilinja_ledger::{Decision, NpsGroup, Promise, Resolution, Sums, Undecided, UnknownWait, Verdict, Within};
use ensilinja_model::{Outcome, Survey, YesNo};
use ensilinja_report::{CellValue, Figure, PeriodKind, Report, ReportData, ReportFacts};

/// The number of contacts that an atom counts.
type Count = fn(&Sums) -> i64;

/// The atoms of a line and month. They are disjoint, so every count is a sum of atoms.
const ATOMS: [(&str, Count); 26] = [
    ("answered within the threshold", |sums| sums.within_threshold(Within::Answered)),
    ("answered beyond it", |sums| sums.answer_waits().count() - sums.within_threshold(Within::Answered)),
    ("request, reached", Sums::requests_reached),
    ("request, lost", lost),
    ("request, other", |sums| sums.decided(Decision::CallbackRequested) - sums.requests_reached() - lost(sums)),
    ("abandoned at once", |sums| sums.decided(Decision::AbandonedShort)),
    ("abandoned", |sums| {
        [Decision::AbandonedMenu, Decision::AbandonedQueue, Decision::AbandonedRinging]
            .iter()
            .map(|decision| sums.decided(*decision))
            .sum::<i64>()
            - sums.wait_unknown(UnknownWait::Abandoned)
    }),
    ("promise kept", |sums| promises(sums, Verdict::Kept)),
    ("promise broken", |sums| promises(sums, Verdict::Broken)),
    ("outcome handled", |sums| sums.outcomes(Outcome::Handled)),
    ("outcome county", |sums| sums.outcomes(Outcome::ContinuesCounty)),
    ("outcome hyte", |sums| sums.outcomes(Outcome::ContinuesHyte)),
    ("outcome other", |sums| sums.outcomes(Outcome::Other)),
    ("promoter", |sums| sums.nps_answers(NpsGroup::Promoter)),
    ("passive", |sums| sums.nps_answers(NpsGroup::Passive)),
    ("detractor", |sums| sums.nps_answers(NpsGroup::Detractor)),
    ("knows", |sums| sums.survey_answers(Survey::Continues, YesNo::Yes)),
    ("does not know", |sums| sums.survey_answers(Survey::Continues, YesNo::No)),
    ("solved", |sums| sums.survey_answers(Survey::Solved, YesNo::Yes)),
    ("not solved", |sums| sums.survey_answers(Survey::Solved, YesNo::No)),
    ("callback closed otherwise", |sums| {
        [Resolution::Unreached, Resolution::Cancelled, Resolution::Duplicate]
            .iter()
            .map(|resolution| sums.callbacks_closed(*resolution))
            .sum()
    }),
    ("timed out", |sums| sums.decided(Decision::TimedOut) - sums.wait_unknown(UnknownWait::TimedOut)),
    ("timed out, left out", |sums| sums.undecided(Undecided::TimedOut)),
    ("answered after an unknown wait", |sums| sums.wait_unknown(UnknownWait::Answered)),
    ("abandoned after an unknown wait", |sums| sums.wait_unknown(UnknownWait::Abandoned)),
    ("timed out after an unknown wait", |sums| sums.wait_unknown(UnknownWait::TimedOut)),
];

fn lost(sums: &Sums) -> i64 {
    [Resolution::Purged, Resolution::Expired, Resolution::GivenUp].iter().map(|it| sums.callbacks_closed(*it)).sum()
}

fn promises(sums: &Sums, verdict: Verdict) -> i64 {
    Promise::ALL.iter().map(|promise| sums.promises(*promise, verdict)).sum()
}

const ANSWERED: &[usize] = &[0, 1, 23];
const KNOWN_WAITS: &[usize] = &[0, 1];
const SERVED: &[usize] = &[0, 1, 2, 3, 4, 23];
const OFFERED: &[usize] = &[0, 1, 2, 3, 4, 5, 6, 21, 22, 23, 24, 25];
const DECIDED: &[usize] = &[0, 1, 2, 3, 4, 5, 6, 21, 23, 24, 25];
const NOT_SERVED: &[usize] = &[5, 6, 21, 24, 25];
const JUDGED: &[usize] = &[0, 1, 2, 3, 4, 6, 21, 25];
const HANDLED: &[usize] = &[0, 1, 2, 23];
const OUTCOMES: &[usize] = &[9, 10, 11, 12];

/// Numerator (with a part to subtract) and denominator of each figure, in atoms. A mean discloses its denominator.
fn parts(figure: &str) -> Option<(&'static [usize], &'static [usize], &'static [usize])> {
    Some(match figure {
        // The goal is public, so the share of it discloses the contacts.
        "offered" | "contacts_of_goal_ratio" => (OFFERED, &[], &[]),
        // A goal is public. Orphans and flags have no atoms here: their own test looks for them.
        "contacts_goal" | "orphaned" | "inferred" | "outside_hours" => (&[], &[], &[]),
        "timed_out" => (&[21, 22, 25], &[], &[]),
        "wait_unknown" => (&[23, 24, 25], &[], &[]),
        "callbacks_lost" => (&[3], &[], &[]),
        "answered_live" => (ANSWERED, &[], DECIDED),
        "handled_as_callback" => (&[2], &[], DECIDED),
        "callback_share_of_handled" => (&[2], &[], HANDLED),
        "callback_reached" => (&[2], &[], &[2, 3, 20]),
        "service" => (SERVED, &[], DECIDED),
        "service_level" => (&[0], &[], JUDGED),
        "chat_not_answered" => (NOT_SERVED, &[], DECIDED),
        "promise_kept" => (&[7], &[], &[7, 8]),
        "first_contact_resolution" => (&[9, 10, 11], &[], OUTCOMES),
        "handled_in_contact" => (&[9], &[], OUTCOMES),
        "continues_in_county_services" => (&[10], &[], OUTCOMES),
        "continues_in_hyte_services" => (&[11], &[], OUTCOMES),
        "coverage" => (OUTCOMES, &[], HANDLED),
        "answer_wait_mean_seconds" => (&[], &[], KNOWN_WAITS),
        "callback_wait_mean_seconds" | "callback_open_wait_mean_seconds" => (&[], &[], &[2]),
        "nps" | "nps_interval" => (&[13], &[15], &[13, 14, 15]),
        "knows_how_care_continues" => (&[16], &[], &[16, 17]),
        "got_a_solution" => (&[18], &[], &[18, 19]),
        _ => return None,
    })
}

/// Further counts of people that must not be disclosed if small, in rows with the given figure.
const FURTHER_COUNTS: [(&str, &[usize]); 10] = [
    ("nps", &[13]),
    ("nps", &[14]),
    ("nps", &[15]),
    ("coverage", &[12]),
    ("service", &[2, 3, 4]),
    ("service_level", &[5]),
    ("timed_out", &[21, 25]),
    ("wait_unknown", &[23]),
    ("wait_unknown", &[24, 25]),
    ("timed_out", &[22]),
];

/// A linear form: the coefficients of the atoms of every line and period.
type Form = Vec<i64>;

pub struct Attacker<'a> {
    data: &'a ReportData,
    /// The values of the atoms. The attacker does not know them.
    truth: Vec<i64>,
    /// Whether the reports show that an atom is 0.
    none: Vec<bool>,
    /// The disclosed sums, in solved form, by pivot.
    knowledge: BTreeMap<usize, Vec<i64>>,
}

const PRIME: i64 = 1_000_000_007;

impl<'a> Attacker<'a> {
    /// An attacker who has read these reports.
    pub fn of(data: &'a ReportData, reports: &[&Report]) -> Self {
        let atoms = data.sums.iter().flatten().flat_map(|sums| ATOMS.iter().map(move |(_, count)| count(sums)));
        let truth: Vec<i64> = atoms.collect();
        let mut attacker = Self { data, none: vec![false; truth.len()], truth, knowledge: BTreeMap::new() };
        let mut shown: Vec<Vec<Form>> = Vec::new();
        for facts in reports.iter().flat_map(|report| &report.facts) {
            shown.extend(facts.figures.iter().map(|(figure, value)| attacker.disclosed(facts, *figure, value)));
        }
        for sums in &shown {
            attacker.mark_zeros(sums);
        }
        for known in shown.into_iter().flatten() {
            attacker.learn(known);
        }
        attacker
    }

    /// Marks atoms that must be 0: the parts of a sum that is 0, and the rest of a whole whose shown part equals it.
    fn mark_zeros(&mut self, shown: &[Form]) {
        let rest = match shown {
            [part, whole] => Some(whole.iter().zip(part).map(|(whole, part)| whole - part).collect()),
            _ => None,
        };
        for sum in shown.iter().chain(&rest) {
            let amount: i64 = sum.iter().zip(&self.truth).map(|(times, amount)| times * amount).sum();
            if amount == 0 && sum.iter().all(|times| *times >= 0) {
                self.none.iter_mut().zip(sum).for_each(|(none, times)| *none |= *times > 0);
            }
        }
    }

    /// The sums that a value discloses.
    fn disclosed(&self, facts: &ReportFacts, figure: Figure, value: &CellValue) -> Vec<Form> {
        let Some((plus, minus, n)) = parts(figure.id()) else { panic!("unknown figure {}", figure.id()) };
        let numerator = self.form(facts, plus, minus);
        let n = self.form(facts, n, &[]);
        match value {
            CellValue::Count(_) | CellValue::OfGoal { .. } => vec![numerator],
            // Score, interval and n together determine each of the three groups.
            CellValue::Interval { .. } => [&[13][..], &[14], &[15]].map(|group| self.form(facts, group, &[])).into(),
            CellValue::Share { .. } | CellValue::Mean { .. } | CellValue::Score { .. } => vec![numerator, n],
            CellValue::NoData | CellValue::Closed | CellValue::Hidden { n: Some(_) } => vec![n],
            CellValue::Goal(_)
            | CellValue::NotComparable
            | CellValue::Hidden { n: None }
            | CellValue::NotKnown
            | CellValue::NotApplicable => Vec::new(),
            CellValue::Band(_) | CellValue::Target(_) => panic!("not among the facts"),
        }
    }

    /// The sum of these atoms over the lines and periods of a row.
    fn form(&self, facts: &ReportFacts, plus: &[usize], minus: &[usize]) -> Form {
        let mut form = vec![0; self.truth.len()];
        let periods = self.data.periods.len();
        for (index, line) in self.data.lines.iter().enumerate() {
            let is_of = facts.line.as_ref().is_none_or(|id| *id == line.id.as_str())
                && facts.channel.is_none_or(|channel| channel == line.channel)
                && (facts.level != "group" || facts.group.as_deref() == Some(line.group.as_str()));
            for (position, period) in self.data.periods.iter().enumerate() {
                if is_of && (facts.period.kind == PeriodKind::Whole || facts.period == *period) {
                    let first = (index * periods + position) * ATOMS.len();
                    for atom in plus {
                        form[first + atom] += 1;
                    }
                    for atom in minus {
                        form[first + atom] -= 1;
                    }
                }
            }
        }
        form
    }

    /// The part of a sum that the known sums do not determine.
    fn remainder(&self, mut form: Form) -> Form {
        for (times, none) in form.iter_mut().zip(&self.none) {
            *times = if *none { 0 } else { times.rem_euclid(PRIME) };
        }
        for (pivot, solved) in &self.knowledge {
            let times = form[*pivot];
            if times != 0 {
                for (entry, other) in form.iter_mut().zip(solved) {
                    *entry = (*entry - times * other % PRIME).rem_euclid(PRIME);
                }
            }
        }
        form
    }

    fn learn(&mut self, known: Form) {
        let mut form = self.remainder(known);
        if let Some(pivot) = form.iter().position(|entry| *entry != 0) {
            let inverse = power(form[pivot], PRIME - 2);
            for entry in &mut form {
                *entry = *entry * inverse % PRIME;
            }
            self.knowledge.insert(pivot, form);
        }
    }

    /// The small counts in the rows of a report that the attacker can compute.
    pub fn computed(&self, report: &Report) -> Vec<String> {
        let mut found = Vec::new();
        for facts in &report.facts {
            let of_figures = facts.figures.iter().filter(|(figure, _)| !figure.id().starts_with("nps"));
            let of_figures = of_figures.filter_map(|(figure, _)| parts(figure.id())).flat_map(|(plus, _, n)| {
                let rest: Vec<usize> = n.iter().copied().filter(|atom| !plus.contains(atom)).collect();
                [plus.to_vec(), n.to_vec(), rest]
            });
            let prints = |id: &str| facts.figures.iter().any(|(figure, _)| figure.id() == id);
            let further = FURTHER_COUNTS.iter().filter(|(figure, _)| prints(figure)).map(|(_, atoms)| atoms.to_vec());
            for atoms in of_figures.chain(further) {
                let form = self.form(facts, &atoms, &[]);
                let count: i64 = form.iter().zip(&self.truth).map(|(times, amount)| times * amount).sum();
                if (1..5).contains(&count) && self.remainder(form).iter().all(|entry| *entry == 0) {
                    let names: Vec<&str> = atoms.iter().map(|atom| ATOMS[*atom].0).collect();
                    found.push(format!(
                        "{} {:?} {:?}: {names:?} = {count}",
                        facts.level, facts.line, facts.period.start
                    ));
                }
            }
        }
        found
    }
}

fn power(base: i64, exponent: i64) -> i64 {
    match exponent {
        0 => 1,
        even if even % 2 == 0 => power(base * base % PRIME, even / 2),
        odd => base * power(base, odd - 1) % PRIME,
    }
}
