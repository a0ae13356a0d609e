import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Language, LANGUAGES, TEXTS } from "../../../crates/serve/src/board/language.js";

const BOARD = path.resolve(import.meta.dirname, "../../../crates/serve/src/board");

/** @param {string | {one: string, other: string}} text */
const forms = (text) => (typeof text === "string" ? [text] : [text.one, text.other]);

/** @param {string} text */
const values = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("every language has every text, in the same order, with the same values in it", () => {
  for (const code of LANGUAGES) {
    assert.deepEqual(Object.keys(TEXTS[code]), Object.keys(TEXTS.fi), code);
    for (const [key, text] of Object.entries(TEXTS[code])) {
      const expected = values(forms(TEXTS.fi[/** @type {"live"} */ (key)])[0]);
      for (const form of forms(text)) assert.deepEqual(values(form), expected, `${code}: ${key}`);
      assert.ok(forms(text).every((form) => form.trim().length > 0), `${code}: ${key}`);
    }
  }
});

test("every text is used", () => {
  const scripts = readdirSync(BOARD).filter((name) => name.endsWith(".js") && !["fi.js", "sv.js", "en.js"].includes(name));
  const code = scripts.map((name) => readFileSync(path.join(BOARD, name), "utf8")).join("\n");
  const families = ["reason_", "state_", "channel_", "theme_", "fate_", "outcome_", "line_", "last_change_", "share_", "means_",
    "why_", "not_expected_", "choose_"];
  const unused = Object.keys(TEXTS.fi).filter((key) => {
    const family = families.find((start) => key.startsWith(start));
    const stem = family ? key.slice(family.length) : key;
    return ![`"${key}"`, `.${key}`, `"${stem}"`, `${stem}:`, `\`${stem}`].some((use) => code.includes(use));
  });
  assert.deepEqual(unused.filter((key) => !/^(reason|last_change|line)_(open|closed)(_until)?$/.test(key)), []);
});

test("singular and plural differ, and reasons are complete texts with their values", () => {
  /** @param {Language} language @param {string} key @param {Record<string, number>} values @param {string} [indicator] */
  const said = (language, key, values, indicator) =>
    language.reason({ key, grade: "watch", values, indicator }, 0).replaceAll("\u00a0", " ");
  const overdue = LANGUAGES.map((code) => {
    const language = new Language(code, "Europe/Helsinki");
    return [1, 2].map((n) => said(language, "overdue", { n, age: 5400 }));
  });
  assert.deepEqual(overdue, [
    ["1 takaisinsoitto myöhässä 1 h", "2 takaisinsoittoa myöhässä, vanhin 1 h"],
    ["1 återuppringning försenad 1 h", "2 återuppringningar försenade, äldsta 1 h"],
    ["1 callback overdue by 1 h", "2 callbacks overdue, the oldest by 1 h"],
  ]);
  const english = new Language("en", "Europe/Helsinki");
  assert.equal(said(english, "long_wait", { wait: 1027.9, limit: 900 }), "longest wait 17:07, over 15 min");
  assert.equal(said(english, "overtaken", { wait: 2100, others: 240 }), "longest wait 35:00, yet others are answered in 4:00");
  const left = [10, 3541].map((seconds) => said(english, "due_soon", { n: 2, seconds }));
  assert.deepEqual(left, ["2 due today, 1 min of open time left", "2 due today, 59 min of open time left"]);
  const under = said(english, "under", { ratio: 0.7999, floor: 0.8, n: 40 }, "promise_kept");
  assert.equal(under, "promise 79 % (n 40, last 2 h), below 80 %");
});
