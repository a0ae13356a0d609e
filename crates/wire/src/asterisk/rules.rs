//! What only the formats of Asterisk need from the configuration.

use std::collections::BTreeMap;

use ensilinja_model::{AttemptResult, CloseResult, Fact, Outcome, Stage};

/// The rules of the formats of Asterisk.
#[derive(Clone, Debug, Default)]
pub struct AsteriskRules {
    /// Lines of the site's own, which `QueueLog()` wrote, and the facts they state: see [`site_fact`].
    pub events: BTreeMap<String, Fact>,
    /// Whether the host belongs to the id of a call: where several Asterisks without `systemname` share a topic, two
    /// of them may use the same id.
    pub host_in_id: bool,
    /// The member of a JSON object that holds the line, before the usual ones.
    pub line_member: Option<String>,
    /// The member of an AMI event that holds its time, before `Timestamp`.
    pub time_member: Option<String>,
}

/// The names of the facts that a line of the site's own may state.
const SITE_FACTS: [(&str, Fact); 19] = [
    ("offered", Fact::Offered),
    ("answered", Fact::Answered),
    ("abandoned", Fact::Abandoned(Stage::Menu)),
    ("timed_out", Fact::TimedOut),
    ("transferred", Fact::Transferred),
    ("ended", Fact::Ended),
    ("callback_requested", Fact::CallbackRequested),
    ("callback_reached", Fact::CallbackAttempted(AttemptResult::Reached)),
    ("callback_failed", Fact::CallbackAttempted(AttemptResult::Failed)),
    ("closed_cancelled", Fact::CallbackClosed(CloseResult::Cancelled)),
    ("closed_expired", Fact::CallbackClosed(CloseResult::Expired)),
    ("closed_purged", Fact::CallbackClosed(CloseResult::Purged)),
    ("closed_duplicate", Fact::CallbackClosed(CloseResult::Duplicate)),
    ("closed_unreached", Fact::CallbackClosed(CloseResult::Unreached)),
    ("handled", Fact::OutcomeRecorded(Outcome::Handled)),
    ("continues_county", Fact::OutcomeRecorded(Outcome::ContinuesCounty)),
    ("continues_hyte", Fact::OutcomeRecorded(Outcome::ContinuesHyte)),
    ("other", Fact::OutcomeRecorded(Outcome::Other)),
    ("retracted", Fact::Retracted),
];

/// The fact with this name in the configuration, that a line of the site's own may state. `offered` and `abandoned` are
/// of menus: they count only where the wait begins with the arrival.
#[must_use]
pub fn site_fact(name: &str) -> Option<Fact> {
    SITE_FACTS.iter().find(|(known, _)| *known == name).map(|(_, fact)| *fact)
}

/// Whether a fact that a line of the site's own states is of a menu: it counts only where the wait begins with the
/// arrival.
#[must_use]
pub const fn is_of_menu(fact: Fact) -> bool {
    matches!(fact, Fact::Offered | Fact::Abandoned(Stage::Menu))
}

impl AsteriskRules {
    /// The names that [`site_fact`] knows.
    pub fn site_facts() -> impl Iterator<Item = &'static str> {
        SITE_FACTS.iter().map(|(name, _)| *name)
    }

    /// Whether Asterisk itself writes such lines, and what they mean is fixed.
    #[must_use]
    pub fn is_fixed(event: &str) -> bool {
        !matches!(super::log_event::LogEvent::of(event), None | Some(super::log_event::LogEvent::Nothing))
    }
}
