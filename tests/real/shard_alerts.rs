//! Alerts over shards: a real Prometheus scrapes three processes with shards and a standby as one job, and one process
//! with all lines as another. With the deployed rules both jobs have the same recorded series and the same alerts.

use std::collections::{BTreeMap, BTreeSet};

use ensilinja_model::{CloseResult, Fact};
use ensilinja_sim::{Disorder, Publication};
use ensilinja_test_support::{PATIENCE, TemporaryFolder, poll_until};

use crate::alertmanager::{Alertmanager, HeldAlert};
use crate::deployed::{self, Pace};
use crate::feed::{Feed, now, say, send, settle};
use crate::people::People;
use crate::program::Program;
use crate::prometheus_server::{Labels, Prometheus, Setup};
use crate::shared_broker::shared_broker;
use crate::sharing::{SHARDS, with_shards};
use crate::stage::Stage;

/// The job of the process with all lines. That of the others is `ensilinja`.
const ALONE: &str = "alone";

/// A line of each shard, in the order of [`SHARDS`].
const LINES: [&str; 3] = ["116117", "mipa", "neuvola"];

/// Contacts of each of these lines. Those of all shards are enough for `EnsilinjaEventDelay`, those of one are not.
const LATE: usize = 20;

/// So many of them have an id that is used again. Those of all shards are enough for `EnsilinjaEventsShadowed`.
const REUSED: usize = 8;

/// More than `EnsilinjaRejectedFlood` asks for.
const MALFORMED: usize = 25;

const UNKNOWN_LINE: usize = 5;

const TEN_MINUTES_MS: i64 = 600_000;

#[test]
#[ignore = "needs Java 17, Maven, Prometheus and Alertmanager"]
fn shards_have_the_alerts_and_recorded_series_of_one_process_and_a_missing_one_mutes_only_its_lines() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "shard-alerts", 3);
    let alone = Stage { dead_letters: "shard-alerts-alone.dead-letters".to_owned(), ..stage.clone() };
    alone.create_topic_of_dead_letters(&broker);
    let settled = Feed::new(&stage, Disorder::ROUGH, 104, 20.0).settle();

    let alone = with_quiet_lines(&alone).replace("\ngroup = \"ensilinja\"\n", "\ngroup = \"alone\"\n");
    let alone = Program::of_text(&alone);
    let shared = with_shards(&with_quiet_lines(&stage));
    let [south, mut north, east] = SHARDS.map(|name| Program::of_shard(&shared, name));
    let standby = Program::of_shard(&shared, SHARDS[0]);
    for program in [&alone, &south, &north, &east, &standby] {
        program.wait_until_it_knows(settled);
    }
    let watch = Watch::over(&[&south, &north, &east, &standby], &alone);
    break_everything(&stage);

    let firing = |alert: &str, label: &str, value: &str| {
        let alerts = watch.alerts("ensilinja");
        alerts.iter().any(|(labels, is_firing)| {
            *is_firing && labels["alertname"] == alert && labels.get(label).is_some_and(|text| text == value)
        })
    };
    let mut expected: Vec<(&str, &str, String)> = Vec::new();
    for (shard, line) in SHARDS.iter().zip(LINES) {
        expected.push(("EnsilinjaCallbacksPurged", "line", line.to_owned()));
        expected.push(("EnsilinjaLineSilent", "line", format!("quiet_{shard}")));
    }
    for alert in ["EnsilinjaRejectedFlood", "EnsilinjaEventsShadowed", "EnsilinjaEventDelay"] {
        expected.push((alert, "concern", "pipeline".to_owned()));
    }
    expected.push(("EnsilinjaDeadLetters", "reason", "malformed".to_owned()));
    expected.push(("EnsilinjaUnknownLine", "reason", "unknown_line".to_owned()));
    for (alert, label, value) in expected {
        let fires = poll_until(PATIENCE, || firing(alert, label, &value));
        assert!(fires, "{alert} does not fire for {value}, only {:#?}", watch.alerts("ensilinja"));
    }
    watch.assert_same_alerts(&|_| true);
    watch.assert_same_series();

    let killed = now();
    north.kill();
    watch.people.wait_until_told("operators_page", "EnsilinjaShardMissing", false, killed);
    watch.assert_only_lines_of_north_are_muted();
    let of_north = lines_of_north(&shared);
    watch.assert_same_alerts(&|labels| labels.get("line").is_some_and(|line| !of_north.contains(line)));
    assert!(!firing("EnsilinjaNoFigures", "concern", "pipeline"), "the other shards have figures");
    watch.assert_healthy();
}

