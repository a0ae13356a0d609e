//! Derivation: the entries of a leg as a pure function of its facts and its line's rules.
//!
//! ```text
//!  o             d                                          all intervals are [from, to)
//!  |-- waiting --|-- served --|
//!         q                            r
//!         |------- outstanding --------|    q may be d, or lie after it
//!  |---- promise pending -----|             until it is settled: kept, broken or void
//! ```
//!
//! - `o`, the arrival, is the earliest of offered, queued, answered, abandoned, timed out and callback requested.
//! - `d`, the decision, is the earliest of answered, callback requested, timed out, abandoned, transferred, ended, and
//!   `o + orphan_after`. At the same instant they win in that order: a platform that counts whole seconds and hangs up
//!   after the request did take the request. A contact cannot time out after it was abandoned, only before.
//! - The wait counts from `o`, or from the queue if the line says so and the contact entered it before `d`. If it is
//!   said to be unknown by `d`, it has no length: the leg counts, but not its wait.
//! - `q`, the callback request, counts up to `o + orphan_after`.
//! - `r`, its resolution, is the earliest of reached, closed, and the instant at which it is given up.
//!
//! **A request supersedes the end of the wait.** If a callback is requested within a minute after an abandon, a
//! timeout, a move or an end decided the leg, the platform ended the wait in order to take the request. As of an
//! earlier second the abandon stands, as it was shown then. As of the second of the request and later, the request
//! decided the leg, and the abandon contributes nothing. So entries depend on the second as of which they are read,
//! until [`Entries::changes_at`]. Every time range has figures as if the abandon had never been reported.

mod arrived_leg;
mod callback;
mod verdict;
mod wait_end;

use ensilinja_calendar::Days;
use ensilinja_model::FactKind;

use crate::entries::{Entries, Entry, EntrySlot};
use crate::entry_kind::EntryKind;
use crate::facts::Facts;
use crate::instants::Register;
use crate::rules::LineRules;
use arrived_leg::ArrivedLeg;
pub(crate) use verdict::Settlement;

/// The settlement of the promise made to a leg, as of a second; `None` if nothing was promised, or the leg has not
/// arrived. The leg must not be retracted.
pub(crate) fn settlement(facts: &Facts, line: &LineRules, days: &Days, as_of_second: i64) -> Option<Settlement> {
    Entries::default().enter_arrived(facts, line, days, as_of_second)
}

impl Entries {
    /// The entries of a leg with these facts, as of a second. Entries up to that second do not depend on later facts,
    /// apart from corrections.
    pub fn of(facts: &Facts, line: &LineRules, days: &Days, as_of_second: i64) -> Self {
        let mut entries = Self::default();
        if let Some(at) = facts.at(Register::Retracted) {
            entries.enter(EntrySlot::Retraction, Entry::by_fact(at, EntryKind::Retracted, 0, FactKind::Retracted));
            return entries;
        }
        if let Some((at, outcome)) = facts.outcome() {
            let recorded = Entry::by_fact(at, EntryKind::outcome(outcome), 0, FactKind::OutcomeRecorded);
            entries.enter(EntrySlot::Outcome, recorded);
        }
        for (question, answer) in (0..).zip(facts.feedback()) {
            if let Some((at, answer)) = answer {
                let received = Entry::by_fact(at, EntryKind::feedback(answer), 0, FactKind::FeedbackReceived);
                entries.enter(EntrySlot::Answer(question), received);
            }
        }
        if let Some(settlement) = entries.enter_arrived(facts, line, days, as_of_second) {
            entries.enter(EntrySlot::Verdict, settlement.entry());
        }
        entries
    }

    /// Enters everything about a leg that has arrived, except the verdict. Returns the settlement of its promise, if
    /// it has one.
    #[inline]
    fn enter_arrived(&mut self, facts: &Facts, line: &LineRules, days: &Days, as_of_second: i64) -> Option<Settlement> {
        let leg = ArrivedLeg::new(facts, line)?;
        self.arrived = Some(leg.arrived);
        leg.enter_arrival(self);
        let wait_end = leg.enter_wait_end(self, as_of_second);
        let callback = leg.callback(days);
        if let Some(callback) = &callback {
            leg.enter_callback(self, &wait_end, callback, days);
        }
        leg.settlement(&wait_end, callback.as_ref())
    }
}
