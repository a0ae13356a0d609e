//! The quotas and means of one line, which keep it close to its published figures.

use super::quota::Quota;
use super::steered_mean::SteeredMean;
use crate::county::Behaviour;

/// The quotas and means of one line.
#[derive(Clone, Debug)]
pub(super) struct LineQuotas {
    /// Answered, callback requested, abandoned.
    pub decision: Quota<3>,
    /// Callbacks: reached or not.
    pub reached: Quota<2>,
    /// Reached callbacks: in time or late.
    pub late: Quota<2>,
    /// Handled contacts: with or without a recorded outcome.
    pub recorded: Quota<2>,
    pub outcome: Quota<4>,
    pub answer_wait: SteeredMean,
    pub callback_wait: SteeredMean,
    /// The waits of callbacks that are late or postponed to the next opening.
    pub late_wait: SteeredMean,
    /// The tolerance for the sum of callback waits. In seconds.
    pub callback_leeway_s: f64,
}

/// The slack of quotas for published shares.
const CLOSELY: f64 = 0.5;
/// A deviation of a mean is corrected within this part of a month's waits, but over at least this many.
const PART_OF_A_MONTH: f64 = 0.05;
const AT_LEAST: f64 = 4.0;

/// The number of published months, and the tolerance as a share of their sum of waits.
const MONTHS: f64 = 9.0;
const LEEWAY: f64 = 0.004;

impl LineQuotas {
    /// The quotas of a line at `volume` times its contacts.
    pub(super) fn new(behaviour: &Behaviour, volume: f64) -> Self {
        let contacts = behaviour.contacts.mean() * volume;
        let callbacks = behaviour.callback_wait.a_month * volume;
        Self {
            decision: Quota::new(CLOSELY),
            reached: Quota::new(CLOSELY),
            late: Quota::new((callbacks * PART_OF_A_MONTH).max(CLOSELY)),
            recorded: Quota::new(CLOSELY),
            outcome: Quota::new(CLOSELY),
            answer_wait: SteeredMean::new((contacts * PART_OF_A_MONTH).max(AT_LEAST)),
            callback_wait: SteeredMean::new((callbacks * PART_OF_A_MONTH).max(AT_LEAST)),
            late_wait: SteeredMean::new(AT_LEAST),
            callback_leeway_s: LEEWAY * MONTHS * callbacks * behaviour.callback_wait.mean_s,
        }
    }
}
