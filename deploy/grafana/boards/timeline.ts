// States over time: a bar for each value of a label, with its state written on it.

import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { panel } from './board';
import { About } from './describe';
import { SOURCE } from './source';

export interface Timeline {
  expr: string;
  label: string;
  mappings: ValueMapping[];
}

export function timeline(title: string, about: About, width: number, height: number, shown: Timeline): PanelBuilder {
  const query = new DataqueryBuilder().datasource(SOURCE).refId('A').expr(shown.expr);
  return panel(new PanelBuilder(), title, about, width, height)
    .unit('none')
    .mappings(shown.mappings)
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .withTarget(query.legendFormat(`{{${shown.label}}}`).range());
}
