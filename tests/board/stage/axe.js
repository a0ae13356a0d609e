// What axe finds on a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** @param {import("playwright-core").Page} page @param {string[]} [more] rules beside those @returns {Promise<string[]>} */
export async function violations(page, more = []) {
  // Outside of the page's own scripts, which its policy would stop from being added to.
  await page.evaluate(AXE);
  return page.evaluate(async ([rules, more]) => {
    const runOnly = { type: "tag", values: rules };
    const enabled = Object.fromEntries(more.map((rule) => [rule, { enabled: true }]));
    const found = await /** @type {any} */ (globalThis).axe.run(document, { runOnly, rules: enabled });
    return found.violations.flatMap((/** @type {any} */ violation) =>
      violation.nodes.map((/** @type {any} */ node) => `${violation.id}: ${node.target} ${node.failureSummary}`));
  }, [RULES, more]);
}
