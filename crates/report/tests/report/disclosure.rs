//! What a public report must not tell.

use ensilinja_model::{Channel, Outcome};
use ensilinja_report::{Breakdown, CellValue, Language, Report, ReportData, ReportError, ReportFormat, ReportRequest};
use proptest::prelude::*;

use crate::attacker::Attacker;
use crate::stand::{
    County, LINES, SECOND, Story, abandoned, answered, called_back, cells, line, purged, question, small_county,
    with_feedback, with_outcome,
};

/// The ways a contact goes in a random county.
fn stories() -> [Story; 10] {
    [
        with_feedback(with_outcome(answered(30 * SECOND), Outcome::Handled), 10, true, true),
        with_feedback(with_outcome(answered(700 * SECOND), Outcome::ContinuesCounty), 5, true, false),
        with_feedback(answered(200 * SECOND), 8, false, true),
        with_outcome(answered(20 * SECOND), Outcome::ContinuesHyte),
        with_outcome(called_back(3_000 * SECOND), Outcome::Handled),
        with_outcome(called_back(90_000 * SECOND), Outcome::Other),
        with_feedback(called_back(40 * SECOND), 9, true, true),
        abandoned(),
        vec![
            (0, ensilinja_model::Fact::Offered),
            (SECOND, ensilinja_model::Fact::Abandoned(ensilinja_model::Stage::Menu)),
        ],
        purged(),
    ]
}

/// Four phone lines, of which two are in one group and one in another with a chat, and two chats. How many contacts
/// went each way, by line, month and story.
fn county_of(contacts: &[i64]) -> ReportData {
    let mut county = County::new();
    let stories = stories();
    let mut contacts = contacts.iter();
    for line in 0..u16::try_from(LINES).expect("few lines") {
        for month in 0..2 {
            for (story, n) in stories.iter().zip(contacts.by_ref()) {
                county.tell(line, month, *n, story);
            }
        }
    }
    let (phone, chat) = (Channel::Phone, Channel::Chat);
    let lines = [
        ("a", phone, "pth"),
        ("b", phone, "pth"),
        ("c", phone, "suun"),
        ("d", phone, ""),
        ("e", chat, "suun"),
        ("f", chat, ""),
    ];
    let lines = lines.map(|(id, channel, group)| line(id, channel, [id; 3], group));
    cells(lines.into(), county.sums())
}

/// Mostly few, sometimes many, often none.
fn contacts() -> impl Strategy<Value = Vec<i64>> {
    let n = prop_oneof![3 => Just(0), 4 => 0_i64..4, 3 => 0_i64..15, 1 => 20_i64..60];
    proptest::collection::vec(n, LINES * 2 * stories().len())
}

fn public(cells: &ReportData, by: Breakdown) -> Report {
    Report::of(cells, ReportRequest { public: true, ..question(by, Language::En) }).expect("fit to be published")
}

/// Each is four reports and as many attacks, of which two dozen take some seconds.
fn few_cases() -> ProptestConfig {
    ProptestConfig { cases: 24, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few_cases())]

    #[test]
    fn no_count_of_one_to_four_people_can_be_computed(contacts in contacts()) {
        let cells = county_of(&contacts);
        // Those by line and by group may be published side by side.
        let (by_line, by_group) = (public(&cells, Breakdown::Line), public(&cells, Breakdown::Group));
        let attacker = Attacker::of(&cells, &[&by_line, &by_group]);
        prop_assert_eq!(attacker.found_out(&by_line), Vec::<String>::new());
        prop_assert_eq!(attacker.found_out(&by_group), Vec::<String>::new());
        for by in [Breakdown::Month, Breakdown::Quarter] {
            let report = public(&cells, by);
            prop_assert_eq!(Attacker::of(&cells, &[&report]).found_out(&report), Vec::<String>::new());
        }
    }

    #[test]
    fn what_a_public_report_shows_is_what_the_other_shows(contacts in contacts()) {
        let cells = county_of(&contacts);
        for by in [Breakdown::Line, Breakdown::Group, Breakdown::Month] {
            let (public, full) = (public(&cells, by), Report::of(&cells, question(by, Language::En)).expect("a report"));
            for (public, full) in public.facts.iter().zip(&full.facts) {
                for ((figure, shown), (_, value)) in public.figures.iter().zip(&full.figures) {
                    match shown {
                        CellValue::Hidden { n: None } => {}
                        CellValue::Hidden { n: n @ Some(_) } => prop_assert_eq!(*n, value.n(), "{:?}", figure),
                        shown => prop_assert_eq!(shown, value, "{:?}", figure),
                    }
                }
            }
        }
    }
}

