// What a screen reader is told without asking: that the figures grew old or are back, and that a line newly needs help.
// Nothing else, and not more than one thing in a while, or it would never be silent.

/** @import { Hello } from "./contract.js" */
/** @import { Judgement } from "./state.js" */
/** @import { Language } from "./language.js" */
import { byId, setText } from "./dom.js";
import { Untold } from "./untold.js";

const PAUSE_MS = 20000;

export class Speech {
  #region = byId("spoken");
  /** Of a line's detail: while it is open, nothing outside of it is heard. */
  #inDetail = byId("detail-spoken");
  #dialog = /** @type {HTMLDialogElement} */ (byId("detail"));
  #untold = new Untold();
  #spokeAt = -PAUSE_MS;

  /** At once: it matters more than what was said before. @param {string} text */
  say = (text) => {
    setText(this.#dialog.open ? this.#inDetail : this.#region, text);
    this.#spokeAt = performance.now();
  };

  /** @param {Judgement[]} judgements @param {Hello} hello @param {Language} language @param {number} nowSeconds */
  newlyHelp(judgements, hello, language, nowSeconds) {
    const mayTell = performance.now() - this.#spokeAt >= PAUSE_MS;
    const index = this.#untold.next(judgements.map((judgement) => judgement.state), mayTell);
    if (index < 0) return;
    const reason = language.reason(judgements[index].reasons[0], nowSeconds);
    this.say(language.text("newly_help", { name: language.name(hello.lines[index]), reason }));
  }
}
