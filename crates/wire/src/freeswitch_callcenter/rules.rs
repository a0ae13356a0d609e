//! What the configuration says about `FreeSWITCH` alone.

use ensilinja_model::vocabulary;

/// The rules of `freeswitch_callcenter`.
#[derive(Clone, Debug, Default)]
pub struct FreeswitchRules {
    /// Which event says that a contact was answered.
    pub answered_from: AnsweredFrom,
    /// The header that names the first session and member in a call that calls a customer back, such as
    /// `variable_callback_of`.
    pub callback_of: Option<String>,
}

vocabulary! {
    /// Which event says that a contact was answered.
    #[derive(Default)]
    AnsweredFrom {
        /// When an agent picks up. It is live, but the bridge may still fail.
        #[default]
        Start = "start",
        /// When the call ends, since only then it is certain that the two were bridged.
        End = "end",
    }
}