#[test]
fn the_attacker_of_these_tests_finds_out_what_is_not_protected() {
    let cells = small_county();
    let full = Report::of(&cells, question(Breakdown::Line, Language::En)).expect("a report");
    assert!(!Attacker::of(&cells, &[&full]).found_out(&full).is_empty());
    // Hiding the small numbers alone is not enough: the others lead back to them.
    let mut half = full.clone();
    for (_, value) in half.facts.iter_mut().flat_map(|facts| &mut facts.figures) {
        let is_small = match value {
            CellValue::Count(count) => (1..5).contains(count),
            CellValue::Share { good, n } => (1..5).contains(good) || (1..5).contains(&(*n - *good)) || *n < 5,
            _ => value.n().is_some_and(|n| (1..5).contains(&n)),
        };
        if is_small {
            *value = CellValue::Hidden { n: None };
        }
    }
    assert!(!Attacker::of(&cells, &[&half]).found_out(&full).is_empty());
    assert_eq!(Attacker::of(&cells, &[&public(&cells, Breakdown::Line)]).found_out(&full), Vec::<String>::new());
}

#[test]
fn a_county_of_many_contacts_hides_nothing() {
    let cells = county_of(&vec![40; LINES * 2 * stories().len()]);
    for by in [Breakdown::Line, Breakdown::Group, Breakdown::Month, Breakdown::Quarter] {
        let report = public(&cells, by);
        let hidden =
            report.facts.iter().flat_map(|facts| &facts.figures).filter(|(_, value)| value.state() == "hidden");
        assert_eq!(hidden.count(), 0, "{by:?}");
    }
}

#[test]
fn a_few_answers_on_one_line_hide_little_of_the_others() {
    let mut contacts = vec![40; LINES * 2 * stories().len()];
    // In January three customers of one line answer, all pleased; a contact in ten of another is displeased.
    contacts[0..10].copy_from_slice(&[3, 0, 0, 20, 20, 20, 0, 20, 20, 20]);
    contacts[21] = 4;
    let cells = county_of(&contacts);
    for (by, most) in [(Breakdown::Line, 0), (Breakdown::Month, 20)] {
        let report = public(&cells, by);
        let figures: Vec<_> = report.facts.iter().flat_map(|facts| &facts.figures).collect();
        let hidden = figures.iter().filter(|(_, value)| value.state() == "hidden").count();
        assert!(hidden <= most, "{by:?}: {hidden} of {}", figures.len());
    }
}

#[test]
fn a_hidden_cell_says_nothing_in_any_format() {
    // One caller in all, on a line of its own; everybody else is many.
    let mut contacts = vec![40; LINES * 2 * stories().len()];
    contacts[0..20].fill(0);
    contacts[7] = 3;
    let cells = county_of(&contacts);
    let report = public(&cells, Breakdown::Line);
    let csv = report.render(ReportFormat::Csv);
    assert!(csv.contains(",offered,,,,,,hidden\r\n"), "{csv}");
    assert!(!csv.contains(",offered,3,"), "{csv}");
    assert!(report.render(ReportFormat::Json).contains("\"state\": \"hidden\""));
    for format in [ReportFormat::Table { width: 120 }, ReportFormat::Markdown] {
        assert!(report.render(format).contains(".."), "{format:?}");
    }
}

#[test]
fn days_and_hours_are_not_published() {
    for by in [Breakdown::Day, Breakdown::Hour] {
        let question = ReportRequest { public: true, ..question(by, Language::En) };
        assert_eq!(Report::of(&small_county(), question).map(|_| ()), Err(ReportError::TooFineForThePublic));
    }
}
