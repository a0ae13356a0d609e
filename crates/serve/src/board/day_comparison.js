// The day of a line beside other days: the arrivals from midnight on, of today, yesterday and the same weekday last
// week, over the band of what is expected; and by the hour in a table. While the board looks back, all this is of the
// instant that is looked at, and the days have their dates.

/** @import { DayComparison, ComparedDay } from "./contract.js" */
/** @import { Language, Key } from "./language.js" */
/** @import { Plot } from "./plots.js" */
import { make, setText } from "./dom.js";
import { hoursStruck } from "./hours.js";
import { lookingAt } from "./look_back.js";
import { colour, letter, plot, unplot } from "./plots.js";
import { Table } from "./table.js";

const EVERY_MS = 60_000;
const ANSWER_WITHIN_MS = 10_000;

/** The curves, and the band's edges: their colours. @type {[Key, string][]} */
const CURVES = [["today", "--chart-answered"], ["yesterday", "--chart-lost"], ["last_week", "--chart-timed-out"]];

export class DayComparisonChart {
  #heading = make("h3");
  #said = make("p");
  #place = make("div", { class: "plot" });
  #legend = make("p", { class: "legend" });
  #summary = make("summary");
  #table = new Table();
  /** @type {Plot | null} */ #plot = null;
  /** @type {DayComparison | null} */ #found = null;
  /** @type {Language | null} */ #language = null;
  #line = "";
  /** The instant that is looked at; null for now. @type {number | null} */ #at = null;
  #asked = 0;

