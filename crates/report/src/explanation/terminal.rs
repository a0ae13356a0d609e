//! Explanations as tables for people. Texts are wrapped to the width: ids and file names are never truncated.

use ensilinja_model::printable;

use super::contact::{ContactExplanation, ExplainedFact, ExplainedLeg, FactEffect, PlatformRecord};
use super::entry::{Amount, ExplainedEntry, FactSource, FormattedInstant, LegIdentity, StatedFact};
use super::figure::{Contribution, ExplainedSeries, FigureExplanation};
use crate::listing::{Align, Listing};
use crate::wrapping::fitted;

impl FigureExplanation {
    /// As tables for people, of at most this width.
    #[must_use]
    pub fn table(&self, width: usize) -> String {
        let FormattedInstant { local: at, .. } = &self.at;
        let mut text = format!("{}, line {}, at {at}{}\n", self.figure, self.line, known(self.known_before.as_ref()));
        if let Some(window) = &self.window {
            let stretch = window.stretch.as_ref().map_or_else(
                || "not begun".to_owned(),
                |(from, to)| format!("from {} to {}, both included", from.local, to.local),
            );
            push_line(&mut text, &format!("{}: {stretch}", window.name));
        }
        for part in &self.series {
            text.push('\n');
            push_part(&mut text, part, width);
        }
        if let Some((good, valid)) = self.share {
            push_line(&mut text, &format!("\nShare: {good} of {valid}{}.", percentage(good, valid)));
        }
        fitted(&text, width)
    }
}

fn push_part(text: &mut String, part: &ExplainedSeries, width: usize) {
    push_line(text, &part.series);
    push_line(text, part.help);
    let number = part.number.as_ref().map(in_words);
    if let Some(why) = &part.not_shown {
        let known = number.as_ref().map(|number| format!(" The known entries make {number}.")).unwrap_or_default();
        push_line(text, &format!("\nNo figure is shown: {why}.{known}"));
    }
    let Some(number) = number else { return };
    let as_shown = if part.not_shown.is_none() { ", as shown" } else { "" };
    if part.entries.is_empty() {
        push_line(text, &format!("\nResult: {number}{as_shown}. No entry contributes."));
        return;
    }
    let adds = |adds: &Option<Amount>, is_chosen: bool| match adds {
        Some(amount) => signed(amount),
        None if is_chosen => "this one".to_owned(),
        None => String::new(),
    };
    let row = |of: &Contribution| {
        let mut row = vec![of.entry.at.local.clone(), adds(&of.adds, of.is_chosen), leg_identity(&of.leg)];
        row.extend(entry_cells(&of.entry));
        row
    };
    let rows: Vec<Vec<String>> = part.entries.iter().map(row).collect();
    let note = part.left_out.map(|(left_out, after)| (after, format!("... {left_out} more; --all lists them")));
    text.push('\n');
    let titles = ["SECOND", "ADDS", "CONTACT", "ENTRY", "SAMPLE", "CAUSE", "SOURCE"];
    push_listing(text, &titles, &rows, note.as_ref(), width);
    if part.by_step.len() > 1 || part.left_out.is_some() {
        text.push('\n');
        let rows: Vec<Vec<String>> = part
            .by_step
            .iter()
            .map(|(step, entries, adds)| {
                vec![(*step).to_owned(), entries.to_string(), adds.as_ref().map(signed).unwrap_or_default()]
            })
            .collect();
        push_listing(text, &["ENTRY", "COUNT", "ADDS"], &rows, None, width);
    }
    push_line(text, &format!("\nResult: {number}, {}{as_shown}.", part.derivation));
}

impl ContactExplanation {
    /// As tables for people, of at most this width.
    #[must_use]
    pub fn table(&self, width: usize) -> String {
        let FormattedInstant { local: at, .. } = &self.at;
        let mut text = format!("{} as of {at}{}\n", printable(&self.contact), known(self.known_before.as_ref()));
        for leg in &self.legs {
            push_leg(&mut text, leg, width);
        }
        fitted(&text, width)
    }
}

fn push_leg(text: &mut String, leg: &ExplainedLeg, width: usize) {
    let visit = leg.visit.as_ref().map(|visit| format!(", visit {}", printable(visit))).unwrap_or_default();
    push_line(text, &format!("\n{}{visit}\n\nFacts", leg.line));
    push_facts(text, &leg.facts, width);
    push_line(text, "\nEntries");
    if leg.entries.is_empty() {
        push_line(text, "none");
    } else {
        let rows: Vec<Vec<String>> = leg
            .entries
            .iter()
            .map(|(entry, is_ahead)| {
                let at = if *is_ahead { format!("{} (future)", entry.at.local) } else { entry.at.local.clone() };
                let mut row = vec![at];
                row.extend(entry_cells(entry));
                row
            })
            .collect();
        push_listing(text, &["SECOND", "ENTRY", "SAMPLE", "CAUSE", "SOURCE"], &rows, None, width);
    }
    leg.notes.iter().for_each(|note| push_line(text, note));
    push_line(text, "\nPromise");
    leg.promise.iter().for_each(|sentence| push_line(text, sentence));
}

