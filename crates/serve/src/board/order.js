// The order of the tiles, and when it may change. Lines that need help come first, but tiles do not jump every second.

/** @import { Judgement } from "./state.js" */
import { STATES } from "./state.js";

/** An order must last this long before it is shown. */
const SETTLE_MS = 5000;

/** After this long an order is shown even if it keeps changing. */
const PATIENCE_MS = 20000;

/**
 * The order of the lines, as indices into `judgements`: by state, within a state by the most urgent reason, and among
 * equal ones in the order of the configuration. Those that someone has seen to come after all others that ask for
 * attention.
 * @param {Judgement[]} judgements
 * @param {(number | null)[]} [seen] until when each counts as seen to
 * @returns {number[]}
 */
export function wantedOrder(judgements, seen = []) {
  const after = STATES.indexOf("fine") - 0.5;
  const rank = judgements.map(({ state }, index) => (typeof seen[index] === "number" ? after : STATES.indexOf(state)));
  return judgements.map((_, index) => index)
    .sort((a, b) => rank[a] - rank[b] || judgements[a].rank - judgements[b].rank || a - b);
}

/** The order that is shown. It follows the wanted order once that has settled. */
export class SettledOrder {
  /** @type {number[] | null} */ #shown = null;
  /** @type {number[]} */ #wanted = [];
  #wantedSince = 0;
  #differsSince = 0;

  /**
   * @param {number[]} wanted
   * @param {number} nowMs a clock that never goes back
   * @returns {number[]} the order to show
   */
  next(wanted, nowMs) {
    if (!this.#shown || this.#shown.length !== wanted.length) return this.#adopt(wanted, nowMs);
    if (same(this.#shown, wanted)) {
      this.#differsSince = nowMs;
      this.#wanted = wanted;
      return this.#shown;
    }
    if (!same(this.#wanted, wanted)) {
      this.#wanted = wanted;
      this.#wantedSince = nowMs;
    }
    const settled = nowMs - this.#wantedSince >= SETTLE_MS || nowMs - this.#differsSince >= PATIENCE_MS;
    return settled ? this.#adopt(wanted, nowMs) : this.#shown;
  }

  /** @param {number[]} order @param {number} nowMs */
  #adopt(order, nowMs) {
    this.#differsSince = nowMs;
    this.#shown = order;
    this.#wanted = order;
    return order;
  }
}

/** @param {number[]} one @param {number[]} other */
function same(one, other) {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
