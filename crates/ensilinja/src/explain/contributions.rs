//! Which steps make a figure, and what each adds: read off the catalogue, for each step as if it were all there is.

use ensilinja_ledger::{Chronicle, LineFigures, Rules, Standing, Step};
use ensilinja_model::LegKey;
use ensilinja_serve::{Makeup, NamedFigure};

use super::question::Question;

/// A step, and what it adds to a figure.
#[derive(Clone, Copy)]
pub(super) struct Adding {
    pub leg: LegKey,
    pub step: Step,
    /// `None` where the figure is no sum.
    pub adds: Option<i64>,
    /// It is the one that the figure is taken from.
    pub is_it: bool,
}

/// The figure of a line; `None` where there is none.
pub(super) fn read(figure: &NamedFigure, question: &Question, line: &LineFigures) -> Option<i64> {
    match question.window {
        Some(window) => line.window(window).and_then(|window| figure.of_window(&question.card, window)),
        None => figure.of_line(line),
    }
}

/// The steps that make a figure whose number a ledger has, in no meaningful order; for a quantile in the order of what
/// they measure.
///
/// # Errors
/// If they do not make it, which is a fault of this program.
pub(super) fn of(
    figure: &NamedFigure,
    number: i64,
    question: &Question,
    chronicle: &Chronicle,
    rules: &Rules,
) -> anyhow::Result<Vec<Adding>> {
    let adding = match figure.makeup() {
        Makeup::Sum => {
            let adding = match question.window {
                Some(_) => in_window(figure, question, chronicle, rules),
                None => at_instant(figure, question, chronicle),
            };
            let sum: i64 = adding.iter().filter_map(|adding| adding.adds).sum();
            anyhow::ensure!(
                sum == number,
                "this is a fault of the program: what was found makes {sum}, and the figure is {number}"
            );
            adding
        }
        Makeup::Quantile => quantile(figure, in_window(figure, question, chronicle, rules)),
        Makeup::One => ones(figure, number, question, chronicle),
    };
    Ok(adding)
}

fn in_window(figure: &NamedFigure, question: &Question, chronicle: &Chronicle, rules: &Rules) -> Vec<Adding> {
    let stretch = question.window.and_then(|window| rules.stretch(question.line, window, question.at));
    let Some(stretch) = stretch else { return Vec::new() };
    let legs = chronicle.steps(question.line, stretch, question.at);
    let adds = |step: &Step| figure.of_window(&question.card, &chronicle.alone_in_a_window(step));
    legs.flat_map(|(leg, steps)| adding(leg, &steps, adds)).collect()
}

fn at_instant(figure: &NamedFigure, question: &Question, chronicle: &Chronicle) -> Vec<Adding> {
    let adds = |step: &Step| figure.of_line(&chronicle.alone_at(question.at, question.line, step));
    let is_in_it = |standing: &Standing| figure.of_line(&standing.figures).is_some_and(|figure| figure != 0);
    let legs = chronicle.standing(question.line, question.at).filter(is_in_it);
    legs.flat_map(|standing| adding(standing.leg, &standing.steps, adds)).collect()
}

fn adding(leg: LegKey, steps: &[Step], adds: impl Fn(&Step) -> Option<i64>) -> Vec<Adding> {
    let of_step = |step: &Step| {
        let adds = adds(step).filter(|adds| *adds != 0)?;
        Some(Adding { leg, step: *step, adds: Some(adds), is_it: false })
    };
    steps.iter().filter_map(of_step).collect()
}

/// The steps that a quantile is taken of, the one at its place marked.
fn quantile(figure: &NamedFigure, mut samples: Vec<Adding>) -> Vec<Adding> {
    samples.sort_by_key(|adding| (adding.step.sample_ms, adding.step.at));
    let place = figure.quantile().map_or(0, |quantile| quantile.place_among(samples.len()));
    for (number, sample) in samples.iter_mut().enumerate() {
        (sample.adds, sample.is_it) = (None, number == place);
    }
    samples
}

/// All steps of the contacts of which the figure is.
fn ones(figure: &NamedFigure, number: i64, question: &Question, chronicle: &Chronicle) -> Vec<Adding> {
    let is_it = |standing: &Standing| number != 0 && figure.of_line(&standing.figures) == Some(number);
    let legs = chronicle.standing(question.line, question.at).filter(is_it);
    let of_leg = |Standing { leg, steps, .. }: Standing| {
        steps.into_iter().map(move |step| Adding { leg, step, adds: None, is_it: false })
    };
    legs.flat_map(of_leg).collect()
}