/// The configuration of a stage with a further line for each shard. No contact comes to them.
fn with_quiet_lines(stage: &Stage) -> String {
    let line = |shard: &str| {
        format!(
            "\n[[line]]\nid = \"quiet_{shard}\"\nchannel = \"phone\"\nname.fi = \"Hiljainen\"\ngroup = \"nurse_chat\"\n\
             service_area = \"Forssa\"\nhours = \"24/7\"\n"
        )
    };
    // The 23rd line is of the second shard.
    stage.configuration() + &[SHARDS[1], SHARDS[2], SHARDS[0]].map(line).concat()
}

fn lines_of_north(configuration: &str) -> BTreeSet<String> {
    let config = ensilinja::configuration::parse("a test", configuration).unwrap();
    config.shards[1].lines.iter().map(|line| config.lines[*line].id.to_string()).collect()
}

/// Publishes, on a line of each shard, a purged callback and late events with reused ids; and rejected records.
fn break_everything(stage: &Stage) {
    let publisher = stage.publisher();
    let late = now().plus_millis(-TEN_MINUTES_MS);
    for line in LINES {
        for fact in [Fact::Offered, Fact::CallbackRequested, Fact::CallbackClosed(CloseResult::Purged)] {
            say(&publisher, now(), "purged", line, now(), fact);
        }
        for number in 0..LATE {
            let contact = format!("late-{number}");
            say(&publisher, now(), &contact, line, late, Fact::Offered);
            if number < REUSED {
                say(&publisher, now(), &contact, line, late.plus_millis(TEN_MINUTES_MS / 2), Fact::Offered);
            }
        }
    }
    for number in 0..UNKNOWN_LINE {
        say(&publisher, now(), &format!("lost-{number}"), "no_such_line", now(), Fact::Offered);
    }
    for _ in 0..MALFORMED {
        let (at, value) = (now(), Some(b"no JSON".to_vec()));
        send(&publisher, &Publication { at, key: None, headers: Vec::new(), value, event: None, poison: None });
    }
    settle(&publisher);
}

/// Prometheus with both jobs, Alertmanager and the receivers.
struct Watch {
    people: People,
    alertmanager: Alertmanager,
    prometheus: Prometheus,
    /// The files of the rules.
    _rules: TemporaryFolder,
}

impl Watch {
    /// Monitors the processes, and waits until each shard and the process alone have figures.
    fn over(shared: &[&Program], alone: &Program) -> Self {
        let people = People::listen();
        let alertmanager = Alertmanager::start(&deployed::routes(Pace::MinutesAreSeconds, &people));
        let rules = TemporaryFolder::new("rules");
        let prometheus = Prometheus::start(&Setup {
            targets: shared.iter().map(|program| program.address()).collect(),
            other_jobs: vec![(ALONE, vec![alone.address()])],
            rules: deployed::rules(Pace::MinutesAreSeconds, rules.path()),
            alertmanager: Some(alertmanager.address()),
            ..Setup::default()
        });
        // The standby is scraped as well: it must count what comes now.
        let all_are_scraped = || {
            let count = |series: &str| prometheus.query(series, now()).len();
            count("ensilinja:source") == SHARDS.len() + 1 && count("ensilinja_figures_complete == 1") == 5
        };
        assert!(poll_until(PATIENCE, all_are_scraped), "there are no sources: {}", prometheus.log());
        Self { people, alertmanager, prometheus, _rules: rules }
    }

    /// The alerts of a job, without the labels that tell it from another, and whether each is firing.
    fn alerts(&self, job: &str) -> BTreeSet<(Labels, bool)> {
        let alerts = self.prometheus.alerts().into_iter();
        let its = alerts.filter(|alert| alert.labels.get("job").is_some_and(|of| of == job));
        its.map(|alert| (without_process(alert.labels), alert.firing)).collect()
    }

