//! Why a clock is not trusted, in words for an operator: what happened, what the program does, what to do.

use crate::state::ClockState;

/// Where to look first.
const LOOK: &str = "see chronyc tracking or timedatectl on this machine";

/// Why figures are not complete by a clock in this state; `None` if it is trusted.
#[must_use]
pub fn clock_trouble(state: ClockState) -> Option<String> {
    match state {
        ClockState::Trusted => None,
        ClockState::Stepped { by_ms } => {
            let (seconds, direction) = (by_ms.abs() / 1000, if by_ms > 0 { "ahead" } else { "back" });
            let or_silence = if by_ms > 0 { ", or after 10 min without records" } else { "" };
            Some(format!(
                "the clock of this machine was set {direction} by {seconds} s and nothing confirms the new time: figures \
                 follow its steady clock. {LOOK}. A right new time is trusted once three new \
                 records have it{or_silence}; a restart trusts it at once"
            ))
        }
        ClockState::SetBack { by_ms } => Some(format!(
            "the clock was set back by {} s: figures never go back, so they stand still until the clock has caught \
             up. To get current figures now, restart the process",
            by_ms / 1000
        )),
        ClockState::Contradicted { by_ms } => {
            let (seconds, direction) = (by_ms.abs() / 1000, if by_ms > 0 { "ahead of" } else { "behind" });
            Some(format!(
                "all new records are stamped about {seconds} s {direction} the clock of this machine: one of them is \
                 wrong, or records arrive with that delay. {LOOK}, and on the machines that publish; restart the \
                 process once the clock is right"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_says_by_how_much_and_what_to_do() {
        assert_eq!(clock_trouble(ClockState::Trusted), None);
        let text = |state| clock_trouble(state).unwrap();
        let ahead = text(ClockState::Stepped { by_ms: 3_600_400 });
        assert!(ahead.contains("set ahead by 3600 s") && ahead.contains("10 min without records"), "{ahead}");
        let back = text(ClockState::Stepped { by_ms: -60_000 });
        assert!(back.contains("set back by 60 s") && !back.contains("10 min"), "{back}");
        assert!(text(ClockState::SetBack { by_ms: 7_000 }).contains("set back by 7 s"));
        assert!(text(ClockState::Contradicted { by_ms: 61_000 }).contains("61 s ahead of"));
        assert!(text(ClockState::Contradicted { by_ms: -61_000 }).contains("61 s behind"));
        for state in [ClockState::Stepped { by_ms: -3_000 }, ClockState::Contradicted { by_ms: 1 }] {
            assert!(text(state).contains("chronyc tracking"));
        }
    }
}
