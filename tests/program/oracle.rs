//! The ledger and the naive oracle, which share no code, agree on every figure of every line and window.

use ensilinja_catalogue::{Exposition, LineInfo, MetricsFormat, Targets};
use ensilinja_ledger::{Ledger, Rules};
use ensilinja_model::{Event, EventTime, LegKey, LineIndex, WaitFrom};
use ensilinja_serve::{Build, Pipeline};
use ensilinja_sim::{County, Disorder, Generator, Oracle, OracleLine, SimEvent, soup, soup_lines};
use ensilinja_wire::Decoder;

use crate::pages::{COMPLETE, decode, snapshot};
use crate::{rules, series};

const DAY_MS: i64 = 24 * 3_600_000;

/// Writes the figures of a ledger as a page of metrics.
struct Pages {
    exposition: Exposition,
    pipeline: Pipeline,
}

impl Pages {
    fn new(lines: &[OracleLine], rules: &Rules) -> Self {
        let card = |line: &OracleLine| LineInfo {
            id: line.id.clone(),
            channel: line.channel,
            name_fi: line.id.to_string(),
            name_sv: line.id.to_string(),
            name_en: line.id.to_string(),
            group: "soup".to_owned(),
            group_names: ["soup"; 3].map(str::to_owned),
            service_area: "kitchen".to_owned(),
            wait_from: Some(WaitFrom::Arrival),
            service_level: rules::service_level(line),
            targets: Targets::default(),
            volume_goals: Vec::new(),
        };
        Self {
            exposition: Exposition::new(lines.iter().map(card).collect(), rules.bounds()),
            pipeline: Pipeline::new(Build { version: "0", revision: "0" }, &[], &[]),
        }
    }

    fn of(&self, ledger: &mut Ledger, now: EventTime) -> series::Series {
        let snapshot = snapshot(now, ledger.figures(now, COMPLETE));
        series::read_page(&self.exposition.text(MetricsFormat::Text, &snapshot, &self.pipeline.gather()))
    }
}

/// An event of the oracle as one of the ledger.
fn event(reported: &SimEvent, lines: &[OracleLine]) -> Event {
    let line = lines.iter().position(|line| line.id == reported.line).expect("a line of the soup");
    let leg = (&reported.contact, &reported.visit, line);
    let key = {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let half = |salt: u64| {
            let mut hasher = DefaultHasher::new();
            (salt, leg).hash(&mut hasher);
            u128::from(hasher.finish())
        };
        half(1) << 64 | half(2)
    };
    let line = LineIndex::new(u16::try_from(line).expect("few lines"));
    Event { leg: LegKey::new(key), line, at: reported.at, fact: reported.fact }
}

fn assert_agreement(page: &series::Series, oracle: &Oracle, now: EventTime, story: &str) {
    let differences = series::differences(page, oracle, now);
    assert!(differences.is_empty(), "{story} at {now:?}:\n{}", differences.join("\n"));
}

/// A thousand soups. Each is read once after half of its events, and then at a fifth of its interesting instants.
#[test]
fn the_ledger_and_the_oracle_agree_on_every_soup() {
    let (lines, zone) = (soup_lines(), County::zone());
    // The events of a soup are around one of a few days between autumn 2025 and autumn 2026.
    let rules = rules::rules(&lines, EventTime::from_seconds(1_774_720_800));
    let pages = Pages::new(&lines, &rules);
    for seed in 0..1_000 {
        let soup = soup(seed, &lines, &zone, 12, 7);
        let moments: Vec<EventTime> = soup.moments.iter().copied().step_by(5).collect();
        let mut ledger = Ledger::new(rules.clone(), moments[0]);
        let mut oracle = Oracle::new(lines.clone(), zone.clone());
        let (early, late) = soup.events.split_at(soup.events.len() / 2);
        for reported in early {
            ledger.apply(&event(reported, &lines));
            oracle.apply(reported);
        }
        assert_agreement(&pages.of(&mut ledger, moments[0]), &oracle, moments[0], &format!("seed {seed}, half told"));
        for reported in late {
            ledger.apply(&event(reported, &lines));
            oracle.apply(reported);
        }
        for now in moments {
            assert_agreement(&pages.of(&mut ledger, now), &oracle, now, &format!("seed {seed}"));
        }
    }
}

/// A day and a half of the county, on two hundred different days, as records with every kind of disorder: they go
/// through the decoder into the ledger, which is read as time passes.
#[test]
fn the_ledger_and_the_oracle_agree_on_the_county_in_all_disorder() {
    let county = County::oma_hame();
    let lines = county.oracle_lines();
    let rules = rules::rules(&lines, EventTime::from_seconds(1_774_720_800));
    let pages = Pages::new(&lines, &rules);
    let ids: Vec<_> = lines.iter().map(|line| line.id.clone()).collect();
    let decoder = Decoder::new(&ids, *b"sixteen bytes!!!");
    // Two days apart from Tuesday 2025-09-16 on: more than a year, with its holidays and both changes of the clocks.
    for seed in 0..200_u32 {
        let start = EventTime::from_seconds(1_757_966_400).plus_millis(i64::from(seed) * 2 * DAY_MS);
        let generator = Generator::new(&county, u64::from(seed), start, 0.1);
        let mut publications = Disorder::ROUGH.publish(generator, u64::from(seed)).peekable();
        let mut ledger = Ledger::new(rules.clone(), start);
        let mut oracle = Oracle::new(lines.clone(), County::zone());
        for hours in [11, 23, 36] {
            let now = start.plus_millis(hours * 3_600_000 + i64::from(seed));
            while let Some(publication) = publications.next_if(|publication| publication.at <= now) {
                match (decode(&decoder, &publication), publication.event, publication.poison) {
                    (Ok(event), Some(reported), None) => {
                        ledger.apply(&event);
                        oracle.apply(&reported);
                    }
                    (Err(rejection), None, Some(poison)) => assert_eq!(rejection.detail, poison.detail),
                    (taken, _, poison) => panic!("{:?} of {poison:?}", taken.map(|_| "an event")),
                }
            }
            assert_agreement(&pages.of(&mut ledger, now), &oracle, now, &format!("seed {seed}"));
        }
    }
}
