//! The published tables of the county compared with the program's own reports: ten months are simulated into a file,
//! `report` runs over it, and every published cell is compared with the reported one. `docs/PUBLISHED.md` shows the
//! comparison; `UPDATE_DOCS=1 cargo test -p ensilinja --test program published` rewrites it.
//!
//! Cells that contradict others, or that are unreadable in the scan, are listed with the reason and not tested. Lines
//! that are printed together are compared together.

mod comparison;
mod reports;
#[path = "../../crates/sim/tests/sim/published_tables/tables.rs"]
mod tables;

use std::fs;
use std::path::Path;

use comparison::Comparison;
use reports::{EventsFile, Report};
use tables::{ARRIVALS, CHAT, FEEDBACK, PHONE, Row, TARGETS, TOTALS, rows};

/// The number of published cells that are tested, so that none gets lost.
const TESTED_CELLS: usize = 432;

/// The largest allowed distance from the published cell: arrivals and means in per cent, the rest in points.
const ARRIVALS_PERCENT: f64 = 1.0;
const MEAN_WAIT_PERCENT: f64 = 5.0;
const SHARE_POINTS: f64 = 1.0;
const NPS_POINTS: f64 = 2.0;

/// The nine months of the slides.
const NINE_MONTHS: &str = "2025-10-01";

/// The lines behind a published name.
fn lines(name: &str) -> Vec<&str> {
    match name {
        "neuvola" => vec!["neuvola", "perhesuunnittelu"],
        "suun_terveydenhuolto" => vec!["suun_kiireellinen", "suun_kiireeton"],
        "pth_kiireeton" | "pth_kiireettomat" => {
            vec!["pth_hameenlinna", "pth_forssa", "pth_janakkala", "pth_riihimaki"]
        }
        "kuntoutus_chat" => vec!["fysioterapia_chat"],
        line => vec![line],
    }
}

fn arrivals(by_month: &Report, by_line: &Report, comparison: &mut Comparison) {
    for row in rows(ARRIVALS) {
        for column in &row.columns()[1..] {
            let month = row.text("month");
            let reported = by_month.arrived(&lines(column), month);
            comparison.per_cent(["monthly_arrivals", column, month], row.number(column), reported, ARRIVALS_PERCENT);
        }
    }
    let column = "calls_2025_01_09";
    for row in rows(TOTALS).iter().filter(|row| row.text("line") != "all_oma_hame") {
        let (line, published) = (row.text("line"), row.number(column));
        let reported = by_line.arrived(&lines(line), "whole");
        comparison.per_cent(["call_volumes", line, column], published, reported, ARRIVALS_PERCENT);
    }
}

fn outcomes(table: &str, row: &Row, by_line: &Report, comparison: &mut Comparison) {
    let line = row.text("line");
    for (column, figure) in [
        ("first_contact_resolution_pct", "first_contact_resolution"),
        ("handled_in_contact_pct", "handled_in_contact"),
        ("continues_in_county_pct", "continues_in_county_services"),
    ] {
        let reported = by_line.percent(line, "whole", figure);
        comparison.points([table, line, column], row.number(column), reported, SHARE_POINTS);
    }
}

fn phone_figures(by_line: &Report, by_group: &Report, comparison: &mut Comparison) {
    let table = "phone_key_figures";
    for row in rows(PHONE) {
        let line = row.text("line");
        // Printed as one row, except the outcomes.
        let (report, subject) = match line {
            "neuvola" | "perhesuunnittelu" => (by_group, "maternity"),
            line => (by_line, line),
        };
        // For a line that only calls back, the published share is of the handled contacts.
        let only_calls_back = row.number("answered_live_pct") == Some(0.0);
        let callbacks = if only_calls_back { "callback_share_of_handled" } else { "handled_as_callback" };
        for (column, figure) in
            [("answered_live_pct", "answered_live"), ("handled_as_callback_pct", callbacks), ("service_pct", "service")]
        {
            let reported = report.percent(subject, "whole", figure);
            comparison.points([table, line, column], row.number(column), reported, SHARE_POINTS);
        }
        let wait_s = report.fact(subject, "whole", "callback_wait_mean_seconds").value;
        let published = row.number("callback_wait_s");
        comparison.per_cent([table, line, "callback_wait_s"], published, wait_s, MEAN_WAIT_PERCENT);
        outcomes(table, &row, by_line, comparison);
    }
}

