// Waits of answered contacts as a heatmap: counts per hour and bucket.

import { HeatmapCellLayout, TooltipDisplayMode } from '@grafana/grafana-foundation-sdk/common';
import {
  HeatmapColorMode, HeatmapColorOptionsBuilder, HeatmapTooltipBuilder, PanelBuilder, RowsHeatmapOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { panel } from './board';
import { About } from './describe';
import { metric, ofSource } from './queries';
import { SOURCE } from './source';

export function waits(line: string): PanelBuilder {
  const about: About = {
    en: 'Waits of answered contacts, hour by hour. Darker cells have more contacts, as the number says.',
    sv: 'Hur länge de besvarade hade väntat, timme för timme: ju mörkare, desto fler. Siffran i rutan säger hur många.',
    metrics: ['ensilinja_window_answer_wait_seconds'],
  };
  const buckets = ofSource(metric('ensilinja_window_answer_wait_seconds', { line, window: '1h' }, '_bucket'));
  const query = new DataqueryBuilder()
    .datasource(SOURCE)
    .refId('A')
    .expr(`sum by (le) (${buckets})`)
    .legendFormat('{{le}}')
    .format(PromQueryFormat.Heatmap)
    .range();
  return panel(new PanelBuilder(), 'Vastattujen odotusajat', about, 12, 9)
    .unit('locale')
    .interval('1h')
    .calculate(false)
    .rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Auto).value('Vastattua'))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Blues').steps(32))
    .yAxis(new YAxisConfigBuilder().unit('s'))
    .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single))
    .showLegend()
    .withTarget(query);
}
