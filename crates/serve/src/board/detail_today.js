// A line's day so far: promises, waits, outcomes, callbacks and indicators.

/** @import { Hello, WholeLine } from "./contract.js" */
/** @import { Language } from "./language.js" */
import { hasCallbacks, promises, share, total } from "./counts.js";
import { make, setText } from "./dom.js";
import { indicatorRows } from "./indicators.js";
import { keptInWords } from "./kept.js";
import { callbackRows, outcomeRows, promiseRows, shareCells } from "./shares.js";
import { Table } from "./table.js";
import { volumeGoalsInWords } from "./volume_goals.js";
import { WaitChart } from "./wait_chart.js";

export class DetailToday {
  #promiseHeading = make("h3");
  #kept = make("strong", { class: "large" });
  #beside = make("span", { class: "dim" });
  #promises = new Table("shares");
  #waits = new WaitChart();
  #outcomes = new Table("shares");
  #callbacks = new Table("shares");
  #attempts = make("p", { class: "dim" });
  #indicators = new Table("indicators");
  #nps = make("p", { class: "dim" });
  #goalsHeading = make("h3");
  #goals = make("ul", { class: "volume" });
  #volume = make("section", { class: "wide" }, this.#goalsHeading, this.#goals);

  constructor() {
    const promise = make("p", {}, this.#kept, " ", this.#beside);
    /** In reading order; the first stands beside the present figures. */
    this.elements = [
      make("section", { class: "half" }, this.#promiseHeading, promise, this.#promises.element),
      this.#waits.element,
      make("section", { class: "half stacked" }, this.#outcomes.element, this.#callbacks.element, this.#attempts),
      make("section", { class: "wide scrolls" }, this.#indicators.element, this.#nps),
      this.#volume,
    ];
  }

  /** @param {Hello} hello @param {WholeLine} line @param {Language} language @param {number} now */
  show(hello, line, language, now) {
    const { figures } = line;
    const today = figures?.windows.today;
    this.#showPromise(line, language);
    this.#waits.show(today, language);
    const outcomes = today ? shareCells(outcomeRows(today), language) : [];
    this.#outcomes.show(language.text("outcomes"), columns("result", language), outcomes);
    const called = figures !== null && hasCallbacks(figures);
    const resolved = today ? shareCells(callbackRows(today), language) : [];
    this.#callbacks.show(language.text("callbacks"), columns("result", language), resolved);
    const attempts = today?.callback_attempts;
    const tried = { n: total(attempts), reached: attempts?.reached ?? 0 };
    setText(this.#attempts, attempts ? language.text("attempts", tried) : language.text("no_data"));
    for (const part of [this.#callbacks.element, this.#attempts]) part.hidden = !called;
    const titles = ["indicator", "today", "n", "five_days", "n", "target", "floor"]
      .map((key) => (key === "n" ? "n" : language.text(/** @type {"today"} */ (key))));
    const rows = figures ? indicatorRows(hello, line, figures, language) : [];
    this.#indicators.show(language.text("indicators"), titles, rows);
    const answers = today?.nps_answers;
    const groups = { promoter: 0, passive: 0, detractor: 0, ...answers };
    const goals = volumeGoalsInWords(line, now, language);
    this.#volume.hidden = goals.length === 0;
    setText(this.#goalsHeading, language.text("volume_goals"));
    this.#goals.replaceChildren(...goals.map((goal) => make("li", {}, goal)));
    setText(this.#nps, answers ? `${language.text("nps")}: ${language.text("nps_text", groups)}` : "");
  }

  clear() {
    this.#waits.destroy();
  }

  /** @param {WholeLine} line @param {Language} language */
  #showPromise(line, language) {
    const { figures } = line;
    const today = figures?.windows.today;
    setText(this.#promiseHeading, language.text("promises_today"));
    const promised = figures ? promises(figures) : null;
    const kept = keptInWords(language, share(today, "promise_kept"), total(figures?.promises_pending), promised);
    const settled = share(today, "promise_kept");
    setText(this.#kept, kept.words || !settled ? kept.value : language.share(settled.good, settled.valid));
    const aims = [["target", line.target_ratio], ["floor", line.alert_floor_ratio]].flatMap(([key, aims]) => {
      const ratio = /** @type {Record<string, number> | undefined} */ (aims)?.promise_kept;
      return ratio === undefined ? [] : [`${language.text(/** @type {"floor"} */ (key))} ${language.share(ratio, 1)}`];
    });
    // The table's shares are of all promises, this one is of those settled: both say so.
    const n = kept.n && settled ? language.text("of_settled", { n: settled.valid }) : "";
    setText(this.#beside, [n, kept.pending, ...(promised === false ? [] : aims)].filter(Boolean).join(" · "));
    const rows = today && figures && promised !== false ? shareCells(promiseRows(today, figures), language) : [];
    this.#promises.show(language.text("promises_today"), rows.length > 0 ? columns("verdict", language) : [], rows);
  }
}

/** The headings of a table of shares. @param {"verdict" | "result"} first @param {Language} language */
function columns(first, language) {
  return [language.text(first), language.text("count"), language.text("of_all")];
}
