//! The county's published tables, reproduced: nine months are simulated, and every legible published cell is compared
//! with a count over the simulated facts.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its tables fails")]

mod comparison;
mod legs;
mod tables;

use std::collections::BTreeMap;

use ensilinja_model::{Channel, EventTime, LineId, Outcome, Survey};
use ensilinja_sim::{County, Generator};
use jiff::civil::Date;

use self::comparison::{Comparison, Tolerance};
use self::legs::{Leg, Legs, Verdict};
use self::tables::{ARRIVALS, CHAT, FEEDBACK, PHONE, Row, TARGETS, TOTALS, rows};

/// Midnight in Helsinki on 2025-01-01 and on 2025-11-05, by which all callbacks of October are resolved.
const START: EventTime = EventTime::from_seconds(1_735_682_400);
const END: EventTime = EventTime::from_seconds(1_762_293_600);

fn simulated(seed: u64) -> Legs {
    let events = Generator::new(&County::oma_hame(), seed, START, 1.0).take_while(|event| event.reported_at < END);
    Legs::of(County::oma_hame(), events)
}

fn nine_months(day: Date) -> bool {
    day.year() == 2025 && day.month() <= 9
}

fn is_in_month(day: Date, month: &str) -> bool {
    day.strftime("%Y-%m").to_string() == month
}

/// The lines of a published name. Some names stand for several lines, and one differs from the id of its line.
fn lines(name: &str) -> Vec<usize> {
    let ids: &[&str] = match name {
        "suun_terveydenhuolto" => &["suun_kiireellinen", "suun_kiireeton"],
        "pth_kiireeton" | "pth_kiireettomat" => &["pth_hameenlinna", "pth_forssa", "pth_janakkala", "pth_riihimaki"],
        "kuntoutus_chat" => &["fysioterapia_chat"],
        other => &[other],
    };
    let county = County::oma_hame();
    let index = |id: &&str| county.lines.iter().position(|line| line.id == LineId::parse(id).unwrap()).unwrap();
    ids.iter().map(index).collect()
}

/// The lines of a row. Neuvola and perhesuunnittelu are published as one row, except for their outcomes.
fn lines_of_row(name: &str) -> Vec<usize> {
    match name {
        "neuvola" | "perhesuunnittelu" => ["neuvola", "perhesuunnittelu"].iter().flat_map(|name| lines(name)).collect(),
        other => lines(other),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of contacts")]
fn count<'a>(legs: &[&'a Leg], what: impl Fn(&'a Leg) -> bool) -> f64 {
    legs.iter().filter(|leg| what(leg)).count() as f64
}

fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = numbers.fold((0.0, 0.0), |(sum, n), number| (sum + number, n + 1.0));
    sum / n
}

