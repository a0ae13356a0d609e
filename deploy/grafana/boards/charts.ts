// Charts over time. A percentage has its n as bars, and its goal as a separate series.

import {
  AxisPlacement, GraphDrawStyle, LegendDisplayMode, LegendPlacement, StackingConfigBuilder,
  StackingMode, TooltipDisplayMode, VisibilityMode, VizLegendOptionsBuilder, VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { panel } from './board';
import { About } from './describe';
import { SOURCE } from './source';

export interface Curve {
  /** Its name; with `{{label}}`, one curve for each value. */
  name: string;
  expr: string;
  look?: keyof typeof LOOKS;
  /** Words for the values of the label in the name. */
  words?: [value: string, word: string][];
}

export interface Chart {
  unit: string;
  curves: Curve[];
  /** The smallest step, such as `1d`. */
  step?: string;
  stacked?: boolean;
}

/** The greatest number of steps. A narrow chart would otherwise take longer steps and skip values in between. */
const MOST_STEPS = 1_000;

const dashed = (color: string): DynamicConfigValue[] => [
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'color', value: { mode: 'fixed', fixedColor: color } },
];

const of100 = (decimals: number): DynamicConfigValue[] => [
  { id: 'unit', value: 'percentunit' },
  { id: 'decimals', value: decimals },
  { id: 'min', value: 0 },
  { id: 'max', value: 1 },
];

const LOOKS = {
  /** The same series at another time. */
  before: dashed('#808080'),
  share: of100(1),
  shareBefore: [...of100(1), ...dashed('#808080')],
  goal: [...of100(0), ...dashed('green')],
  floor: [...of100(0), ...dashed('red')],
  /** The denominator of a percentage. */
  n: [
    { id: 'unit', value: 'locale' },
    { id: 'min', value: 0 },
    { id: 'custom.drawStyle', value: GraphDrawStyle.Bars },
    { id: 'custom.fillOpacity', value: 20 },
    { id: 'custom.lineWidth', value: 0 },
    { id: 'custom.axisPlacement', value: AxisPlacement.Right },
    { id: 'custom.axisLabel', value: 'n' },
    { id: 'color', value: { mode: 'fixed', fixedColor: '#808080' } },
  ],
};

export function chart(title: string, about: About, width: number, height: number, content: Chart): PanelBuilder {
  const { unit, curves, step, stacked } = content;
  const made = panel(new PanelBuilder(), title, about, width, height)
    .unit(unit)
    .min(unit === 'none' ? -100 : 0)
    .noValue('–')
    .lineWidth(2)
    .fillOpacity(stacked ? 40 : 8)
    .showPoints(step ? VisibilityMode.Always : VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (stacked) {
    made.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  }
  if (step) {
    made.interval(step).maxDataPoints(MOST_STEPS);
  }
  curves.forEach(({ name, expr, look, words = [] }, index) => {
    const refId = String.fromCharCode('A'.charCodeAt(0) + index);
    made.withTarget(new DataqueryBuilder().datasource(SOURCE).refId(refId).expr(expr).legendFormat(name).range());
    if (look) {
      made.overrideByName(name, LOOKS[look]);
    }
    words.forEach(([value, word]) => made.overrideByName(value, [{ id: 'displayName', value: word }]));
  });
  return made;
}
