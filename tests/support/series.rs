//! A page of metrics as a map from series to value, and its comparison with the oracle.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::collections::BTreeMap;

use ensilinja_model::EventTime;
use ensilinja_sim::Oracle;

/// Series as the page writes them, with their values.
pub type Series = BTreeMap<String, f64>;

/// Families about the calendar and the lines, which the oracle does not have.
const NOT_THE_ORACLES: [&str; 6] = [
    "ensilinja_line_last_change_timestamp_seconds",
    "ensilinja_line_next_change_timestamp_seconds",
    "ensilinja_line_info",
    "ensilinja_target_ratio",
    "ensilinja_target_contacts_per_month",
    "ensilinja_alert_floor_ratio",
];

/// Reads a page in Prometheus' text format.
pub fn read_page(page: &str) -> Series {
    page.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').expect("a sample has a value");
            (series.to_owned(), value.parse().expect("a value is a number"))
        })
        .collect()
}

/// The differences between the figures of a page and those of the oracle at the same instant. The page has to have
/// exactly the figures of the oracle for every line, equal to the digit, or within 1 % for quantiles.
pub fn differences(page: &Series, oracle: &Oracle, now: EventTime) -> Vec<String> {
    let expected = oracle.series(now);
    let quantiles = oracle.quantiles(now);
    assert!(!expected.is_empty(), "the oracle has no figures");
    let mut differences = Vec::new();
    for (series, value) in &expected {
        match page.get(series) {
            Some(shown) if shown.to_bits() == value.to_bits() || (shown - value).abs() < 1e-9 => {}
            shown => differences.push(format!("{series} is {shown:?}, should be {value}")),
        }
    }
    for (series, exact) in &quantiles {
        match page.get(series) {
            Some(shown) if (shown - exact).abs() <= exact.abs() * 0.01 + 1e-9 => {}
            shown => differences.push(format!("{series} is {shown:?}, should be within 1 % of {exact}")),
        }
    }
    let of_a_line = |series: &&String| series.contains("{line=\"") && !is_not_the_oracles(series);
    for series in page.keys().filter(of_a_line) {
        if !expected.contains_key(series) && !quantiles.contains_key(series) {
            differences.push(format!("{series} is shown, and the oracle does not have it"));
        }
    }
    differences
}

fn is_not_the_oracles(series: &str) -> bool {
    NOT_THE_ORACLES.iter().any(|family| series.starts_with(family))
}
