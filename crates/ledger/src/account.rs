//! The book of a line: its minute log, and a running balance at the edge of every window.
//!
//! Each balance is the sum of all that was ever posted up to its edge. Reading moves the edges forward over what lies
//! between, so a read costs what changed since the last one; a posting behind an edge is added to its balance at once,
//! so a posting costs the same however long the history. A window is the difference of two balances.

use crate::balance::Balance;
use crate::entries::Entry;
use crate::entry_kind::EntryKind;
use crate::figure::Window;
use crate::figures::WindowFigures;
use crate::minutes::MinuteLog;
use crate::rules::Bounds;
use crate::windows::{EDGES, Edge, Edges};

#[derive(Clone, Debug)]
pub(crate) struct Account {
    log: MinuteLog,
    /// By [`Edge`]: everything up to and including the second is in the tally.
    balances: [(i64, Balance); EDGES.len()],
}

impl Account {
    /// An empty book that will never be read at an edge before these.
    pub fn new(edges: &Edges, bounds: &Bounds) -> Self {
        Self { log: MinuteLog::default(), balances: EDGES.map(|edge| (edges.second(edge), Balance::new(bounds))) }
    }

    /// Adds `n` times `entry`, `n` being 1 or -1.
    pub fn post(&mut self, entry: &Entry, n: i16, bounds: &Bounds) {
        let may_leave_a_window = self.balances.iter().any(|(second, _)| entry.second > *second);
        for (second, balance) in &mut self.balances {
            if entry.second > *second {
                continue;
            }
            if may_leave_a_window {
                balance.add(entry.kind, entry.sample_ms, i32::from(n), bounds);
            } else {
                // Behind every edge a sample would lie in all balances alike, and so in no window.
                balance.count(entry.kind, i32::from(n));
            }
        }
        if may_leave_a_window {
            self.log.post(entry, n);
        }
    }

    /// Moves every edge forward; an edge that is further on already stays.
    pub fn advance(&mut self, edges: &Edges, bounds: &Bounds) {
        for edge in EDGES {
            let (second, balance) = &mut self.balances[edge as usize];
            let target = edges.second(edge).max(*second);
            self.log.visit(*second, target, |kind, sample_ms, n| balance.add(kind, sample_ms, n, bounds));
            *second = target;
        }
        let passed = self.balances.iter().map(|(second, _)| *second).min().expect("there are edges");
        self.log.forget_until(passed);
    }

    /// Calls `visit` with each posting of the seconds after `after` up to and including `until`, none of them before
    /// the earliest edge.
    pub fn visit(&self, after: i64, until: i64, mut visit: impl FnMut(EntryKind, i32)) {
        self.log.visit(after, until, |kind, _, n| visit(kind, n));
    }

    pub fn balance(&self, edge: Edge) -> &Balance {
        &self.balances[edge as usize].1
    }

    pub fn window(&self, window: Window) -> WindowFigures {
        self.balance(window.end()).since(self.balance(window.start()))
    }
}
