//! Whole texts, as they are read. What changes them is changed in the open: run these tests once with `UPDATE_DOCS=1`,
//! and read the difference.

use std::path::PathBuf;

use ensilinja_report::{Breakdown, Language, Report, ReportFormat, ReportRequest};

use crate::stand::{question, small_county};

#[expect(clippy::disallowed_methods, reason = "the texts lie beside the test, where they can be read as they are")]
fn is_text(name: &str, question: ReportRequest, format: ReportFormat) {
    let made = Report::of(&small_county(), question).expect("a report").render(format);
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "report", "texts", name].iter().collect();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).expect("the folder of the texts can be written to");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(made, expected, "{name}; if that is meant, run the test with UPDATE_DOCS=1 and read the difference");
}

#[test]
fn a_report_by_line_reads_as_the_county_s_slides_do() {
    is_text("by_line.fi.txt", question(Breakdown::Line, Language::Fi), ReportFormat::Table { width: 120 });
}

#[test]
fn it_reads_the_same_in_swedish_and_english() {
    is_text("by_line.sv.txt", question(Breakdown::Line, Language::Sv), ReportFormat::Table { width: 120 });
    is_text("by_line.en.txt", question(Breakdown::Line, Language::En), ReportFormat::Table { width: 120 });
}

#[test]
fn it_fits_narrow_and_wide_terminals() {
    for width in [60, 80, 200] {
        is_text(
            &format!("by_line.fi.{width}.txt"),
            question(Breakdown::Line, Language::Fi),
            ReportFormat::Table { width },
        );
    }
}

#[test]
fn a_report_by_group_adds_what_the_slides_print_together() {
    is_text("by_group.sv.txt", question(Breakdown::Group, Language::Sv), ReportFormat::Table { width: 120 });
}

#[test]
fn a_report_by_month_has_the_matrices_of_the_slides() {
    is_text("by_month.fi.txt", question(Breakdown::Month, Language::Fi), ReportFormat::Table { width: 120 });
}

#[test]
fn a_report_by_quarter_has_the_goals() {
    is_text("by_quarter.fi.md", question(Breakdown::Quarter, Language::Fi), ReportFormat::Markdown);
}

#[test]
fn a_public_report_says_what_it_hides() {
    for (name, language) in [("fi", Language::Fi), ("sv", Language::Sv), ("en", Language::En)] {
        let question = ReportRequest { public: true, ..question(Breakdown::Line, language) };
        is_text(&format!("public.{name}.txt"), question, ReportFormat::Table { width: 200 });
    }
}

#[test]
fn csv_and_json_list_the_same_facts_in_every_language() {
    is_text("by_line.csv", question(Breakdown::Line, Language::Fi), ReportFormat::Csv);
    is_text("by_month.csv", question(Breakdown::Month, Language::Fi), ReportFormat::Csv);
    is_text("by_line.en.json", question(Breakdown::Line, Language::En), ReportFormat::Json);
    is_text("by_line.sv.md", question(Breakdown::Line, Language::Sv), ReportFormat::Markdown);
    let csv = |language| {
        Report::of(&small_county(), question(Breakdown::Line, language)).expect("a report").render(ReportFormat::Csv)
    };
    assert_eq!(csv(Language::Fi), csv(Language::Sv));
    assert_eq!(csv(Language::Fi), csv(Language::En));
}
