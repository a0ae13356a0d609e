//! From an event of a customer to the notification: real Kafka, the built program, a real Prometheus with the deployed
//! rules, and a real Alertmanager with the deployed routes. Only the addresses of the receivers are changed.

use std::time::Duration;

use ensilinja_kafka::Publisher;
use ensilinja_model::{CloseResult, EventTime, Fact};
use ensilinja_test_support::{PATIENCE, TemporaryFolder, poll_until};
use serde_json::json;

use crate::alertmanager::Alertmanager;
use crate::deployed::{self, Pace};
use crate::feed::{now, say, settle};
use crate::mailbox::Mailbox;
use crate::people::People;
use crate::program::Program;
use crate::prometheus_server::{Alert, Prometheus, Setup};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// A line of each service area, and the receiver of its pages.
const AREAS: [(&str, &str); 5] = [
    ("pth_forssa", "forssa_page"),
    ("pth_hameenlinna", "hameenlinna_page"),
    ("pth_janakkala", "janakkala_page"),
    ("pth_riihimaki", "riihimaki_page"),
    ("mipa", "kanta_hame_page"),
];

/// With the shipped configuration: at most five seconds until the next scrape, five until the rules are evaluated, and
/// five in which a purge waits for others. The rest is for a machine that runs other tests meanwhile.
const PURGE_BOUND: Duration = Duration::from_secs(30);

/// The line that is always open; it promises callbacks within half an hour.
const ALWAYS_OPEN: &str = "116117";

const HALF_AN_HOUR_MS: i64 = 30 * 60_000;

const DAY_MS: i64 = 24 * 3_600_000;

#[test]
#[ignore = "needs Java 17, Maven, Prometheus and Alertmanager"]
fn a_purged_callback_reaches_the_pager_of_its_area_within_seconds_as_shipped() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "purged", 1);
    let publisher = stage.publisher();
    // Windows without their whole history are absent, and no alert can fire by them.
    let long_ago = now().plus_millis(-2 * DAY_MS);
    say(&publisher, long_ago, "the-first", ALWAYS_OPEN, long_ago, Fact::Offered);
    let program = Program::run(&stage);
    program.wait_until_it_knows(settle(&publisher));
    let watch = Watch::over(&[&program], Pace::Real, 5);

    let purged = AREAS.map(|(line, _)| {
        // The purges lie at different moments between two scrapes, which are 5 s apart.
        std::thread::sleep(Duration::from_millis(1_300));
        for fact in [Fact::Offered, Fact::CallbackRequested, Fact::CallbackClosed(CloseResult::Purged)] {
            say(&publisher, now(), "purged", line, now(), fact);
        }
        settle(&publisher)
    });
    let mut took = AREAS.iter().zip(purged).map(|((_, pager), published)| {
        watch.people.wait_until_told(pager, "EnsilinjaCallbacksPurged", false, published).millis_since(published)
    });
    let mut took: [i64; AREAS.len()] = std::array::from_fn(|_| took.next().expect("one an area"));
    took.sort_unstable();
    println!("from the purge to the notification, as shipped, in ms: {took:?}");
    assert!(Duration::from_millis(took[4].unsigned_abs()) < PURGE_BOUND, "{took:?} ms");

    let subject = "[HÄLYTYS / PAGE] Terveysasemien kiireetön Ensilinja, Forssa: ";
    let words = watch.people.wait_for_words("forssa_page", subject);
    watch.assert_says_what_the_rule_says(&words, "EnsilinjaCallbacksPurged", "pth_forssa");
    for (line, pager) in AREAS {
        watch.people.wait_for_words(pager, "[HÄLYTYS / PAGE] ");
        let told = watch.people.told(pager);
        assert_eq!(told.len(), 2, "one purge is one notification, in two ways, and {line} is of one area: {told:#?}");
    }
    watch.assert_healthy();
}

