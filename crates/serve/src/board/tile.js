// A line on the board: its name, its state as a shape and in words, its queue, its callbacks, promises kept, and the
// day's trend.

/** @import { LineCard, LineFigures, WindowFigures, Day, LineCourse } from "./contract.js" */
/** @import { Judgement } from "./state.js" */
/** @import { Language } from "./language.js" */
import { abandoned, promises, share, timedOut, total } from "./counts.js";
import { make, makeShape, setAttribute, setShape, setText } from "./dom.js";
import { Figure } from "./figure.js";
import { duration } from "./format.js";
import { keptInWords } from "./kept.js";
import { Trend } from "./trend.js";

export class Tile {
  /** @param {LineCard} card @param {() => void} open shows the line's detail */
  constructor(card, open) {
    this.card = card;
    this.trend = new Trend();
    const whyId = `why-${card.line}`;
    this.button = make("button", { type: "button", "aria-haspopup": "dialog", "aria-describedby": whyId });
    this.button.addEventListener("click", open);
    this.shape = makeShape("none");
    this.word = make("b");
    this.reason = make("span");
    const why = make("p", { class: "why", id: whyId }, this.word, " ", this.reason);
    const head = make("div", { class: "head" }, this.shape, make("div", {}, make("h3", {}, this.button), why));
    this.waiting = new Figure("figure");
    this.oldest = new Figure("figure");
    this.today = new Figure("figure");
    this.overdue = new Figure("figure");
    this.kept = new Figure("figure");
    const now = [this.waiting, this.oldest, this.today, this.overdue].map((figure) => figure.element);
    this.said = make("p", { class: "dim" });
    const trend = make("div", { class: "trend" }, this.trend.place, this.said);
    const foot = make("div", { class: "foot" }, make("dl", {}, this.kept.element), trend);
    const figures = make("dl", { class: "figures" }, ...now);
    this.element = make("li", { class: "tile", "data-line": card.line }, head, figures, foot);
  }

  /**
   * @param {Judgement} judgement
   * @param {LineFigures | null} figures
   * @param {Language} language
   * @param {number} nowSeconds
   */
  show(judgement, figures, language, nowSeconds) {
    setText(this.button, language.name(this.card));
    setAttribute(this.button, "lang", language.code);
    if (this.element.dataset.state !== judgement.state) {
      this.element.dataset.state = judgement.state;
      setShape(this.shape, judgement.state);
      this.trend.recolour();
    }
    setText(this.word, language.text(`state_${judgement.state}`));
    setText(this.reason, language.reason(judgement.reasons[0], nowSeconds));
    this.#showNow(figures, language);
    this.#showToday(figures, language);
  }

  /** @param {Day} day @param {LineCourse | null} course */
  showTrend(day, course) {
    this.trend.show(day, course);
  }

  /** @param {LineFigures | null} figures @param {Language} language */
  #showNow(figures, language) {
    const dash = language.text("dash");
    const count = (/** @type {number | undefined} */ n) => (n === undefined ? dash : language.count(n));
    const waits = figures !== null && figures.contacts_waiting > 0;
    const owed = figures?.callbacks_outstanding;
    this.waiting.show(language.text("waiting"), count(figures?.contacts_waiting), { zero: !waits });
    const oldest = waits ? duration(figures.waiting_oldest_seconds) : dash;
    this.oldest.show(language.text("longest_wait"), oldest, { zero: !waits });
    this.today.show(language.text("due_today"), count(owed?.today), { zero: !owed?.today });
    this.overdue.show(language.text("overdue"), count(owed?.overdue), { zero: !owed?.overdue });
  }

  /** @param {LineFigures | null} figures @param {Language} language */
  #showToday(figures, language) {
    const today = figures?.windows.today;
    const kept = keptInWords(
      language,
      share(today, "promise_kept"),
      total(figures?.promises_pending),
      figures ? promises(figures) : null,
    );
    const label = [language.text("promise"), kept.pending].filter(Boolean).join(" · ");
    this.kept.show(label, kept.value, { words: kept.words, beside: kept.n });
    setText(this.said, today ? saidOf(today, language) : language.text("no_data"));
  }
}

/**
 * How many arrived, abandoned and timed out; the last only if there are any.
 * @param {WindowFigures} today
 * @param {Language} language
 */
function saidOf(today, language) {
  const parts = [
    language.text("arrived", { n: today.contacts_offered }),
    language.text("lost", { n: abandoned(today) }),
  ];
  if (timedOut(today) > 0) parts.push(language.text("lost_by_timeout", { n: timedOut(today) }));
  return parts.join(" · ");
}
