//! Poison records, of all cases in the wire crate's table of malformed records.

use ensilinja_model::EventTime;
use ensilinja_wire::malformed::{self, MalformedCase};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use crate::publication::POISON_HEADER;
use crate::{Poison, Publication, SimEvent};

/// Producers and brokers refuse records above 1 MB by default. This leaves room for headers and framing.
const LARGEST_VALUE_BYTES: usize = 900_000;

/// Draws from all cases with equal probability.
#[derive(Clone)]
pub(super) struct PoisonGenerator {
    /// Empty until the first record is drawn: most streams have no poison, and large cases take time to build.
    cases: Vec<MalformedCase>,
    next_tag: u64,
}

impl PoisonGenerator {
    pub(super) fn new() -> Self {
        Self { cases: Vec::new(), next_tag: 0 }
    }

    /// A poison record beside `event`, published at `at`.
    pub(super) fn next_record(&mut self, event: &SimEvent, at: EventTime, rng: &mut Pcg64Mcg) -> Publication {
        if self.cases.is_empty() {
            self.cases = malformed::cases();
            self.cases.retain(|case| {
                let value = case.record("c", &event.line, at).value;
                value.is_none_or(|value| value.len() <= LARGEST_VALUE_BYTES)
            });
        }
        let case = &self.cases[rng.random_range(0..self.cases.len())];
        let contact = format!("poison-{:032x}", rng.random::<u128>());
        let mut record = case.record(&contact, &event.line, at);
        let tag = self.next_tag;
        self.next_tag += 1;
        record.headers.push((POISON_HEADER.to_owned(), Some(tag.to_string().into_bytes())));
        Publication {
            at,
            key: record.key,
            headers: record.headers,
            value: record.value,
            event: None,
            poison: Some(Poison { tag, case: case.name(), reason: case.reason(), detail: case.detail() }),
        }
    }
}
