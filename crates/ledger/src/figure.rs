//! The vocabularies of the figures: windows, and the ways in which a leg is decided, resolved and settled.

use ensilinja_model::vocabulary;

vocabulary! {
    /// A time range for which figures are kept. A window includes its start and excludes its end, which is the end of
    /// the second of `now`. So it contains whole seconds only.
    ///
    /// The last two depend on the line's opening hours. They include the closed hours in between.
    Window {
        /// The last 900 seconds.
        Minutes15 = "15m",
        /// The last 3 600 seconds.
        Hour = "1h",
        /// Since local midnight.
        Today = "today",
        /// The previous local day. It has 23 or 25 hours when the clocks change.
        Yesterday = "yesterday",
        /// From the instant since which the line has been open for two hours, up to now.
        Open2Hours = "open2h",
        /// From the start of the fifth most recent day on which the line opened, up to now.
        Open5Days = "open5d",
    }
}

vocabulary! {
    /// The final results of a wait that count in rates.
    Decision {
        /// Answered while the customer was waiting.
        Answered = "answered",
        /// The customer left a callback request.
        CallbackRequested = "callback_requested",
        /// Taken out of the queue after too long a wait or for lack of room, on a line where that counts.
        TimedOut = "timed_out",
        /// Abandoned in the menu.
        AbandonedMenu = "abandoned_menu",
        /// Abandoned in the queue.
        AbandonedQueue = "abandoned_queue",
        /// Abandoned while an agent's phone was ringing.
        AbandonedRinging = "abandoned_ringing",
        /// Abandoned so early that it does not count against the service.
        AbandonedShort = "abandoned_short",
    }
}

vocabulary! {
    /// The ends of a wait that do not count in rates.
    Undecided {
        /// Moved to another line.
        Moved = "moved",
        /// Taken out of the queue after too long a wait or for lack of room, on a line where that is left out.
        TimedOut = "timed_out",
        /// The contact ended, or had no event for long, without a known result.
        Orphaned = "orphaned",
    }
}

vocabulary! {
    /// Decisions within the line's threshold, without short abandons.
    Within {
        /// Answered within it.
        Answered = "answered",
        /// Abandoned within it.
        Abandoned = "abandoned",
    }
}

vocabulary! {
    /// Ends of a wait of unknown length. They have no sample, are within no threshold, and are left out of the service
    /// level.
    UnknownWait {
        /// Answered after an unknown wait.
        Answered = "answered",
        /// Abandoned after an unknown wait.
        Abandoned = "abandoned",
        /// Timed out after an unknown wait. It counts in the service level, because it was not answered in time.
        TimedOut = "timed_out",
    }
}

vocabulary! {
    /// Data anomalies of a leg. One leg may have several, so do not add them up.
    Flag {
        /// It has no `offered` at its arrival.
        Inferred = "inferred",
        /// Its `offered` is later than its arrival.
        Skewed = "skewed",
        /// It arrived while the line was closed.
        OutsideHours = "outside_hours",
        /// It was retracted.
        Retracted = "retracted",
    }
}

vocabulary! {
    /// How a callback request was resolved.
    Resolution {
        /// The customer was reached.
        Reached = "reached",
        /// Attempts failed, and the unit stopped trying.
        Unreached = "unreached",
        /// The customer no longer needs the callback.
        Cancelled = "cancelled",
        /// The same customer requested it twice.
        Duplicate = "duplicate",
        /// The system let it expire.
        Expired = "expired",
        /// The queue was emptied without calling the customers.
        Purged = "purged",
        /// There was no event for so long that the callback counts as lost. As severe as purged.
        GivenUp = "given_up",
    }
}

vocabulary! {
    /// Groups of answers to the recommendation question.
    NpsGroup {
        /// 9 or 10.
        Promoter = "promoter",
        /// 7 or 8.
        Passive = "passive",
        /// 0 to 6.
        Detractor = "detractor",
    }
}

vocabulary! {
    /// The promise of a line that applies to a contact.
    Promise {
        /// An answer in time. On a line that promises callbacks only: contacts without a callback request.
        Answer = "answer",
        /// A callback in time.
        Callback = "callback",
    }
}

vocabulary! {
    /// How a promise was settled. Each contact of a line with a promise gets one verdict.
    Verdict {
        /// The customer was served before the deadline (SLA met).
        Kept = "kept",
        /// The deadline passed first, or the customer was lost before it (SLA breached).
        Broken = "broken",
        /// Neither: the customer hung up at once, cancelled, requested twice, was moved to another line, or timed out
        /// where that is left out (excluded from the SLA).
        Void = "void",
    }
}

vocabulary! {
    /// The due state of an outstanding callback.
    Due {
        /// Due on a later day, or never if the line promises no callbacks.
        Later = "later",
        /// Due today.
        Today = "today",
        /// The deadline has passed.
        Overdue = "overdue",
    }
}
