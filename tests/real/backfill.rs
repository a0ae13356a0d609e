//! Corrected history in Prometheus: the output of a replay becomes blocks, from which a real Prometheus answers with
//! the same numbers. Each recorded series equals its rule, evaluated over the figures at every instant, and a panel of
//! a dashboard shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::Command;

use ensilinja_model::EventTime;
use ensilinja_test_support::TemporaryFolder;
use serde_json::Value;

use crate::board::boards;
use crate::command_line::printed;
use crate::prometheus_server::{Labels, Prometheus, Setup, Stretch};

/// Saturday 2025-09-13 to Tuesday 2025-09-16, both at 00:00 in Helsinki: closed lines and a busy day.
const KNOWN: RangeInclusive<EventTime> =
    EventTime::from_seconds(1_757_710_800)..=EventTime::from_seconds(1_757_970_000);
/// The first day of the events, whose figures are not all known.
const UNKNOWN: RangeInclusive<EventTime> =
    EventTime::from_seconds(1_754_254_800)..=EventTime::from_seconds(1_754_341_200);

const HOUR_SECONDS: u32 = 3_600;

/// Monday at 10:00 and at 15:00.
const ASKED: [EventTime; 2] = [EventTime::from_seconds(1_757_919_600), EventTime::from_seconds(1_757_937_600)];

const LINE: &str = "pth_hameenlinna";

/// Samples by their series and second. A number is compared by its bits, so NaN is itself.
type Samples = BTreeMap<(Labels, i64), u64>;

struct Backfilled {
    folder: TemporaryFolder,
    /// The samples of the texts.
    samples: Samples,
}

impl Backfilled {
    /// Days of the simulated county, hour by hour.
    fn new() -> Self {
        let folder = TemporaryFolder::new("backfill");
        let [events, data] = ["events.jsonl", "data"].map(|name| folder.file(name).display().to_string());
        fs::create_dir_all(&data).unwrap();
        printed(&["simulate", "--from", "2025-08-04", "--to", "2025-09-17", "--output", &events]);
        let mut samples = Samples::new();
        for stretch in [KNOWN, UNKNOWN] {
            let text = folder.file("figures.om").display().to_string();
            let [from, to] = [stretch.start(), stretch.end()].map(|at| instant(*at));
            let words = ["replay", "--events", &events, "--format", "openmetrics", "--output", &text];
            let stretch = ["--from", &from, "--to", &to, "--step", "1h"];
            // Some rules keep the label `site`, others drop it.
            let labels = ["--label", "job=ensilinja", "--label", "instance=replay", "--label", "site=south"];
            printed(&[&words[..], &stretch, &labels].concat());
            run("promtool", &["tsdb", "create-blocks-from", "--max-block-duration=96h", "openmetrics", &text, &data]);
            let text = fs::read_to_string(&text).unwrap();
            samples.extend(text.lines().filter(|line| !line.starts_with('#')).map(sample));
        }
        Self { folder, samples }
    }

    /// A Prometheus over the data. It uses a sample until the next one, an hour later.
    fn prometheus(&self) -> Prometheus {
        let flags = ["--query.lookback-delta=59m", "--storage.tsdb.retention.time=10y"].map(str::to_owned);
        Prometheus::start(&Setup { data: Some(self.folder.file("data")), flags: flags.into(), ..Setup::default() })
    }

    /// The samples of one name, without the name.
    fn of_name(&self, name: &str) -> Samples {
        let own = self.samples.iter().filter(|((labels, _), _)| labels["__name__"] == name);
        own.map(|((labels, second), value)| ((nameless(labels), *second), *value)).collect()
    }

