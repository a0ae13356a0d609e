// Tiles: one number or word, or a few that belong together, such as a percentage and its n.

import {
  BigValueColorMode, BigValueGraphMode, BigValueTextMode, ReduceDataOptionsBuilder, VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as BarsBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import { FieldColorBuilder, FieldColorModeId, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { panel } from './board';
import { About } from './describe';
import { SOURCE } from './source';

export interface Tile {
  name: string;
  expr: string;
  unit?: string;
  decimals?: number;
  mappings?: ValueMapping[];
}

export function tiles(title: string, about: About, width: number, height: number, shown: Tile[]): PanelBuilder {
  const made = panel(new PanelBuilder(), title, about, width, height)
    .unit('locale')
    .noValue('–')
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(shown.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
    .orientation(VizOrientation.Vertical)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('text'))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
  shown.forEach(({ name, expr, unit, decimals, mappings }, index) => {
    made.withTarget(query(expr, name, index));
    const properties = [['unit', unit], ['decimals', decimals], ['mappings', mappings]] as const;
    const set = properties.filter(([, value]) => value !== undefined).map(([id, value]) => ({ id, value }));
    if (set.length) {
      made.overrideByName(name, set);
    }
  });
  return made;
}

/** Counts by result, each with its word. */
export interface Bars {
  expr: string;
  label: string;
  words: [value: string, word: string][];
}

export function bars(title: string, about: About, width: number, height: number, shown: Bars[]): BarsBuilder {
  const made = panel(new BarsBuilder(), title, about, width, height)
    .unit('locale')
    .min(0)
    .noValue('–')
    .orientation(VizOrientation.Horizontal)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('blue'))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
  shown.forEach(({ expr, label, words }, index) => {
    made.withTarget(query(expr, `{{${label}}}`, index));
    words.forEach(([value, word]) => made.overrideByName(value, [{ id: 'displayName', value: word }]));
  });
  return made;
}

function query(expr: string, legend: string, index: number): DataqueryBuilder {
  const refId = String.fromCharCode('A'.charCodeAt(0) + index);
  return new DataqueryBuilder().datasource(SOURCE).refId(refId).expr(expr).legendFormat(legend).instant();
}
