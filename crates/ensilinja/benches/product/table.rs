//! The table: a row for each measurement, with its median, its range and its budget.

use std::fs;
use std::io::{self, Write as _};
use std::time::Duration;

/// How often each row is measured.
pub const ROUNDS: usize = 5;

/// The limit for the median of a row.
#[derive(Clone, Copy)]
pub enum Budget {
    /// No limit.
    None,
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
}

/// One measurement.
pub struct Row {
    /// Its name, with the unit.
    pub what: String,
    /// The result of each round. At least one.
    pub rounds: Vec<f64>,
    /// Digits after the point.
    pub decimals: usize,
    /// Its limit.
    pub budget: Budget,
}

impl Row {
    /// A row without a budget.
    pub fn new(what: impl Into<String>, rounds: Vec<f64>, decimals: usize) -> Self {
        Self { what: what.into(), rounds, decimals, budget: Budget::None }
    }

    /// The same row with a budget.
    pub fn within(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }
}

/// Prints the machine and the names of the columns.
pub fn begin() {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let model = model.trim_start_matches([' ', '\t', ':']);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    print(&format!("ensilinja {}, {cores} cores of {model}", env!("CARGO_PKG_VERSION")));
    print(&format!("{:<72} {:>10} {:>21} {:>10}  met", "", "median", "min..max", "budget"));
}

/// Begins a section and prints how busy the machine is.
pub fn section(name: &str) {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    print(&format!("{name} (load average before: {load})"));
}

/// Adds a row.
pub fn row(row: &Row) {
    let mut rounds = row.rounds.clone();
    rounds.sort_by(f64::total_cmp);
    let median = median(&rounds);
    let number = |value: f64| grouped(value, row.decimals);
    let spread = match rounds[..] {
        [_] => String::new(),
        _ => format!("{}..{}", number(rounds[0]), number(rounds[rounds.len() - 1])),
    };
    let (budget, met) = match row.budget {
        Budget::None => (String::new(), ""),
        Budget::AtMost(most) => (format!("<= {}", number(most)), yes(median <= most)),
        Budget::AtLeast(least) => (format!(">= {}", number(least)), yes(median >= least)),
    };
    let line = format!("  {:<70} {:>10} {spread:>21} {budget:>10}  {met}", row.what, number(median));
    print(line.trim_end());
}

/// Prints how long all of it took.
pub fn end(took: Duration) {
    print(&format!("{} s in all", took.as_secs()));
}

fn print(text: &str) {
    // A reader that closed the pipe wants no more output.
    let _ = writeln!(io::stdout(), "{text}");
}

/// The middle of sorted values.
fn median(sorted: &[f64]) -> f64 {
    f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2])
}

/// The value below which this share of the values lies.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (float(sorted.len() as u64) * share).ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank is a small whole number")]
    let rank = rank as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// A count as a floating-point number.
#[expect(clippy::cast_precision_loss, reason = "what is counted here is far below 2^53")]
pub const fn float(count: u64) -> f64 {
    count as f64
}

const fn yes(met: bool) -> &'static str {
    if met { "yes" } else { "NO" }
}

/// The number with a space between thousands.
fn grouped(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let (whole, fraction) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.char_indices() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped + fraction
}
