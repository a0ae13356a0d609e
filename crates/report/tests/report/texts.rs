//! Whole texts, as they are read. What changes them is changed in the open: run these tests once with `UPDATE_DOCS=1`,
//! and read the difference.

use std::path::PathBuf;

use ensilinja_report::{By, Format, Language, Question, Report};

use crate::stand::{question, small_county};

#[expect(clippy::disallowed_methods, reason = "the texts lie beside the test, where they can be read as they are")]
fn is_text(name: &str, question: Question, format: Format) {
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
    is_text("by_line.fi.txt", question(By::Line, Language::Fi), Format::Table { width: 120 });
}

#[test]
fn it_reads_the_same_in_swedish_and_english() {
    is_text("by_line.sv.txt", question(By::Line, Language::Sv), Format::Table { width: 120 });
    is_text("by_line.en.txt", question(By::Line, Language::En), Format::Table { width: 120 });
}

#[test]
fn it_fits_narrow_and_wide_terminals() {
    for width in [60, 80, 200] {
        is_text(&format!("by_line.fi.{width}.txt"), question(By::Line, Language::Fi), Format::Table { width });
    }
}

#[test]
fn a_report_by_group_adds_what_the_slides_print_together() {
    is_text("by_group.sv.txt", question(By::Group, Language::Sv), Format::Table { width: 120 });
}

#[test]
fn a_report_by_month_has_the_matrices_of_the_slides() {
    is_text("by_month.fi.txt", question(By::Month, Language::Fi), Format::Table { width: 120 });
}

#[test]
fn a_report_by_quarter_has_the_goals() {
    is_text("by_quarter.fi.md", question(By::Quarter, Language::Fi), Format::Markdown);
}

#[test]
fn a_public_report_says_what_it_hides() {
    for (name, language) in [("fi", Language::Fi), ("sv", Language::Sv), ("en", Language::En)] {
        let question = Question { public: true, ..question(By::Line, language) };
        is_text(&format!("public.{name}.txt"), question, Format::Table { width: 200 });
    }
}

#[test]
fn csv_and_json_list_the_same_facts_in_every_language() {
    is_text("by_line.csv", question(By::Line, Language::Fi), Format::Csv);
    is_text("by_month.csv", question(By::Month, Language::Fi), Format::Csv);
    is_text("by_line.en.json", question(By::Line, Language::En), Format::Json);
    is_text("by_line.sv.md", question(By::Line, Language::Sv), Format::Markdown);
    let csv =
        |language| Report::of(&small_county(), question(By::Line, language)).expect("a report").render(Format::Csv);
    assert_eq!(csv(Language::Fi), csv(Language::Sv));
    assert_eq!(csv(Language::Fi), csv(Language::En));
}
