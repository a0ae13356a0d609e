// A line on the board: its name, its state as a shape and in words, its queue, its callbacks, promises kept, and the
// day's trend. The figures that are the cause of its state are marked.

/** @import { LineCard, LineFigures, WindowFigures, Day, LineCourse } from "./contract.js" */
/** @import { Judgement } from "./state.js" */
/** @import { Mark, Reason } from "./rules.js" */
/** @import { Language } from "./language.js" */
import { abandoned, promises, share, timedOut, total } from "./counts.js";
import { make, makeShape, setAttribute, setShape, setText } from "./dom.js";
import { Figure } from "./figure.js";
import { duration, percent } from "./format.js";
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
    this.reason = [make("span"), make("span"), make("span")];
    this.more = make("span", { class: "more", "aria-hidden": "true" });
    this.others = make("span", { class: "unseen" });
    const why = make("p", { class: "why", id: whyId }, this.word, " ", ...this.reason);
    const because = make("div", { class: "because" }, why, this.more);
    why.append(" ", this.others);
    const name = make("div", {}, make("h3", {}, this.button), because);
    this.badge = make("span", { class: "badge" });
    this.clock = make("span", { class: "badge seen" });
    const badges = make("p", { class: "badges" }, this.badge, this.clock);
    const head = make("div", { class: "head" }, this.shape, name, badges);
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
   * @param {number | null} seenUntil until when it is grey, because someone has seen to it
   */
  show(judgement, figures, language, nowSeconds, seenUntil) {
    setText(this.button, language.name(this.card));
    setAttribute(this.button, "lang", language.code);
    if (this.element.dataset.state !== judgement.state) {
      this.element.dataset.state = judgement.state;
      setShape(this.shape, judgement.state);
      this.trend.recolour();
    }
    setText(this.word, language.text(`state_${judgement.state}`));
    const [first, ...others] = judgement.reasons.filter((reason, at) => at === 0 || reason.grade !== "plain");
    this.#showReason(first, language.reason(first, nowSeconds));
    setText(this.more, others.length > 0 ? language.text("more_reasons", { n: others.length }) : "");
    setText(this.others, others.map((reason) => `· ${language.reason(reason, nowSeconds)}`).join(" "));
    // A closed line in the state *closed* says so by its word.
    const badge = figures && !figures.line_open && judgement.state !== "closed" ? language.text("closed_badge") : "";
    setText(this.badge, badge);
    const at = seenUntil === null ? "" : language.clock.near(seenUntil, nowSeconds);
    setText(this.clock, at && language.text("seen_badge", { at }));
    this.element.toggleAttribute("data-seen", seenUntil !== null);
    const causes = new Set(judgement.reasons.flatMap((reason) => reason.mark ?? []));
    this.#showNow(figures, language, causes);
    this.#showToday(figures, language, causes);
  }

  /** Marks the share in the text if no figure of the tile is the cause. @param {Reason} reason @param {string} text */
  #showReason({ mark, values }, text) {
    const cause = mark === "reason" ? percent(values.ratio) : "";
    const [before, ...after] = cause ? text.split(cause) : [text];
    [before, cause, after.join(cause)].forEach((part, at) => setText(this.reason[at], part));
    setAttribute(this.reason[1], "class", cause ? "cause" : undefined);
  }

  /** @param {Day} day @param {LineCourse | null} course */
  showTrend(day, course) {
    this.trend.show(day, course);
  }

  /** @param {LineFigures | null} figures @param {Language} language @param {Set<Mark>} causes */
  #showNow(figures, language, causes) {
    const dash = language.text("dash");
    const count = (/** @type {number | undefined} */ n) => (n === undefined ? dash : language.count(n));
    const waits = figures !== null && figures.contacts_waiting > 0;
    const owed = figures?.callbacks_outstanding;
    const cause = (/** @type {Mark} */ mark) => causes.has(mark);
    const waiting = { zero: !waits, cause: cause("waiting") };
    this.waiting.show(language.text("waiting"), count(figures?.contacts_waiting), waiting);
    const oldest = waits ? duration(figures.waiting_oldest_seconds) : dash;
    this.oldest.show(language.text("longest_wait"), oldest, { zero: !waits, cause: cause("oldest") });
    this.today.show(language.text("due_today"), count(owed?.today), { zero: !owed?.today, cause: cause("today") });
    const late = { zero: !owed?.overdue, cause: cause("overdue") };
    this.overdue.show(language.text("overdue"), count(owed?.overdue), late);
  }

  /** @param {LineFigures | null} figures @param {Language} language @param {Set<Mark>} causes */
  #showToday(figures, language, causes) {
    const today = figures?.windows.today;
    const kept = keptInWords(
      language,
      share(today, "promise_kept"),
      total(figures?.promises_pending),
      figures ? promises(figures) : null,
    );
    const label = [language.text("promise"), kept.pending].filter(Boolean).join(" · ");
    // On a closed day nothing comes: that is no lack of data.
    const idle = figures && !figures.line_open && today?.contacts_offered === 0;
    const value = idle && kept.words && kept.n === "" ? language.text("dash") : kept.value;
    this.kept.show(label, value, { words: kept.words, beside: kept.n, cause: causes.has("kept") });
    setText(this.said, today ? saidOf(today, language) : language.text("no_data"));
    this.said.classList.toggle("cause", causes.has("said"));
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
