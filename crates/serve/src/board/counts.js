// Sums over labels, and the figures of a line's day that combine several labels.

/** @import { LineFigures, WindowFigures } from "./contract.js" */

/**
 * The sum of all counts; 0 of none.
 * @param {Record<string, number> | undefined} counts
 */
export function total(counts) {
  return Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
}

/**
 * Contacts that abandoned the queue, short waits included.
 * @param {WindowFigures} window
 */
export function abandoned(window) {
  const { answered = 0, callback_requested = 0 } = window.contacts_decided;
  return total(window.contacts_decided) - answered - callback_requested - timedOut(window);
}

/**
 * Contacts that the platform took out of the queue, on lines where that counts.
 * @param {WindowFigures} window
 */
export function timedOut(window) {
  return window.contacts_decided.timed_out ?? 0;
}

/**
 * Whether the line makes promises: each of its contacts then has a verdict or a pending one. `null` while no contact
 * has shown it.
 * @param {LineFigures} figures
 * @returns {boolean | null}
 */
export function promises(figures) {
  const windows = Object.values(figures.windows);
  const verdicts = windows.flatMap((window) => Object.values(window?.promises ?? {}).map(total));
  if (verdicts.some((count) => count > 0) || total(figures.promises_pending) > 0) return true;
  // The stream has the decisions of more windows than verdicts.
  return windows.some((window) => window?.promises && total(window.contacts_decided) > 0) ? false : null;
}

/**
 * Whether callbacks are asked for on the line, as far as its figures tell.
 * @param {LineFigures} figures
 */
export function hasCallbacks(figures) {
  const of = (/** @type {WindowFigures | null} */ window) =>
    [window?.callbacks_closed, window?.promises?.callback, window?.callback_attempts].map(total)
      .reduce((all, one) => all + one, window?.contacts_decided?.callback_requested ?? 0);
  return total(figures.callbacks_outstanding) > 0 || Object.values(figures.windows).some((window) => of(window) > 0);
}

/**
 * A share: the numerator and its n.
 * @typedef {{good: number, valid: number}} Share
 */

/**
 * The share of an indicator in a window; `null` if the window is unknown or has no such indicator.
 * @param {WindowFigures | null | undefined} window
 * @param {string} indicator
 * @returns {Share | null}
 */
export function share(window, indicator) {
  const valid = window?.indicator_valid?.[indicator];
  return valid === undefined ? null : { good: window?.indicator_good?.[indicator] ?? 0, valid };
}
