// The hours of a day as the clock of the lines strikes them, on the days that have 23 or 25 of them too.

/** @import { Day } from "./contract.js" */
/** @import { Clock } from "./format.js" */

/**
 * From midnight on for 24 hours, and for longer where the day has come to more.
 * @param {Day} day
 * @param {number} slots how many the day has so far
 * @returns {[number, number]}
 */
export function spanOf(day, slots) {
  const start = day.start_timestamp_seconds;
  return [start, start + Math.max(86400, slots * day.slot_seconds)];
}

/**
 * The instants at which the clock shows a multiple of so many hours.
 * @param {Clock} clock
 * @param {[number, number]} span from a whole hour on
 * @param {number} every
 */
export function hoursStruck(clock, [from, to], every) {
  const hours = Array.from({ length: Math.floor((to - from) / 3600) + 1 }, (_, hour) => from + hour * 3600);
  return hours.filter((at) => parseInt(clock.minute(at), 10) % every === 0);
}
