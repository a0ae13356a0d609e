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
 * The hours of a line on a day: from its first opening to its last closing, and those of contacts outside them. The
 * whole day if there is neither.
 * @param {Day} day
 * @param {number} line the index of the line
 * @returns {[number, number]} slots, from the first up to but not including the last; whole hours
 */
export function slotsOf(day, line) {
  const course = day.lines[line];
  const slots = course?.offered.length ?? 0;
  const [start, end] = spanOf(day, slots);
  const hour = 3600 / day.slot_seconds;
  const slot = (/** @type {number} */ instant) => (instant - start) / day.slot_seconds;
  const open = day.open[line] ?? [];
  const active = Array.from({ length: slots }, (_, at) => at)
    .filter((at) => COURSES.some((part) => (course?.[part][at] ?? 0) > 0));
  const from = Math.min(...open.map(([opening]) => slot(opening)), ...active);
  const to = Math.max(...open.map(([, closing]) => slot(closing)), ...active.map((at) => at + 1));
  if (from > to) return [0, slot(end)];
  return [Math.floor(from / hour) * hour, Math.ceil(to / hour) * hour];
}

/** @type {["offered", "answered", "callback_requested", "timed_out", "abandoned"]} */
const COURSES = ["offered", "answered", "callback_requested", "timed_out", "abandoned"];

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
