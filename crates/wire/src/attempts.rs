//! Which of two kinds of records states attempts to call back.

ensilinja_model::vocabulary! {
    /// Which records state attempts to call back, if a platform has two kinds and both are read. Attempts are told
    /// apart by their instants, so one that both kinds date differently would be two.
    AttemptsFrom {
        /// Events.
        Events = "events",
        /// Records of whole contacts.
        Records = "records",
    }
}

impl AttemptsFrom {
    /// Whether this kind of record states attempts, under a setting that may be missing.
    pub(crate) const fn allows(setting: Option<Self>, is_record: bool) -> bool {
        match setting {
            None => true,
            Some(Self::Events) => !is_record,
            Some(Self::Records) => is_record,
        }
    }
}
