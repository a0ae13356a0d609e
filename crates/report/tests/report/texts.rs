//! Snapshots of whole reports. To change them, run these tests once with `UPDATE_DOCS=1` and review the difference.

use std::path::PathBuf;

use ensilinja_report::{Breakdown, Language, Report, ReportFormat, ReportRequest};

use crate::small_county::{request, small_county};

/// The style sheet of pages, which the expected texts do not repeat.
const STYLE: &str = include_str!("../../src/formats/html/page.css");

#[expect(clippy::disallowed_methods, reason = "the expected texts are files, so that they can be reviewed")]
fn assert_text(name: &str, request: ReportRequest, format: ReportFormat) {
    let mut made = Report::of(&small_county(), request).expect("a report").render(format);
    if format == ReportFormat::Html {
        assert_eq!(made.matches(STYLE).count(), 1, "{name} has the style sheet");
        made = made.replace(STYLE, "/* page.css */\n");
    }
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "report", "texts", name].iter().collect();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).expect("the folder of the texts is writable");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        made, expected,
        "{name}; if the change is intended, run the test with UPDATE_DOCS=1 and review the difference"
    );
}

#[test]
fn a_report_by_line_has_the_tables_of_the_county_s_slides() {
    assert_text("by_line.fi.txt", request(Breakdown::Line, Language::Fi), ReportFormat::Table { width: 120 });
}

#[test]
fn it_has_the_same_tables_in_swedish_and_english() {
    assert_text("by_line.sv.txt", request(Breakdown::Line, Language::Sv), ReportFormat::Table { width: 120 });
    assert_text("by_line.en.txt", request(Breakdown::Line, Language::En), ReportFormat::Table { width: 120 });
}

#[test]
fn it_fits_narrow_and_wide_terminals() {
    for width in [60, 80, 200] {
        assert_text(
            &format!("by_line.fi.{width}.txt"),
            request(Breakdown::Line, Language::Fi),
            ReportFormat::Table { width },
        );
    }
}

#[test]
fn a_report_by_group_adds_the_lines_that_the_slides_combine() {
    assert_text("by_group.sv.txt", request(Breakdown::Group, Language::Sv), ReportFormat::Table { width: 120 });
}

#[test]
fn a_report_by_month_has_the_matrices_of_the_slides() {
    assert_text("by_month.fi.txt", request(Breakdown::Month, Language::Fi), ReportFormat::Table { width: 120 });
}

#[test]
fn a_report_by_quarter_has_the_goals() {
    assert_text("by_quarter.fi.md", request(Breakdown::Quarter, Language::Fi), ReportFormat::Markdown);
}

#[test]
fn a_public_report_explains_hidden_cells() {
    for (name, language) in [("fi", Language::Fi), ("sv", Language::Sv), ("en", Language::En)] {
        let request = ReportRequest { public: true, ..request(Breakdown::Line, language) };
        assert_text(&format!("public.{name}.txt"), request, ReportFormat::Table { width: 200 });
    }
}

#[test]
fn a_page_has_tables_and_charts() {
    assert_text("by_line.en.html", request(Breakdown::Line, Language::En), ReportFormat::Html);
    assert_text("by_month.fi.html", request(Breakdown::Month, Language::Fi), ReportFormat::Html);
    let public = ReportRequest { public: true, ..request(Breakdown::Quarter, Language::Sv) };
    assert_text("by_quarter.public.sv.html", public, ReportFormat::Html);
}

#[test]
fn csv_and_json_list_the_same_facts_in_every_language() {
    assert_text("by_line.csv", request(Breakdown::Line, Language::Fi), ReportFormat::Csv);
    assert_text("by_month.csv", request(Breakdown::Month, Language::Fi), ReportFormat::Csv);
    assert_text("by_line.en.json", request(Breakdown::Line, Language::En), ReportFormat::Json);
    assert_text("by_line.sv.md", request(Breakdown::Line, Language::Sv), ReportFormat::Markdown);
    let csv = |language| {
        Report::of(&small_county(), request(Breakdown::Line, language)).expect("a report").render(ReportFormat::Csv)
    };
    assert_eq!(csv(Language::Fi), csv(Language::Sv));
    assert_eq!(csv(Language::Fi), csv(Language::En));
}
