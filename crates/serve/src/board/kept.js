// How a share of promises kept is told: never a percentage of few, never 100 % of none, never a promise where none is made.

/** @import { Language } from "./language.js" */
/** @import { Share } from "./counts.js" */
import { percent } from "./format.js";
import { FEWEST } from "./state.js";

/**
 * @param {Language} language
 * @param {Share | null} kept `null` where it is not known
 * @param {number} pending
 * @param {boolean | null} promised whether there are promises; `null` where nothing has said so yet
 * @returns {{value: string, words: boolean, beside: string}}
 */
export function keptInWords(language, kept, pending, promised) {
  if (promised === false) return { value: language.text("nothing_promised"), words: true, beside: "" };
  if (!kept) return { value: language.text("no_data"), words: true, beside: "" };
  const n = language.text("n", { n: kept.valid });
  const beside = pending > 0 ? `${n} · ${language.text("pending", { n: pending })}` : n;
  if (kept.valid === 0) return { value: language.text("no_data"), words: true, beside: pending > 0 ? beside : "" };
  if (kept.valid < FEWEST) return { value: language.text("too_few"), words: true, beside };
  return { value: percent(kept.good / kept.valid), words: false, beside };
}
