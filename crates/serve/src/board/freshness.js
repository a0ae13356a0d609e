// The age of the figures, and whether they can still be trusted. Pure: the caller passes the clock readings.

/** @import { Figures } from "./contract.js" */

/** Figures come every second: after this long without any, something is wrong. */
const SILENT_SECONDS = 5;

/** Figures are old from this age on, by the server's clock. */
const OLD_SECONDS = 30;

/** @typedef {"waiting" | "live" | "silent" | "old" | "rebuilding" | "incomplete"} Freshness */

/**
 * @param {Figures | null} figures the last received
 * @param {number} silentSeconds time without new figures, by the clock of this screen
 * @returns {{freshness: Freshness, ageSeconds: number | null}} the age by the clock of the figures
 */
export function freshnessOf(figures, silentSeconds) {
  if (!figures) return { freshness: silentSeconds < SILENT_SECONDS ? "waiting" : "silent", ageSeconds: null };
  const asOf = figures.figures_as_of_timestamp_seconds;
  const behind = asOf === null ? null : Math.max(0, figures.now_timestamp_seconds - asOf);
  const ageSeconds = behind === null ? null : behind + silentSeconds;
  if (silentSeconds >= SILENT_SECONDS) return { freshness: "silent", ageSeconds };
  const rebuilding = !figures.complete && figures.rebuild_progress_ratio < 1;
  if (behind === null || rebuilding) return { freshness: "rebuilding", ageSeconds };
  if (behind > OLD_SECONDS) return { freshness: "old", ageSeconds };
  return { freshness: figures.complete ? "live" : "incomplete", ageSeconds };
}

/** Whether the board must be shown as stale. @param {Freshness} freshness */
export function isStale(freshness) {
  return freshness !== "live" && freshness !== "waiting";
}
