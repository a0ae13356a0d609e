//! How far back history counts on real topics: a topic filled live, a copy of it filled later, and a truncated copy.

use std::collections::BTreeMap;

use ensilinja_lookback::local_time::{instant, zoned};
use ensilinja_sim::{County, Disorder, Generator, Publication};
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::feed::{now, send, settle};
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// The records of the county from midnight three days ago to yesterday at 18:00.
fn records(first: Date) -> Vec<Publication> {
    let zone = County::zone();
    let from = instant(first.to_datetime(jiff::civil::Time::midnight()), &zone).unwrap();
    let generator = Generator::new(&County::oma_hame(), 41, from, 1.0);
    let disorder = Disorder { poison: 0.0, ..Disorder::ROUGH };
    disorder.publish(generator, 41).take_while(|record| record.at < from.plus_millis(66 * 3_600_000)).collect()
}

fn run(stage: &Stage, command: &str, words: &[&str]) -> Program {
    let mut program = Program::start(stage, &[command], words);
    let status = program.wait();
    assert!(status.success(), "{words:?}: {status}\n{}", program.log());
    program
}

/// The figures of one instant of a replay in CSV, by their other columns.
fn figures(csv: &str, at: &str) -> BTreeMap<String, String> {
    let rows = csv.lines().filter(|row| row.starts_with(at)).filter_map(|row| row.rsplit_once(','));
    rows.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn history_of_a_copied_topic_follows_its_events_and_of_a_truncated_one_its_timestamps() {
    let broker = shared_broker();
    let (live, copied) = (Stage::set(&broker, "filled-live", 4), Stage::set(&broker, "filled-later", 4));
    let first = zoned(now(), &County::zone()).date().checked_sub(3.days()).unwrap();
    let [second, third] = [1, 2].map(|days| first.checked_add(days.days()).unwrap().to_string());
    let first = first.to_string();
    let written = now().plus_millis(-3_600_000);
    for (stage, is_copy) in [(&live, false), (&copied, true)] {
        let publisher = stage.publisher();
        for (number, record) in (0_i64..).zip(records(first.parse().unwrap())) {
            let at = if is_copy { written.plus_millis(number / 100) } else { record.at };
            send(&publisher, &Publication { at, ..record });
        }
        settle(&publisher);
    }

    // The instant alone, and in a series that begins earlier. Both equal those of the topic with the right timestamps.
    let noon = format!("{third}T12:00");
    let csv = ["--format", "csv"];
    let of = |stage: &Stage, words: &[&str]| figures(&run(stage, "replay", &[words, &csv].concat()).printed(), &noon);
    let alone = of(&copied, &["--at", &noon]);
    let series = of(&copied, &["--from", &format!("{first}T12:00"), "--to", &noon, "--step", "12h"]);
    assert_eq!(alone, series, "alone and in a series");
    assert_eq!(alone, of(&live, &["--at", &noon]), "as in a topic that was filled live");
    let windows = |name: &str| alone.keys().filter(|key| key.contains(&format!(",{name},"))).count();
    assert!(windows("today") > 100 && windows("yesterday") > 100, "{} figures", alone.len());

    // The first day is complete in the copy. In the topic filled live there may have been contacts before.
    let morning = format!("{first}T12:00");
    let is_today = |text: &str| text.lines().any(|row| row.contains(",today,"));
    let at = [&["--at", &morning], &csv[..]].concat();
    assert!(is_today(&run(&copied, "replay", &at).printed()));
    let explained = ["--line", "mipa", "--figure", "contacts_offered", "--window", "today", "--at", &morning];
    assert!(!run(&copied, "explain", &explained).printed().contains("No figure is shown"));

    // Records written later were not known at noon.
    let mut then = Program::start(&copied, &["replay"], &[&at[..], &["--known-at", "then"]].concat());
    assert_eq!(then.wait().code(), Some(1), "{}", then.log());

    // The day before is unknown in a report, and marked so.
    let before = format!("{}T00:00", first.parse::<Date>().unwrap().yesterday().unwrap());
    let words = ["--from", &before, "--to", &second, "--by", "day", "--language", "en"];
    let report = run(&copied, "report", &words);
    assert!(report.printed().contains("not known"), "{}", report.printed());
    assert!(report.log().contains("the day of its first event"), "{}", report.log());

    // A live process follows the same rule: copied records count in the windows that contain them.
    let mut program = Program::run(&copied);
    let page = program.wait_for("the figures of yesterday", |page| {
        page.keys().any(|series| series.contains("contacts_offered") && series.contains("window=\"yesterday\""))
    });
    let begins = page["ensilinja_history_start_timestamp_seconds"];
    let midnight = instant(first.parse::<Date>().unwrap().to_datetime(jiff::civil::Time::midnight()), &County::zone());
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit 53 bits")]
    let expected = midnight.unwrap().floor_second() as f64;
    assert!((begins - expected).abs() < 0.5, "{begins} and {expected}");
    program.end_well();

    // The records that retention deleted from a copy may have been of any time.
    broker.delete_records(&copied.topic, 0, 50);
    let mut cut = Program::start(&copied, &["replay"], &at);
    assert_eq!(cut.wait().code(), Some(1), "{}", cut.log());
    assert!(cut.log().contains("filled-later.events begins at"), "{}", cut.log());
    assert!(cut.log().contains("earlier records were deleted"), "{}", cut.log());
    let declared = run(&copied, "replay", &[&at[..], &["--complete-since", &first]].concat());
    assert!(is_today(&declared.printed()), "{}", declared.log());
}
