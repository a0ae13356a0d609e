// The figures as Prometheus sees them, to compare the board with.

/** @typedef {Map<string, number>} Series By name and sorted labels. */

/** @param {string} url @returns {Promise<Series>} */
export async function scrape(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  /** @type {Series} */
  const series = new Map();
  for (const line of text.split("\n")) {
    const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match) series.set(key(match[1], labels(match[2] ?? "")), Number(match[3]));
  }
  return series;
}

/**
 * @param {Series} series @param {string} name of the metric, without `ensilinja_` @param {Record<string, string>} labels
 * @returns {number | undefined}
 */
export function sum(series, name, labels) {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}=${value};`);
  const found = [...series].filter(([at]) => at.startsWith(`ensilinja_${name};`) && wanted.every((one) => at.includes(one)));
  return found.length === 0 ? undefined : found.reduce((all, [, value]) => all + value, 0);
}

/** @param {string} text */
function labels(text) {
  return [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]);
}

/** @param {string} name @param {string[][]} labels */
function key(name, labels) {
  return `${name};${labels.map(([label, value]) => `${label}=${value};`).sort().join("")}`;
}
