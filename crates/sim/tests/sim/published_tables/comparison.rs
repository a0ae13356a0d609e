//! The comparison of published and simulated cells.

use std::fmt::Write as _;

use super::tables::{CLASHES, rows};

/// The allowed difference between a simulated cell and the published one.
#[derive(Clone, Copy)]
pub enum Tolerance {
    /// In the unit of the cell.
    Points(f64),
    /// In per cent of the published value.
    Percent(f64),
}

struct Cell {
    name: String,
    published: f64,
    simulated: f64,
    is_off: bool,
}

/// Published and simulated cells. Cells known to contradict each other are left out.
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
        // A share with denominator 0 is NaN, and off.
        let is_off = (simulated - published).abs().is_nan() || (simulated - published).abs() > allowed;
        self.cells.push(Cell { name, published, simulated, is_off });
    }

    /// # Panics
    /// If a cell is off, or if there are not `cells`. The message has the whole table.
    pub fn assert_reproduced(&self, cells: usize) {
        let mut table = String::new();
        for Cell { name, published, simulated, is_off } in &self.cells {
            let mark = if *is_off { "OFF" } else { "" };
            writeln!(table, "{name:<60} {published:>10.2} {simulated:>10.2} {mark}").unwrap();
        }
        for name in &self.left_out {
            writeln!(table, "{name:<60} left out: see data/known_clashes.csv").unwrap();
        }
        let off = self.cells.iter().filter(|cell| cell.is_off).count();
        assert!(off == 0 && self.cells.len() == cells, "{off} of {} cells are off:\n{table}", self.cells.len());
    }
}
