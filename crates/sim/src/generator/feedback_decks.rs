//! Feedback answers: in each month the published number of each answer.
//!
//! A deck holds the remaining answers of one published row for one month. A handled contact draws an answer to each
//! question with a probability that empties the deck at the end of the month.

use std::sync::Arc;

use ensilinja_model::{NpsScore, Survey, YesNo};
use jiff::civil::Date;
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::draws::pick;
use crate::CountyLine;
use crate::county::{Answers, FeedbackAnswers};

/// The decks of all lines.
#[derive(Clone)]
pub(super) struct FeedbackDecks {
    volume: f64,
    decks: Vec<Deck>,
    /// The deck of each line.
    of_line: Vec<Option<usize>>,
}

#[derive(Clone)]
struct Deck {
    row: Arc<FeedbackAnswers>,
    /// The first day of the month of the deck; `None` before the first draw.
    month: Option<Date>,
    nps: [u64; 3],
    surveys: [[u64; 2]; 2],
}

/// The answers of one customer.
#[derive(Clone, Copy, Default)]
pub(super) struct Given {
    pub nps: Option<NpsScore>,
    pub surveys: [Option<(Survey, YesNo)>; 2],
}

const SCORES: [&[u8]; 3] = [&[9, 10, 10, 10], &[7, 8], &[0, 1, 2, 3, 4, 5, 6]];
const SURVEYS: [Survey; 2] = [Survey::Continues, Survey::Solved];
/// Answers are drawn this much earlier than uniformly, so that none remain at the end of the month.
const EARLY: f64 = 0.85;
const SOONER: f64 = 1.5;

impl FeedbackDecks {
    pub(super) fn new(lines: &[CountyLine], volume: f64) -> Self {
        let mut decks: Vec<Deck> = Vec::new();
        let mut deck_of = |row: &Arc<FeedbackAnswers>| {
            decks.iter().position(|deck| deck.row.row == row.row).unwrap_or_else(|| {
                decks.push(Deck { row: Arc::clone(row), month: None, nps: [0; 3], surveys: [[0; 2]; 2] });
                decks.len() - 1
            })
        };
        let of_line = lines.iter().map(|line| line.behaviour.feedback.as_ref().map(&mut deck_of)).collect();
        Self { volume, decks, of_line }
    }

    /// The factor on the county's contacts.
    pub(super) const fn volume(&self) -> f64 {
        self.volume
    }

    /// Whether two lines share a deck: the county publishes them as one row.
    pub(super) fn are_shared(&self, line: usize, other: usize) -> bool {
        self.of_line[line] == self.of_line[other]
    }

    /// The answers of a customer of a line handled on a day. `share` is the share of the month that the stream covers.
    /// `left` is the number of contacts still to be handled in the month on the lines that share the deck, including
    /// this one.
    pub(super) fn give(&mut self, line: usize, day: Date, share: f64, left: f64, rng: &mut Pcg64Mcg) -> Given {
        // Always drawn, so that the answers of one line do not affect other lines.
        let luck: f64 = rng.random();
        let Some(deck) = self.of_line[line].map(|deck| &mut self.decks[deck]) else { return Given::default() };
        deck.turn_to(day.first_of_month(), self.volume * share);
        let is_asked = |answers: u64| luck * (left * EARLY - SOONER) < float(answers);
        let group = is_asked(deck.nps.iter().sum()).then(|| take(&mut deck.nps, rng)).flatten();
        let score = group.and_then(|group| pick(rng, SCORES[group]));
        let mut surveys = [None; 2];
        for (question, answers) in deck.surveys.iter_mut().enumerate() {
            let answer = is_asked(answers.iter().sum()).then(|| take(answers, rng)).flatten();
            surveys[question] = answer.map(|no| (SURVEYS[question], if no == 0 { YesNo::Yes } else { YesNo::No }));
        }
        Given { nps: score.and_then(NpsScore::new), surveys }
    }
}

impl Deck {
    fn turn_to(&mut self, month: Date, times: f64) {
        if self.month != Some(month) {
            self.month = Some(month);
            let Answers { nps, continues, solved } = self.row.in_month_of(month);
            self.nps = nps.map(|n| rounded(f64::from(n) * times));
            self.surveys = [continues, solved].map(|answers| answers.map(|n| rounded(f64::from(n) * times)));
        }
    }
}

/// Draws one of the remaining answers with equal probability, and returns its kind.
fn take<const N: usize>(left: &mut [u64; N], rng: &mut Pcg64Mcg) -> Option<usize> {
    let all: u64 = left.iter().sum();
    let mut at = (all > 0).then(|| rng.random_range(0..all))?;
    for (kind, of_kind) in left.iter_mut().enumerate() {
        if at < *of_kind {
            *of_kind -= 1;
            return Some(kind);
        }
        at -= *of_kind;
    }
    None
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to 1e9")]
fn rounded(n: f64) -> u64 {
    n.round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "numbers of answers fit 53 bits")]
fn float(n: u64) -> f64 {
    n as f64
}
