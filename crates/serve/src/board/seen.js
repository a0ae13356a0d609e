// Lines that someone at this screen has seen to: their tiles are grey for a chosen time, in this browser only. A tile
// comes back when the time is over, when the line no longer asks for attention, or when something more urgent begins.

/** @import { Judgement, State } from "./state.js" */
import { STATES } from "./state.js";

/** @typedef {{until: number, state: State, rank: number, help: string[]}} Mark What was seen. */

export class Seen {
  /** @type {Record<string, Mark>} */ #marks = {};

  /** @param {string | null} kept what an earlier page kept @param {(text: string) => void} keep */
  constructor(kept, keep) {
    this.keep = keep;
    try {
      this.#marks = JSON.parse(kept ?? "{}");
    } catch {
      // It is something else: nothing was seen.
    }
  }

  /** @param {string} line @param {Judgement} judgement @param {number} until in seconds */
  mark(line, judgement, until) {
    const { state, rank } = judgement;
    this.#marks[line] = { until, state, rank, help: helpOf(judgement) };
    this.keep(JSON.stringify(this.#marks));
  }

  /** @param {string} line */
  unmark(line) {
    delete this.#marks[line];
    this.keep(JSON.stringify(this.#marks));
  }

  /**
   * Until when the line counts as seen to; `null` if it does not. Forgets what no longer holds.
   * @param {string} line @param {Judgement} judgement @param {number} now in seconds
   * @returns {number | null}
   */
  until(line, judgement, now) {
    const mark = this.#marks[line];
    if (!mark) return null;
    if (now < mark.until && holds(mark, judgement)) return mark.until;
    this.unmark(line);
    return null;
  }
}

/** @param {Judgement} judgement */
function helpOf({ reasons }) {
  return reasons.filter((reason) => reason.grade === "help").map(({ key, indicator }) => `${key} ${indicator ?? ""}`);
}

/**
 * Whether the line still asks for attention, and nothing more urgent has begun.
 * @param {Mark} mark @param {Judgement} judgement
 */
function holds(mark, judgement) {
  if (judgement.state !== "help" && judgement.state !== "watch") return false;
  const graver = STATES.indexOf(judgement.state) - STATES.indexOf(mark.state) || judgement.rank - mark.rank;
  return graver >= 0 && helpOf(judgement).every((reason) => mark.help.includes(reason));
}