fn push_facts(text: &mut String, facts: &[ExplainedFact], width: usize) {
    let (mut titles, mut rows) = (vec!["INSTANT", "FACT", "STATUS", "KNOWN SINCE", "SOURCE"], Vec::new());
    let are_of_a_platform = facts.iter().any(|fact| fact.record.is_some());
    if are_of_a_platform {
        titles.extend(["RECORD", "MAPPED BY"]);
    }
    for fact in facts {
        let mut row = fact_cells(fact);
        if are_of_a_platform {
            let member = |of: fn(&PlatformRecord) -> Option<&String>| {
                fact.record.as_ref().and_then(of).map(|text| printable(text).into_owned()).unwrap_or_default()
            };
            row.extend([member(|record| record.record_type.as_ref()), member(|record| record.entry.as_ref())]);
        }
        rows.push(row);
    }
    push_listing(text, &titles, &rows, None, width);
    // One record may state several facts.
    let mut shown = Vec::new();
    for fact in facts {
        if let Some(payload) = fact.record.as_ref().and_then(|record| record.payload.as_ref()) {
            let line = format!("{}: {}", position(&fact.fact), printable(payload));
            if !shown.contains(&line) {
                push_line(text, &line);
                shown.push(line);
            }
        }
    }
}

fn fact_cells(claim: &ExplainedFact) -> Vec<String> {
    let status = match &claim.effect {
        FactEffect::Counts => "counts".to_owned(),
        FactEffect::Duplicate => "duplicate".to_owned(),
        FactEffect::Lost { to, at } => format!("overridden by {to} at {}", at.local),
        FactEffect::Surplus => "not counted: beyond the earliest 1000".to_owned(),
        FactEffect::Superseded { by, at } => format!("superseded by {by} at {}", at.local),
    };
    let known = claim.known_since.as_ref().map(|known| known.local.clone()).unwrap_or_default();
    vec![claim.fact.at.local.clone(), claim.fact.fact.clone(), status, known, position(&claim.fact)]
}

/// The name of an entry, its sample, its cause, and the source of the cause.
fn entry_cells(entry: &ExplainedEntry) -> [String; 4] {
    let said = &entry.fact;
    let because = match entry.lapsed {
        Some(lapsed) => format!("{lapsed}, after {} at {}", said.fact, said.at.local),
        None => format!("{} at {}", said.fact, said.at.local),
    };
    let measures = entry.sample_ms.map(|ms| duration(i64::from(ms))).unwrap_or_default();
    [entry.step.to_owned(), measures, because, position(said)]
}

fn position(said: &StatedFact) -> String {
    match &said.source {
        Some(FactSource::Record { topic, partition, offset }) => format!("{topic}/{partition}/{offset}"),
        Some(FactSource::Archived { file, topic, partition, offset }) => {
            format!("{topic}/{partition}/{offset} in {file}")
        }
        Some(FactSource::Line { file, line }) => format!("{file}:{line}"),
        None => String::new(),
    }
}

fn leg_identity(leg: &LegIdentity) -> String {
    match &leg.visit {
        Some(visit) => format!("{} visit {}", printable(&leg.contact), printable(visit)),
        None => printable(&leg.contact).into_owned(),
    }
}

fn in_words(amount: &Amount) -> String {
    match amount {
        Amount::Count(count) => count.to_string(),
        Amount::Duration(ms) => duration(*ms),
        Amount::Instant(at) => at.local.clone(),
    }
}

fn signed(amount: &Amount) -> String {
    match amount {
        Amount::Count(count) => format!("{count:+}"),
        Amount::Duration(ms) if *ms >= 0 => format!("+{}", duration(*ms)),
        _ => in_words(amount),
    }
}

/// The share in percent; empty if the denominator is 0.
#[expect(clippy::cast_precision_loss, reason = "counts of contacts fit 53 bits")]
fn percentage(good: i64, valid: i64) -> String {
    if valid == 0 { String::new() } else { format!(", {:.1} %", good as f64 * 100.0 / valid as f64) }
}

/// The exact duration by units: `2 min 11.250 s`.
fn duration(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let ms = ms.unsigned_abs();
    let (days, hours, minutes) = (ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60);
    let seconds = match (ms / 1000 % 60, ms % 1000) {
        (seconds, 0) => format!("{seconds} s"),
        (seconds, ms) => format!("{seconds}.{ms:03} s"),
    };
    let parts = [(days, "d"), (hours, "h"), (minutes, "min")];
    let longer = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}"));
    format!("{sign}{}", longer.chain([seconds]).collect::<Vec<_>>().join(" "))
}

/// The addition to a heading if only events known before an instant count.
fn known(before: Option<&FormattedInstant>) -> String {
    before.map(|before| format!(", as known before {}", before.local)).unwrap_or_default()
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// A listing without its empty columns. `note` has the number of a row, from 1, and the line to print below it.
fn push_listing(
    text: &mut String,
    headings: &[&'static str],
    rows: &[Vec<String>],
    note: Option<&(usize, String)>,
    width: usize,
) {
    let is_used: Vec<bool> = (0..headings.len()).map(|column| rows.iter().any(|row| !row[column].is_empty())).collect();
    let used = |column: &usize| is_used[*column];
    let columns = (0..headings.len()).filter(used).map(|column| (headings[column], Align::Left));
    let mut listing = Listing::new(columns);
    for (number, row) in (1..).zip(rows) {
        listing.row((0..row.len()).filter(used).map(|column| row[column].clone()));
        if let Some((_, note)) = note.filter(|(after, _)| *after == number) {
            listing.note(note.clone());
        }
    }
    text.push_str(&listing.within(width));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_exactly() {
        for (ms, said) in [
            (0, "0 s"),
            (999, "0.999 s"),
            (131_250, "2 min 11.250 s"),
            (3_600_000, "1 h 0 s"),
            (90_061_001, "1 d 1 h 1 min 1.001 s"),
            (-1_500, "-1.500 s"),
        ] {
            assert_eq!(duration(ms), said);
        }
    }
}
