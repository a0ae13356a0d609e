// PromQL, from names and labels that the catalogue knows: one that was renamed stops the boards from being made.

import catalogue from './catalogue.json';

export type Metric = keyof typeof catalogue.metrics;
export type Indicator = keyof typeof catalogue.indicators;

/** Series that the recording rules in deploy/prometheus/rules keep, of the complete process that is the source. */
export type Recorded =
  | 'ensilinja:callbacks_outstanding'
  | 'ensilinja:floor'
  | 'ensilinja:good'
  | 'ensilinja:line_info'
  | 'ensilinja:line_open'
  | 'ensilinja:source'
  | 'ensilinja:target'
  | 'ensilinja:valid';

/** Labels to select by: a value, or several. One that starts with `$` is a variable of the board. */
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

/** A recorded series. Which labels it has is known to the rules only; deploy's tests compare. */
export function recorded(name: Recorded, labels: Labels = {}): string {
  return selected(name, labels);
}

/** Of the processes that hold the same figures, the one that is the source: every series once, without `instance`. */
export function ofSource(series: string, time = 'SERIES'): string {
  const [shown, source] = [at(time, series), at(time, recorded('ensilinja:source'))];
  return `max without (instance) (${shown} and on (job, instance) ${source})`;
}

/** A series at another time: `time` says how, with SERIES in its place. */
export function at(time: string, series: string): string {
  return time.split('SERIES').join(series);
}

/** One number a line. */
export function byLine(series: string): string {
  return `sum by (line) (${series})`;
}

/** How many of how many an indicator has in a window. */
export function good(indicator: Indicator, window: string, labels: Labels = {}): string {
  return recorded('ensilinja:good', { indicator, window, ...labels });
}

export function valid(indicator: Indicator, window: string, labels: Labels = {}): string {
  return recorded('ensilinja:valid', { indicator, window, ...labels });
}

/** A share is divided once all that belongs to it is added; of none there is none. */
export function share(good: string, valid: string): string {
  return `${good} / (${valid} > 0)`;
}

function selected(name: string, labels: Labels): string {
  const matchers = Object.entries(labels).map(([label, value]) => {
    const several = Array.isArray(value) || value === '$channel';
    return `${label}${several ? '=~' : '='}"${[value].flat().join('|')}"`;
  });
  return matchers.length ? `${name}{${matchers.join(',')}}` : name;
}
