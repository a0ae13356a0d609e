// Lines that newly need help and were not announced yet. They are announced one at a time, and none is forgotten.

/** @import { State } from "./state.js" */

export class Untold {
  /** @type {State[] | null} */ #known = null;

  /**
   * @param {State[]} states of all lines
   * @param {boolean} mayTell whether the answer will be announced
   * @returns {number} the index of the line, -1 if there is none
   */
  next(states, mayTell) {
    const known = (this.#known ??= states);
    if (!mayTell) return -1;
    const isNew = (/** @type {number} */ at) => states[at] === "help" && known[at] !== "help";
    const index = states.findIndex((_, at) => isNew(at));
    this.#known = states.map((state, at) => (at !== index && isNew(at) ? known[at] : state));
    return index;
  }
}
