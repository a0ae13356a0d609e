//! The memory of a leg: a million open legs in a ledger, in a process that holds nothing else.

use std::io::Write as _;
use std::process::Command;

use ensilinja_ledger::{Due, History, Ledger, LineFigures};
use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex};

use crate::builds::Builds;
use crate::process::resident_bytes;
use crate::stand::Stand;
use crate::table::{Budget, ROUNDS, Row, float};

const LEGS: u64 = 1_000_000;

/// Tuesday 2025-09-16 at 10:15 in Helsinki.
const NOW: EventTime = EventTime::from_seconds(1_758_006_900);

/// The time between two arrivals, in ms. The first is 20 hours before [`NOW`], so that no leg is an orphan yet.
const BETWEEN_ARRIVALS_MS: u64 = 72;

/// The figures are read once for so many legs, as if by a scrape every 72 s.
const LEGS_BETWEEN_READS: u64 = 1_000;

const WAITING: &str = "waiting";
const CALLBACK: &str = "callback";

/// Measures.
pub fn measure(_: &mut Stand, _: &Builds) -> anyhow::Result<Vec<Row>> {
    let rounds = |legs: &str| (0..ROUNDS).map(|_| bytes_a_leg(legs)).collect::<anyhow::Result<Vec<f64>>>();
    let row = |what: &str, rounds| Row::new(format!("{what}: bytes a leg"), rounds, 1).within(Budget::AtMost(150.0));
    Ok(vec![
        row("a million legs that wait in the queue", rounds(WAITING)?),
        row("a million legs that wait to be called back", rounds(CALLBACK)?),
    ])
}

fn bytes_a_leg(legs: &str) -> anyhow::Result<f64> {
    let output = Command::new(std::env::current_exe()?).args(["child", "memory", legs]).output()?;
    anyhow::ensure!(output.status.success(), "the ledger failed: {}", String::from_utf8_lossy(&output.stderr));
    let bytes: [u8; 8] = output.stdout.as_slice().try_into()?;
    Ok(float(u64::from_le_bytes(bytes)) / float(LEGS))
}

/// The process: fills a ledger as time goes by, and writes how much its resident memory has grown.
pub fn run(legs: &str) -> anyhow::Result<()> {
    let rules = ensilinja_config::county().rules(NOW);
    let lines = u64::try_from(rules.lines().len())?;
    let begin = NOW.plus_millis(-i64::try_from(LEGS * BETWEEN_ARRIVALS_MS)?);
    let mut ledger = Ledger::new(rules, begin);
    let history = History { start: begin, from_first_record: true };
    let facts: &[(i64, Fact)] = match legs {
        WAITING => &[(0, Fact::Offered), (10_000, Fact::Queued)],
        _ => &[(0, Fact::Offered), (10_000, Fact::Queued), (40_000, Fact::CallbackRequested)],
    };
    let before = resident_bytes(std::process::id())?;
    for number in 0..LEGS {
        let arrived = begin.plus_millis(i64::try_from(number * BETWEEN_ARRIVALS_MS)?);
        if number % LEGS_BETWEEN_READS == 0 {
            ledger.figures(arrived, history);
        }
        let line = LineIndex::new(u16::try_from(number % lines)?);
        let leg = LegKey::new(u128::from(spread(!number)) << 64 | u128::from(spread(number)));
        for &(after_ms, fact) in facts {
            ledger.apply(&Event { leg, line, at: arrived.plus_millis(after_ms), fact });
        }
    }
    let figures = ledger.figures(NOW.plus_millis(60_000), history);
    let outstanding = |line: &LineFigures| Due::ALL.iter().map(|due| line.callbacks_outstanding(*due)).sum::<i64>();
    let open: i64 = figures.lines.iter().map(|line| line.waiting + outstanding(line)).sum();
    anyhow::ensure!(u64::try_from(open)? == LEGS, "{open} legs are open");
    drop(figures);
    let after = resident_bytes(std::process::id())?;
    std::io::stdout().write_all(&after.saturating_sub(before).to_le_bytes())?;
    drop(ledger);
    Ok(())
}

/// Spreads numbers evenly over 64 bits (the finaliser of `SplitMix64`).
const fn spread(number: u64) -> u64 {
    let z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
