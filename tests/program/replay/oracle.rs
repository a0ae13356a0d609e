//! A replay agrees with the naive oracle, which shares no code with it. The figures are read from the output of the
//! program in `OpenMetrics`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use ensilinja::commands::simulate::event_file_writer;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Oracle};

use crate::command_line::{file, printed};
use crate::series::{Series, differences};

/// Monday 2025-07-28 at 00:00 in Helsinki: seven weeks before the instants, which is more than any window needs.
const START: EventTime = EventTime::from_seconds(1_753_650_000);
/// Wednesday 2025-09-17 at 00:00 in Helsinki.
const END: EventTime = EventTime::from_seconds(1_758_056_400);

#[test]
fn a_replay_agrees_with_the_oracle_at_every_instant() {
    let county = County::oma_hame();
    let mut oracle = Oracle::new(county.oracle_lines(), County::zone());
    let generator = Generator::new(&county, 11, START, 0.2).take_while(|event| event.reported_at < END);
    let publications: Vec<_> = Disorder { poison: 0.0, ..Disorder::ROUGH }.publish(generator, 11).collect();
    for said in publications.iter().filter_map(|publication| publication.event.as_ref()) {
        oracle.apply(said);
    }
    let path = file("replay-oracle.jsonl");
    event_file_writer::write(Path::new(&path), publications.into_iter(), &AtomicBool::new(false)).unwrap();

    let stretch = ["--from", "2025-09-15T06:30", "--to", "2025-09-16T18:30", "--step", "4h"];
    let words = ["replay", "--events", &path, "--format", "openmetrics", "--no-recorded"];
    let pages = by_instant(&printed(&[&words[..], &stretch].concat()));
    assert_eq!(pages.len(), 10);
    for (second, page) in pages {
        let wrong = differences(&page, &oracle, EventTime::from_seconds(second));
        assert!(
            wrong.is_empty(),
            "{} differences at {second}, the first: {:#?}",
            wrong.len(),
            &wrong[..wrong.len().min(9)]
        );
    }
}

/// The series of each instant.
fn by_instant(text: &str) -> BTreeMap<i64, Series> {
    let mut pages = BTreeMap::<i64, Series>::new();
    for sample in text.lines().filter(|line| !line.starts_with('#')) {
        let (sample, second) = sample.rsplit_once(' ').unwrap();
        let (series, value) = sample.rsplit_once(' ').unwrap();
        pages.entry(second.parse().unwrap()).or_default().insert(series.to_owned(), value.parse().unwrap());
    }
    pages
}
