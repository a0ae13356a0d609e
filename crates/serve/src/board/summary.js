// The county in one strip, where a supervisor looks first: the number of lines in each state (the legend of the
// shapes), the queue, callbacks due and overdue, promises kept, and the day so far.

/** @import { Figures, Hello, Day } from "./contract.js" */
/** @import { Judgement, State } from "./state.js" */
/** @import { Language } from "./language.js" */
import { countyOf, courseOf, statesOf } from "./county.js";
import { abandoned, timedOut } from "./counts.js";
import { byId, make, makeShape, setText } from "./dom.js";
import { Figure } from "./figure.js";
import { duration } from "./format.js";
import { keptInWords } from "./kept.js";
import { STATES } from "./state.js";
import { Trend } from "./trend.js";

export class Summary {
  #heading = make("h2", { id: "county", class: "unseen" });
  #tally = make("ul", { class: "tally" });
  /** @type {Map<State, {count: HTMLElement, word: HTMLElement}>} */ #states = new Map();
  #waiting = new Figure("total");
  #oldest = new Figure("total");
  #today = new Figure("total");
  #overdue = new Figure("total");
  #kept = new Figure("total wide");
  #trend = new Trend();
  #caption = make("figcaption");

  /** @param {HTMLElement[]} buttons that belong to the states */
  constructor(buttons) {
    for (const state of STATES) {
      const parts = { count: make("b"), word: make("span") };
      this.#states.set(state, parts);
      this.#tally.append(make("li", { "data-state": state }, makeShape(state), parts.count, parts.word));
    }
    const totals = [this.#waiting, this.#oldest, this.#today, this.#overdue, this.#kept];
    const course = make("figure", { class: "course" }, this.#caption, this.#trend.place);
    const states = make("div", { class: "states" }, this.#tally, make("div", { class: "asks" }, ...buttons));
    byId("summary").append(this.#heading, states, ...totals.map(({ element }) => make("dl", {}, element)), course);
  }

  /**
   * @param {Judgement[]} judgements @param {Figures} figures @param {Hello} hello @param {Language} language
   * @param {string} title of a selection or of a shard; empty for the whole county
   */
  show(judgements, figures, hello, language, title) {
    setText(this.#heading, title || language.text("county"));
    this.#tally.setAttribute("aria-label", language.text("states"));
    const counts = statesOf(judgements);
    for (const [state, { count, word }] of this.#states) {
      setText(count, language.count(counts[state]));
      setText(word, language.text(`state_${state}`));
    }
    const county = countyOf(hello.lines, figures.lines);
    const known = county.known > 0;
    const count = (/** @type {number} */ n) => (known ? language.count(n) : language.text("dash"));
    this.#waiting.show(language.text("waiting_now"), count(county.waiting), { zero: !county.waiting });
    const oldest = county.oldestLine === null ? language.text("dash") : duration(county.oldestSeconds);
    const doubted = { n: county.doubted, time: duration(county.doubtedSeconds) };
    const beside = county.doubted > 0 ? language.text("maybe_lost", doubted) : "";
    this.#oldest.show(language.text("longest_wait"), oldest, { zero: county.oldestLine === null, beside });
    this.#today.show(language.text("callbacks_due_today"), count(county.dueToday), { zero: !county.dueToday });
    const late = known && county.overdue > 0;
    this.#overdue.show(language.text("callbacks_overdue"), count(county.overdue), { zero: !late, bad: late });
    const kept = keptInWords(language, county.kept, county.pending, null);
    const settled = [kept.n, kept.pending].filter(Boolean).join(" · ");
    this.#kept.show(language.text("promise_kept"), kept.value, { words: kept.words, beside: settled });
    this.#showToday(figures, language);
  }

  /** @param {Figures} figures @param {Language} language */
  #showToday(figures, language) {
    const days = figures.lines.map((line) => line?.windows.today);
    const sum = (/** @type {(day: import("./contract.js").WindowFigures) => number} */ of) =>
      days.reduce((all, day) => all + (day ? of(day) : 0), 0);
    const arrived = language.text("arrived", { n: sum((day) => day.contacts_offered) });
    const lost = language.text("lost", { n: sum(abandoned) });
    const timeouts = sum(timedOut);
    const byTimeout = timeouts > 0 ? ` · ${language.text("lost_by_timeout", { n: timeouts })}` : "";
    const known = days.some((day) => day);
    const said = known ? `${arrived} · ${lost}${byTimeout}` : language.text("no_data");
    setText(this.#caption, `${language.text("trend_of_day")}: ${said}`);
  }

  /** @param {Day} day */
  showTrend(day) {
    this.#trend.show(day, courseOf(day));
  }
}
