//! What it costs to decode an event: the time of one `Decoder::examine` of an event of about 400 bytes.
//!
//! ```text
//! cargo bench -p ensilinja-wire
//! ```
//!
//! The events are of all kinds, and 2 200 lines are configured: a hundred times as many as a county has.

use divan::{Bencher, black_box};
use ensilinja_model::{
    AttemptResult, CloseResult, EventTime, Fact, FeedbackAnswer, Header, Headers, LineId, NpsScore, Outcome, Stage,
    Survey, YesNo,
};
use ensilinja_wire::{Decoder, Encoded, Record, Statement, encode_binary, encode_structured};

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
    bencher.bench_local(|| decoder.examine(black_box(record.next().expect("the records repeat"))));
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