    /// The values of one series of [`LINE`] with further labels, by their instant.
    fn values(&self, name: &str, more: &[(&str, &str)]) -> BTreeMap<i64, f64> {
        let own = self.of_name(name).into_iter().filter(|((labels, second), _)| {
            KNOWN.contains(&EventTime::from_seconds(*second))
                && [("line", LINE)]
                    .iter()
                    .chain(more)
                    .all(|(name, value)| labels.get(*name).is_some_and(|it| it == value))
        });
        let values: Vec<(i64, f64)> = own.map(|((_, second), value)| (second, f64::from_bits(value))).collect();
        let by_instant = values.iter().copied().collect::<BTreeMap<_, _>>();
        assert_eq!((by_instant.len(), values.len()), (73, 73), "{name} {more:?} is not one series");
        by_instant
    }
}

#[track_caller]
fn run(program: &str, words: &[&str]) {
    let output = Command::new(program).args(words).output().expect("it is installed");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The instant as an argument of the command line.
fn instant(at: EventTime) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).unwrap().to_string()
}

/// Parses a sample: `name{label="value",...} value seconds`. No value of the county contains a quote. A label with an
/// empty value is left out.
fn sample(line: &str) -> ((Labels, i64), u64) {
    let (series, numbers) = line.rsplit_once("} ").expect("every series has labels");
    let (value, second) = numbers.split_once(' ').expect("every sample has an instant");
    let (name, labels) = series.split_once('{').expect("every series has labels");
    let labels = labels.strip_suffix('"').unwrap_or(labels).split("\",").map(|label| label.split_once("=\"").unwrap());
    let own = labels.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value.to_owned()));
    let labels = own.chain([("__name__".to_owned(), name.to_owned())]).collect();
    ((labels, second.parse().unwrap()), bits(value.parse().unwrap()))
}

fn nameless(labels: &Labels) -> Labels {
    labels.iter().filter(|(name, _)| *name != "__name__").map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// All NaN are equal.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

#[expect(clippy::cast_possible_truncation, reason = "steps are whole seconds")]
fn samples(stretches: Vec<Stretch>) -> Samples {
    let of_series = |stretch: Stretch| {
        let labels = nameless(&stretch.labels);
        stretch.values.into_iter().map(move |(at, value)| ((labels.clone(), at as i64), bits(value)))
    };
    stretches.into_iter().flat_map(of_series).collect()
}

/// The names and expressions of the recording rules, in order.
fn recording_rules() -> Vec<(String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus/rules/recording.yml");
    let rules: Value = serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let rules = rules["groups"].as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap());
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    rules.map(|rule| (text(&rule["record"]), text(&rule["expr"]))).collect()
}

#[test]
#[ignore = "needs Prometheus"]
fn a_backfilled_prometheus_answers_with_the_replayed_numbers() {
    let backfilled = Backfilled::new();
    let prometheus = backfilled.prometheus();
    for at in ASKED {
        let answers = prometheus.query("{__name__=~\".+\"}", at);
        assert!(answers.len() > 5_000, "{} series", answers.len());
        let answered: BTreeMap<Labels, u64> =
            answers.into_iter().map(|sample| (sample.labels, bits(sample.value))).collect();
        let of_instant = backfilled.samples.iter().filter(|((_, second), _)| *second == at.floor_second());
        let written: BTreeMap<Labels, u64> = of_instant.map(|((labels, _), value)| (labels.clone(), *value)).collect();
        let lost: Vec<_> =
            written.iter().filter(|(labels, value)| answered.get(labels) != Some(value)).take(5).collect();
        assert!(
            lost.is_empty() && answered.len() == written.len(),
            "{} and {}: {lost:?}",
            answered.len(),
            written.len()
        );
    }
    each_recorded_series_is_what_its_rule_makes_of_the_figures(&backfilled, &prometheus);
    panels_show_the_hours_of_the_replay(&backfilled, &prometheus);
}