  constructor() {
    const room = make("div", { class: "room" }, this.#place);
    const details = make("details", {}, this.#summary, this.#table.element);
    this.element = make("section", { class: "wide compared" }, this.#heading, this.#said, this.#legend, room, details);
    for (const name of ["today", "yesterday", "last_week", "expected"]) {
      this.#legend.append(make("i", { class: `swatch ${name}`, "aria-hidden": "true" }), make("span"), " ");
    }
  }

  /** Shows a line until it is closed or another is chosen. @param {string} line @param {Language} language */
  show(line, language) {
    const at = lookingAt();
    const same = line === this.#line && at === this.#at;
    if (same && language === this.#language) return;
    if (line !== this.#line) this.#found = null;
    this.#line = line;
    this.#at = at;
    this.#language = language;
    this.#draw();
    if (!same) void this.#follow(line, at);
  }

  clear() {
    this.#line = "";
    this.#language = null;
    this.#asked += 1;
    this.#found = null;
    this.#unplot();
  }

  /** @param {string} line @param {number | null} at */
  async #follow(line, at) {
    this.#asked += 1;
    const asked = this.#asked;
    for (let first = true; asked === this.#asked; first = false) {
      const found = await ask(line, at);
      if (asked !== this.#asked) return;
      // The answer of another instant says nothing about this one.
      this.#found = found ?? (first ? null : this.#found);
      this.#draw();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  #draw() {
    const language = this.#language;
    if (!language) return;
    setText(this.#heading, language.text("compared"));
    setText(this.#summary, language.text("as_table"));
    ["today", "yesterday", "last_week", "expected"].forEach((name, index) => {
      const known = this.#found && (name === "expected" ? this.#found.expected : dayOf(this.#found, name)) !== null;
      const [swatch, word] = [2 * index, 2 * index + 1].map((child) => this.#legend.children[child]);
      for (const part of [swatch, word]) part.toggleAttribute("hidden", !known);
      setText(word, this.#nameOf(name, language));
    });
    setText(this.#said, this.#found ? inWords(this.#found, language) : language.text("no_data"));
    const rows = this.#found ? hours(this.#found, language) : [];
    const columns = ["time", "today", "yesterday", "last_week", "expected"];
    this.#table.show(language.text("compared"), columns.map((name) => this.#nameOf(name, language)), rows);
    if (!this.#found?.days.today) return this.#unplot();
    const data = curves(this.#found);
    if (this.#plot) this.#plot.setData(data);
    else this.#plot = plot(this.#place, this.#options(), data);
  }

  /**
   * What a curve or a column is called. Looking back, days have their dates.
   * @param {string} name @param {Language} language
   */
  #nameOf(name, language) {
    const day = this.#at === null || !this.#found ? null : dayOf(this.#found, name);
    return day ? language.clock.day(day.start_timestamp_seconds) : language.text(/** @type {Key} */ (name));
  }

  #unplot() {
    unplot(this.#place);
    this.#plot = null;
  }

  /** @returns {Omit<import("uplot").Options, "width" | "height">} */
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
    const edge = { stroke: ink("--dim"), width: 0, points: { show: false } };
    return {
      scales: {
        x: { time: false, range: ({ data }) => [data[0][0], data[0][data[0].length - 1]] },
        y: { range: (_, __, top) => [0, Math.max(4, top)] },
      },
      axes: [
        { ...look, size: 1.6 * size, values: (_, splits) => splits.map(at), splits },
        { ...look, size: 2.8 * size, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      ],
      bands: [{ series: [1, 2], fill: ink("--band") }],
      series: [
        {}, edge, edge, { stroke: ink("--dim"), width: 1.5, dash: [4, 4], points: { show: false } },
        ...CURVES.toReversed().map(([name, paint]) => (
          { stroke: ink(paint), width: name === "today" ? 3 : 1.5, points: { show: false } }
        )),
      ],
    };
  }
}

/** @param {DayComparison} found @param {string} name */
const dayOf = (found, name) => found.days[/** @type {"today"} */ (name)];

/** The arrivals from midnight to the end of each slot. @param {number[]} counts */
export function cumulated(counts) {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}

/**
 * From back to front: the band's high and low edge, the median, last week, yesterday, today.
 * @param {DayComparison} found
 */
export function curves(found) {
  const { today, yesterday, last_week } = found.days;
  const start = today?.start_timestamp_seconds ?? 0;
  const expected = found.expected?.cumulative;
  const lengths = [today, yesterday, last_week].map((day) => day?.offered.length ?? 0);
  const slots = Math.max(...lengths, 86400 / found.slot_seconds);
  const times = Array.from({ length: slots + 1 }, (_, slot) => start + slot * found.slot_seconds);
  /** At midnight nothing has come yet. @param {number[] | undefined} sums */
  const padded = (sums) => times.map((_, slot) => (sums ? (slot === 0 ? 0 : sums[slot - 1] ?? null) : null));
  const of = (/** @type {ComparedDay | null} */ day) => padded(day ? cumulated(day.offered) : undefined);
  return /** @type {import("uplot").AlignedData} */ ([
    times, padded(expected?.high), padded(expected?.low), padded(expected?.median),
    of(last_week), of(yesterday), of(today),
  ]);
}

/** @param {DayComparison} found @param {Language} language */
function inWords({ expected, not_expected }, language) {
  if (!expected) return language.text(/** @type {Key} */ (`not_expected_${not_expected}`));
  const { low, high, median, now } = expected.so_far;
  const n = expected.start_timestamp_seconds.length;
  return language.text("expected_so_far", { now, low, high, median, days: n });
}

/** @param {DayComparison} found @param {Language} language */
function hours(found, language) {
  const { today, yesterday, last_week } = found.days;
  if (!today) return [];
  const slots = 3600 / found.slot_seconds;
  const dash = language.text("dash");
  const cumulative = found.expected?.cumulative;
  return Array.from({ length: 24 }, (_, hour) => {
    const end = (hour + 1) * slots;
    /** @param {ComparedDay | null} day */
    const sum = (day) => {
      if (!day || day.offered.length < end - slots + 1) return dash;
      return language.count(cumulated(day.offered)[Math.min(end, day.offered.length) - 1]);
    };
    const band = cumulative && cumulative.low[end - 1] !== undefined
      ? `${language.count(cumulative.low[end - 1])}–${language.count(cumulative.high[end - 1])}`
      : dash;
    const until = language.clock.minute(today.start_timestamp_seconds + (hour + 1) * 3600);
    return [until, sum(today), sum(yesterday), sum(last_week), band];
  });
}

/** @param {string} line @param {number | null} at @returns {Promise<DayComparison | null>} `null` without an answer */
async function ask(line, at) {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const then = at === null ? "" : `?at=${at}`;
    const answer = await fetch(`api/days/${encodeURIComponent(line)}${then}`, { signal });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
