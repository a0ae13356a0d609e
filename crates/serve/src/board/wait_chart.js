// Waits of answered contacts: one bar per bucket, all equally wide whatever the bucket's length, and the same in a
// table.

/** @import { WindowFigures, Distribution } from "./contract.js" */
/** @import { Language } from "./language.js" */
/** @import { Plot } from "./plots.js" */
import { make, setText } from "./dom.js";
import { duration, roughly } from "./format.js";
import { bars, colour, letter, plot, unplot } from "./plots.js";
import { FEWEST } from "./state.js";
import { Table } from "./table.js";

export class WaitChart {
  #heading = make("h3");
  #said = make("p", { class: "dim" });
  #place = make("div", { class: "plot" });
  #summary = make("summary");
  #table = new Table();
  /** @type {Plot | null} */ #plot = null;
  /** @type {string[]} */ #labels = [];

  constructor() {
    const room = make("div", { class: "room" }, this.#place);
    const details = make("details", {}, this.#summary, this.#table.element);
    this.element = make("section", { class: "half" }, this.#heading, this.#said, room, details);
  }

  /** @param {WindowFigures | null | undefined} window @param {Language} language */
  show(window, language) {
    setText(this.#heading, language.text("wait_distribution"));
    setText(this.#summary, language.text("as_table"));
    setText(this.#said, inWords(window, language));
    const buckets = window?.answer_wait_seconds ? bucketsOf(window.answer_wait_seconds) : [];
    this.#labels = buckets.map((bucket) => boundary(bucket, language));
    const rows = buckets.map(({ count }, index) => [this.#labels[index], language.count(count)]);
    this.#table.show(language.text("wait_distribution"), [language.text("wait_bucket"), language.text("count")], rows);
    if (buckets.length === 0) return this.destroy();
    const data = [buckets.map((_, index) => index), buckets.map(({ count }) => count)];
    if (this.#plot) this.#plot.setData(/** @type {[number[], number[]]} */ (data));
    else this.#plot = plot(this.#place, this.#options(buckets.length), /** @type {[number[], number[]]} */ (data));
  }

  destroy() {
    unplot(this.#place);
    this.#plot = null;
  }

  /** @param {number} count @returns {Omit<import("uplot").Options, "width" | "height">} */
  #options(count) {
    const ink = (/** @type {string} */ name) => () => colour(this.#place, name);
    const size = letter(this.#place);
    const look = {
      stroke: ink("--dim"), font: `${0.75 * size}px "Source Sans 3"`,
      grid: { stroke: ink("--grid"), width: 1 }, ticks: { show: false },
    };
    const every = Array.from({ length: count }, (_, index) => index);
    return {
      scales: {
        x: { time: false, range: () => [0, count] },
        y: { range: (_, __, top) => [0, Math.max(4, top)] },
      },
      axes: [
        {
          ...look, grid: { show: false }, size: 1.6 * size, splits: () => every.map((index) => index + 0.5),
          values: (plot) => {
            const step = stepOf(count, plot.width / size);
            return this.#labels.map((label, index) => (index % step === 0 ? label : ""));
          },
        },
        { ...look, size: 2.4 * size, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      ],
      series: [{}, { fill: ink("--chart-answered"), width: 0, paths: bars, points: { show: false } }],
    };
  }
}

/** Every how many bars have a label. @param {number} count of the bars @param {number} letters of the width */
function stepOf(count, letters) {
  const [axis, label] = [2.4, 4];
  return Math.max(2, Math.ceil((count * label) / Math.max(label, letters - axis)));
}

/** @typedef {{from: number, to: number, count: number}} Bucket */

/** The counts between bounds, from the cumulative counts. @param {Distribution} distribution @returns {Bucket[]} */
export function bucketsOf({ at_or_below }) {
  const bound = (/** @type {string} */ le) => (le === "+Inf" ? Infinity : Number(le));
  const bounds = Object.entries(at_or_below).map(([le, count]) => ({ to: bound(le), count }));
  bounds.sort((a, b) => a.to - b.to);
  return bounds.map(({ to, count }, index) => {
    const before = bounds[index - 1] ?? { to: 0, count: 0 };
    return { from: before.to, to, count: count - before.count };
  });
}

/** @param {Bucket} bucket @param {Language} language */
function boundary({ from, to }, language) {
  return to === Infinity
    ? language.text("over", { time: roughly(from) })
    : language.text("up_to", { time: roughly(to) });
}

/** @param {WindowFigures | null | undefined} window @param {Language} language */
function inWords(window, language) {
  if (!window) return language.text("no_data");
  const n = window.answer_wait_seconds?.count ?? 0;
  if (n === 0) return language.text("nothing_yet");
  const { "0.5": half, "0.9": most } = window.answer_wait_quantile_seconds ?? {};
  const of = language.text("n", { n });
  if (n < FEWEST || half === undefined || most === undefined) return `${language.text("too_few")}, ${of}`;
  const halfWaited = language.text("half_waited", { time: duration(Math.ceil(half)) });
  return [halfWaited, language.text("most_waited", { time: duration(Math.ceil(most)) }), of].join(" · ");
}
