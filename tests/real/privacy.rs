//! Privacy: personal data of a record goes to its dead letter and nowhere else.

use std::fs;

use ensilinja_model::{Fact, LineId};
use ensilinja_sim::Publication;
use ensilinja_test_support::{TemporaryFolder, plain_consumer};
use ensilinja_wire::{Statement, encode_binary, encode_structured, malformed};

use crate::feed::{now, send, settle};
use crate::program::{Program, total};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// A telephone number, a personal identity code (of the range for tests), an id of a platform, and free text.
const CANARIES: [&str; 4] = ["+358401234567", "131052-308T", "kanarialintu-7f2c", "Soitan huomenna diabeteksesta"];

/// Parts of them that occur nowhere else.
const FEATHERS: [&str; 4] = ["401234567", "052-308", "kanarialintu", "diabete"];

#[test]
#[ignore = "needs Java 17 and Maven"]
fn no_personal_data_is_in_a_log_a_page_or_an_error() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "privacy", 3);
    let (sound, wrong) = (sound_records(), wrong_records());
    let publisher = stage.publisher();
    let (first, second) = wrong.split_at(wrong.len() / 2);
    sound.iter().chain(first).for_each(|record| send(&publisher, record));
    let settled = settle(&publisher);
    let mut for_people = Program::run(&Stage { log: ("text", "debug"), lists_contacts: true, ..stage.clone() });
    let mut for_machines = Program::run(&Stage { log: ("json", "trace"), lists_contacts: true, ..stage.clone() });
    for program in [&for_people, &for_machines] {
        program.wait_until_it_knows(settled);
    }
    sound.iter().chain(second).for_each(|record| send(&publisher, record));
    let settled = settle(&publisher);

    let mut output = String::new();
    for program in [&for_people, &for_machines] {
        program.wait_until_it_knows(settled);
        let page = program.wait_for("dead letters are acknowledged", |page| {
            total(page, "ensilinja_dead_letters_total") >= second.len() as u64
        });
        assert!(page["ensilinja_window_contacts_offered{line=\"116117\",channel=\"phone\",window=\"1h\"}"] >= 4.0);
        let asked_for_a_person = CANARIES.map(|canary| format!("/{}?subject={0}", canary.replace(' ', "%20")));
        let pages = [
            "/metrics",
            "/api/figures",
            "/api/lines/116117",
            "/readyz",
            "/livez",
            "/",
            "/main.js",
            "/metrics?contact=+358401234567",
        ];
        let minute = now().floor_second().div_euclid(60) * 60 - 60;
        let of_the_past = [
            format!("/api/at/{minute}"),
            format!("/api/at/{minute}?line=116117"),
            "/api/days/116117".to_owned(),
            format!("/api/days/116117?at={minute}"),
            "/api/contacts/116117?window=today&figure=contacts_offered".to_owned(),
        ];
        for path in &of_the_past {
            assert_eq!(program.get(path).status, 200, "{path}");
        }
        let known = pages.into_iter().chain(of_the_past.iter().map(String::as_str));
        for path in known.chain(asked_for_a_person.iter().map(String::as_str)) {
            output.push_str(&program.get(path).body);
        }
    }
    output.push_str(&support_bundle(&stage, &for_people));
    for program in [&mut for_people, &mut for_machines] {
        program.end_well();
        assert!(program.log().contains("reading the log"), "it has logged something: {}", program.log());
        output.push_str(&program.log());
        output.push_str(&program.printed());
    }
    for trace in CANARIES.into_iter().chain(FEATHERS).map(str::to_owned).chain(CANARIES.into_iter().flat_map(as_bytes))
    {
        let line = output.lines().find(|line| line.contains(&trace));
        assert_eq!(line, None, "{trace} has escaped");
    }
    let letters = plain_consumer::read(&stage.brokers, &stage.dead_letters);
    for canary in CANARIES {
        let holds = |bytes: &[u8]| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(letters.iter().any(|letter| letter.value.as_deref().is_some_and(holds)), "{canary} was never there");
    }
}

/// A support bundle of the stage and a live process, with the log of that process.
fn support_bundle(stage: &Stage, live: &Program) -> String {
    let folder = TemporaryFolder::new("support-bundle");
    let log = folder.file("log");
    fs::write(&log, live.log()).unwrap();
    let process = format!("http://{}", live.address());
    let words = ["--process", &process, "--log", log.to_str().unwrap()];
    let mut program = Program::start(stage, &["support-bundle"], &words);
    assert!(program.wait().success(), "{}", program.log());
    let bundle = program.printed();
    for words in [
        "========== versions and machine\n\nensilinja ",
        "Kafka client: librdkafka ",
        "topic = \"privacy.events\"",
        "========== check\n\nconfiguration\n",
        "rejected as malformed",
        "/readyz\n\nready",
        "\nensilinja_window_contacts_offered{",
        "reading the log",
    ] {
        assert!(bundle.contains(words), "the bundle does not say: {words}\n{bundle}");
    }
    bundle
}

