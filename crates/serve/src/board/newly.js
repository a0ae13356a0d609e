// Which lines newly need help. A line that flickers between two states does so once: it is new again only after it has
// needed no help for some minutes.

/** @import { State } from "./state.js" */

const CALM_SECONDS = 300;

export class Newly {
  /** When each line last needed help; `null` before the first states. @type {number[] | null} */ #lastHelp = null;

  /**
   * @param {State[]} states of all lines
   * @param {number} now in seconds
   * @returns {number[]} the indices of the lines that newly need help
   */
  next(states, now) {
    const known = this.#lastHelp;
    this.#lastHelp = states.map((state, at) => (state === "help" ? now : (known?.[at] ?? -Infinity)));
    if (!known) return [];
    return states.flatMap((state, at) => (state === "help" && now - known[at] > CALM_SECONDS ? [at] : []));
  }
}
