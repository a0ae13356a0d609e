// Announcements to a screen reader: the figures became old or are live again, or a line newly needs help. Nothing else,
// and one at a time with pauses, because otherwise it would never be silent.

/** @import { Hello } from "./contract.js" */
/** @import { Judgement, State } from "./state.js" */
/** @import { Language } from "./language.js" */
import { byId, setText } from "./dom.js";
import { Untold } from "./untold.js";

const PAUSE_MS = 20000;

export class Speech {
  #region = byId("spoken");
  /** The one in a line's detail: while the dialog is open, nothing outside it is announced. */
  #inDetail = byId("detail-spoken");
  #dialog = /** @type {HTMLDialogElement} */ (byId("detail"));
  #untold = new Untold();
  #spokeAt = -PAUSE_MS;

  /** At once: it matters more than earlier announcements. @param {string} text */
  say = (text) => {
    setText(this.#dialog.open ? this.#inDetail : this.#region, text);
    this.#spokeAt = performance.now();
  };

  /**
   * @param {Judgement[]} judgements @param {State[]} states of lines: one that is seen to needs no help
   * @param {Hello} hello @param {Language} language @param {number} nowSeconds
   */
  newlyHelp(judgements, states, hello, language, nowSeconds) {
    const mayTell = performance.now() - this.#spokeAt >= PAUSE_MS;
    const index = this.#untold.next(states, mayTell);
    if (index < 0) return;
    const reason = language.reason(judgements[index].reasons[0], nowSeconds);
    this.say(language.text("newly_help", { name: language.name(hello.lines[index]), reason }));
  }
}
