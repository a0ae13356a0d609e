//! Exports of the past have exactly the series and the digits of the live exposition.

use std::collections::BTreeSet;
use std::convert::Infallible;

use ensilinja_catalogue::{Export, FigureSelection, Metric, MetricsFormat};
use ensilinja_ledger::{Figures, Window};

use crate::small_county;

fn figures() -> Figures {
    small_county::snapshot().figures.unwrap()
}

fn export(lines: &[usize], selection: FigureSelection) -> Export {
    Export::new(small_county::infos(), lines.to_vec(), selection, small_county::rules().bounds(), &[])
        .without_recorded()
}

/// The samples of lines in the live exposition.
fn exposed() -> BTreeSet<String> {
    let text = small_county::exposition().text(MetricsFormat::OpenMetrics, &small_county::snapshot(), &[]);
    text.lines().filter(|line| line.contains("{line=\"")).map(str::to_owned).collect()
}

/// The samples of lines in the OpenMetrics of an export, without their timestamps.
fn exported(export: &Export) -> BTreeSet<String> {
    let mut text = String::new();
    let written = export.open_metrics(&mut export.families(), &figures(), true, &mut |_, family| {
        text.push_str(family);
        Ok::<_, Infallible>(())
    });
    written.unwrap();
    let timestamp = format!(" {}", figures().as_of.floor_second());
    let samples = text.lines().filter(|line| line.contains("{line=\""));
    samples.map(|line| line.strip_suffix(&timestamp).unwrap().to_owned()).collect()
}

#[test]
fn open_metrics_of_the_past_have_the_series_and_digits_of_the_live_exposition() {
    assert_eq!(exported(&export(&[0, 1], FigureSelection::new(&[], &[]))), exposed());
}

#[test]
fn csv_has_a_row_for_each_figure_of_the_selected_lines_and_windows() {
    let offered = Metric::figure("contacts_offered").unwrap();
    let selection = FigureSelection::new(&[Window::Today], &[offered]);
    let mut rows = String::new();
    export(&[1], selection).csv_rows("2025-09-16T10:15:00+03:00", &figures(), &mut rows);
    assert_eq!(Export::csv_header(), "time,line,channel,metric,window,labels,value\r\n");
    assert_eq!(rows, "2025-09-16T10:15:00+03:00,mipa_chat,chat,ensilinja_window_contacts_offered,today,,1\r\n");

    rows.clear();
    export(&[0, 1], FigureSelection::new(&[], &[])).csv_rows("t", &figures(), &mut rows);
    let is_figure = |sample: &&String| {
        let name = sample.split('{').next().unwrap();
        let name = ["_bucket", "_gcount", "_gsum"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
        Metric::named(name).unwrap().is_figure()
    };
    assert_eq!(rows.lines().count(), exposed().iter().filter(is_figure).count());
}
