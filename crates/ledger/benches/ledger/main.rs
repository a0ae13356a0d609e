//! The steps of the ledger, each alone: `cargo bench -p ensilinja-ledger`, or with the name of one after `--`.
//!
//! The product bench (docs/BENCH.md) measures how they add up. These show which of them a change makes faster.

mod county;

use std::cell::RefCell;
use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use ensilinja_ledger::{Ledger, LegCopies, PastReading};
use ensilinja_model::EventTime;

/// The events that come between two reads.
const A_FEW: usize = 10;

/// So few that the ledger does not settle before it is asked to.
const A_BATCH: usize = 4_000;

/// The batches that are settled.
const BATCHES: u32 = 40;

/// The reads after a few events.
const READS: u32 = 1_000;

fn main() {
    divan::main();
}

/// New events are applied.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn learn(bencher: Bencher<'_, '_>) {
    let (events, rules) = (county::events(), county::rules());
    bencher
        .counter(ItemsCount::new(events.len()))
        .with_inputs(|| Ledger::new(rules.clone(), county::NOW))
        .bench_local_refs(|ledger| {
            for event in &events {
                black_box(ledger.apply(event));
            }
        });
}

/// The entries of legs are posted that a batch of new events has changed.
#[divan::bench(sample_count = BATCHES, sample_size = 1)]
fn settle(bencher: Bencher<'_, '_>) {
    let events = county::events();
    let (before, after) = events.split_at(events.len() - BATCHES as usize * A_BATCH);
    let ledger = RefCell::new(county::ledger_of(before));
    let mut coming = after.chunks(A_BATCH);
    bencher
        .counter(ItemsCount::new(A_BATCH))
        .with_inputs(|| {
            for event in coming.next().unwrap_or_default() {
                ledger.borrow_mut().apply(event);
            }
        })
        .bench_local_values(|()| ledger.borrow_mut().settle());
}

/// Known events are applied again.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn duplicates(bencher: Bencher<'_, '_>) {
    let events = county::events();
    let mut ledger = county::ledger_of(&events);
    bencher.counter(ItemsCount::new(events.len())).bench_local(|| {
        for event in &events {
            black_box(ledger.apply(event));
        }
    });
}

/// The figures are read, and nothing has changed.
#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let mut ledger = county::ledger_of(&county::events());
    bencher.bench_local(|| ledger.figures(county::NOW, county::HISTORY));
}

/// The figures are read after a few events. What the events left to do for the read is part of it.
#[divan::bench(sample_count = READS, sample_size = 1)]
fn read_after_a_few_events(bencher: Bencher<'_, '_>) {
    let events = county::events();
    // The last events before the read, so that every window has contacts, as in `read`.
    let (before, after) = events.split_at(events.len() - READS as usize * A_FEW);
    let ledger = RefCell::new(county::ledger_of(before));
    let mut coming = after.chunks(A_FEW);
    bencher
        .with_inputs(|| {
            for event in coming.next().unwrap_or_default() {
                ledger.borrow_mut().apply(event);
            }
        })
        .bench_local_values(|()| ledger.borrow_mut().figures(county::NOW, county::HISTORY));
}

/// An instant of yesterday is read: all legs are copied, part by part, and their entries posted anew. This county has
/// five times as many contacts as the real one.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn look_back(bencher: Bencher<'_, '_>) {
    let (ledger, rules) = (county::ledger_of(&county::events()), county::rules());
    let yesterday = county::NOW.plus_millis(-24 * 3_600_000);
    bencher.counter(ItemsCount::new(ledger.legs())).bench_local(|| {
        let (mut reading, mut copies) = (PastReading::new(rules.clone(), yesterday), LegCopies::default());
        for part in 0.. {
            if !ledger.copy_legs(part, None, &mut copies) {
                break;
            }
            reading.add(&copies);
        }
        reading.figures(county::HISTORY, EventTime::MIN)
    });
}

/// A part of the legs is copied, for which the ledger is locked.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn copy_a_part(bencher: Bencher<'_, '_>) {
    let ledger = county::ledger_of(&county::events());
    bencher.with_inputs(LegCopies::default).bench_local_refs(|copies| ledger.copy_legs(1, None, copies));
}
