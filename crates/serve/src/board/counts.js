// Sums over labels, and the two fates of a line's day that are more than one label.

/** @import { LineFigures, WindowFigures } from "./contract.js" */

/**
 * The sum of all counts; 0 of none.
 * @param {Record<string, number> | undefined} counts
 */
export function total(counts) {
  return Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
}

/**
 * How many gave up waiting, short waits included.
 * @param {WindowFigures} window
 */
export function abandoned(window) {
  const { answered = 0, callback_requested = 0 } = window.contacts_decided;
  return total(window.contacts_decided) - answered - callback_requested;
}

/**
 * Whether the line promises anything: each of its contacts gets a verdict or has one pending. `null` while no contact
 * has said so.
 * @param {LineFigures} figures
 * @returns {boolean | null}
 */
export function promises(figures) {
  const windows = Object.values(figures.windows);
  const verdicts = windows.flatMap((window) => Object.values(window?.promises ?? {}).map(total));
  if (verdicts.some((count) => count > 0) || total(figures.promises_pending) > 0) return true;
  return windows.some((window) => total(window?.contacts_decided) > 0) ? false : null;
}

/**
 * A share with the n it is of.
 * @typedef {{good: number, valid: number}} Share
 */

/**
 * The share of an indicator in a window; `null` where the window is not known or has no such indicator.
 * @param {WindowFigures | null | undefined} window
 * @param {string} indicator
 * @returns {Share | null}
 */
export function share(window, indicator) {
  const valid = window?.indicator_valid?.[indicator];
  return valid === undefined ? null : { good: window?.indicator_good?.[indicator] ?? 0, valid };
}
