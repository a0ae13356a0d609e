// The indicators of a line in rows: today and over five open days, each with its n, its target and its alert floor. The
// net promoter score comes last: it is not a share, and few customers answer.

/** @import { Hello, LineCard, WindowFigures, LineFigures } from "./contract.js" */
/** @import { Language } from "./language.js" */
/** @import { Cell } from "./table.js" */
import { figureQuery } from "./contacts_link.js";
import { hasCallbacks, share, total } from "./counts.js";
import { FEWEST } from "./state.js";

/** Indicators for which less is better. */
const LESS_IS_BETTER = new Set(["chat_not_answered"]);

/** @param {Hello} hello @param {LineCard} card @param {LineFigures} figures @param {Language} language */
export function indicatorRows(hello, card, figures, language) {
  const { today, open5d } = figures.windows;
  const rows = hello.indicators
    .filter(({ indicator }) => [today, open5d].some((window) => window?.indicator_valid?.[indicator] !== undefined))
    .filter(({ indicator }) => indicator !== "callback_reached" || hasCallbacks(figures))
    .map((row) => {
      const [target, floor] = [card.target_ratio?.[row.indicator], card.alert_floor_ratio?.[row.indicator]];
      const aims = [target, floor].map((ratio) => (ratio === undefined ? "" : language.share(ratio, 1)));
      /** @type {["today" | "open5d", WindowFigures | null | undefined][]} */
      const windows = [["today", today], ["open5d", open5d]];
      const cells = windows.flatMap(([name, window]) => (
        linked(judged(window, row.indicator, target, floor, language), row.indicator, name)
      ));
      return [{ text: language.name(row), lang: language.code, title: row.rule }, ...cells, ...aims];
    });
  return [...rows, [language.text("nps"), ...nps(today, language), ...nps(open5d, language), "", ""]];
}

/**
 * A share and its n, each with its contacts.
 * @param {(string | Cell)[]} cells @param {string} indicator @param {string} window
 * @returns {(string | Cell)[]}
 */
function linked([ratio, n], indicator, window) {
  if (n === "" || n === "0") return [ratio, n];
  const cell = (/** @type {string | Cell} */ content) => (typeof content === "string" ? { text: content } : content);
  return [
    { ...cell(ratio), figure: figureQuery(indicator, window) },
    { ...cell(n), figure: figureQuery(`indicator_valid{indicator="${indicator}"}`, window) },
  ];
}

/**
 * @param {WindowFigures | null | undefined} window @param {string} indicator
 * @param {number | undefined} target @param {number | undefined} floor @param {Language} language
 * @returns {(string | Cell)[]}
 */
function judged(window, indicator, target, floor, language) {
  const of = share(window, indicator);
  if (!of) return [language.text("no_data"), ""];
  const n = language.count(of.valid);
  if (of.valid === 0) return [language.text("no_data"), n];
  if (of.valid < FEWEST) return [language.text("too_few"), n];
  const ratio = of.good / of.valid;
  const less = LESS_IS_BETTER.has(indicator);
  const better = (/** @type {number} */ aim) => (less ? ratio <= aim : ratio >= aim);
  /** @type {Cell} */
  const cell = { text: language.share(of.good, of.valid), share: ratio };
  if (floor !== undefined && !better(floor)) return [{ ...cell, mark: "bad", note: language.text("under_floor") }, n];
  if (target !== undefined && better(target)) return [{ ...cell, mark: "good", note: language.text("on_target") }, n];
  return [cell, n];
}

/** @param {WindowFigures | null | undefined} window @param {Language} language */
function nps(window, language) {
  if (!window?.nps_answers) return [language.text("no_data"), ""];
  const { promoter = 0, detractor = 0 } = window.nps_answers;
  const n = total(window.nps_answers);
  if (n === 0) return [language.text("no_data"), "0"];
  if (n < FEWEST) return [language.text("too_few"), language.count(n)];
  // + 0 turns -0 into 0.
  const score = Math.round((1000 * (promoter - detractor)) / n) / 10 + 0;
  return [language.score(score), language.count(n)];
}
