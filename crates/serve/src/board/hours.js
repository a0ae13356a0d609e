// The hours of a day in the time zone of the lines, also on days of 23 or 25 hours.

/** @import { Day } from "./contract.js" */
/** @import { Clock } from "./format.js" */

/**
 * From midnight for 24 hours, or for as long as the day is if that is longer.
 * @param {Day} day
 * @param {number} slots number of intervals the day has so far
 * @returns {[number, number]}
 */
export function spanOf(day, slots) {
  const start = day.start_timestamp_seconds;
  return [start, start + Math.max(86400, slots * day.slot_seconds)];
}

/**
 * The instants at which the local hour is a multiple of `every`.
 * @param {Clock} clock
 * @param {[number, number]} span from a whole hour on
 * @param {number} every
 */
export function hoursStruck(clock, [from, to], every) {
  const hours = Array.from({ length: Math.floor((to - from) / 3600) + 1 }, (_, hour) => from + hour * 3600);
  return hours.filter((at) => parseInt(clock.minute(at), 10) % every === 0);
}
