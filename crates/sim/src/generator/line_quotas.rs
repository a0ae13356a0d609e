//! The course of one line: what it still owes to its published figures.

use super::quota::Quota;
use super::steered_mean::SteeredMean;
use crate::county::Behaviour;

/// The quotas and means of one line.
#[derive(Clone, Debug)]
pub(super) struct LineQuotas {
    /// Answered, asked for a callback, gave up.
    pub fate: Quota<3>,
    /// Callbacks that reach the customer or do not.
    pub reached: Quota<2>,
    /// Reached late or in time.
    pub late: Quota<2>,
    /// With an outcome recorded or without.
    pub recorded: Quota<2>,
    pub outcome: Quota<4>,
    pub answer_wait: SteeredMean,
    pub callback_wait: SteeredMean,
    /// Of callbacks that are left for the next opening, or are late.
    pub late_wait: SteeredMean,
    /// By how much the sum of callback waits may be off. In seconds.
    pub callback_leeway_s: f64,
}

/// Quotas of shares that are published keep to them closely.
const CLOSELY: f64 = 0.5;
/// A debt is paid back within this part of a month's waits, and within this many at least.
const PART_OF_A_MONTH: f64 = 0.05;
const AT_LEAST: f64 = 4.0;

/// The published months, and how much of their sum of waits is leeway.
const MONTHS: f64 = 9.0;
const LEEWAY: f64 = 0.004;

impl LineQuotas {
    /// `volume` times the line.
    pub(super) fn new(behaviour: &Behaviour, volume: f64) -> Self {
        let contacts = behaviour.contacts.mean() * volume;
        let callbacks = behaviour.callback_wait.a_month * volume;
        Self {
            fate: Quota::new(CLOSELY),
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
