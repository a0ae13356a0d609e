// The detail of one line, in a dialog over the board. The address names the line (`#mipa`), so it can be linked to, and
// the browser's back button closes it. State and queue come with the stream; the rest is fetched while it is open.

/** @import { Hello, Figures, Day, WholeLine } from "./contract.js" */
/** @import { Judgement } from "./state.js" */
/** @import { Language } from "./language.js" */
import { ContactsList } from "./contacts_list.js";
/** @import { Help } from "./help.js" */
/** @import { Seen } from "./seen.js" */
import { Acknowledge } from "./acknowledge.js";
import { DayChart } from "./day_chart.js";
import { DayComparisonChart } from "./day_comparison.js";
import { DetailNow, openingInWords } from "./detail_now.js";
import { DetailToday } from "./detail_today.js";
import { hasCallbacks } from "./counts.js";
import { closeBy } from "./dialog.js";
import { byId, make, makeShape, setShape, setText } from "./dom.js";
import { fetchLine } from "./look_back.js";
import { Why } from "./why.js";

const EVERY_MS = 2000;
const ANSWER_WITHIN_MS = 5000;

export class Detail {
  #dialog = /** @type {HTMLDialogElement} */ (byId("detail"));
  #shape = makeShape("none");
  #name = make("h2", { id: "detail-name" });
  #where = make("p", { class: "dim" });
  #reasons = make("ul", { class: "reasons" });
  #close = make("button", { type: "button", class: "close" });
  #why = new Why();
  /** @type {Acknowledge} */ #acknowledge;
  #now = new DetailNow();
  #chart = new DayChart();
  #compared = new DayComparisonChart();
  #today = new DetailToday();
  #failed = make("p", { class: "wide failed", role: "alert" });
  /** @type {Hello | null} */ #hello = null;
  /** @type {Day | null} */ #day = null;
  /** @type {Language | null} */ #language = null;
  /** Whether the line has callbacks; `null` before its figures of five days are there. @type {boolean | null} */
  #callbacks = null;
  #index = -1;
  /** The instant of the figures: the clock of the server, not of this computer. */
  #instant = 0;
  #opening = 0;