fn chat_figures(by_line: &Report, comparison: &mut Comparison) {
    let table = "chat_key_figures";
    for row in rows(CHAT) {
        let (line, published) = (row.text("line"), |column| row.number(column));
        let wait_s = by_line.fact(line, "whole", "answer_wait_mean_seconds").value;
        comparison.per_cent([table, line, "mean_wait_s"], published("mean_wait_s"), wait_s, MEAN_WAIT_PERCENT);
        let (column, missed) = ("not_answered_pct", by_line.percent(line, "whole", "chat_not_answered"));
        comparison.points([table, line, column], published(column), missed, SHARE_POINTS);
        outcomes(table, &row, by_line, comparison);
    }
}

fn feedback(by_month: &Report, comparison: &mut Comparison) {
    for row in rows(FEEDBACK) {
        let (line, month) = (row.text("line"), row.text("month"));
        // Family planning has rows of its own here.
        let lines = if line == "neuvola" { vec!["neuvola"] } else { lines(line) };
        for (column, figure, tolerance) in [
            ("nps", "nps", NPS_POINTS),
            ("continues_yes_pct", "knows_how_care_continues", SHARE_POINTS),
            ("solved_yes_pct", "got_a_solution", SHARE_POINTS),
        ] {
            let reported = by_month.joint_percent(&lines, month, figure);
            let name = ["feedback", line, &format!("{month} {column}")];
            comparison.points(name, row.number(column), reported, tolerance);
        }
    }
}

/// All phone lines together, by quarter. The published resolution is below that of nearly every line: it comes from the
/// customers' answers (see the known clashes).
fn goals(by_quarter: &Report, comparison: &mut Comparison) {
    for row in rows(TARGETS) {
        let indicator = row.text("indicator");
        let (figure, tolerance) = match indicator {
            "first_contact_in_promised_time" => ("promise_kept", SHARE_POINTS),
            "first_contact_resolution" => ("got_a_solution", SHARE_POINTS),
            "knows_how_care_continues" => ("knows_how_care_continues", SHARE_POINTS),
            "nps" => ("nps", NPS_POINTS),
            other => panic!("{other} is no goal"),
        };
        for (column, begins) in [("q1", "2025-01"), ("q2", "2025-04"), ("q3", "2025-07")] {
            let reported = by_quarter.joint_percent(&["phone"], begins, figure);
            comparison.points(["quarterly_targets", indicator, column], row.number(column), reported, tolerance);
        }
    }
}

/// 80 577 outcomes were recorded of 171 686 calls and 42 406 chats in January to August (slide 9).
fn coverage(by_month: &Report, comparison: &mut Comparison) {
    let months = (1..=8).map(|month| format!("2025-{month:02}"));
    let of_month = |month: String| {
        let of = |channel| {
            let recorded = by_month.fact(channel, &month, "coverage").numerator;
            (recorded, by_month.fact(channel, &month, "offered").value)
        };
        let (phone, chat) = (of("phone"), of("chat"));
        (phone.0 + chat.0, phone.1 + chat.1)
    };
    let sum = |a: (f64, f64), b: (f64, f64)| (a.0 + b.0, a.1 + b.1);
    let (recorded, arrived) = months.map(of_month).fold((0.0, 0.0), sum);
    let published = 100.0 * 80_577.0 / (171_686.0 + 42_406.0);
    comparison.points(
        ["coverage", "phone and chat", "outcomes_recorded_pct"],
        Some(published),
        100.0 * recorded / arrived,
        SHARE_POINTS,
    );
}

#[test]
fn the_report_of_the_simulated_county_reproduces_every_undisputed_published_cell() {
    let events = EventsFile::simulated();
    let [by_line, by_group, by_quarter] = ["line", "group", "quarter"].map(|by| events.report(by, NINE_MONTHS));
    let by_month = events.report("month", "2025-11-01");
    let mut comparison = Comparison::default();
    arrivals(&by_month, &by_line, &mut comparison);
    phone_figures(&by_line, &by_group, &mut comparison);
    chat_figures(&by_line, &mut comparison);
    feedback(&by_month, &mut comparison);
    goals(&by_quarter, &mut comparison);
    coverage(&by_month, &mut comparison);
    let page = comparison.page();
    println!("{page}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/PUBLISHED.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &page).unwrap();
    }
    let Comparison { tested, off, .. } = comparison;
    assert!(off == 0 && tested == TESTED_CELLS, "{off} of {tested} cells are off; the page above says which");
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "docs/PUBLISHED.md is another page: UPDATE_DOCS=1 cargo test -p ensilinja --test program published"
    );
}
