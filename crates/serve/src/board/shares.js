// Counts of a line that add up to a whole: outcomes of handled contacts, closed callbacks by result, promises by
// verdict. Each row shows its share as a bar.

/** @import { Language, Key } from "./language.js" */
/** @import { Cell } from "./table.js" */
/** @import { WindowFigures, LineFigures } from "./contract.js" */
import { figureQuery } from "./contacts_link.js";
import { total } from "./counts.js";
import { FEWEST } from "./state.js";

/** @typedef {{key: Key, count: number, bad?: boolean, figure?: string}} Row `figure`: the query of its contacts */

/** @param {WindowFigures} window @returns {Row[]} */
export function outcomeRows(window) {
  const outcomes = window.outcomes ?? {};
  const rows = ["handled", "continues_county", "continues_hyte", "other"].map((name) => (
    {
      key: /** @type {Key} */ (`outcome_${name}`), count: outcomes[name] ?? 0,
      figure: figureQuery(`outcomes{outcome="${name}"}`, "today"),
    }
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
    const figure = figureQuery(`callbacks_closed{result="${fate}"}`, "today");
    return { key: /** @type {Key} */ (`fate_${fate}`), count, bad: bad && count > 0, figure };
  });
}

/** @param {WindowFigures} window @param {LineFigures} figures @returns {Row[]} */
export function promiseRows(window, figures) {
  const sum = (/** @type {string} */ result) =>
    Object.values(window.promises ?? {}).reduce((all, counts) => all + (counts[result] ?? 0), 0);
  const settled = (/** @type {string} */ result) => figureQuery(`promises{result="${result}"}`, "today");
  const broken = sum("broken");
  return [
    { key: "promise_kept_word", count: sum("kept"), figure: settled("kept") },
    { key: "promise_broken", count: broken, bad: broken > 0, figure: settled("broken") },
    { key: "promise_void", count: sum("void"), figure: settled("void") },
    { key: "promise_pending", count: total(figures.promises_pending), figure: figureQuery("promises_pending") },
  ];
}

/** @param {Row[]} rows @param {Language} language @returns {(string | Cell)[][]} */
export function shareCells(rows, language) {
  const all = rows.reduce((sum, row) => sum + row.count, 0);
  return rows.map(({ key, count, bad, figure }) => {
    const share = all > 0 ? count / all : 0;
    const written = all >= FEWEST ? language.share(count, all) : "";
    /** @type {"bad" | undefined} */
    const mark = bad ? "bad" : undefined;
    const counted = { text: language.count(count), mark, figure: count > 0 ? figure : undefined };
    return [language.text(key), counted, { text: written, share }];
  });
}
