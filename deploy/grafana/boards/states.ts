// Each state is one expression, so that a tile, a row and an alert never disagree about a line.

import { byLine, good, Indicator, Labels, recorded, share, valid } from './queries';
import { LINE_STATES } from './words';

/** With an n below this, a percentage says more about chance than about the line. */
const TOO_FEW = 10;

/** Which lines: by their labels, or by a selection that wraps each series. */
export interface OfLines {
  labels?: Labels;
  lines?: (series: string) => string;
}

/** 0 closed, 1 fine, 2 too few, 3 no data, 4 below the alert floor: see LINE_STATES. */
export function lineState(indicator: Indicator, window: string, which: OfLines = {}): string {
  const { labels, lines = (it) => it } = which;
  const of = byLine(lines(good(indicator, window, labels)));
  const n = byLine(lines(valid(indicator, window, labels)));
  const floor = byLine(lines(recorded('ensilinja:floor', { indicator, ...labels })));
  return [
    `0 * (${byLine(lines(recorded('ensilinja:line_open', labels)))} == 0)`,
    `0 * (${n} == 0) + 3`,
    `0 * (${n} < ${TOO_FEW}) + 2`,
    `0 * (${share(of, n)} < ${floor}) + 4`,
    `0 * ${n} + 1`,
    `0 * ${byLine(lines(recorded('ensilinja:line_info', labels)))} + 3`,
  ].join('\nor ');
}

/** How many lines are in each state, the most urgent state first. */
export function linesByState(state: string): { name: string; expr: string }[] {
  const words = LINE_STATES.flatMap((mapping) => Object.entries(mapping.options)) as [string, { text: string }][];
  const counted = words.map(([number, { text }]) => ({
    name: text,
    // None in this state is 0; without any line there is no number.
    expr: `count((${state}) == ${number}) or 0 * count(${state})`,
  }));
  return counted.reverse();
}

/** 0 no data, 1 too few, 2 at the goal, 3 below it: see GOAL_STATES. Without a goal there is no state. */
export function goalState(good: string, valid: string, goal: string): string {
  return [
    `0 * (${valid} == 0)`,
    `0 * (${valid} < ${TOO_FEW}) + 1`,
    `0 * (${share(good, valid)} < ${goal}) + 3`,
    `0 * (${share(good, valid)} >= ${goal}) + 2`,
  ].join('\nor ');
}
