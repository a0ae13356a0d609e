//! Closed vocabularies. Each is one table of members with their names on the wire and in labels.

/// Declares an enum whose members have names, with a list of all members and a lookup by name.
///
/// ```
/// ensilinja_model::vocabulary! {
///     /// A colour.
///     Colour {
///         /// The colour of blood.
///         Red = "red",
///     }
/// }
/// assert_eq!(Colour::from_name("red"), Some(Colour::Red));
/// assert_eq!(Colour::ALL.len(), 1);
/// ```
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$member_meta:meta])* $member:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$member_meta])* $member,)+ }

        impl $name {
            /// Every member, in order.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// The name on the wire and in labels.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$member => $text,)+ }
            }

            /// The member with this name; `None` for any other text. Case matters.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$member),)+ _ => None }
            }
        }
    };
}

vocabulary! {
    /// The channel of a line.
    Channel {
        /// A telephone call.
        Phone = "phone",
        /// A chat conversation.
        Chat = "chat",
        /// Text messages, for people who cannot use the phone.
        Sms = "sms",
    }
}

vocabulary! {
    /// The kinds of [`Fact`](crate::Fact), with their names in event types.
    FactKind {
        /// The contact arrived at the line.
        Offered = "offered",
        /// The contact entered a queue.
        Queued = "queued",
        /// The contact was answered while the customer was waiting.
        Answered = "answered",
        /// The customer abandoned the contact while waiting.
        Abandoned = "abandoned",
        /// The platform took the contact out of the queue: it had waited too long, or there was no room for it.
        TimedOut = "timed_out",
        /// The source does not know how long the contact waited.
        WaitUnknown = "wait_unknown",
        /// The customer requested a callback.
        CallbackRequested = "callback_requested",
        /// A callback was attempted.
        CallbackAttempted = "callback_attempted",
        /// The customer was reached.
        CallbackReached = "callback_reached",
        /// The callback request was closed without reaching the customer.
        CallbackClosed = "callback_closed",
        /// The contact was transferred to another line.
        Transferred = "transferred",
        /// The contact ended.
        Ended = "ended",
        /// The professional recorded the outcome of the contact.
        OutcomeRecorded = "outcome_recorded",
        /// The customer answered a feedback question about the contact.
        FeedbackReceived = "feedback_received",
        /// The leg was recorded by mistake and does not count.
        Retracted = "retracted",
    }
}

vocabulary! {
    /// The stage at which a customer abandoned the contact.
    Stage {
        /// In the menu or the announcements.
        Menu = "menu",
        /// In the queue.
        Queue = "queue",
        /// While an agent's phone was ringing.
        Ringing = "ringing",
    }
}

vocabulary! {
    /// The result of a callback attempt.
    AttemptResult {
        /// The customer was reached.
        Reached = "reached",
        /// The customer did not answer.
        Failed = "failed",
    }
}

vocabulary! {
    /// Why a callback request was closed without reaching the customer, in descending order of severity. If a platform
    /// reports two at the same instant, the more severe one counts.
    CloseResult {
        /// The queue was emptied without calling the customers: the worst failure.
        Purged = "purged",
        /// The system let it expire.
        Expired = "expired",
        /// Attempts failed, and the unit stopped trying.
        Unreached = "unreached",
        /// The same customer requested it twice.
        Duplicate = "duplicate",
        /// The customer no longer needs the callback.
        Cancelled = "cancelled",
    }
}

vocabulary! {
    /// The outcome of a contact, as the professional recorded it (county slides 15 to 17).
    Outcome {
        /// Handled during the contact (hoidettu asioinnin aikana).
        Handled = "handled",
        /// Continues in the county's own services (jatko hva-palveluihin).
        ContinuesCounty = "continues_county",
        /// Continues in services that promote wellbeing and health (jatko hyte-palveluissa).
        ContinuesHyte = "continues_hyte",
        /// Anything else.
        Other = "other",
    }
}

vocabulary! {
    /// Where the wait of a contact begins.
    WaitFrom {
        /// When the contact arrived, menus and announcements included.
        Arrival = "arrival",
        /// When it entered the queue.
        Queue = "queue",
    }
}

vocabulary! {
    /// The two yes/no feedback questions (county slides 20 and 21).
    Survey {
        /// Do you know how your care or service continues?
        Continues = "continues",
        /// Did you get a solution during the contact?
        Solved = "solved",
    }
}

vocabulary! {
    /// An answer to a [`Survey`] question.
    YesNo {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
    }
}

/// An answer to "How likely are you to recommend this service?": 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NpsScore(u8);

impl NpsScore {
    /// The score; `None` above 10.
    #[must_use]
    pub const fn new(score: u8) -> Option<Self> {
        if score <= 10 { Some(Self(score)) } else { None }
    }

    /// The score, 0 to 10.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A customer's answer to one feedback question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedbackAnswer {
    /// The answer to the recommendation question.
    Nps(NpsScore),
    /// The answer to a yes/no question.
    Survey(Survey, YesNo),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_member_and_no_other_text_does() {
        for kind in FactKind::ALL {
            assert_eq!(FactKind::from_name(kind.as_str()), Some(*kind));
        }
        assert_eq!(FactKind::from_name("Offered"), None);
        assert_eq!(CloseResult::from_name("given_up"), None);
    }

    #[test]
    fn a_score_is_zero_to_ten() {
        assert_eq!(NpsScore::new(10).map(NpsScore::get), Some(10));
        assert_eq!(NpsScore::new(11), None);
    }
}
