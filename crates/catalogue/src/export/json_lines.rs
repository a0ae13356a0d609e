//! The line of an instant in a [run file](crate::run_file). It has the members of `GET /api/figures`
//! ([`figures_json`](crate::figures_json)) that exist for an instant of the past: the id, the channel and the figures
//! of each line.

use ensilinja_ledger::Figures;
use serde_json::json;

use super::Export;
use crate::figures_json::{instant, line_figures};
use crate::line_info::LineInfo;

impl Export {
    /// The line of an instant.
    #[must_use]
    pub fn instant_line(&self, time_zone: &str, figures: &Figures) -> String {
        let table = self.exposition.lines();
        let shows = |_, metric| self.selection.has(metric);
        let of_line = |(info, index): (&LineInfo, &usize)| {
            let of_line = &figures.lines[*index];
            json!({
                "line": info.id.as_str(),
                "channel": info.channel.as_str(),
                "figures": line_figures(table, info, of_line, &self.selection.windows, &shows),
            })
        };
        let document = json!({
            "time_zone": time_zone,
            "figures_as_of_timestamp_seconds": instant(Some(figures.as_of)),
            "lines": table.infos().iter().zip(&self.lines).map(of_line).collect::<Vec<_>>(),
        });
        format!("{document}\n")
    }
}