/// The forms in which programs print bytes.
fn as_bytes(text: &str) -> [String; 2] {
    let decimal: Vec<String> = text.bytes().take(6).map(|byte| byte.to_string()).collect();
    let hexadecimal: Vec<String> = text.bytes().take(6).map(|byte| format!("{byte:02x}")).collect();
    [decimal.join(", "), hexadecimal.concat()]
}

fn line() -> LineId {
    LineId::parse("116117").unwrap()
}

fn record(key: &str, value: impl Into<Vec<u8>>) -> Publication {
    let headers = vec![(CANARIES[3].to_owned(), Some(CANARIES[0].as_bytes().to_vec()))];
    Publication {
        at: now(),
        key: Some(key.as_bytes().to_vec()),
        headers,
        value: Some(value.into()),
        event: None,
        poison: None,
    }
}

/// Events of contacts with personal data in the id, the visit and further fields.
fn sound_records() -> Vec<Publication> {
    let line = line();
    // The first event is three days old, so that yesterday is shown.
    let at = now().plus_millis(-3 * 24 * 3_600_000);
    let contact = CANARIES[0];
    let old =
        encode_structured(&Statement { contact, line: &line, visit: None, to_line: None, at, fact: Fact::Offered });
    let mut records = vec![Publication { at, ..record(contact, old.value) }];
    for (contact, visit) in CANARIES.iter().zip(CANARIES.iter().rev()) {
        for fact in [Fact::Offered, Fact::Queued, Fact::Answered, Fact::Ended, Fact::Answered] {
            let statement = Statement { contact, line: &line, visit: Some(visit), to_line: None, at: now(), fact };
            let structured = encode_structured(&statement);
            let value = String::from_utf8(structured.value).unwrap();
            let open = value.strip_suffix('}').expect("an object");
            let [phone, .., text] = CANARIES;
            records
                .push(record(contact, format!("{open},\"note\":\"{text}\",\"{phone}\":{{\"{text}\":\"{phone}\"}}}}")));
            let binary = encode_binary(&statement);
            let mut record = record(contact, binary.value);
            record.headers.extend(binary.headers.into_iter().map(|(name, value)| (name, Some(value))));
            records.push(record);
        }
    }
    records
}

/// Every kind of malformed record with such texts, also in the wrong places. All become dead letters.
fn wrong_records() -> Vec<Publication> {
    let line = line();
    let mut records = Vec::new();
    for (case, contact) in malformed::cases().iter().zip(CANARIES.iter().cycle()) {
        if case.reason().goes_to_dead_letters() {
            let made = case.record(contact, &line, now());
            let mut record = record(contact, made.value.unwrap_or_default());
            (record.key, record.headers) = (made.key, [record.headers, made.headers].concat());
            records.push(record);
        }
    }
    for canary in CANARIES {
        let event = |attributes: &str, data: &str| {
            let value = format!(
                "{{\"specversion\":\"1.0\",\"id\":\"{canary}\",\"source\":\"/{canary}\",\"subject\":\"{canary}\",\
                 \"time\":\"2025-09-16T10:15:00Z\",{attributes},\"data\":{{\"line\":\"116117\",{data}}}}}"
            );
            record(canary, value)
        };
        let of = |kind: &str, data: &str| event(&format!("\"type\":\"fi.ensilinja.contact.{kind}\""), data);
        records.extend([
            record(canary, canary),
            record(canary, format!("{{\"{canary}\"")),
            record("another", format!("{{\"specversion\":\"{canary}\"}}")),
            event(&format!("\"type\":[\"{canary}\"]"), "\"a\":1"),
            of("abandoned", &format!("\"stage\":\"{canary}\"")),
            of("callback_closed", &format!("\"result\":\"{canary}\"")),
            of("outcome_recorded", &format!("\"outcome\":\"{canary}\"")),
            of("feedback_received", &format!("\"question\":\"solved\",\"answer\":\"{canary}\"")),
            of("feedback_received", &format!("\"question\":\"{canary}\",\"answer\":\"yes\"")),
            of("transferred", &format!("\"to_line\":\"{canary}\"")),
            of("offered", &format!("\"visit\":\"{}\"", canary.repeat(9))),
            of("offered", &format!("\"line\":\"{canary}\"")),
            of("offered", &format!("\"{canary}\":{}", "[".repeat(99))),
        ]);
    }
    records
}
