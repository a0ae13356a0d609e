// The trend of a day: arrived contacts in each half hour, and those who abandoned or timed out over them.

/** @import { Day, LineCourse } from "./contract.js" */
/** @import { Plot } from "./plots.js" */
import { make } from "./dom.js";
import { bars, colour, plot, unplot } from "./plots.js";

/** Bars of 15 minutes are too thin to be seen from a distance. */
const SLOTS_A_BAR = 2;

const BUSY_FROM_HOUR = 7;
const BUSY_TO_HOUR = 17;

/** The least top of the scale: one contact is a small bar, not a full one. */
const LOWEST_TOP = 4;

export class Trend {
  /** @type {Plot | null} */ #plot = null;

  constructor() {
    this.place = make("div", { class: "plot" });
  }

  /** @param {Day} day @param {LineCourse | null} course */
  show(day, course) {
    if (!course) {
      unplot(this.place);
      this.#plot = null;
      return;
    }
    const data = trendData(day, course);
    if (this.#plot) this.#plot.setData(data);
    else this.#plot = plot(this.place, this.#options(day), data);
  }

  /** Redraws it in the present colours. */
  recolour() {
    this.#plot?.redraw(false);
  }

  /** @param {Day} day @returns {Omit<import("uplot").Options, "width" | "height">} */
  #options(day) {
    const fill = (/** @type {string} */ name) => () => colour(this.place, name);
    return {
      scales: {
        x: { time: false, range: (plot) => hoursShown(day, plot.data[1]) },
        y: { range: (_, __, top) => [0, Math.max(LOWEST_TOP, top)] },
      },
      axes: [{ show: false }, { show: false }],
      padding: [1, 0, 1, 0],
      series: [
        {},
        { fill: fill("--bars"), width: 0, paths: bars, points: { show: false } },
        { fill: fill("--lost"), width: 0, paths: bars, points: { show: false } },
      ],
    };
  }
}

/**
 * The usual busy hours, the same for all lines, extended by any other hours with contacts on this line.
 * @param {Day} day
 * @param {import("uplot").AlignedData[1]} offered
 * @returns {[number, number]}
 */
export function hoursShown(day, offered) {
  const bar = (/** @type {number} */ hour) => (hour * 3600) / day.slot_seconds / SLOTS_A_BAR;
  const busy = Array.from(offered, (count, index) => (count ? index : -1)).filter((index) => index >= 0);
  const [first, last] = [busy[0] ?? Infinity, (busy.at(-1) ?? -1) + 1];
  return [Math.min(bar(BUSY_FROM_HOUR), first), Math.max(bar(BUSY_TO_HOUR), last)];
}

/**
 * Intervals that have not begun are empty, not 0.
 * @param {Day} day
 * @param {LineCourse} course
 * @returns {[number[], (number | null)[], (number | null)[]]}
 */
export function trendData(day, course) {
  const soFar = Math.ceil(course.offered.length / SLOTS_A_BAR);
  const all = Math.max(soFar, Math.ceil(86400 / day.slot_seconds / SLOTS_A_BAR));
  const sums = (/** @type {number[]} */ slots) => Array.from({ length: all }, (_, bar) => {
    const from = bar * SLOTS_A_BAR;
    return bar < soFar ? slots.slice(from, from + SLOTS_A_BAR).reduce((sum, n) => sum + n, 0) : null;
  });
  const lost = course.abandoned.map((count, slot) => count + course.timed_out[slot]);
  return [Array.from({ length: all }, (_, bar) => bar), sums(course.offered), sums(lost)];
}
