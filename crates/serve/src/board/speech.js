// What a screen reader is told without asking: that the figures grew old or are back, and that a line newly needs help.
// Nothing else, and not more than one thing in a while, or it would never be silent.

/** @import { Hello } from "./contract.js" */
/** @import { Judgement, State } from "./state.js" */
/** @import { Language } from "./language.js" */
import { byId, setText } from "./dom.js";

const PAUSE_MS = 20000;

export class Speech {
  #region = byId("spoken");
  #spokeAt = -PAUSE_MS;
  /** @type {State[] | null} */ #known = null;

  /** At once: it matters more than what was said before. @param {string} text */
  say = (text) => {
    setText(this.#region, text);
    this.#spokeAt = performance.now();
  };

  /** @param {Judgement[]} judgements @param {Hello} hello @param {Language} language @param {number} nowSeconds */
  newlyHelp(judgements, hello, language, nowSeconds) {
    const states = judgements.map((judgement) => judgement.state);
    const known = this.#known ?? states;
    if (performance.now() - this.#spokeAt < PAUSE_MS) return;
    this.#known = states;
    const index = states.findIndex((state, at) => state === "help" && known[at] !== "help");
    if (index < 0) return;
    const reason = language.reason(judgements[index].reasons[0], nowSeconds);
    this.say(language.text("newly_help", { name: language.name(hello.lines[index]), reason }));
  }
}
