// How the share of kept promises is shown: no percentage of a small n, no 100 % of none, no promise on a line that
// makes none.

/** @import { Language, Key } from "./language.js" */
/** @import { Share } from "./counts.js" */
import { percent } from "./format.js";
import { FEWEST } from "./state.js";

/**
 * @param {Language} language
 * @param {Share | null} kept `null` where it is not known
 * @param {number} pending
 * @param {boolean | null} promised whether the line makes promises; `null` if unknown
 * @returns {{value: string, words: boolean, n: string, pending: string}} the last two are empty if they add nothing
 */
export function keptInWords(language, kept, pending, promised) {
  const open = pending > 0 ? language.text("pending", { n: pending }) : "";
  const inWords = (/** @type {Key} */ key, n = "") => ({ value: language.text(key), words: true, n, pending: open });
  if (promised === false) return inWords("nothing_promised");
  if (!kept || kept.valid === 0) return inWords("no_data");
  const n = language.text("n", { n: kept.valid });
  if (kept.valid < FEWEST) return inWords("too_few", n);
  return { value: percent(kept.good / kept.valid), words: false, n, pending: open };
}
