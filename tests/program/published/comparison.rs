//! The comparison of cells, and the page that shows it.

use std::fmt::Write as _;

use super::tables::{CLASHES, rows};

const HEAD: &str = "# Published and reported

The simulated county models the wellbeing services county of Kanta-Häme (Oma Häme) as it is described in
its presentation on Ensilinja of 11 November 2025. Here is every cell of it that the scan has kept, beside what
`ensilinja report` makes of the simulated events. Made by a test that fails where a cell is off: arrivals by more than
1 %, mean waits by more than 5 %, percentages by more than 1 point, NPS by more than 2 points; written by
`UPDATE_DOCS=1 cargo test -p ensilinja --test program published`.

Cells that contradict others of the source, or that the scan leaves in doubt, are not tested and say why. Names are
those of the source's rows: *neuvola* is printed with family planning but for its outcomes, *suun_terveydenhuolto* is
both lines of oral health, *pth_kiireeton* the four health stations, *kuntoutus_chat* the physiotherapy chat (assumed).
Waits are in seconds, shares in per cent.
";

/// The subject of each table.
const TITLES: &[(&str, &str)] = &[
    ("monthly_arrivals", "Contacts that arrived, by month (slide 7)"),
    ("call_volumes", "Calls of January to September 2025 (slide 6)"),
    ("phone_key_figures", "Key figures of calls, January to September 2025 (slides 15 and 16)"),
    ("chat_key_figures", "Key figures of chats, January to September 2025 (slide 17)"),
    ("feedback", "Customer feedback, by month (slides 19 to 21)"),
    ("quarterly_targets", "Goals, all calls together, by quarter (slide 8)"),
    ("coverage", "Recorded outcomes of January to August (slide 9)"),
];

/// A published cell beside the reported one.
#[derive(Default)]
pub struct Comparison {
    cells: Vec<Cell>,
    /// The number of cells tested.
    pub tested: usize,
    /// The number of them that are too far off.
    pub off: usize,
}

struct Cell {
    table: String,
    line: String,
    column: String,
    published: Option<f64>,
    reported: f64,
    remark: String,
}

impl Comparison {
    /// Compares a cell that may differ by so much in its own unit.
    pub fn points(&mut self, name: [&str; 3], published: Option<f64>, reported: f64, tolerance: f64) {
        self.cell(name, published, reported, tolerance);
    }

    /// Compares a cell that may differ by so many per cent of the published value.
    pub fn per_cent(&mut self, name: [&str; 3], published: Option<f64>, reported: f64, tolerance: f64) {
        self.cell(name, published, reported, published.unwrap_or_default() * tolerance / 100.0);
    }

    fn cell(&mut self, name: [&str; 3], published: Option<f64>, reported: f64, allowed: f64) {
        let clashes = rows(CLASHES);
        let clash = clashes.iter().find(|row| ["table", "line", "column"].map(|column| row.text(column)) == name);
        let remark = match (published, clash) {
            (_, Some(clash)) => format!("not tested: {}", clash.text("reason")),
            (None, None) => return,
            // NaN, a share of nothing, fails.
            (Some(published), None) => {
                let is_near = (reported - published).abs() <= allowed;
                self.tested += 1;
                self.off += usize::from(!is_near);
                if is_near { String::new() } else { format!("**off by more than {allowed:.2}**") }
            }
        };
        let [table, line, column] = name.map(str::to_owned);
        self.cells.push(Cell { table, line, column, published, reported, remark });
    }

    /// All cells as a page.
    pub fn page(&self) -> String {
        let mut page = HEAD.to_owned();
        writeln!(page, "\n{} cells are tested; {} of them are off.", self.tested, self.off).unwrap();
        for (table, title) in TITLES {
            write!(page, "\n## {title}\n\n| row | cell | published | reported | |\n|---|---|--:|--:|---|\n").unwrap();
            for cell in self.cells.iter().filter(|cell| cell.table == *table) {
                let Cell { line, column, published, reported, remark, .. } = cell;
                let published = published.map_or_else(|| "in doubt".to_owned(), |published| published.to_string());
                writeln!(page, "| {line} | {column} | {published} | {} | {remark} |", number(*reported)).unwrap();
            }
        }
        page.push_str("\n## What else is known to clash\n\n");
        for remark in rows(CLASHES).iter().filter(|row| !self.is_shown(row)) {
            let [table, line, simulated, reason] =
                ["table", "line", "simulated", "reason"].map(|column| remark.text(column));
            let simulated = if simulated.is_empty() { String::new() } else { format!(" Simulated: {simulated}.") };
            writeln!(page, "- {table}, {line}: {reason}.{simulated}").unwrap();
        }
        page
    }

    fn is_shown(&self, clash: &super::tables::Row) -> bool {
        let name = ["table", "line", "column"].map(|column| clash.text(column));
        self.cells.iter().any(|cell| [&*cell.table, &*cell.line, &*cell.column] == name)
    }
}

/// The number with one decimal, or without for whole numbers.
fn number(number: f64) -> String {
    if (number - number.round()).abs() < 0.05 { format!("{number:.0}") } else { format!("{number:.1}") }
}