#[test]
#[ignore = "needs Java 17, Maven, Prometheus and Alertmanager"]
fn an_overdue_callback_is_notified_once_through_failover_and_outage() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "overdue", 2);
    let publisher = stage.publisher();
    let mut source = Program::run(&stage);
    source.wait_until_it_knows(settle(&publisher));
    let mut standby = Program::run(&stage);
    standby.wait_until_it_knows(now());
    let address = standby.address().to_string();
    let watch = Watch::over(&[&source, &standby], Pace::MinutesAreSeconds, 1);

    let took = promise_breaks_by_itself(&watch, &publisher);
    println!("from the deadline to the ticket and the page, a minute lasting a second, in ms: {took:?}");
    let told = watch.told_of_the_line();
    let page = watch.firing("EnsilinjaCallbackOverdue").expect("it fires");

    let paged = watch.people.told("operators_page").len();
    let killed = now();
    source.kill();
    // This takes as long as an alert is kept after its cause is gone. An alert that still fires comes from the other
    // process.
    watch.people.wait_until_told("operators_ticket", "EnsilinjaNoStandby", false, killed);
    // Three minutes at this pace, in which no notification may arrive.
    std::thread::sleep(Duration::from_secs(3));
    let same = watch.firing("EnsilinjaCallbackOverdue").expect("it still fires");
    assert_eq!(same.since, page.since, "a failover starts no alert anew");
    assert_eq!(watch.told_of_the_line(), told, "and no notification is repeated");
    assert_eq!(watch.people.told("operators_page").len(), paged, "nor is a page for operators");

    standby.kill();
    let took = no_figures_mutes_the_line(&watch);
    println!("from the kill to the page, a minute lasting a second, in ms: {took}");
    assert_eq!(watch.told_of_the_line(), told, "no notification claims that the callback was made");

    let restarted = now();
    let again = Program::start(&stage, &["run"], &["--listen", &address]);
    again.wait_until_it_knows(now());
    watch.people.wait_until_told("operators_page", "EnsilinjaNoFigures", true, restarted);
    watch.people.wait_for_words("operators_page", "[OHI / RESOLVED] Ensilinja: EnsilinjaNoFigures");
    // A Prometheus that has just started knows no Alertmanager yet, and sends its first alerts again after a minute.
    watch.people.wait_until_told("heartbeat", "Watchdog", false, EventTime::from_seconds(0));
    watch.assert_healthy();
}

#[test]
#[ignore = "needs Alertmanager"]
fn an_email_has_the_finnish_text_of_a_chat_message() {
    let (mailbox, people) = (Mailbox::listen(), People::listen());
    let mut routes = deployed::routes(Pace::MinutesAreSeconds, &people);
    routes["global"] = json!({
        "smtp_smarthost": mailbox.address(),
        "smtp_from": "ensilinja@county.example",
        "smtp_require_tls": false,
    });
    let receivers = routes["receivers"].as_array_mut().unwrap();
    let forssa = receivers.iter_mut().find(|receiver| receiver["name"] == "forssa_ticket").unwrap();
    forssa["email_configs"] = json!([{ "to": "forssa@county.example", "send_resolved": true }]);
    let alertmanager = Alertmanager::start(&routes);

    let labels = json!({
        "alertname": "Try", "severity": "ticket", "concern": "line", "service_area": "Forssa", "name": "Lähipalvelu",
    });
    let annotations = json!({ "summary": "Lähipalvelu: 3 < 4.", "runbook_url": "docs/runbooks/Try.md" });
    alertmanager.tell(&json!([{ "labels": labels, "annotations": annotations }]));
    let letter = mailbox.wait_for(0);
    assert!(letter.contains("To: forssa@county.example\r\n"), "{letter}");
    assert!(letter.contains("Subject: =?utf-8?q?[TEHTÄVÄ_/_TICKET]_Lähipalvelu:_3_<_4."), "{letter}");
    assert!(letter.contains("Lähipalvelu: 3 &lt; 4.\r\n"), "{letter}");
    assert!(letter.contains("Ohje / runbook: docs/runbooks/Try.md\r\n"), "{letter}");
    let words = people.wait_for_words("forssa_ticket", "[TEHTÄVÄ / TICKET] Lähipalvelu: 3 < 4.");
    assert!(words.contains("Ohje / runbook: docs/runbooks/Try.md\n"), "{words}");

    alertmanager.tell(&json!([{ "labels": labels, "annotations": annotations, "endsAt": "2026-01-01T00:00:00Z" }]));
    let letter = mailbox.wait_for(1);
    assert!(letter.contains("[OHI_/_RESOLVED]") && !letter.contains("3 &lt; 4"), "{letter}");
}

/// A deadline passes without a callback: a ticket arrives, and later a page, which mutes the ticket. Returns how long
/// after the deadline each arrived, in ms.
fn promise_breaks_by_itself(watch: &Watch, publisher: &Publisher) -> [i64; 2] {
    let deadline = now().plus_millis(3_000);
    let asked = deadline.plus_millis(-HALF_AN_HOUR_MS);
    say(publisher, now(), "forgotten", ALWAYS_OPEN, asked, Fact::Offered);
    say(publisher, now(), "forgotten", ALWAYS_OPEN, asked, Fact::CallbackRequested);
    settle(publisher);
    let told =
        [("kanta_hame_ticket", "EnsilinjaCallbackOverdueTicket"), ("kanta_hame_page", "EnsilinjaCallbackOverdue")];
    let took = told.map(|(receiver, alert)| {
        let took = watch.people.wait_until_told(receiver, alert, false, deadline).millis_since(deadline);
        assert!((0..45_000).contains(&took), "{alert}: {took} ms");
        took
    });
    let words = watch.people.wait_for_words("kanta_hame_page", "[HÄLYTYS / PAGE] Päivystysapu 116 117: ");
    watch.assert_says_what_the_rule_says(&words, "EnsilinjaCallbackOverdue", ALWAYS_OPEN);
    watch.wait_until_muted("EnsilinjaCallbackOverdueTicket");
    took
}

