// The buttons in a line's detail by which someone says to have seen to it: its tile is then grey for a chosen time.

/** @import { Judgement } from "./state.js" */
/** @import { Language } from "./language.js" */
/** @import { Seen } from "./seen.js" */
import { make, setText } from "./dom.js";
import { roughly } from "./format.js";

/** How long a tile may be grey, in seconds. */
const TIMES = [900, 1800, 3600];

export class Acknowledge {
  #said = make("span");
  #times = TIMES.map((seconds) => ({ seconds, button: make("button", { type: "button", class: "small" }) }));
  #back = make("button", { type: "button", class: "small" });
  #here = make("span", { class: "dim" });
  /** @type {{line: string, judgement: Judgement, now: number} | null} */ #shown = null;

  /** @param {Seen} seen @param {() => void} changed */
  constructor(seen, changed) {
    this.seen = seen;
    const buttons = this.#times.map(({ button }) => button);
    this.element = make("p", { class: "acknowledge" }, this.#said, ...buttons, this.#back, this.#here);
    for (const { seconds, button } of this.#times) {
      button.addEventListener("click", () => {
        if (this.#shown) seen.mark(this.#shown.line, this.#shown.judgement, this.#shown.now + seconds);
        changed();
        this.#back.focus();
      });
    }
    this.#back.addEventListener("click", () => {
      if (this.#shown) seen.unmark(this.#shown.line);
      changed();
      this.#times[0].button.focus();
    });
  }

  /**
   * @param {string} line @param {Judgement} judgement @param {Language} language @param {number} now
   * @param {boolean} isLive an earlier instant cannot be seen to
   */
  show(line, judgement, language, now, isLive) {
    this.element.hidden = !isLive || (judgement.state !== "help" && judgement.state !== "watch");
    if (!isLive) return;
    this.#shown = { line, judgement, now };
    const until = this.seen.until(line, judgement, now);
    const at = until === null ? "" : language.clock.near(until, now);
    setText(this.#said, until === null ? language.text("seen_for") : language.text("seen_until", { at }));
    setText(this.#here, language.text("this_browser_only"));
    setText(this.#back, language.text("seen_back"));
    this.#back.hidden = until === null;
    for (const { seconds, button } of this.#times) {
      setText(button, roughly(seconds));
      button.hidden = until !== null;
    }
  }
}
