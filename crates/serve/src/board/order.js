// In what order lines stand, and when it may change: who needs help comes first, and nobody jumps about each second.

/** @import { Judgement } from "./state.js" */
import { STATES } from "./state.js";

/** An order has to last this long before it is shown. */
const SETTLE_MS = 5000;

/** An order that keeps changing is shown after this all the same. */
const PATIENCE_MS = 20000;

/**
 * The places of the lines, as indices into `judgements`: by state, and within a state in the order of the
 * configuration.
 * @param {Judgement[]} judgements
 * @returns {number[]}
 */
export function wantedOrder(judgements) {
  const rank = judgements.map((judgement) => STATES.indexOf(judgement.state));
  return judgements.map((_, index) => index).sort((a, b) => rank[a] - rank[b] || a - b);
}

/** The order that is shown, which follows the wanted one when that has settled. */
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
