//! Every query of every dashboard has an answer from a real Prometheus that has scraped the county, and the sums on the
//! boards equal those of the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ensilinja_ledger::{Indicator, Window};
use ensilinja_model::EventTime;
use ensilinja_test_support::TemporaryFolder;
use serde_json::Value;

use crate::board::{Board, boards, selectors};
use crate::prometheus_server::{Prometheus, Setup};
use crate::scrapes::{Scrapes, write_blocks};

const HOUR_SECONDS: u32 = 3_600;
const DAY_SECONDS: u32 = 24 * HOUR_SECONDS;

/// Saturday 2025-10-18 at 03:00 in Helsinki.
const FIRST_SCRAPE: EventTime = EventTime::from_seconds(1_760_745_600);
/// Tuesday 2025-10-28 at 13:00 in Helsinki, two days after the day of 25 hours.
const NOW: EventTime = EventTime::from_seconds(1_761_649_200);
/// Midnight before the first day that was scraped completely, by the UTC offset of Helsinki at `NOW`.
const FIRST_MIDNIGHT: EventTime = EventTime::from_seconds(1_760_652_000);

/// The line whose board is tested, and the only one with an alert.
const LINE: &str = "pth_hameenlinna";

/// The job under which all is scraped.
const JOB: &str = "job=\"ensilinja\"";

/// The offset of the comparisons with last week.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

/// The scrapes of the county, and a Prometheus with their data.
struct Scraped {
    scrapes: Scrapes,
    prometheus: Prometheus,
    /// The data of the Prometheus.
    _folder: TemporaryFolder,
}

/// Created by the first test that needs it, and dropped with the last.
fn scraped() -> Arc<Scraped> {
    static SCRAPED: Mutex<Weak<Scraped>> = Mutex::new(Weak::new());
    let mut shared = SCRAPED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(scraped) = shared.upgrade() {
        return scraped;
    }
    let scraped = Arc::new(Scraped::new());
    *shared = Arc::downgrade(&scraped);
    scraped
}

impl Scraped {
    fn new() -> Self {
        let asked: Vec<String> = boards().iter().flat_map(Board::asked).map(|expr| filled(&expr)).collect();
        let recorded = recorded(&asked);
        let wanted = Wanted::of(asked.iter().chain(recorded.values()));
        let mut scrapes = Scrapes::every_hour(FIRST_SCRAPE, NOW, |sample| wanted.has(sample));
        let alert =
            format!("alertname=\"EnsilinjaCallbackOverdue\",severity=\"ticket\",{JOB},line=\"{LINE}\",name=\"Linja\"");
        scrapes.add(&format!("ALERTS{{alertstate=\"firing\",{alert}}}"), 1.0);
        for about in ["", ",channel=\"chat\""] {
            let alert = format!("alertname=\"EnsilinjaLagging\",severity=\"ticket\",{JOB}{about}");
            scrapes.add(&format!("ALERTS{{alertstate=\"firing\",{alert}}}"), 1.0);
        }
        scrapes.add(&format!("ALERTS_FOR_STATE{{{alert}}}"), FIRST_SCRAPE.as_seconds_f64());
        let folder = TemporaryFolder::new("boards");
        let data = folder.file("data");
        scrapes.write_blocks(&data);
        evaluate(&recorded, &data);
        let prometheus = prometheus(data);
        Self { scrapes, prometheus, _folder: folder }
    }
}

