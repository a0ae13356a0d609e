//! The words of the figures: windows, and the ways a leg can come out as its line's rules see it.

use ensilinja_model::vocabulary;

vocabulary! {
    /// A span of time that figures are kept for. Every window is closed at its start and open at its end, and ends
    /// one second after the second of `now` began, so that it holds whole seconds only.
    ///
    /// The last two follow the line's opening hours, and hold the closed hours in between too.
    Window {
        /// The last 900 seconds.
        Minutes15 = "15m",
        /// The last 3 600 seconds.
        Hour = "1h",
        /// Since local midnight.
        Today = "today",
        /// The local day before; 23 or 25 hours long when the clocks change.
        Yesterday = "yesterday",
        /// Up to now, from when the line has since been open for two hours.
        Open2Hours = "open2h",
        /// Up to now, from the start of the fifth latest day on which the line has opened.
        Open5Days = "open5d",
    }
}

vocabulary! {
    /// How a contact stopped waiting so that it counts in rates.
    Decision {
        /// Answered while the customer was there.
        Answered = "answered",
        /// The customer left a callback request.
        CallbackRequested = "callback_requested",
        /// Given up in the menu.
        AbandonedMenu = "abandoned_menu",
        /// Given up in the queue.
        AbandonedQueue = "abandoned_queue",
        /// Given up while an agent's phone rang.
        AbandonedRinging = "abandoned_ringing",
        /// Given up so soon that it is no verdict on the service.
        AbandonedShort = "abandoned_short",
    }
}

vocabulary! {
    /// How a contact stopped waiting without a decision.
    Undecided {
        /// Moved to another line.
        Moved = "moved",
        /// It ended, or the time to hear of it ran out, and nobody said why.
        Orphaned = "orphaned",
    }
}

vocabulary! {
    /// Decisions within the line's threshold; short abandons are in neither.
    Within {
        /// Answered within it.
        Answered = "answered",
        /// Abandoned within it.
        Abandoned = "abandoned",
    }
}

vocabulary! {
    /// Peculiarities of a leg. One leg may have several: never sum them.
    Flag {
        /// It arrived without an `offered` at its arrival.
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
        /// Attempts failed and the unit stopped trying.
        Unreached = "unreached",
        /// The customer no longer needs it.
        Cancelled = "cancelled",
        /// The same customer asked twice.
        Duplicate = "duplicate",
        /// The system let it run out.
        Expired = "expired",
        /// The queue was emptied without reaching people.
        Purged = "purged",
        /// Nothing was heard of it for so long that it has to be counted as lost: as grave as purged.
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
    /// Which of a line's promises a contact comes under.
    Promise {
        /// To be answered in time; and of a line that promises callbacks only, contacts that asked for none.
        Answer = "answer",
        /// To be called back in time.
        Callback = "callback",
    }
}

vocabulary! {
    /// How a promise was settled: each contact of a line that promises anything gets one verdict.
    Verdict {
        /// Kept: the customer was served before the deadline.
        Kept = "kept",
        /// Broken: the deadline passed first, or the customer was lost before it.
        Broken = "broken",
        /// Neither: the customer hung up at once, cancelled, asked twice, or was moved to another line.
        Void = "void",
    }
}

vocabulary! {
    /// How close the deadline of an outstanding callback is.
    Due {
        /// Another day, or never: the line promises no callbacks.
        Later = "later",
        /// Today.
        Today = "today",
        /// It has passed.
        Overdue = "overdue",
    }
}
