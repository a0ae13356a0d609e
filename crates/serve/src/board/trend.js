// The trend of a day: contacts that arrived in each half hour from midnight to midnight, and over them those who gave up.

/** @import { Day, LineCourse } from "./contract.js" */
/** @import { Plot } from "./plots.js" */
import { make } from "./dom.js";
import { bars, colour, plot, unplot } from "./plots.js";

/** Slots of a quarter are too thin to be seen from afar. */
const SLOTS_A_BAR = 2;

/** One contact is a small bar, not a full one. */
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

  /** Draws it again, in the colours of where it is now. */
  recolour() {
    this.#plot?.redraw(false);
  }

  /** @param {Day} day @returns {Omit<import("uplot").Options, "width" | "height">} */
  #options(day) {
    const fill = (/** @type {string} */ name) => () => colour(this.place, name);
    return {
      scales: {
        x: { time: false, range: (_, first) => [first, first + dayBars(day)] },
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

/** How many bars a day of 24 hours has; one of 25 is cut off at its last hour, which no line is busy in. @param {Day} day */
const dayBars = (day) => 86400 / day.slot_seconds / SLOTS_A_BAR;

/**
 * @param {Day} day
 * @param {LineCourse} course
 * @returns {[number[], number[], number[]]}
 */
export function trendData(day, course) {
  const count = Math.ceil(course.offered.length / SLOTS_A_BAR);
  const sums = (/** @type {number[]} */ slots) => Array.from({ length: count }, (_, bar) => {
    const from = bar * SLOTS_A_BAR;
    return slots.slice(from, from + SLOTS_A_BAR).reduce((sum, n) => sum + n, 0);
  });
  return [Array.from({ length: count }, (_, bar) => bar), sums(course.offered), sums(course.abandoned)];
}
