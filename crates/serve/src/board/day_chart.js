// A line's day: its contacts by result in 15-minute intervals, stacked, and the same by the hour in a table.

/** @import { Day, LineCourse } from "./contract.js" */
/** @import { Language } from "./language.js" */
/** @import { Plot } from "./plots.js" */
import { make, setText } from "./dom.js";
import { hoursStruck, spanOf } from "./hours.js";
import { bars, colour, letter, plot, unplot } from "./plots.js";
import { Table } from "./table.js";

/** @type {["answered" | "callback_requested" | "timed_out" | "abandoned", string][]} */
const FATES = [
  ["answered", "--chart-answered"], ["callback_requested", "--chart-callback"], ["timed_out", "--chart-timed-out"],
  ["abandoned", "--chart-lost"],
];

/** The fates of a day. Few lines have contacts that timed out. @param {LineCourse | null} course */
export const fatesOf = (course) =>
  FATES.filter(([fate]) => fate !== "timed_out" || course?.timed_out.some((count) => count > 0));

export class DayChart {
  #heading = make("h3");
  #place = make("div", { class: "plot" });
  #legend = make("p", { class: "legend" });
  #summary = make("summary");
  #table = new Table();
  #nothing = make("p", { class: "dim" });
  /** @type {Plot | null} */ #plot = null;
  /** @type {Day | null} */ #day = null;
  /** @type {Language | null} */ #language = null;

  constructor() {
    const room = make("div", { class: "room" }, this.#place);
    const details = make("details", {}, this.#summary, this.#table.element);
    this.element = make("section", { class: "wide" }, this.#heading, this.#legend, room, this.#nothing, details);
    for (const [fate] of FATES) {
      this.#legend.append(make("i", { class: `swatch ${fate}`, "aria-hidden": "true" }), make("span"), " ");
    }
  }

  /** @param {Day} day @param {LineCourse | null} course @param {Language} language */
  show(day, course, language) {
    this.#day = day;
    this.#language = language;
    setText(this.#heading, language.text("course"));
    setText(this.#summary, language.text("as_table"));
    const fates = fatesOf(course);
    FATES.forEach((fate, index) => {
      const [swatch, name] = [2 * index, 2 * index + 1].map((child) => this.#legend.children[child]);
      for (const part of [swatch, name]) part.toggleAttribute("hidden", !fates.includes(fate));
      setText(name, language.text(fate[0]));
    });
    setText(this.#nothing, course ? "" : language.text("no_data"));
    const rows = course ? hours(day, course, language) : [];
    const columns = [language.text("time"), language.text("offered"), ...fates.map(([fate]) => language.text(fate))];
    this.#table.show(language.text("trend_of_day"), columns, rows);
    if (!course) return this.destroy();
    const data = stacked(day, course);
    if (this.#plot) this.#plot.setData(data);
    else this.#plot = plot(this.#place, this.#options(), data);
  }

  destroy() {
    unplot(this.#place);
    this.#plot = null;
  }

  /**
   * The chart is kept while the day and the language change.
   * @returns {Omit<import("uplot").Options, "width" | "height">}
   */
  #options() {
    const ink = (/** @type {string} */ name) => () => colour(this.#place, name);
    const size = letter(this.#place);
    const look = {
      stroke: ink("--dim"), font: `${0.8 * size}px "Atkinson Hyperlegible Next"`,
      grid: { stroke: ink("--grid"), width: 1 }, ticks: { show: false },
    };
    /** @type {(plot: Plot, axis: number, from: number, to: number) => number[]} */
    const splits = ({ width }, _, from, to) =>
      this.#language ? hoursStruck(this.#language.clock, [from, to], width < 32 * size ? 6 : 3) : [];
    const at = (/** @type {number} */ seconds) => this.#language?.clock.minute(seconds) ?? "";
    return {
      scales: {
        x: { time: false, range: ({ data }) => (this.#day ? spanOf(this.#day, data[0].length) : [0, 86400]) },
        y: { range: (_, __, top) => [0, Math.max(4, top)] },
      },
      axes: [
        { ...look, size: 1.6 * size, values: (_, splits) => splits.map(at), splits },
        { ...look, size: 2.4 * size, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      ],
      series: [{}, ...FATES.toReversed().map(([, name]) => (
        { fill: ink(name), width: 0, paths: bars, points: { show: false } }
      ))],
    };
  }
}

/** The stacked sums, from back to front. @param {Day} day @param {LineCourse} course */
export function stacked(day, course) {
  const all = Math.max(course.answered.length, 86400 / day.slot_seconds);
  const slots = Array.from({ length: all }, (_, slot) => day.start_timestamp_seconds + slot * day.slot_seconds);
  /** @type {(number | null)[][]} */
  const sums = [];
  let below = slots.map(() => 0);
  for (const [fate] of FATES) {
    const under = below;
    below = under.map((count, slot) => count + (course[fate][slot] ?? 0));
    sums.unshift(below.map((count, slot) => (slot < course.answered.length ? count : null)));
  }
  return /** @type {import("uplot").AlignedData} */ ([slots, ...sums]);
}

/** @param {Day} day @param {LineCourse} course @param {Language} language */
function hours(day, course, language) {
  const slots = 3600 / day.slot_seconds;
  const count = Math.ceil(course.offered.length / slots);
  return Array.from({ length: count }, (_, hour) => {
    const from = hour * slots;
    const sum = (/** @type {number[]} */ of) => of.slice(from, from + slots).reduce((all, n) => all + n, 0);
    const counts = [course.offered, ...fatesOf(course).map(([fate]) => course[fate])].map(sum);
    return [language.clock.minute(day.start_timestamp_seconds + hour * 3600), ...counts.map((n) => language.count(n))];
  });
}