/// Without processes one page arrives, and the alert of the line ends without a notification. Returns the time until
/// the page, in ms.
fn no_figures_mutes_the_line(watch: &Watch) -> i64 {
    let gone = now();
    watch.wait_until_muted("EnsilinjaCallbackOverdue");
    let told = watch.people.wait_until_told("operators_page", "EnsilinjaNoFigures", false, gone);
    let words = watch.people.wait_for_words("operators_page", "[HÄLYTYS / PAGE] ");
    assert!(words.contains("docs/runbooks/EnsilinjaNoFigures.md"), "{words}");
    assert!(poll_until(PATIENCE, || watch.firing("EnsilinjaCallbackOverdue").is_none()), "it does not stop firing");
    // Alertmanager looks at the group every five seconds. It must not report the end of the alert.
    std::thread::sleep(Duration::from_secs(6));
    told.millis_since(gone)
}

/// Prometheus, Alertmanager and the receivers.
struct Watch {
    people: People,
    alertmanager: Alertmanager,
    prometheus: Prometheus,
    /// The files of the rules.
    _rules: TemporaryFolder,
}

impl Watch {
    /// Monitors processes, and waits until there are figures.
    fn over(programs: &[&Program], pace: Pace, interval_seconds: u32) -> Self {
        let people = People::listen();
        let alertmanager = Alertmanager::start(&deployed::routes(pace, &people));
        let rules = TemporaryFolder::new("rules");
        let prometheus = Prometheus::start(&Setup {
            targets: programs.iter().map(|program| program.address()).collect(),
            rules: deployed::rules(pace, rules.path()),
            alertmanager: Some(alertmanager.address()),
            interval_seconds,
            ..Setup::default()
        });
        let has_source = || !prometheus.query("ensilinja:source", now()).is_empty();
        assert!(poll_until(PATIENCE, has_source), "there is no source: {}", prometheus.log());
        Self { people, alertmanager, prometheus, _rules: rules }
    }

    /// A firing alert of this name.
    fn firing(&self, name: &str) -> Option<Alert> {
        self.prometheus.alerts().into_iter().find(|alert| alert.firing && alert.labels["alertname"] == name)
    }

    /// All notifications about the line that is always open, by both ways.
    fn told_of_the_line(&self) -> Vec<String> {
        let told = ["kanta_hame_ticket", "kanta_hame_page"].map(|receiver| self.people.told(receiver)).concat();
        told.iter().map(|told| format!("{}: {:?}", told.receiver, told.notification)).collect()
    }

    /// Waits until Alertmanager holds an alert of this name that another one mutes.
    #[track_caller]
    fn wait_until_muted(&self, name: &str) {
        let is_muted = poll_until(PATIENCE, || self.alertmanager.mutes(name));
        assert!(is_muted, "{name} is not muted: {}", self.alertmanager.log());
    }

    /// Asserts that a message has the summary of the rule with the figure of this line, and names the runbook.
    #[track_caller]
    fn assert_says_what_the_rule_says(&self, words: &str, name: &str, line: &str) {
        let mut alerts = self.prometheus.alerts().into_iter();
        let is_it = |alert: &Alert| alert.labels["alertname"] == name && alert.labels["line"] == line;
        let alert = alerts.find(is_it).expect("it still fires");
        let summary = &alert.annotations["summary"];
        assert!(summary.contains('1') && words.contains(summary), "{summary:?} is not in {words:?}");
        assert!(words.contains(&format!("Ohje / runbook: docs/runbooks/{name}.md")), "{words}");
    }

    /// Asserts that no rule failed and no notification was lost.
    #[track_caller]
    fn assert_healthy(&self) {
        let failing = self.prometheus.failing_rules();
        assert!(failing.is_empty(), "{failing:#?}");
        let failed = self.prometheus.failed_evaluations();
        assert!(failed.is_empty(), "{failed:#?}");
        let log = self.alertmanager.log();
        assert!(!log.to_lowercase().contains("level=error"), "{log}");
    }
}
