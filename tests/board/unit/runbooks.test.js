import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { TEXTS } from "../../../crates/serve/src/board/language.js";
import { backgroundOf, explainCommand } from "../../../crates/serve/src/board/runbooks.js";

const RUNBOOKS = path.resolve(import.meta.dirname, "../../../docs/runbooks");

/** Reasons that say how a quiet line is. */
const PLAIN = ["open_until", "open", "closed_until", "closed", "kept", "nothing_promised", "too_few", "few_contacts",
  "none_settled", "no_contacts", "no_window", "no_figures"];

test("every reason has its meaning and a runbook, and one that asks for nothing has none", () => {
  const keys = Object.keys(TEXTS.en).filter((key) => key.startsWith("reason_")).map((key) => key.slice("reason_".length));
  assert.ok(keys.length > 25);
  for (const key of keys) {
    const background = backgroundOf({ key, grade: "note", values: {} });
    assert.equal(background === null, PLAIN.includes(key), key);
    if (!background) continue;
    assert.ok(existsSync(path.join(RUNBOOKS, `${background.alert}.md`)), background.alert);
    for (const code of /** @type {const} */ (["fi", "sv", "en"])) assert.ok(TEXTS[code][background.why], `${code} ${key}`);
  }
});

test("the command names the line, the figure of the reason and its window", () => {
  /** @param {string} key @param {string} [indicator] */
  const command = (key, indicator) => {
    const background = backgroundOf({ key, grade: "help", values: {}, indicator });
    assert.ok(background);
    return explainCommand("mipa", background).replace("ensilinja explain --config ensilinja.toml --line mipa ", "");
  };
  assert.equal(command("under", "service"), "--figure service --window open2h");
  assert.equal(command("overdue"), "--figure overdue");
});
