//! What it costs to decode an event: the time of one `Decoder::examine` of an event of about 400 bytes.
//!
//! ```text
//! cargo bench -p ensilinja-wire
//! ```
//!
//! The events are of all kinds, and 2 200 lines are configured: a hundred times as many as a county has. For each
//! format of a platform, what it costs to read one record of its samples in turn, however many facts it states.
//!
//! Records of platforms are up to five times as long as events, so the rate in bytes is below each time.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ensilinja_model::{
    AttemptResult, CloseResult, EventTime, Fact, FeedbackAnswer, Header, Headers, LineId, LineIndex, NpsScore, Outcome,
    Stage, Survey, YesNo,
};
use ensilinja_wire::{
    Decoder, Encoded, Format, FormatRules, JsonCondition, JsonFact, JsonPointer, JsonQueue, JsonRules, JsonSettings,
    JsonStatement, JsonTest, JsonTime, JsonTypes, Mapping, QueueTarget, Record, Stated, Statement, Stays, TimeForm,
    encode_binary, encode_structured,
};

/// As many as the iterations of a sample, so that each sample decodes each event once.
const EVENTS: u32 = 1_024;
const LINES: usize = 2_200;
const AT: EventTime = EventTime::from_millis(1_758_006_900_000);

/// As often as in a county, roughly: most calls are offered, queued, answered, ended and documented.
const FACTS: [Fact; 16] = [
    Fact::Offered,
    Fact::Queued,
    Fact::Answered,
    Fact::Ended,
    Fact::OutcomeRecorded(Outcome::Handled),
    Fact::Offered,
    Fact::Queued,
    Fact::CallbackRequested,
    Fact::CallbackAttempted(AttemptResult::Failed),
    Fact::CallbackReached,
    Fact::CallbackClosed(CloseResult::Expired),
    Fact::Abandoned(Stage::Queue),
    Fact::Transferred,
    Fact::Answered,
    Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Solved, YesNo::Yes)),
    Fact::Ended,
];

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn structured(bencher: Bencher) {
    decode(bencher, encode_structured);
}

#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn binary(bencher: Bencher) {
    decode(bencher, encode_binary);
}

fn decode(bencher: Bencher, encode: fn(&Statement<'_>) -> Encoded) {
    let lines = lines();
    let decoder = Decoder::new(&lines, [7; 16]);
    let encoded: Vec<_> = (0..EVENTS).map(|number| event(number, &lines, encode)).collect();
    let headers: Vec<Vec<_>> = encoded.iter().map(headers).collect();
    let records: Vec<_> = encoded.iter().zip(&headers).map(|(encoded, headers)| record(encoded, headers)).collect();
    for record in &records {
        decoder.examine(record).expect("an encoded event is valid");
    }
    let mut record = records.iter().cycle();
    bencher
        .with_inputs(|| record.next().expect("the records repeat"))
        .input_counter(|record| BytesCount::of_slice(record.value.unwrap_or_default()))
        .bench_local_values(|record| decoder.examine(black_box(record)));
}

/// Events and records, of 1.2 KB on average.
#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn amazon_connect(bencher: Bencher) {
    let samples = [
        include_str!("../samples/amazon-connect-answered.jsonl"),
        include_str!("../samples/amazon-connect-abandoned.jsonl"),
        include_str!("../samples/amazon-connect-callback.jsonl"),
        include_str!("../samples/amazon-connect-menu.jsonl"),
        include_str!("../samples/amazon-connect-transfer.jsonl"),
    ];
    let queues = [
        "aaaaaaaa-0000-4000-8000-00000000000a",
        "bbbbbbbb-0000-4000-8000-00000000000b",
        "cccccccc-0000-4000-8000-00000000000c",
    ];
    read(bencher, Format::AmazonConnect, &samples, &queues);
}

/// Events, of 0.9 KB on average.
#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn genesys_cloud(bencher: Bencher) {
    let samples = [
        include_str!("../samples/genesys-cloud-answered.jsonl"),
        include_str!("../samples/genesys-cloud-abandoned.jsonl"),
        include_str!("../samples/genesys-cloud-callback.jsonl"),
        include_str!("../samples/genesys-cloud-transfer.jsonl"),
    ];
    let queues = ["a1111111-0000-4000-8000-000000000001", "b2222222-0000-4000-8000-000000000002"];
    read(bencher, Format::GenesysCloud, &samples, &queues);
}

/// Lines, of 60 bytes on average.
#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn asterisk_queue_log(bencher: Bencher) {
    read(bencher, Format::AsteriskQueueLog, &LOGS, &["q_one", "q_two", "q_short", "q_strict", "q_open"]);
}

