// Tables: each column is a query with one number per row. Rows are joined by the labels common to all queries.

import { FieldTextAlignment, TableCellBackgroundDisplayMode, TableCellDisplayMode, TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { panel } from './board';
import { About } from './describe';
import { SOURCE } from './source';

/** A column of labels. */
export interface Key {
  label: string;
  title: string;
  width?: number;
  mappings?: ValueMapping[];
  /** The target of a click. */
  link?: { title: string; url: string };
}

/** A column of numbers. */
export interface Column {
  title: string;
  expr: string;
  unit?: string;
  decimals?: number;
  width?: number;
  mappings?: ValueMapping[];
  /** The cell takes the colour of the word that it shows. */
  state?: boolean;
  /** The count should be zero: other cells are highlighted. */
  alarm?: boolean;
  /** The query is needed only for its labels. */
  hidden?: boolean;
}

export interface Table {
  keys: Key[];
  columns: Column[];
  /** The titles of the columns to sort by, the largest first. */
  sortBy?: string[];
}

export function table(title: string, about: About, width: number, height: number, content: Table): PanelBuilder {
  const { keys, columns, sortBy = [] } = content;
  const made = panel(new PanelBuilder(), title, about, width, height)
    .unit('locale')
    .noValue('–')
    .align(FieldTextAlignment.Auto)
    .sortBy(sortBy.map((column) => new TableSortByFieldStateBuilder().displayName(column).desc(true)));
  columns.forEach(({ expr }, index) => made.withTarget(query(expr, refId(index))));
  keys.forEach((key) => made.overrideByName(key.label, keyProperties(key)));
  columns.forEach((column, index) => made.overrideByName(valueOf(index), columnProperties(column)));
  return made.withTransformation({ id: 'merge', options: {} }).withTransformation(arranged(keys, columns));
}

function query(expr: string, id: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(SOURCE).refId(id).expr(expr).instant().format(PromQueryFormat.Table);
}

/** Names first, then numbers, each in the given order. */
function arranged(keys: Key[], columns: Column[]) {
  const shown = columns.map((column, index) => (column.hidden ? [] : [valueOf(index)])).flat();
  const hidden = columns.map((column, index) => (column.hidden ? [valueOf(index)] : [])).flat();
  const order = [...keys.map((key) => key.label), ...shown];
  const indexByName = Object.fromEntries(order.map((name, index) => [name, index]));
  const excludeByName = Object.fromEntries(['Time', ...hidden].map((name) => [name, true]));
  return { id: 'organize', options: { excludeByName, indexByName, renameByName: {} } };
}

function keyProperties({ title, width, mappings, link }: Key): DynamicConfigValue[] {
  return [
    { id: 'displayName', value: title },
    ...optional('custom.width', width),
    ...optional('mappings', mappings),
    ...optional('links', link && [link]),
  ];
}

function columnProperties(column: Column): DynamicConfigValue[] {
  const type = TableCellDisplayMode.ColorBackground;
  const coloured = { type, mode: TableCellBackgroundDisplayMode.Basic };
  const steps = [{ value: null, color: 'transparent' }, { value: 1, color: 'red' }];
  return [
    { id: 'displayName', value: column.title },
    ...optional('unit', column.unit),
    ...optional('decimals', column.decimals),
    ...optional('custom.width', column.width),
    ...optional('mappings', column.mappings),
    ...optional('custom.cellOptions', (column.state || column.alarm) && coloured),
    ...optional('thresholds', column.alarm && { mode: 'absolute', steps }),
  ];
}

function optional(id: string, value: unknown): DynamicConfigValue[] {
  return value === undefined || value === false || value === '' ? [] : [{ id, value }];
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** Grafana's name for the value of one query of several. */
function valueOf(index: number): string {
  return `Value #${refId(index)}`;
}
