// PromQL from names and labels of the catalogue. A renamed one is an error when the dashboards are made.

import catalogue from './catalogue.json';

export type Metric = keyof typeof catalogue.metrics;
export type Indicator = keyof typeof catalogue.indicators;

/** Series recorded by deploy/prometheus/rules, of the complete process that is the source. */
export type Recorded =
  | 'ensilinja:callbacks_outstanding'
  | 'ensilinja:floor'
  | 'ensilinja:good'
  | 'ensilinja:line_info'
  | 'ensilinja:line_open'
  | 'ensilinja:source'
  | 'ensilinja:target'
  | 'ensilinja:valid';

/** Labels to select by: one value or several. A value that starts with `$` is a variable of the dashboard. */
export type Labels = Record<string, string | string[]>;

/** The series of a metric; `part` is what follows the name of a distribution: `_bucket`, `_gcount`, `_gsum`. */
export function metric(name: Metric, labels: Labels = {}, part = ''): string {
  const known: Record<string, string[] | null> = catalogue.metrics[name].labels;
  for (const [label, value] of Object.entries(labels)) {
    const values = known[label];
    if (values === undefined) {
      throw new Error(`${name} has no label ${label}`);
    }
    const unknown = values && [value].flat().find((one) => !one.startsWith('$') && !values.includes(one));
    if (unknown) {
      throw new Error(`${name} has no ${label} ${unknown}`);
    }
  }
  return selected(name + part, labels);
}

/** A recorded series. Its labels are known only to the rules; the tests compare them. */
export function recorded(name: Recorded, labels: Labels = {}): string {
  return selected(name, labels);
}

/** A series of the source process only: each once, without `instance`. */
export function ofSource(series: string, time = 'SERIES'): string {
  const [shown, source] = [at(time, series), at(time, recorded('ensilinja:source'))];
  return `max without (instance) (${shown} and on (job, instance) ${source})`;
}

/** Exactly seven times 24 hours ago: in the week after a clock change, another time of day. */
export const WEEK_AGO = 'SERIES offset 1w';

/** Which lines a board shows: the labels that they have in `ensilinja:line_info`. */
export type Selection = Labels;

/** The series of the selected lines. A figure has no area, so the lines are found by their info series of now. */
export function selectedLines(series: string, selection: Selection): string {
  return `(${series} and on (job, line) ${recorded('ensilinja:line_info', selection)})`;
}

/** A total of another time. It exists only if that time has every line that the total of now has. */
export function likeNow(now: string, then: string): string {
  return `sum(${then}) unless on () count(${now} unless on (job, line) ${then})`;
}

/** A series at another time: `time` is a template with SERIES in it. */
export function at(time: string, series: string): string {
  return time.split('SERIES').join(series);
}

/** One number per line. */
export function byLine(series: string): string {
  return `sum by (line) (${series})`;
}

/** The numerator and the denominator of an indicator in a window. */
export function good(indicator: Indicator, window: string, labels: Labels = {}): string {
  return recorded('ensilinja:good', { indicator, window, ...labels });
}

export function valid(indicator: Indicator, window: string, labels: Labels = {}): string {
  return recorded('ensilinja:valid', { indicator, window, ...labels });
}

/** A share. Numerators and denominators are added before the division; n = 0 has no share. */
export function share(good: string, valid: string): string {
  return `${good} / (${valid} > 0)`;
}

/** The variables that stand for several values. */
const SEVERAL = ['$area', '$channel'];

function selected(name: string, labels: Labels): string {
  const matchers = Object.entries(labels).map(([label, value]) => {
    const several = Array.isArray(value) || SEVERAL.includes(value);
    return `${label}${several ? '=~' : '='}"${[value].flat().join('|')}"`;
  });
  return matchers.length ? `${name}{${matchers.join(',')}}` : name;
}