fn compare_arrivals(legs: &Legs, comparison: &mut Comparison) {
    for row in rows(ARRIVALS) {
        for column in &row.columns()[1..] {
            let Some(published) = row.number(column) else { continue };
            let month = row.text("month");
            let simulated = legs.arrived(&lines_of_row(column), |day| is_in_month(day, month)).count();
            compare_count(comparison, ["monthly_arrivals", column, month], published, simulated);
        }
    }
    for row in rows(TOTALS).iter().filter(|row| row.text("line") != "all_oma_hame") {
        let line = row.text("line");
        let simulated = legs.arrived(&lines_of_row(line), nine_months).count();
        let column = "calls_2025_01_09";
        compare_count(comparison, ["call_volumes", line, column], row.number(column).unwrap(), simulated);
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of contacts")]
fn compare_count(comparison: &mut Comparison, name: [&str; 3], published: f64, simulated: usize) {
    comparison.compare(name, published, simulated as f64, Tolerance::Percent(1.0));
}

fn compare_outcomes(row: &Row, table: &str, all: &Legs, comparison: &mut Comparison) {
    let line = row.text("line");
    let lines = lines(line);
    let legs: Vec<&Leg> = all.arrived(&lines, nine_months).collect();
    let recorded = count(&legs, |leg| leg.outcome().is_some());
    let percent = |of: &[Outcome]| {
        100.0 * count(&legs, |leg| leg.outcome().is_some_and(|outcome| of.contains(&outcome))) / recorded
    };
    let (handled, county, hyte) = (Outcome::Handled, Outcome::ContinuesCounty, Outcome::ContinuesHyte);
    let columns = [
        ("first_contact_resolution_pct", percent(&[handled, county, hyte])),
        ("handled_in_contact_pct", percent(&[handled])),
        ("continues_in_county_pct", percent(&[county])),
    ];
    for (column, simulated) in columns {
        comparison.compare([table, line, column], row.number(column).unwrap(), simulated, Tolerance::Points(1.0));
    }
}

fn compare_phone_figures(all: &Legs, comparison: &mut Comparison) {
    for row in rows(PHONE) {
        let line = row.text("line");
        let lines = lines_of_row(line);
        let legs: Vec<&Leg> = all.arrived(&lines, nine_months).collect();
        let (answered, asked) = (count(&legs, Leg::is_answered), count(&legs, Leg::asked));
        let (reached, decided) = (count(&legs, Leg::is_reached), count(&legs, Leg::is_decided));
        // A line that only calls back is published as shares of contacts handled.
        let of = if row.number("answered_live_pct") == Some(0.0) { answered + reached } else { decided };
        let columns = [
            ("answered_live_pct", 100.0 * answered / of),
            ("handled_as_callback_pct", 100.0 * reached / of),
            ("service_pct", 100.0 * (answered + asked) / decided),
        ];
        let table = "phone_key_figures";
        for (column, simulated) in columns {
            comparison.compare([table, line, column], row.number(column).unwrap(), simulated, Tolerance::Points(1.0));
        }
        if let Some(published) = row.number("callback_wait_s") {
            let wait_s = mean(legs.iter().filter_map(|leg| leg.callback_wait_s()));
            comparison.compare([table, line, "callback_wait_s"], published, wait_s, Tolerance::Percent(5.0));
        }
        compare_outcomes(&row, table, all, comparison);
    }
}

fn compare_chat_figures(all: &Legs, comparison: &mut Comparison) {
    for row in rows(CHAT) {
        let (table, line) = ("chat_key_figures", row.text("line"));
        let lines = lines(line);
        let legs: Vec<&Leg> = all.arrived(&lines, nine_months).collect();
        let wait_s = mean(legs.iter().filter_map(|leg| leg.answer_wait_s()));
        let missed = 100.0 * count(&legs, Leg::is_abandoned) / count(&legs, Leg::is_decided);
        let published = |column| row.number(column).unwrap();
        comparison.compare([table, line, "mean_wait_s"], published("mean_wait_s"), wait_s, Tolerance::Percent(5.0));
        let not_answered = "not_answered_pct";
        comparison.compare([table, line, not_answered], published(not_answered), missed, Tolerance::Points(1.0));
        compare_outcomes(&row, table, all, comparison);
    }
}

fn compare_feedback(all: &Legs, comparison: &mut Comparison) {
    for row in rows(FEEDBACK) {
        let (line, month) = (row.text("line"), row.text("month"));
        let lines = lines(line);
        let in_month = |(day, value): (Date, f64)| is_in_month(day, month).then_some(value);
        let mut compare = |column: &str, given: f64, tolerance: f64| {
            let name = ["feedback", line, &format!("{month} {column}")];
            if let Some(published) = row.number(column) {
                comparison.compare(name, published, 100.0 * given, Tolerance::Points(tolerance));
            }
        };
        compare("nps", mean(all.of_lines(&lines).filter_map(|leg| leg.nps().and_then(in_month))), 2.0);
        for (question, column) in [(Survey::Continues, "continues_yes_pct"), (Survey::Solved, "solved_yes_pct")] {
            let answers = all.of_lines(&lines).filter_map(|leg| leg.survey(question).and_then(in_month));
            compare(column, mean(answers), 1.0);
        }
    }
}

/// The targets of all phone lines together, by quarter.
fn compare_targets(all: &Legs, comparison: &mut Comparison) {
    let county = County::oma_hame();
    let phones: Vec<usize> =
        (0..county.lines.len()).filter(|line| county.lines[*line].channel == Channel::Phone).collect();
    let mut verdicts: BTreeMap<i8, [f64; 3]> = BTreeMap::new();
    for (day, verdict) in all.of_lines(&phones).filter_map(|leg| all.verdict(leg)).filter(|(day, _)| nine_months(*day))
    {
        verdicts.entry((day.month() - 1) / 3).or_default()[verdict as usize] += 1.0;
    }
    for row in rows(TARGETS) {
        for (quarter, column) in (0..).zip(["q1", "q2", "q3"]) {
            let in_quarter = |(day, value): (Date, f64)| ((day.month() - 1) / 3 == quarter).then_some(value);
            let survey =
                |question| mean(all.of_lines(&phones).filter_map(|leg| leg.survey(question).and_then(in_quarter)));
            let (simulated, tolerance) = match row.text("indicator") {
                "first_contact_in_promised_time" => {
                    let of_quarter = verdicts[&quarter];
                    let [kept, broken] = [Verdict::Kept, Verdict::Broken].map(|verdict| of_quarter[verdict as usize]);
                    (kept / (kept + broken), 1.0)
                }
                "first_contact_resolution" => (survey(Survey::Solved), 1.0),
                "knows_how_care_continues" => (survey(Survey::Continues), 1.0),
                "nps" => (mean(all.of_lines(&phones).filter_map(|leg| leg.nps().and_then(in_quarter))), 2.0),
                other => panic!("unknown target {other}"),
            };
            let name = ["quarterly_targets", row.text("indicator"), column];
            let published = row.number(column).unwrap();
            comparison.compare(name, published, 100.0 * simulated, Tolerance::Points(tolerance));
        }
    }
}

/// 80 577 outcomes were recorded for 171 686 calls and 42 406 chats in January to August (slide 9).
fn compare_coverage(all: &Legs, comparison: &mut Comparison) {
    let county = County::oma_hame();
    let lines: Vec<usize> =
        (0..county.lines.len()).filter(|line| county.lines[*line].channel != Channel::Sms).collect();
    let legs: Vec<&Leg> = all.arrived(&lines, |day| nine_months(day) && day.month() <= 8).collect();
    let percent = 100.0 * count(&legs, |leg| leg.outcome().is_some()) / count(&legs, |_| true);
    let published = 100.0 * 80_577.0 / (171_686.0 + 42_406.0);
    comparison.compare(["hyte", "all", "outcomes recorded"], published, percent, Tolerance::Points(1.0));
}

/// The number of compared cells.
const CELLS: usize = 432;

#[test]
fn every_legible_published_cell_is_reproduced_with_any_seed() {
    for seed in [1, 2] {
        let legs = simulated(seed);
        let mut comparison = Comparison::default();
        compare_arrivals(&legs, &mut comparison);
        compare_phone_figures(&legs, &mut comparison);
        compare_chat_figures(&legs, &mut comparison);
        compare_feedback(&legs, &mut comparison);
        compare_targets(&legs, &mut comparison);
        compare_coverage(&legs, &mut comparison);
        comparison.assert_reproduced(CELLS);
    }
}
