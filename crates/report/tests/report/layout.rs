//! Tables on terminals of every width.

use ensilinja_report::{Breakdown, Language, Report, ReportFormat, ReportRequest};
use unicode_width::UnicodeWidthStr as _;

use crate::small_county::{request, small_county};

#[test]
fn no_line_is_wider_than_the_terminal_and_no_figure_is_lost() {
    for by in [Breakdown::Line, Breakdown::Group, Breakdown::Month, Breakdown::Quarter] {
        for language in Language::ALL {
            let report = Report::of(&small_county(), request(by, *language)).expect("a report");
            let figures = |width| {
                let text = report.render(ReportFormat::Table { width });
                let mut figures: Vec<String> = text.split([' ', '\n']).map(|it| it.trim().to_owned()).collect();
                figures.retain(|it| it.contains(|c: char| c.is_ascii_digit()) && it.contains('('));
                figures.sort_unstable();
                figures
            };
            for width in 60..=200 {
                let text = report.render(ReportFormat::Table { width });
                for line in text.lines() {
                    assert!(line.width() <= width, "{by:?}, {language:?}, {width}: {line}");
                }
                assert_eq!(figures(width), figures(1_000), "{by:?}, {language:?}, {width}");
            }
        }
    }
}

#[test]
fn figures_are_not_split_on_a_terminal_that_is_too_narrow() {
    let report =
        Report::of(&small_county(), ReportRequest { ..request(Breakdown::Line, Language::Fi) }).expect("a report");
    let text = report.render(ReportFormat::Table { width: 1 });
    assert!(text.contains("6\u{a0}t\u{a0}10\u{a0}min\u{a0}12\u{a0}sek\u{a0}(2\u{a0}000)"), "{text}");
}
