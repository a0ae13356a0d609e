//! The events of `queue_log`: a closed set in Asterisk 20 to 23, and `TRANSFER` of versions before 12.

/// What a line says of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LogEvent {
    Entered,
    RingCanceled,
    Connected,
    Abandoned,
    Exited(Exit),
    TalkEnded(TalkNumbers),
    /// Known, and not about the stay of a call.
    Nothing,
}

/// How a call left the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Key,
    Timeout,
    Empty,
    Withdrawn,
}

/// Where the line says how long the wait and the conversation were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TalkNumbers {
    /// In the first two fields.
    First,
    /// In the two before the last one: extension and context come first.
    BeforeLast,
}

impl LogEvent {
    /// The event with this word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "ENTERQUEUE" => Self::Entered,
            "RINGCANCELED" => Self::RingCanceled,
            "CONNECT" => Self::Connected,
            "ABANDON" => Self::Abandoned,
            "EXITWITHKEY" => Self::Exited(Exit::Key),
            "EXITWITHTIMEOUT" => Self::Exited(Exit::Timeout),
            "EXITEMPTY" => Self::Exited(Exit::Empty),
            "WITHDRAW" => Self::Exited(Exit::Withdrawn),
            "COMPLETEAGENT" | "COMPLETECALLER" => Self::TalkEnded(TalkNumbers::First),
            "BLINDTRANSFER" | "ATTENDEDTRANSFER" | "TRANSFER" => Self::TalkEnded(TalkNumbers::BeforeLast),
            "ADDMEMBER"
            | "AGENTCALLBACKLOGIN"
            | "AGENTCALLBACKLOGOFF"
            | "AGENTDUMP"
            | "AGENTLOGIN"
            | "AGENTLOGOFF"
            | "CONFIGRELOAD"
            | "DID"
            | "HOLD"
            | "INFO"
            | "MEMBERPENALTY"
            | "OUTCALL"
            | "PAUSE"
            | "PAUSEALL"
            | "PAUSEREASON"
            | "PENALTY"
            | "QUEUESTART"
            | "REMOVEMEMBER"
            | "RINGINUSE"
            | "RINGNOANSWER"
            | "SYSCOMPAT"
            | "UNHOLD"
            | "UNPAUSE"
            | "UNPAUSEALL"
            | "URL" => Self::Nothing,
            _ => return None,
        })
    }
}

impl Exit {
    /// The name of the exit in the configuration, and the position of the wait in the line.
    pub(super) fn name_and_wait(self, key: &str) -> (std::borrow::Cow<'static, str>, usize) {
        match self {
            Self::Key => (format!("key.{key}").into(), 3),
            Self::Timeout => ("timeout".into(), 2),
            Self::Empty => ("empty".into(), 2),
            Self::Withdrawn => ("withdrawn".into(), 2),
        }
    }
}