/// A rule uses series that earlier rules record, and here those come from the replay. So each rule is tested on its
/// inputs, and the first one, `ensilinja:source`, on the figures.
fn each_recorded_series_is_what_its_rule_makes_of_the_figures(backfilled: &Backfilled, prometheus: &Prometheus) {
    let rules = recording_rules();
    let names: BTreeSet<&str> = rules.iter().map(|(name, _)| name.as_str()).collect();
    let written: BTreeSet<&str> = backfilled.samples.keys().map(|(labels, _)| labels["__name__"].as_str()).collect();
    let written = written.into_iter().filter(|name| name.contains(':')).collect();
    assert_eq!(names, written, "a rule and no series, or a series and no rule");
    for (name, expression) in &rules {
        let evaluated = [KNOWN, UNKNOWN]
            .map(|stretch| samples(prometheus.query_range(expression, *stretch.start(), *stretch.end(), HOUR_SECONDS)));
        let evaluated: Samples = evaluated.into_iter().flatten().collect();
        let written = backfilled.of_name(name);
        let wrong: Vec<_> = evaluated.iter().filter(|(key, value)| written.get(key) != Some(value)).take(3).collect();
        assert!(wrong.is_empty(), "{name} should be {wrong:?}");
        let more: Vec<_> = written.keys().filter(|key| !evaluated.contains_key(key)).take(3).collect();
        assert!(more.is_empty(), "{name} should not be: {more:?}");
    }
    let complete = backfilled.of_name("ensilinja_figures_complete");
    let instants = [KNOWN, UNKNOWN].map(|stretch| {
        complete.iter().filter(|((_, second), _)| stretch.contains(&EventTime::from_seconds(*second))).count()
    });
    assert_eq!(instants[0], 73, "every hour was compared");
    assert!(instants[1] > 12, "of the first day there are {} instants", instants[1]);
    assert!(complete.values().any(|value| *value == bits(0.0)), "what is written of an incomplete instant is compared");
    assert_eq!(backfilled.of_name("ensilinja:source").len(), complete.values().filter(|it| **it == bits(1.0)).count());
    let bounds = backfilled.of_name("ensilinja:upper99");
    assert!(bounds.values().any(|value| *value == bits(f64::NAN)), "there is no share of none");
    assert!(bounds.values().collect::<BTreeSet<_>>().len() > 100, "the bounds are alike");
}

fn panels_show_the_hours_of_the_replay(backfilled: &Backfilled, prometheus: &Prometheus) {
    let promise = |part| backfilled.values(part, &[("indicator", "promise_kept"), ("window", "today")]);
    let (kept, settled) = (promise("ensilinja_indicator_good"), promise("ensilinja_indicator_valid"));
    let share = kept.iter().map(|(second, kept)| (*second, kept / settled[second]));
    let arrived = backfilled.values("ensilinja_window_contacts_offered", &[("window", "1h")]);
    assert!(arrived.values().map(|value| bits(*value)).collect::<BTreeSet<_>>().len() >= 5, "alike: {arrived:?}");
    for (title, name, expected) in [
        ("Ensikontakti luvatussa ajassa, päivän kertymä", "Pidetty", share.filter(|(_, it)| !it.is_nan()).collect()),
        ("Saapuneet tunnissa", "Tänään", arrived),
    ] {
        let expected: BTreeMap<i64, f64> = expected;
        assert!(expected.len() >= 12, "{title}: {expected:?}");
        let question = question("line", title, name);
        let shown = prometheus.query_range(&question, *KNOWN.start(), *KNOWN.end(), HOUR_SECONDS);
        assert_eq!(shown.len(), 1, "{question}: {shown:?}");
        let shown: BTreeMap<i64, u64> =
            samples(shown).into_iter().map(|((_, second), value)| (second, value)).collect();
        let expected = expected.into_iter().map(|(second, value)| (second, bits(value))).collect();
        assert_eq!(shown, expected, "{title}");
    }
}

/// The query of a panel with this legend, for [`LINE`].
fn question(board: &str, title: &str, name: &str) -> String {
    let board = boards().into_iter().find(|it| it.name == board).expect("it is there");
    let panel = board.panels().iter().find(|panel| panel["title"] == title).expect("the panel is there");
    let mut targets = panel["targets"].as_array().expect("it asks").iter();
    let target = targets.find(|target| target["legendFormat"] == name).expect("the name is there");
    target["expr"].as_str().expect("PromQL").replace("$line", LINE)
}
