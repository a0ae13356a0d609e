// A line now: its queue, its callbacks and their deadlines, and when the line opens or closes.

/** @import { LineFigures } from "./contract.js" */
/** @import { Language, Key } from "./language.js" */
import { figureQuery } from "./contacts_link.js";
import { make, setText } from "./dom.js";
import { Figure } from "./figure.js";
import { duration } from "./format.js";

export class DetailNow {
  #heading = make("h3");
  #waiting = new Figure("part");
  #oldest = new Figure("part");
  #later = new Figure("part");
  #today = new Figure("part");
  #overdue = new Figure("part");
  #late = new Figure("part");
  #callback = new Figure("part");
  #due = new Figure("part");

  constructor() {
    const parts = [this.#waiting, this.#oldest, this.#today, this.#overdue, this.#late, this.#later, this.#callback,
      this.#due];
    const list = make("dl", { class: "parts" }, ...parts.map((part) => part.element));
    this.element = make("section", { class: "half" }, this.#heading, list);
  }

  /**
   * @param {LineFigures | null} figures @param {boolean} callbacks whether the line has callbacks
   * @param {Language} language @param {number} nowSeconds
   */
  show(figures, callbacks, language, nowSeconds) {
    for (const part of [this.#today, this.#overdue, this.#late, this.#later, this.#callback, this.#due]) {
      part.element.hidden = !callbacks;
    }
    setText(this.#heading, language.text("now"));
    const dash = language.text("dash");
    const count = (/** @type {number | undefined} */ n) => (n === undefined ? dash : language.count(n));
    const waits = figures !== null && figures.contacts_waiting > 0;
    const owed = figures?.callbacks_outstanding;
    const any = owed !== undefined && owed.later + owed.today + owed.overdue > 0;
    const of = (/** @type {string} */ name, /** @type {boolean} */ is) => (
      { figure: is ? figureQuery(name) : undefined }
    );
    const due = (/** @type {"later" | "today" | "overdue"} */ state) =>
      of(`callbacks_outstanding{due="${state}"}`, (owed?.[state] ?? 0) > 0);
    this.#waiting.show(language.text("waiting"), count(figures?.contacts_waiting), of("contacts_waiting", waits));
    const longest = waits ? duration(figures.waiting_oldest_seconds) : dash;
    this.#oldest.show(language.text("longest_wait"), longest, of("waiting_oldest_seconds", waits));
    this.#later.show(language.text("due_later"), count(owed?.later), due("later"));
    this.#today.show(language.text("due_today"), count(owed?.today), due("today"));
    const bad = (owed?.overdue ?? 0) > 0;
    this.#overdue.show(language.text("overdue"), count(owed?.overdue), { bad, ...due("overdue") });
    const late = figures && bad ? duration(figures.callback_overdue_oldest_seconds) : dash;
    this.#late.show(language.text("overdue_for"), late, of("callback_overdue_oldest_seconds", bad));
    const oldest = figures && any ? duration(figures.callback_oldest_seconds) : dash;
    this.#callback.show(language.text("oldest_callback"), oldest, of("callback_oldest_seconds", any));
    const next = figures?.callback_next_due_timestamp_seconds;
    const left = figures?.callback_next_due_open_seconds;
    const beside = left === undefined ? "" : language.text("open_time_left", { time: duration(left) });
    const at = next === undefined ? dash : language.clock.near(next, nowSeconds);
    const figure = of("callback_next_due_timestamp_seconds", next !== undefined);
    this.#due.show(language.text("next_due"), at, { beside, ...figure });
  }
}

/**
 * `avoinna 16.00 asti, avautui 8.00`.
 * @param {LineFigures} figures
 * @param {Language} language
 * @param {number} nowSeconds
 */
export function openingInWords(figures, language, nowSeconds) {
  const state = figures.line_open ? "open" : "closed";
  const [next, last] = [figures.line_next_change_timestamp_seconds, figures.line_last_change_timestamp_seconds];
  const at = (/** @type {number} */ seconds) => ({ at: language.clock.near(seconds, nowSeconds) });
  const until = next === undefined
    ? language.text(/** @type {Key} */ (`line_${state}`))
    : language.text(/** @type {Key} */ (`line_${state}_until`), at(next));
  const changed = /** @type {Key} */ (`last_change_${state}`);
  return last === undefined ? until : `${until}, ${language.text(changed, at(last))}`;
}
