//! Disclosure control: a public report does not disclose small counts.

use ensilinja_model::{Channel, Outcome};
use ensilinja_report::{
    Breakdown, CellValue, Language, Report, ReportData, ReportError, ReportFormat, ReportRequest, VolumeGoal,
    VolumeGoalStep, VolumeGoalSubject,
};
use proptest::prelude::*;

use crate::attacker::Attacker;
use crate::small_county::{
    County, LINES, SECOND, Story, abandoned, abandoned_after_unknown_wait, answered, answered_after_unknown_wait,
    called_back, data, line, purged, request, small_county, timed_out, with_feedback, with_outcome,
};

/// The courses of contacts in a random county.
fn stories() -> [Story; 13] {
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
        timed_out(),
        answered_after_unknown_wait(),
        abandoned_after_unknown_wait(),
    ]
}

/// Four phone lines and two chats: two phone lines form a group, one phone line and a chat another. `contacts` is the
/// number of contacts by line, month and story.
fn county_of(contacts: &[i64]) -> ReportData {
    let mut county = County::new();
    let stories = stories();
    let mut contacts = contacts.iter();
    for line in 0..u16::try_from(LINES).expect("few lines") {
        for month in 0..2 {
            for (story, n) in stories.iter().zip(contacts.by_ref()) {
                county.add(line, month, *n, story);
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
    let mut data = data(lines.into(), county.sums());
    // Goals for contacts print arrivals that a report by month or quarter has not without them.
    let goal = |subject| VolumeGoal { subject, steps: vec![VolumeGoalStep { since: None, contacts: Some(100) }] };
    let subjects = [
        VolumeGoalSubject::Line(data.lines[3].id.clone()),
        VolumeGoalSubject::Group(phone, "pth".to_owned()),
        VolumeGoalSubject::Channel(chat),
    ];
    data.volume_goals = subjects.map(goal).into();
    data
}

/// Mostly few contacts, sometimes many, often none.
fn contacts() -> impl Strategy<Value = Vec<i64>> {
    let n = prop_oneof![3 => Just(0), 4 => 0_i64..4, 3 => 0_i64..15, 1 => 20_i64..60];
    proptest::collection::vec(n, LINES * 2 * stories().len())
}

fn public(data: &ReportData, by: Breakdown) -> Report {
    Report::of(data, ReportRequest { public: true, ..request(by, Language::En) }).expect("a public report")
}

/// Each case makes four reports and attacks them; 24 cases take some seconds.
fn few_cases() -> ProptestConfig {
    ProptestConfig { cases: 24, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few_cases())]

    #[test]
    fn no_count_of_one_to_four_people_can_be_computed(contacts in contacts()) {
        let data = county_of(&contacts);
        // Reports by line and by group may be published side by side.
        let (by_line, by_group) = (public(&data, Breakdown::Line), public(&data, Breakdown::Group));
        let attacker = Attacker::of(&data, &[&by_line, &by_group]);
        prop_assert_eq!(attacker.computed(&by_line), Vec::<String>::new());
        prop_assert_eq!(attacker.computed(&by_group), Vec::<String>::new());
        for by in [Breakdown::Month, Breakdown::Quarter] {
            let report = public(&data, by);
            prop_assert_eq!(Attacker::of(&data, &[&report]).computed(&report), Vec::<String>::new());
        }
    }

    #[test]
    fn a_public_report_shows_the_values_of_the_full_report(contacts in contacts()) {
        let data = county_of(&contacts);
        for by in [Breakdown::Line, Breakdown::Group, Breakdown::Month] {
            let (public, full) = (public(&data, by), Report::of(&data, request(by, Language::En)).expect("a report"));
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
fn the_attacker_of_these_tests_computes_unprotected_counts() {
    let data = small_county();
    let full = Report::of(&data, request(Breakdown::Line, Language::En)).expect("a report");
    assert!(!Attacker::of(&data, &[&full]).computed(&full).is_empty());
    // Primary suppression alone is not enough: other figures disclose the hidden counts.
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
    assert!(!Attacker::of(&data, &[&half]).computed(&full).is_empty());
    assert_eq!(Attacker::of(&data, &[&public(&data, Breakdown::Line)]).computed(&full), Vec::<String>::new());
}

#[test]
fn a_county_with_many_contacts_hides_nothing() {
    let data = county_of(&vec![40; LINES * 2 * stories().len()]);
    for by in [Breakdown::Line, Breakdown::Group, Breakdown::Month, Breakdown::Quarter] {
        let report = public(&data, by);
        let hidden =
            report.facts.iter().flat_map(|facts| &facts.figures).filter(|(_, value)| value.state() == "hidden");
        assert_eq!(hidden.count(), 0, "{by:?}");
    }
}

#[test]
fn a_few_answers_on_one_line_hide_few_figures_of_other_lines() {
    let mut contacts = vec![40; LINES * 2 * stories().len()];
    // In January three customers of one line answer, all satisfied; on another line four are dissatisfied.
    contacts[0..13].copy_from_slice(&[3, 0, 0, 20, 20, 20, 0, 20, 20, 20, 20, 20, 20]);
    contacts[27] = 4;
    let data = county_of(&contacts);
    for (by, most) in [(Breakdown::Line, 0), (Breakdown::Month, 20)] {
        let report = public(&data, by);
        let figures: Vec<_> = report.facts.iter().flat_map(|facts| &facts.figures).collect();
        let hidden = figures.iter().filter(|(_, value)| value.state() == "hidden").count();
        assert!(hidden <= most, "{by:?}: {hidden} of {}", figures.len());
    }
}

#[test]
fn a_hidden_cell_discloses_nothing_in_any_format() {
    // Three contacts on the first line, many on all others.
    let mut contacts = vec![40; LINES * 2 * stories().len()];
    contacts[0..26].fill(0);
    contacts[7] = 3;
    let data = county_of(&contacts);
    let report = public(&data, Breakdown::Line);
    let csv = report.render(ReportFormat::Csv);
    assert!(csv.contains(",offered,,,,,,hidden,"), "{csv}");
    assert!(!csv.contains(",offered,3,"), "{csv}");
    assert!(report.render(ReportFormat::Json).contains("\"state\": \"hidden\""));
    for format in [ReportFormat::Table { width: 120 }, ReportFormat::Markdown] {
        assert!(report.render(format).contains(".."), "{format:?}");
    }
}

#[test]
fn days_and_hours_are_not_published() {
    for by in [Breakdown::Day, Breakdown::Hour] {
        let request = ReportRequest { public: true, ..request(by, Language::En) };
        assert_eq!(Report::of(&small_county(), request).map(|_| ()), Err(ReportError::TooFineForThePublic));
    }
}
