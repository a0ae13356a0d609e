//! The comparison, cell by cell.

use std::fmt::Write as _;

use super::tables::{CLASHES, rows};

/// How far a simulated cell may be from the published one.
#[derive(Clone, Copy)]
pub enum Tolerance {
    /// In the cell's own unit.
    Points(f64),
    /// In per cent of the published.
    Percent(f64),
}

struct Cell {
    name: String,
    published: f64,
    simulated: f64,
    is_off: bool,
}

/// Published against simulated; cells that are known to clash are left out.
#[derive(Default)]
pub struct Comparison {
    cells: Vec<Cell>,
    left_out: Vec<String>,
}

impl Comparison {
    pub fn compare(&mut self, name: [&str; 3], published: f64, simulated: f64, tolerance: Tolerance) {
        let [table, line, column] = name;
        let is_clash = |row: &super::tables::Row| {
            (row.text("table"), row.text("line"), row.text("column")) == (table, line, column)
        };
        let name = format!("{table} {line} {column}");
        if rows(CLASHES).iter().any(is_clash) {
            self.left_out.push(name);
            return;
        }
        let allowed = match tolerance {
            Tolerance::Points(points) => points,
            Tolerance::Percent(percent) => published * percent / 100.0,
        };
        // A share of nothing is not a number, and off.
        let is_off = (simulated - published).abs().is_nan() || (simulated - published).abs() > allowed;
        self.cells.push(Cell { name, published, simulated, is_off });
    }

    /// # Panics
    /// With the whole table, if a cell is off or there are not `cells`.
    pub fn assert_reproduced(&self, cells: usize) {
        let mut table = String::new();
        for Cell { name, published, simulated, is_off } in &self.cells {
            let mark = if *is_off { "OFF" } else { "" };
            writeln!(table, "{name:<60} {published:>10.2} {simulated:>10.2} {mark}").unwrap();
        }
        for name in &self.left_out {
            writeln!(table, "{name:<60} clashes: see data/known_clashes.csv").unwrap();
        }
        let off = self.cells.iter().filter(|cell| cell.is_off).count();
        assert!(off == 0 && self.cells.len() == cells, "{off} of {} cells are off:\n{table}", self.cells.len());
    }
}