#[test]
#[ignore = "needs Prometheus"]
fn every_query_of_every_board_has_an_answer() {
    let scraped = scraped();
    let prometheus = &scraped.prometheus;
    let mut asked = 0;
    for board in boards() {
        for expr in board.asked() {
            let filled = filled(&expr);
            assert!(!filled.contains('$'), "{}: who fills in {filled}?", board.name);
        }
        for panel in board.panels() {
            for target in panel["targets"].as_array().expect("it asks") {
                let expr = filled(target["expr"].as_str().expect("PromQL"));
                let values = match (&target["instant"], &panel["interval"]) {
                    (Value::Bool(true), _) => prometheus.query(&expr, NOW).iter().map(|sample| sample.value).collect(),
                    (_, Value::String(step)) if step == "1d" => {
                        over_days(prometheus, &expr).into_values().flatten().collect()
                    }
                    _ => through_the_day(prometheus, &expr),
                };
                let known = values.iter().filter(|value| !value.is_nan()).count();
                assert!(known > 0, "{}: {}: {values:?} for {expr}", board.name, panel["title"]);
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "there are {asked} queries");
}

#[test]
#[ignore = "needs Prometheus"]
fn variables_and_annotations_have_answers() {
    let scraped = scraped();
    let mut asked = 0;
    for board in boards() {
        let panels = board.panels().iter().flat_map(|panel| panel["targets"].as_array().expect("it asks"));
        let by_panels: BTreeSet<&str> = panels.filter_map(|target| target["expr"].as_str()).collect();
        for expr in board.asked().iter().filter(|expr| !by_panels.contains(expr.as_str())) {
            let answer = scraped.prometheus.query(&filled(expr), NOW);
            assert!(!answer.is_empty(), "{}: {expr}", board.name);
            asked += 1;
        }
    }
    assert!(asked > 0, "no board has variables or annotations");
}

/// Each day counts once and completely, including the day of 25 hours, and the goals are the sums of the days.
#[test]
#[ignore = "needs Prometheus"]
fn the_goals_of_the_quarter_are_the_sum_of_the_days_of_the_ledger() {
    let scraped = scraped();
    for indicator in [Indicator::PromiseKept, Indicator::FirstContactResolution, Indicator::KnowsHowCareContinues] {
        let days = yesterdays(&scraped.scrapes, indicator);
        assert_eq!(days.len(), 11, "from Friday 17 to Monday 27 October: {days:?}");
        let n_by_day = question("quarter", &format!("{}, päivittäin", indicator.row().name_fi), "n");
        let shown: Vec<f64> = over_days(&scraped.prometheus, &n_by_day).into_values().flatten().collect();
        assert_eq!(shown, days.values().map(|(_, n)| *n).collect::<Vec<_>>(), "{indicator:?}");
        let (good, n) = days.values().fold((0.0, 0.0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
        let shown = |name: &str| scraped.prometheus.query(&question("quarter", indicator.row().name_fi, name), NOW);
        assert_eq!(shown("n").iter().map(|sample| sample.value).collect::<Vec<_>>(), [n], "{indicator:?}");
        let share = shown("Osuus")[0].value;
        assert!((share - good / n).abs() < 1e-12, "{indicator:?}: {share} is not {good} / {n}");
    }
}

/// The table of the board `now` shows the state of each line: closed, no data, too few, below the floor, or fine.
#[test]
#[ignore = "needs Prometheus"]
fn the_state_of_each_line_follows_from_its_figures() {
    let scraped = scraped();
    let Scraped { scrapes, prometheus, .. } = &*scraped;
    let figures = &scrapes.figures[&NOW.as_millis()];
    let expected = scrapes.config.lines.iter().zip(&figures.lines).map(|(line, figures)| {
        let sums = &figures.window(Window::Today).expect("history reaches back").sums;
        let kept = Indicator::PromiseKept.of(sums, line.goals.service_level);
        let floor = line.goals.targets.of(Indicator::PromiseKept).alert_floor;
        let is_below = floor.zip(kept.share()).is_some_and(|(floor, share)| share < floor);
        let state = match (figures.open, kept.valid, is_below) {
            (false, _, _) => 0.0,
            (true, 0, _) => 3.0,
            (true, ..10, _) => 2.0,
            (true, _, true) => 4.0,
            (true, _, false) => 1.0,
        };
        (line.id.to_string(), state)
    });
    let panel = panel("now", "Linjat nyt");
    let states = panel["targets"][1]["expr"].as_str().expect("PromQL");
    let shown =
        prometheus.query(&filled(states), NOW).into_iter().map(|sample| (sample.labels["line"].clone(), sample.value));
    let (expected, shown) = (expected.collect::<BTreeMap<_, _>>(), shown.collect::<BTreeMap<_, _>>());
    assert_eq!(shown, expected);
    assert!(shown.values().map(f64::to_string).collect::<BTreeSet<_>>().len() >= 3, "too alike: {shown:?}");
}

/// With a selection of areas and channels, the totals of the board `now` and the rows of its table are those of the
/// selected lines, now and a week ago.
#[test]
#[ignore = "needs Prometheus"]
fn the_board_of_now_shows_the_selected_lines_only() {
    let scraped = scraped();
    let Scraped { scrapes, prometheus, .. } = &*scraped;
    let elsewhere = Selection { areas: &["Atlantis"], channels: &["phone", "chat", "sms"] };
    assert_eq!(elsewhere.lines(scrapes), BTreeSet::new());
    let some = [
        Selection { areas: &["Hämeenlinna"], channels: &["phone"] },
        Selection { areas: &["Forssa", "Kanta-Häme"], channels: &["phone", "chat", "sms"] },
        Selection { areas: &["Kanta-Häme"], channels: &["chat"] },
    ];
    let every_line: BTreeSet<String> = scrapes.config.lines.iter().map(|line| line.id.to_string()).collect();
    for selection in some {
        let lines = selection.lines(scrapes);
        assert!(!lines.is_empty() && lines != every_line, "{lines:?}");
        let total = |title: &str, name: &str| {
            let answer = prometheus.query(&selection.filled(&question_as_written("now", title, name)), NOW);
            answer.iter().map(|sample| sample.value).collect::<Vec<_>>()
        };
        assert_eq!(total("Jonossa nyt", "Jonossa"), [waiting(scrapes, &lines)], "{lines:?}");
        for (name, at) in [("Saapui", NOW), ("Saapui viikko sitten", NOW.plus_millis(-WEEK_MS))] {
            let expected = offered_today(scrapes, &lines, at);
            assert!(expected > 0.0, "{name}: no contact arrived");
            assert_eq!(total("Tänään ja viikko sitten", name), [expected], "{name}: {lines:?}");
        }
        let panel = panel("now", "Linjat nyt");
        for (index, target) in panel["targets"].as_array().expect("it asks").iter().enumerate() {
            let answer = prometheus.query(&selection.filled(target["expr"].as_str().expect("PromQL")), NOW);
            let rows: BTreeSet<String> = answer.iter().map(|sample| sample.labels["line"].clone()).collect();
            assert!(rows.is_subset(&lines), "{rows:?} of {lines:?}: {target}");
            // The first two are the name and the state, which every line has.
            assert!(index > 1 || rows == lines, "{rows:?} of {lines:?}: {target}");
        }
    }
}

/// Of the alerts, those on the selected lines are shown, and those that are on no line. Without any line there is
/// nothing to count.
#[test]
#[ignore = "needs Prometheus"]
fn alerts_of_the_board_of_now_follow_the_selection() {
    let scraped = scraped();
    let prometheus = &scraped.prometheus;
    let alerts = panel("now", "Hälytyksiä")["targets"][0]["expr"].as_str().expect("PromQL").to_owned();
    let firing = |areas, channels| {
        let answer = prometheus.query(&Selection { areas, channels }.filled(&alerts), NOW);
        answer.iter().map(|sample| sample.value).collect::<Vec<_>>()
    };
    assert_eq!(firing(&["Hämeenlinna"], &["phone", "chat"]), [3.0], "its line, the pipeline, the channel");
    assert_eq!(firing(&["Hämeenlinna"], &["phone"]), [2.0], "its line and the pipeline");
    assert_eq!(firing(&["Forssa"], &["phone"]), [1.0], "the pipeline");
    let none = Selection { areas: &["Atlantis"], channels: &["phone"] };
    let board = boards().into_iter().find(|board| board.name == "now").expect("it is there");
    let apart = ["Luvut", "Hälytyksiä", "Hälytykset"];
    for panel in board.panels().iter().filter(|panel| apart.iter().all(|title| panel["title"] != *title)) {
        for target in panel["targets"].as_array().expect("it asks") {
            let answer = prometheus.query(&none.filled(target["expr"].as_str().expect("PromQL")), NOW);
            assert!(answer.is_empty(), "{}: {target}: {answer:?}", panel["title"]);
        }
    }
}

/// A total of a week ago that lacks a line would look like a calm day.
#[test]
#[ignore = "needs Prometheus"]
fn a_total_of_a_week_ago_without_one_of_the_lines_is_not_shown() {
    let scraped = scraped();
    let total = question("now", "Tänään ja viikko sitten", "Saapui viikko sitten");
    let then = "{window=\"today\"} offset 1w";
    assert!(total.contains(then), "{total}");
    assert_eq!(scraped.prometheus.query(&total, NOW).len(), 1);
    let without = total.replace(then, &format!("{{window=\"today\",line!=\"{LINE}\"}} offset 1w"));
    assert_eq!(scraped.prometheus.query(&without, NOW).len(), 0, "{without}");
    // A week before the first scrape nothing is known.
    assert_eq!(scraped.prometheus.query(&total, FIRST_SCRAPE).len(), 0);
}

/// Two processes count the same records, so that a sum over them would double each.
#[test]
#[ignore = "needs Prometheus"]
fn records_that_two_processes_count_are_shown_once() {
    let scraped = scraped();
    let panel = panel("pipeline", "Hylätyt syittäin");
    let expr = filled(panel["targets"][0]["expr"].as_str().expect("PromQL"));
    let shown = scraped.prometheus.query(&expr, NOW);
    let malformed = shown.iter().find(|sample| sample.labels["reason"] == "malformed").expect("it is there");
    let of_one = expr.replace("ensilinja_events_rejected_total", "ensilinja_events_rejected_total{instance=\"one\"}");
    let of_one = scraped.prometheus.query(&of_one, NOW);
    let expected = of_one.iter().find(|sample| sample.labels["reason"] == "malformed").expect("it is there");
    assert!(expected.value > 100.0, "one for each hour: {expected:?}");
    assert!((malformed.value - expected.value).abs() < 0.5, "{malformed:?} is not {expected:?}");
}

/// What is chosen on the board `now`.
#[derive(Clone, Copy)]
struct Selection {
    areas: &'static [&'static str],
    channels: &'static [&'static str],
}

impl Selection {
    /// An expression with the choice filled in, as Grafana does it for several values.
    fn filled(&self, expr: &str) -> String {
        let several = |values: &[&str]| format!("({})", values.join("|"));
        filled(&expr.replace("$area", &several(self.areas)).replace("$channel", &several(self.channels)))
    }

    /// The lines of the county that are chosen.
    fn lines(&self, scrapes: &Scrapes) -> BTreeSet<String> {
        let is_chosen = |line: &&ensilinja_config::Line| {
            self.areas.contains(&line.service_area.as_str()) && self.channels.contains(&line.channel.as_str())
        };
        scrapes.config.lines.iter().filter(is_chosen).map(|line| line.id.to_string()).collect()
    }
}

/// Contacts waiting on the lines.
fn waiting(scrapes: &Scrapes, lines: &BTreeSet<String>) -> f64 {
    let figures = &scrapes.figures[&NOW.as_millis()].lines;
    let own = scrapes.config.lines.iter().zip(figures).filter(|(line, _)| lines.contains(&line.id.to_string()));
    count(own.map(|(_, figures)| figures.waiting).sum())
}

/// Contacts that had arrived on the lines on the day of an instant, as the ledger knew then.
fn offered_today(scrapes: &Scrapes, lines: &BTreeSet<String>, at: EventTime) -> f64 {
    let figures = &scrapes.figures[&at.as_millis()].lines;
    let own = scrapes.config.lines.iter().zip(figures).filter(|(line, _)| lines.contains(&line.id.to_string()));
    let sums = own.map(|(_, figures)| figures.window(Window::Today).expect("history reaches back").sums.offered());
    count(sums.sum())
}

/// Good and valid contacts of an indicator for each day, from the ledger on the next morning at 06:00 UTC.
fn yesterdays(scrapes: &Scrapes, indicator: Indicator) -> BTreeMap<i64, (f64, f64)> {
    let mornings = scrapes.figures.iter().filter(|(at_ms, _)| (*at_ms / 3_600_000) % 24 == 6);
    let day = |(at_ms, figures): (&i64, &ensilinja_ledger::Figures)| {
        let (mut good, mut n) = (0, 0);
        for (line, figures) in scrapes.config.lines.iter().zip(&figures.lines) {
            let sums = &figures.window(Window::Yesterday).expect("history reaches back").sums;
            let ratio = indicator.of(sums, line.goals.service_level);
            (good, n) = (good + ratio.good, n + ratio.valid);
        }
        (*at_ms, (count(good), count(n)))
    };
    mornings.map(day).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a county has few contacts")]
fn count(contacts: i64) -> f64 {
    contacts as f64
}

fn panel(board: &str, title: &str) -> Value {
    let board = boards().into_iter().find(|it| it.name == board).expect("it is there");
    let panel = board.panels().iter().find(|panel| panel["title"] == title);
    panel.unwrap_or_else(|| panic!("no panel is called {title}")).clone()
}

/// The query of a panel with this legend, for all areas and channels.
fn question(board: &str, title: &str, name: &str) -> String {
    filled(&question_as_written(board, title, name))
}

/// The query of a panel with this legend, with the variables of Grafana.
fn question_as_written(board: &str, title: &str, name: &str) -> String {
    let panel = panel(board, title);
    let mut targets = panel["targets"].as_array().expect("it asks").iter();
    let target = targets.find(|target| target["legendFormat"] == name).expect("the name is there");
    target["expr"].as_str().expect("PromQL").to_owned()
}

/// The values of the last 24 hours, hour by hour.
fn through_the_day(prometheus: &Prometheus, expr: &str) -> Vec<f64> {
    let from = NOW.plus_millis(-i64::from(DAY_SECONDS) * 1000);
    let stretches = prometheus.query_range(expr, from, NOW, HOUR_SECONDS);
    stretches.into_iter().flat_map(|stretch| stretch.values).map(|(_, value)| value).collect()
}

/// The values day by day, by their instant, as Grafana queries them: from midnight to midnight by the UTC offset of the
/// end.
fn over_days(prometheus: &Prometheus, expr: &str) -> BTreeMap<i64, Vec<f64>> {
    let mut days = BTreeMap::<_, Vec<f64>>::new();
    for stretch in prometheus.query_range(expr, FIRST_MIDNIGHT, NOW, DAY_SECONDS) {
        for (at, value) in stretch.values {
            #[expect(clippy::cast_possible_truncation, reason = "steps are whole seconds")]
            days.entry(at as i64).or_default().push(value);
        }
    }
    days
}

/// An expression with the variables of Grafana filled in, for a quarter that began on the first of October.
fn filled(expr: &str) -> String {
    let quarter_seconds = NOW.as_millis() / 1000 - 1_759_266_000;
    expr.replace("$line", LINE)
        .replace("$area", ".*")
        .replace("$channel", ".*")
        .replace("$__rate_interval", "4h")
        .replace("$__interval", "1h")
        .replace("$__range", &format!("{quarter_seconds}s"))
}

/// The recorded series that the boards use. Each has the expression of its rule, in which other recorded series are
/// replaced by their expressions.
fn recorded(asked: &[String]) -> BTreeMap<String, String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/prometheus/rules/recording.yml");
    let rules: Value = serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let rules = rules["groups"].as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap());
    let mut exprs = BTreeMap::new();
    for rule in rules {
        // A rule may use the rules before it.
        let plain = rule["expr"].as_str().unwrap();
        let mut expr = String::from(plain);
        for selector in selectors(plain).into_iter().filter(|selector| exprs.contains_key(&selector.name)) {
            assert_eq!(selector.matchers, [], "{plain}");
            expr = expr.replace(&selector.name, &format!("({})", exprs[&selector.name]));
        }
        exprs.insert(rule["record"].as_str().unwrap().to_owned(), expr);
    }
    let names: BTreeSet<String> = asked.iter().flat_map(|expr| selectors(expr)).map(|selector| selector.name).collect();
    exprs.retain(|name, _| names.contains(name));
    exprs
}

/// Adds the series that the rules would have recorded to the data.
fn evaluate(recorded: &BTreeMap<String, String>, data: &Path) {
    let prometheus = prometheus(data.to_owned());
    let mut samples = String::new();
    for (name, expr) in recorded {
        for stretch in prometheus.query_range(expr, FIRST_SCRAPE, NOW, HOUR_SECONDS) {
            let labels = stretch.labels.iter().filter(|(label, _)| *label != "__name__");
            let labels: Vec<String> = labels.map(|(label, value)| format!("{label}=\"{value}\"")).collect();
            let series = format!("{name}{{{}}}", labels.join(","));
            samples.extend(stretch.values.iter().map(|(at, value)| format!("{series} {value} {at}\n")));
        }
    }
    drop(prometheus);
    write_blocks(&samples, data);
}

/// A Prometheus over the data. It uses a scrape until the next one, an hour later.
fn prometheus(data: PathBuf) -> Prometheus {
    let flags = ["--query.lookback-delta=65m", "--storage.tsdb.retention.time=10y"].map(str::to_owned);
    Prometheus::start(&Setup { data: Some(data), flags: flags.into(), ..Setup::default() })
}

/// The series that queries use, out of thousands.
struct Wanted(BTreeMap<String, BTreeSet<String>>);

impl Wanted {
    /// The names in the queries, each with the windows that any query uses, because rules record all windows.
    fn of<'a>(exprs: impl Iterator<Item = &'a String>) -> Self {
        let mut wanted = BTreeMap::<_, BTreeSet<String>>::new();
        for selector in exprs.flat_map(|expr| selectors(expr)) {
            let window = selector.matchers.into_iter().find(|(label, _)| label == "window");
            wanted.entry(selector.name).or_default().extend(window.map(|(_, window)| window));
        }
        Self(wanted)
    }

    fn has(&self, sample: &str) -> bool {
        let name = sample.split(['{', ' ']).next().unwrap_or_default();
        let Some(windows) = self.0.get(name) else { return false };
        let window = sample.split_once("window=\"").and_then(|(_, rest)| rest.split_once('"'));
        window.is_none_or(|(window, _)| windows.is_empty() || windows.contains(window))
    }
}