/// Events, of 0.2 KB on average.
#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn asterisk_ami(bencher: Bencher) {
    let samples = [
        include_str!("../samples/asterisk/01.ami.jsonl"),
        include_str!("../samples/asterisk/03.ami.jsonl"),
        include_str!("../samples/asterisk/12.ami.jsonl"),
        include_str!("../samples/asterisk/33.ami.jsonl"),
    ];
    read(bencher, Format::AsteriskAmi, &samples, &["q_one", "q_two", "q_short"]);
}

/// What it costs to join a part of a stay with those that are known. A new day of calls comes with each round.
#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn stays(bencher: Bencher) {
    let mut mapping = Mapping::of(Format::AsteriskQueueLog);
    mapping.queues.insert("*", QueueTarget::Line(LineIndex::new(0)));
    let decoder = Decoder::of_source(&lines(), [7; 16], mapping);
    let mut parts = Vec::new();
    for round in 0..1_000_u32 {
        for line in LOGS.iter().flat_map(|log| log.lines()) {
            let (second, rest) = line.split_once('|').expect("a line has fields");
            let second = second.parse::<u32>().expect("a line begins with a second") + round * 2_000;
            let line = format!("{second}|{round}-{rest}");
            decoder.read(&Record::of_value(line.as_bytes()), &mut parts).expect("a sample is valid");
        }
    }
    let parts: Vec<_> = parts
        .iter()
        .filter_map(|part| match part {
            Stated::Stay(part) => Some(part),
            Stated::Event(_) => None,
        })
        .collect();
    let (mut stays, mut events) = (Stays::default(), 0_u64);
    let mut part = parts.iter().cycle();
    bencher.bench_local(|| stays.take(black_box(part.next().expect("the parts repeat")), &mut |_, _| events += 1));
}

const LOGS: [&str; 5] = [
    include_str!("../samples/asterisk/01.queue_log"),
    include_str!("../samples/asterisk/03.queue_log"),
    include_str!("../samples/asterisk/06.queue_log"),
    include_str!("../samples/asterisk/12.queue_log"),
    include_str!("../samples/asterisk/33.queue_log"),
];

/// Events, of 1.1 KB on average. Those with all variables of a channel have many times as much that is skipped.
#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn freeswitch_callcenter(bencher: Bencher) {
    let samples = [
        include_str!("../samples/freeswitch-callcenter-answered.jsonl"),
        include_str!("../samples/freeswitch-callcenter-abandoned.jsonl"),
        include_str!("../samples/freeswitch-callcenter-callback.jsonl"),
        include_str!("../samples/freeswitch-callcenter-resume.jsonl"),
        include_str!("../samples/freeswitch-callcenter-transfer.jsonl"),
    ];
    read(bencher, Format::FreeswitchCallcenter, &samples, &["line-a@pbx.example", "line-b@pbx.example"]);
}

/// Events of Event Streams, of 1.5 KB on average, with attributes.
#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn twilio_taskrouter(bencher: Bencher) {
    let samples = [
        include_str!("../samples/twilio-taskrouter-answered.jsonl"),
        include_str!("../samples/twilio-taskrouter-abandoned.jsonl"),
        include_str!("../samples/twilio-taskrouter-callback.jsonl"),
        include_str!("../samples/twilio-taskrouter-transfer.jsonl"),
    ];
    let queues = ["WQ000000000000000000000000000000a1", "WQ000000000000000000000000000000b2"];
    read(bencher, Format::TwilioTaskrouter, &samples, &queues);
}

/// Events of a webhook, of 0.3 KB, with five facts in the table.
#[divan::bench(sample_count = 400, sample_size = 1_024)]
fn json(bencher: Bencher) {
    let event = |name: &str| {
        format!(
            "{{\"Id\":\"5d0c4a7f-9b1e-3f2a-6c8d-000000000001\",\"Timestamp\":\"2026-03-03T05:00:00.120Z\",\
             \"EventType\":\"{name}\",\"EntityType\":\"Queue\",\"EntityId\":\"q-100\",\"CallId\":\"c-1\",\
             \"QueueId\":\"q-100\",\"QueueName\":\"Family\",\"QueueNumber\":\"7000\",\"UserId\":\"u-7\",\
             \"CallerNumber\":\"+358000000000\",\"Variables\":[]}}"
        )
    };
    let records = ["Connected", "Answered", "Completed"].map(event).join("\n");
    let mut mapping = Mapping::of(Format::Json);
    mapping.rules = FormatRules::Json(JsonRules::new(webhook()));
    read_as(bencher, mapping, &[&records], &["q-100"]);
}

