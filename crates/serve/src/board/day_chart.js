// A line's day over its opening hours: its contacts by result in 15-minute intervals, stacked, and the same in a table.

/** @import { Day, LineCourse } from "./contract.js" */
/** @import { Language } from "./language.js" */
/** @import { Plot } from "./plots.js" */
import { make, setText } from "./dom.js";
import { hoursStruck, slotsOf } from "./hours.js";
import { bars, colour, letter, plot, unplot } from "./plots.js";
import { Table } from "./table.js";

/** @type {["answered" | "callback_requested" | "timed_out" | "abandoned", string][]} */
const FATES = [
  ["answered", "--chart-answered"], ["callback_requested", "--chart-callback"], ["timed_out", "--chart-timed-out"],
  ["abandoned", "--chart-lost"],
];

/**
 * The fates of a day. Not every line has callbacks, and few have contacts that timed out.
 * @param {LineCourse | null} course
 */
export const fatesOf = (course) => FATES.filter(([fate]) =>
  fate === "answered" || fate === "abandoned" || course?.[fate].some((count) => count > 0));

export class DayChart {
  #heading = make("h3");
  #place = make("div", { class: "plot" });
  #legend = make("p", { class: "legend" });
  #summary = make("summary");
  #table = new Table();
  #nothing = make("p", { class: "dim" });
  /** @type {Plot | null} */ #plot = null;
  /** The instants between which the chart lies. @type {[number, number]} */ #span = [0, 86400];
  /** @type {Language | null} */ #language = null;

  constructor() {
    const room = make("div", { class: "room" }, this.#place);
    const details = make("details", {}, this.#summary, this.#table.element);
    this.element = make("section", { class: "wide" }, this.#heading, this.#legend, room, this.#nothing, details);
    for (const [fate] of FATES) {
      this.#legend.append(make("i", { class: `swatch ${fate}`, "aria-hidden": "true" }), make("span"), " ");
    }
  }

  /** @param {Day} day @param {number} line its index @param {Language} language */
  show(day, line, language) {
    const course = day.lines[line] ?? null;
    const [from, to] = slotsOf(day, line);
    const at = (/** @type {number} */ slot) => day.start_timestamp_seconds + slot * day.slot_seconds;
    this.#span = [at(from), at(to)];
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
    const rows = course ? intervals(day, course, from, language) : [];
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
      stroke: ink("--dim"), font: `${0.8 * size}px "Source Sans 3"`,
      grid: { stroke: ink("--grid"), width: 1 }, ticks: { show: false },
    };
    /** @type {(plot: Plot, axis: number, from: number, to: number) => number[]} */
    const splits = ({ width }, _, from, to) =>
      this.#language ? hoursStruck(this.#language.clock, [from, to], stepOf(to - from, width / size)) : [];
    const at = (/** @type {number} */ seconds) => this.#language?.clock.minute(seconds) ?? "";
    return {
      scales: {
        x: { time: false, range: () => this.#span },
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

/** Every how many hours the axis has a mark. @param {number} seconds @param {number} letters of its width */
function stepOf(seconds, letters) {
  const marks = Math.max(1, letters / 6);
  return [1, 2, 3, 6, 12].find((hours) => seconds / 3600 / hours <= marks) ?? 24;
}

/**
 * The rows of the table: the bars of the chart.
 * @param {Day} day @param {LineCourse} course @param {number} from @param {Language} language
 */
function intervals(day, course, from, language) {
  return course.offered.slice(from).map((offered, index) => {
    const slot = from + index;
    const counts = [offered, ...fatesOf(course).map(([fate]) => course[fate][slot])];
    const at = day.start_timestamp_seconds + slot * day.slot_seconds;
    return [language.clock.minute(at), ...counts.map((n) => language.count(n))];
  });
}
