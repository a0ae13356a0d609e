// Counts of a line that add up to a whole: outcomes of handled contacts, closed callbacks by result, promises by
// verdict. Each row shows its share as a bar.

/** @import { Language, Key } from "./language.js" */
/** @import { Cell } from "./table.js" */
/** @import { WindowFigures, LineFigures } from "./contract.js" */
import { total } from "./counts.js";
import { percent, percentNear } from "./format.js";
import { FEWEST } from "./state.js";

/** @typedef {{key: Key, count: number, bad?: boolean}} Row */

/** @param {WindowFigures} window @returns {Row[]} */
export function outcomeRows(window) {
  const outcomes = window.outcomes ?? {};
  const rows = ["handled", "continues_county", "continues_hyte", "other"].map((name) => (
    { key: /** @type {Key} */ (`outcome_${name}`), count: outcomes[name] ?? 0 }
  ));
  const unrecorded = Math.max(0, (window.contacts_handled ?? 0) - total(outcomes));
  return [...rows, { key: "outcome_unrecorded", count: unrecorded }];
}

/** Callbacks that will never reach the customer are marked. @param {WindowFigures} window @returns {Row[]} */
export function callbackRows(window) {
  /** @type {[string, boolean][]} */
  const fates = [
    ["reached", false], ["unreached", true], ["cancelled", false], ["duplicate", false],
    ["expired", true], ["purged", true], ["given_up", true],
  ];
  return fates.map(([fate, bad]) => {
    const count = window.callbacks_closed?.[fate] ?? 0;
    return { key: /** @type {Key} */ (`fate_${fate}`), count, bad: bad && count > 0 };
  });
}

/** @param {WindowFigures} window @param {LineFigures} figures @returns {Row[]} */
export function promiseRows(window, figures) {
  const sum = (/** @type {string} */ result) =>
    Object.values(window.promises ?? {}).reduce((all, counts) => all + (counts[result] ?? 0), 0);
  const broken = sum("broken");
  return [
    { key: "promise_kept_word", count: sum("kept") },
    { key: "promise_broken", count: broken, bad: broken > 0 },
    { key: "promise_void", count: sum("void") },
    { key: "promise_pending", count: total(figures.promises_pending) },
  ];
}

/** @param {Row[]} rows @param {Language} language @returns {(string | Cell)[][]} */
export function shareCells(rows, language) {
  const all = rows.reduce((sum, row) => sum + row.count, 0);
  return rows.map(({ key, count, bad }) => {
    const share = all > 0 ? count / all : 0;
    const written = all >= FEWEST ? percent(share, percentNear) : "";
    /** @type {"bad" | undefined} */
    const mark = bad ? "bad" : undefined;
    return [language.text(key), { text: language.count(count), mark }, { text: written, share }];
  });
}