  /**
   * @param {(line: string) => void} focusBack focuses the tile if no element opened the dialog
   * @param {() => void} showAgain shows the last figures, however old
   * @param {Help} help
   * @param {Seen} seen
   */
  constructor(focusBack, showAgain, help, seen) {
    this.#acknowledge = new Acknowledge(seen, showAgain);
    this.#why.element.append(this.#acknowledge.element);
    this.focusBack = focusBack;
    this.showAgain = showAgain;
    // Not the first button, which explains words.
    this.#close.autofocus = true;
    const title = make("div", {}, this.#name, this.#where);
    const buttons = make("div", { class: "buttons" }, help.button(), this.#close);
    const head = make("header", { class: "detail-head" }, this.#shape, title, buttons, this.#reasons);
    const [promise, ...others] = this.#today.elements;
    const charts = [this.#chart.element, this.#compared.element];
    const body = [this.#why.element, this.#now.element, promise, ...charts, this.#failed, ...others];
    this.#dialog.append(head, make("div", { class: "detail-body" }, ...body));
    const language = () => /** @type {Language} */ (this.#language);
    new ContactsList(language, () => this.#hello?.lines[this.#index]?.line ?? "");
    closeBy(this.#dialog, this.#close);
    this.#dialog.addEventListener("close", () => this.#closed());
    addEventListener("hashchange", () => this.#follow());
  }

  /** @param {string} line */
  open = (line) => {
    location.hash = line;
  };

  /** @param {Hello} hello */
  know(hello) {
    this.#hello = hello;
    this.#follow();
  }

  /**
   * @param {Judgement[]} judgements @param {Figures} figures @param {Language} language
   * @param {boolean} isLive whether the figures are of now, and not of an earlier instant
   */
  show(judgements, figures, language, isLive) {
    const changed = this.#language !== language;
    this.#language = language;
    const card = this.#hello?.lines[this.#index];
    if (!card) return;
    const now = figures.now_timestamp_seconds;
    this.#instant = now;
    const [judgement, line] = [judgements[this.#index], figures.lines[this.#index] ?? null];
    this.#dialog.dataset.state = judgement.state;
    setShape(this.#shape, judgement.state);
    setText(this.#name, language.name(card));
    this.#name.lang = language.code;
    const opening = line ? openingInWords(line, language, now) : "";
    const where = [language.text(`channel_${card.channel}`), card.service_area, opening];
    setText(this.#where, where.filter(Boolean).join(" · "));
    const said = judgement.reasons.map((reason) => language.reason(reason, now));
    const words = [language.text(`state_${judgement.state}`), ...said];
    if (this.#reasons.children.length !== words.length) this.#reasons.replaceChildren(...words.map(() => make("li")));
    words.forEach((word, index) => setText(this.#reasons.children[index], word));
    setText(this.#close, language.text("close"));
    this.#now.show(line, this.#callbacks ?? (line !== null && hasCallbacks(line)), language, now);
    if (this.#hello) this.#why.show(this.#hello, card, judgement, language, now);
    this.#acknowledge.show(card.line, judgement, language, now, isLive);
    this.#compared.show(card.line, language);
    if (!changed) return;
    this.#showDay();
    void this.#ask(card.line);
  }

  /** @param {Day} day */
  showDay(day) {
    this.#day = day;
    this.#showDay();
  }

  #showDay() {
    if (!this.#dialog.open || !this.#language || !this.#day) return;
    this.#chart.show(this.#day, this.#index, this.#language);
  }

  /** Opens or closes the dialog to match the address. */
  #follow() {
    const line = location.hash.slice(1);
    const index = this.#hello?.lines.findIndex((card) => card.line === line) ?? -1;
    if (index < 0) {
      if (this.#dialog.open) this.#dialog.close();
      return;
    }
    if (index !== this.#index) this.#empty();
    this.#index = index;
    if (!this.#dialog.open) this.#dialog.showModal();
    this.showAgain();
  }

  /** Clears what belongs to the previous line. */
  #empty() {
    this.#opening += 1;
    this.#language = null;
    this.#callbacks = null;
    this.#why.clear();
    setText(this.#failed, "");
    for (const filled of ["data-state", "data-filled"]) this.#dialog.removeAttribute(filled);
  }

  #closed() {
    // The close event comes later: by then another line may be open or requested.
    if (this.#dialog.open) return;
    const line = this.#hello?.lines[this.#index]?.line;
    this.#index = -1;
    this.#empty();
    this.#chart.destroy();
    this.#compared.clear();
    this.#today.clear();
    if (location.hash.slice(1) === line) history.replaceState(null, "", location.pathname + location.search);
    // The browser returns the focus to the element that opened the dialog, but not if an address opened it.
    const focus = document.activeElement;
    if (line && (focus === document.body || this.#dialog.contains(focus))) this.focusBack(line);
  }

  /** Fetches the line until it is closed, or another line or language is chosen. @param {string} line */
  async #ask(line) {
    this.#opening += 1;
    const opening = this.#opening;
    while (opening === this.#opening) {
      const whole = await ask(line);
      if (opening !== this.#opening || !this.#hello || !this.#language) return;
      setText(this.#failed, whole ? "" : this.#language.text("line_unknown"));
      if (whole) {
        this.#callbacks = whole.figures && hasCallbacks(whole.figures);
        this.#today.show(this.#hello, whole, this.#language, this.#instant);
        this.#dialog.toggleAttribute("data-filled", true);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
}

/** @param {string} line @returns {Promise<WholeLine | null>} `null` if it could not be loaded */
async function ask(line) {
  try {
    return await fetchLine(line, AbortSignal.timeout(ANSWER_WITHIN_MS));
  } catch {
    return null;
  }
}
