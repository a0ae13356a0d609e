//! Every indicator of a small day, counted by hand.

use ensilinja_model::{Channel, CloseResult, EventTime, Fact, FeedbackAnswer, Outcome, Stage, Survey, YesNo};
use ensilinja_sim::{DueBy, LevelFormula, OracleLine, Within};

use super::line_reading::{LineReading, local, promising};

const WINDOWS: [&str; 3] = ["today", "open2h", "open5d"];

/// Eight contacts at 10:15 on Tuesday 16 September 2025: two answered (one of them late), a short abandon, an abandon
/// within the threshold and a later one, and three callback requests, of which one is reached, one purged and one
/// cancelled.
fn day() -> Vec<(&'static str, EventTime, Fact)> {
    let at = |seconds: i64| local("2025-09-16 10:15:00").plus_millis(seconds * 1_000);
    let contacts: [(&str, &[(i64, Fact)]); 8] = [
        ("answered", &[(60, Fact::Answered), (90, Fact::OutcomeRecorded(Outcome::Handled))]),
        ("late", &[(130, Fact::Answered), (190, Fact::OutcomeRecorded(Outcome::Other))]),
        ("short", &[(4, Fact::Abandoned(Stage::Menu))]),
        ("abandoned", &[(119, Fact::Abandoned(Stage::Queue))]),
        ("patient", &[(121, Fact::Abandoned(Stage::Queue))]),
        (
            "reached",
            &[
                (10, Fact::CallbackRequested),
                (900, Fact::CallbackReached),
                (960, Fact::OutcomeRecorded(Outcome::ContinuesCounty)),
            ],
        ),
        ("purged", &[(10, Fact::CallbackRequested), (500, Fact::CallbackClosed(CloseResult::Purged))]),
        ("cancelled", &[(10, Fact::CallbackRequested), (500, Fact::CallbackClosed(CloseResult::Cancelled))]),
    ];
    let mut facts = Vec::new();
    for (contact, said) in contacts {
        facts.push((contact, at(0), Fact::Offered));
        facts.extend(said.iter().map(|(seconds, fact)| (contact, at(*seconds), *fact)));
    }
    for (contact, survey, answer) in [
        ("answered", Survey::Continues, YesNo::Yes),
        ("late", Survey::Continues, YesNo::No),
        ("reached", Survey::Continues, YesNo::Yes),
        ("answered", Survey::Solved, YesNo::No),
    ] {
        facts.push((contact, at(1_000), Fact::FeedbackReceived(FeedbackAnswer::Survey(survey, answer))));
    }
    facts
}

fn line() -> OracleLine {
    promising(Some(Within::Wall(120_000)), Some(Within::SameDay(DueBy::EndOfDay)))
}

fn ratio(read: &LineReading, indicator: &str, window: &str) -> Option<(f64, f64)> {
    let labels = format!("indicator=\"{indicator}\",window=\"{window}\"");
    read.find("indicator_good", &labels).zip(read.find("indicator_valid", &labels))
}

#[test]
fn every_indicator_has_its_numerator_and_denominator() {
    let read = LineReading::of_contacts(&line(), &day(), local("2025-09-16 12:00:00"));
    for (indicator, good, valid) in [
        ("answered_live", 2.0, 8.0),
        ("callback_reached", 1.0, 3.0),
        ("service", 5.0, 8.0),
        ("service_level", 1.0, 7.0),
        ("first_contact_resolution", 2.0, 3.0),
        ("handled_in_contact", 1.0, 3.0),
        ("continues_in_county_services", 1.0, 3.0),
        ("continues_in_hyte_services", 0.0, 3.0),
        // Kept: answered in time, reached. Broken: answered late, two abandons, purged. Void: short, cancelled.
        ("promise_kept", 2.0, 6.0),
        ("knows_how_care_continues", 2.0, 3.0),
        ("got_a_solution", 0.0, 1.0),
        ("coverage", 3.0, 3.0),
    ] {
        for window in WINDOWS {
            assert_eq!(ratio(&read, indicator, window), Some((good, valid)), "{indicator} {window}");
        }
        assert_eq!(ratio(&read, indicator, "yesterday"), Some((0.0, 0.0)), "{indicator}");
        assert_eq!(ratio(&read, indicator, "1h"), None, "{indicator}");
    }
}

#[test]
fn only_chats_have_the_share_of_chats_not_answered_and_it_includes_short_abandons() {
    let read = |line: &OracleLine| LineReading::of_contacts(line, &day(), local("2025-09-16 12:00:00"));
    assert_eq!(ratio(&read(&line()), "chat_not_answered", "today"), None);
    let chat = OracleLine { channel: Channel::Chat, ..line() };
    assert_eq!(ratio(&read(&chat), "chat_not_answered", "today"), Some((3.0, 8.0)));
}

#[test]
fn the_service_level_follows_the_formula_of_the_line() {
    for (service_level, good, valid) in [
        (LevelFormula::OnlyHandled, 1.0, 2.0),
        (LevelFormula::WithoutAbandon, 1.0, 6.0),
        (LevelFormula::PositiveAbandon, 2.0, 7.0),
        (LevelFormula::NegativeAbandon, 1.0, 7.0),
    ] {
        let line = OracleLine { service_level, ..line() };
        let read = LineReading::of_contacts(&line, &day(), local("2025-09-16 12:00:00"));
        assert_eq!(ratio(&read, "service_level", "today"), Some((good, valid)), "{service_level:?}");
    }
}