    /// The recorded series of a job, without the labels that tell it from another.
    ///
    /// The source is a process, and counts depend on the moment of the first scrape: both are left out.
    fn recorded(&self, job: &str) -> BTreeMap<Labels, f64> {
        let query = format!("{{__name__=~\"ensilinja:.+\",__name__!~\"ensilinja:(source|events_1h)\",job=\"{job}\"}}");
        let samples = self.prometheus.query(&query, now()).into_iter();
        samples.map(|sample| (without_process(sample.labels), sample.value)).collect()
    }

    /// Waits until both jobs have the same of these alerts, pending and firing.
    #[track_caller]
    fn assert_same_alerts(&self, concerns: &dyn Fn(&Labels) -> bool) {
        let of = |job: &str| -> BTreeSet<(Labels, bool)> {
            self.alerts(job).into_iter().filter(|(labels, _)| concerns(labels)).collect()
        };
        let are_same = || {
            let shared = of("ensilinja");
            !shared.is_empty() && shared == of(ALONE)
        };
        if !poll_until(PATIENCE, are_same) {
            let (shared, alone) = (of("ensilinja"), of(ALONE));
            let differing: Vec<_> = shared.symmetric_difference(&alone).collect();
            panic!("the alerts differ in {differing:#?}");
        }
    }

    /// Waits until both jobs have the same recorded series with the same values.
    #[track_caller]
    fn assert_same_series(&self) {
        let (mut series, mut differing) = (0, Vec::new());
        let are_same = || {
            let (shared, alone) = (self.recorded("ensilinja"), self.recorded(ALONE));
            let keys: BTreeSet<&Labels> = shared.keys().chain(alone.keys()).collect();
            series = keys.len();
            let differs =
                |key: &&Labels| !shared.get(*key).zip(alone.get(*key)).is_some_and(|both| are_equal(key, both));
            differing = keys.into_iter().filter(differs).cloned().collect();
            series > 3_000 && differing.is_empty()
        };
        let are_same = poll_until(PATIENCE, are_same);
        assert!(are_same, "{} of {series} series differ, the first: {:#?}", differing.len(), differing.first());
    }

    /// Waits until the missing shard inhibits every alert on its lines but a purge, and asserts that it inhibits none
    /// on others: neither of other shards nor of the other job.
    #[track_caller]
    fn assert_only_lines_of_north_are_muted(&self) {
        let is_of_north = |alert: &HeldAlert| {
            let is = |label: &str, value: &str| alert.labels.get(label).is_some_and(|text| text == value);
            let may_be_muted = is("concern", "line") && !is("alertname", "EnsilinjaCallbacksPurged");
            is("job", "ensilinja") && may_be_muted && is("shard", "north")
        };
        let are_muted = || {
            let held = self.alertmanager.held();
            let Some(missing) = held.iter().find(|alert| alert.labels["alertname"] == "EnsilinjaShardMissing") else {
                return false;
            };
            let (muted, free): (Vec<_>, Vec<_>) =
                held.iter().partition(|alert| alert.inhibited_by.contains(&missing.fingerprint));
            let may_be_muted =
                |alert: &&HeldAlert| is_of_north(alert) || alert.labels["alertname"] == "EnsilinjaNoStandby";
            let is_silent = |alert: &&HeldAlert| alert.labels["alertname"] == "EnsilinjaLineSilent";
            let of_others_or_alone = free.iter().filter(|alert| is_silent(alert)).count();
            let are_those_of_north = muted.iter().all(may_be_muted) && !free.into_iter().any(is_of_north);
            are_those_of_north && muted.iter().any(is_silent) && of_others_or_alone >= 5
        };
        assert!(poll_until(PATIENCE, are_muted), "others are muted: {:#?}", self.alertmanager.held());
    }

    /// Asserts that no rule failed.
    #[track_caller]
    fn assert_healthy(&self) {
        let failed = self.prometheus.failed_evaluations();
        assert!(failed.is_empty(), "{failed:#?} {:#?}", self.prometheus.failing_rules());
    }
}

fn without_process(mut labels: Labels) -> Labels {
    labels.retain(|name, _| !["job", "instance", "shard"].contains(&name.as_str()));
    labels
}

/// Whether a series has the same value in both jobs. The processes are scraped at different moments of a second, so
/// durations differ by that.
fn are_equal(labels: &Labels, (one, other): (&f64, &f64)) -> bool {
    let near = if labels["__name__"].ends_with("_seconds") { 2.5 } else { 1e-9 };
    (one - other).abs() < near || one.total_cmp(other).is_eq()
}
