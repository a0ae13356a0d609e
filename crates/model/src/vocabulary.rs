//! The closed sets of words: each has one table of its members and their names on the wire and in labels.

/// Declares an enum whose members have names, the list of all members, and the way back from a name.
///
/// ```
/// ensilinja_model::vocabulary! {
///     /// A colour.
///     Colour {
///         /// As blood.
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
    /// How the customer reaches a line.
    Channel {
        /// A telephone call.
        Phone = "phone",
        /// A chat conversation.
        Chat = "chat",
        /// A text message, for people who cannot use the phone.
        Sms = "sms",
    }
}

vocabulary! {
    /// The kinds of [`Fact`](crate::Fact), as event types name them.
    FactKind {
        /// The contact arrived at the line.
        Offered = "offered",
        /// It was put in a queue.
        Queued = "queued",
        /// Somebody answered while the customer was there.
        Answered = "answered",
        /// The customer gave up waiting.
        Abandoned = "abandoned",
        /// The customer asked to be called back.
        CallbackRequested = "callback_requested",
        /// Somebody tried to call back.
        CallbackAttempted = "callback_attempted",
        /// The customer was reached.
        CallbackReached = "callback_reached",
        /// The callback request was closed without a word with the customer.
        CallbackClosed = "callback_closed",
        /// The contact was moved to another line.
        Transferred = "transferred",
        /// The contact was over.
        Ended = "ended",
        /// The professional recorded how the contact came out.
        OutcomeRecorded = "outcome_recorded",
        /// The customer answered a question about the contact.
        FeedbackReceived = "feedback_received",
        /// The record of the leg was wrong: it counts for nothing.
        Retracted = "retracted",
    }
}

vocabulary! {
    /// Where the customer was when they gave up.
    Stage {
        /// In the menu or the announcements.
        Menu = "menu",
        /// In the queue.
        Queue = "queue",
        /// While an agent's phone rang.
        Ringing = "ringing",
    }
}

vocabulary! {
    /// How an attempt to call back went.
    AttemptResult {
        /// The customer was reached.
        Reached = "reached",
        /// Nobody answered.
        Failed = "failed",
    }
}

vocabulary! {
    /// Why a callback request was closed without the customer being reached; the gravest first, which is the one that
    /// counts where a platform says two of them of one instant.
    CloseResult {
        /// The queue was emptied: the worst failure there is.
        Purged = "purged",
        /// The system let it run out.
        Expired = "expired",
        /// Attempts failed and the unit stopped trying.
        Unreached = "unreached",
        /// The same customer asked twice.
        Duplicate = "duplicate",
        /// The customer no longer needs it.
        Cancelled = "cancelled",
    }
}

vocabulary! {
    /// How a contact came out, as the professional recorded it (county slides 15 to 17).
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
    /// The two yes/no questions asked after a contact (county slides 20 and 21).
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

/// An answer to "how likely would you recommend this service?": 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NpsScore(u8);

impl NpsScore {
    /// The score, if it is one of 0 to 10.
    #[must_use]
    pub const fn new(score: u8) -> Option<Self> {
        if score <= 10 { Some(Self(score)) } else { None }
    }

    /// 0 to 10.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// What a customer answered to one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedbackAnswer {
    /// To the recommendation question.
    Nps(NpsScore),
    /// To a yes/no question.
    Survey(Survey, YesNo),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_member_and_no_other_text_does() {
        for kind in FactKind::ALL {
            assert_eq!(FactKind::from_name(kind.as_str()), Some(*kind));
        }
        assert_eq!(FactKind::from_name("Offered"), None);
        assert_eq!(CloseResult::from_name("given_up"), None);
    }

    #[test]
    fn a_recommendation_is_zero_to_ten() {
        assert_eq!(NpsScore::new(10).map(NpsScore::get), Some(10));
        assert_eq!(NpsScore::new(11), None);
    }
}
