//! The published tables in `data/`: comma-separated, without quotes, `#` for comments.

/// A row with the names of its columns.
pub struct Row {
    columns: Vec<&'static str>,
    cells: Vec<&'static str>,
}

impl Row {
    pub fn text(&self, column: &str) -> &'static str {
        let index = self.columns.iter().position(|name| *name == column);
        self.cells[index.unwrap_or_else(|| panic!("no column {column}"))]
    }

    pub fn number(&self, column: &str) -> Option<f64> {
        self.text(column).parse().ok()
    }

    pub fn columns(&self) -> &[&'static str] {
        &self.columns
    }
}

pub fn rows(table: &'static str) -> Vec<Row> {
    let mut lines = table.lines().filter(|line| !line.starts_with('#'));
    let columns: Vec<_> = lines.next().unwrap().split(',').collect();
    lines.map(|line| Row { columns: columns.clone(), cells: line.split(',').collect() }).collect()
}

pub const PHONE: &str = include_str!("../../../data/phone_key_figures_2025-01_09.csv");
pub const CHAT: &str = include_str!("../../../data/chat_key_figures_2025-01_09.csv");
pub const ARRIVALS: &str = include_str!("../../../data/monthly_arrivals_2025.csv");
pub const TOTALS: &str = include_str!("../../../data/call_volumes_2024_2025.csv");
pub const FEEDBACK: &str = include_str!("../../../data/feedback_2025-06_10.csv");
pub const TARGETS: &str = include_str!("../../../data/quarterly_targets_2025.csv");
pub const CLASHES: &str = include_str!("../../../data/known_clashes.csv");