/// The table of a webhook with an event each.
fn webhook() -> JsonSettings {
    let pointer = |text| JsonPointer::parse(text).expect("a pointer");
    let fact = |name, fact| {
        let types = JsonTypes::new([name]);
        let statement = JsonStatement::Fact(fact);
        JsonFact { statement, types: Some(types), conditions: Vec::new(), time: None, queue: None }
    };
    let has_agent = |test| JsonCondition { pointer: pointer("/UserId"), test };
    let abandoned = fact("Completed", Fact::Abandoned(Stage::Queue));
    JsonSettings {
        records: None,
        record_type: Some(pointer("/EventType")),
        contact: pointer("/CallId"),
        visit: None,
        queue: JsonQueue { id: Some(pointer("/QueueId")), name: Some(pointer("/QueueName")) },
        time: Some(JsonTime { pointer: pointer("/Timestamp"), form: TimeForm::Text }),
        absent_values: Vec::new(),
        silent_types: JsonTypes::default(),
        facts: vec![
            fact("Connected", Fact::Offered),
            fact("Connected", Fact::Queued),
            fact("Answered", Fact::Answered),
            JsonFact { conditions: vec![has_agent(JsonTest::Absent)], ..abandoned },
            fact("Completed", Fact::Ended),
        ],
    }
}

/// Reads each line of the samples in turn. The queues are those of the first lines, among as many others.
fn read(bencher: Bencher, format: Format, samples: &[&str], queues: &[&str]) {
    read_as(bencher, Mapping::of(format), samples, queues);
}

/// The same by a mapping without queues.
fn read_as(bencher: Bencher, mut mapping: Mapping, samples: &[&str], queues: &[&str]) {
    let lines = lines();
    // These samples have records of other queues too.
    let is_mixed = mapping.format == Format::AsteriskAmi;
    let others = (queues.len()..LINES).map(|number| format!("{number:08x}-0000-4000-8000-00000000000f"));
    let queues = queues.iter().map(|queue| (*queue).to_owned()).chain(others);
    for (line, queue) in (0..).map(LineIndex::new).zip(queues) {
        mapping.queues.insert(&queue, QueueTarget::Line(line));
    }
    let decoder = Decoder::of_source(&lines, [7; 16], mapping);
    let records: Vec<_> = samples.iter().flat_map(|sample| sample.lines()).collect();
    let mut stated = Vec::new();
    for record in &records {
        let read = decoder.read(&Record::of_value(record.as_bytes()), &mut stated);
        assert!(read.is_ok() || is_mixed, "a sample is valid");
    }
    let mut record = records.iter().cycle();
    bencher
        .with_inputs(|| record.next().expect("the records repeat"))
        .input_counter(|record| BytesCount::new(record.len()))
        .bench_local_values(|record| {
            stated.clear();
            decoder.read(&Record::of_value(black_box(record).as_bytes()), &mut stated)
        });
}

fn lines() -> Vec<LineId> {
    let id = |number| LineId::parse(&format!("suun_kiireeton_{number}")).expect("a valid id");
    (0..LINES).map(id).collect()
}

fn event(number: u32, lines: &[LineId], encode: fn(&Statement<'_>) -> Encoded) -> Encoded {
    let position = number as usize;
    let fact = match number % 64 {
        63 => Fact::FeedbackReceived(FeedbackAnswer::Nps(NpsScore::new(9).expect("at most ten"))),
        62 => Fact::Retracted,
        _ => FACTS[position % FACTS.len()],
    };
    encode(&Statement {
        contact: &format!("{:08x}-5d0c-4a7f-9b1e-3f2a6c8d{number:04x}", number.wrapping_mul(0x9e37_79b9)),
        line: &lines[position * 7 % LINES],
        visit: number.is_multiple_of(16).then_some("2"),
        to_line: Some(&lines[position % LINES]),
        at: AT.plus_millis(i64::from(number) * 1_234),
        fact,
    })
}

fn headers(encoded: &Encoded) -> Vec<Header<'_>> {
    encoded.headers.iter().map(|(name, value)| (name.as_str(), Some(value.as_slice()))).collect()
}

fn record<'a>(encoded: &'a Encoded, headers: &'a [Header<'a>]) -> Record<'a> {
    let timestamp = AT.plus_millis(i64::from(EVENTS) * 1_234);
    let headers = Headers::known(headers);
    Record { key: Some(&encoded.key), value: Some(&encoded.value), headers, timestamp }
}
