//! The account of a line: its minute log, and a running balance at the edge of every window.
//!
//! Each balance is the sum of all postings up to its edge. A read moves the edges forward and adds the postings in
//! between, so its cost depends on the changes since the last read. A posting behind an edge is added to the balance at
//! once, so its cost does not depend on the length of the history. A window is the difference of two balances.

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
    /// By [`Edge`]. A balance includes the second of its edge.
    balances: [(i64, Balance); EDGES.len()],
}

impl Account {
    /// An empty account that will never be read at an edge before these.
    pub fn new(edges: &Edges, bounds: &Bounds) -> Self {
        Self { log: MinuteLog::default(), balances: EDGES.map(|edge| (edges.second(edge), Balance::new(bounds))) }
    }

    /// Posts `entry` (`n` = 1) or takes it back (`n` = -1).
    pub fn post(&mut self, entry: &Entry, n: i16, bounds: &Bounds) {
        let may_leave_a_window = self.balances.iter().any(|(second, _)| entry.second > *second);
        for (second, balance) in &mut self.balances {
            if entry.second > *second {
                continue;
            }
            if may_leave_a_window {
                balance.add(entry.kind, entry.sample_ms, i32::from(n), bounds);
            } else {
                // Behind every edge, a sample would be in all balances, and so in no window.
                balance.count(entry.kind, i32::from(n));
            }
        }
        if may_leave_a_window {
            self.log.post(entry, n);
        }
    }

    /// Moves every edge forward. Edges never move back.
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

    /// Calls `visit` with each posting in the seconds (after, until]. Postings before the earliest edge are forgotten.
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
