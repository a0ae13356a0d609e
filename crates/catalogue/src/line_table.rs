//! The lines whose figures are shown, and the upper bounds of their distributions.

use ensilinja_ledger::{Bounds, Waits};

use crate::line_info::LineInfo;
use crate::metric::WaitKind;
use crate::number::Number;

/// The lines, in the order of their figures. It does not change while a process runs.
#[derive(Debug)]
pub struct LineTable {
    infos: Vec<LineInfo>,
    answer_bounds: UpperBounds,
    callback_bounds: UpperBounds,
}

/// The upper bounds of a distribution as `le` writes them, without the last one (`+Inf`).
#[derive(Debug)]
pub(crate) struct UpperBounds(Vec<String>);

impl LineTable {
    /// The table of these lines, in the order of the figures; `bounds` are those of the ledger's rules.
    #[must_use]
    pub fn new(infos: Vec<LineInfo>, bounds: &Bounds) -> Self {
        Self {
            infos,
            answer_bounds: UpperBounds::new(&bounds.answer_wait_ms),
            callback_bounds: UpperBounds::new(&bounds.callback_wait_ms),
        }
    }

    /// The descriptions of the lines.
    #[must_use]
    pub fn infos(&self) -> &[LineInfo] {
        &self.infos
    }

    pub(crate) const fn bounds(&self, kind: WaitKind) -> &UpperBounds {
        match kind {
            WaitKind::Answer => &self.answer_bounds,
            WaitKind::Callback => &self.callback_bounds,
        }
    }
}

impl UpperBounds {
    fn new(bounds_ms: &[u32]) -> Self {
        Self(bounds_ms.iter().map(|ms| Number::Millis(i64::from(*ms)).written()).collect())
    }

    /// Each bound with the number of waits at or below it. `+Inf` comes last and counts all of them.
    pub(crate) fn counts<'a>(&'a self, waits: &'a Waits) -> impl Iterator<Item = (&'a str, i64)> {
        let below = self.0.iter().map(String::as_str).zip(waits.at_or_below());
        below.chain(std::iter::once(("+Inf", waits.count())))
    }
}
