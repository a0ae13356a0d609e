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
  const families = ["reason_", "state_", "channel_", "theme_", "fate_", "outcome_", "line_", "last_change_", "not_expected_"];
  const unused = Object.keys(TEXTS.fi).filter((key) => {
    const family = families.find((start) => key.startsWith(start));
    const stem = family ? key.slice(family.length) : key;
    return ![`"${key}"`, `.${key}`, `"${stem}"`, `${stem}:`, `\`${stem}`].some((use) => code.includes(use));
  });
  assert.deepEqual(unused.filter((key) => !/^(reason|last_change|line)_(open|closed)(_until)?$/.test(key)), []);
});

test("singular and plural differ, and reasons are complete texts with their values", () => {
  const said = LANGUAGES.map((code) => {
    const language = new Language(code, "Europe/Helsinki");
    return [1, 2].map((n) => language.reason({ key: "overdue", values: { n } }, 0));
  });
  assert.deepEqual(said, [
    ["1 takaisinsoitto myöhässä", "2 takaisinsoittoa myöhässä"],
    ["1 återuppringning försenad", "2 återuppringningar försenade"],
    ["1 callback overdue", "2 callbacks overdue"],
  ]);
  const english = new Language("en", "Europe/Helsinki");
  const wait = english.reason({ key: "long_wait", values: { wait: 1027.9, limit: 900 } }, 0);
  assert.equal(wait, "longest wait 17:07, over 15\u00a0min");
  const left = [10, 3541].map((seconds) => english.reason({ key: "due_soon", values: { seconds } }, 0));
  assert.deepEqual(left, ["1\u00a0min of open time left to call", "59\u00a0min of open time left to call"]);
  const promise = english.reason({ key: "promise_under", values: { ratio: 0.7999, floor: 0.8, n: 40 } }, 0);
  assert.equal(promise, "promise 79\u00a0%, below 80\u00a0%");
});
