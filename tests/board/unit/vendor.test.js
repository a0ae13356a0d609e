import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const BOARD = path.resolve(import.meta.dirname, "../../../crates/serve/src/board");
const UPLOT = path.resolve(import.meta.dirname, "../node_modules/uplot");

/** @param {...string} parts */
const text = (...parts) => readFileSync(path.join(...parts), "utf8");

test("the chart library is the published one, byte by byte, with its licence and its version noted", () => {
  for (const [ours, theirs] of [["uPlot.iife.min.js", "dist/uPlot.iife.min.js"], ["uPlot.min.css", "dist/uPlot.min.css"],
    ["uPlot.LICENSE", "LICENSE"]]) {
    assert.equal(text(BOARD, "vendor", ours), text(UPLOT, theirs), ours);
  }
  const { version } = JSON.parse(text(UPLOT, "package.json"));
  assert.ok(text(BOARD, "vendor/README.md").includes(`\`uplot\` ${version}`));
});

test("our code makes no markup from data, sets no style, and loads nothing from elsewhere", () => {
  for (const name of readdirSync(BOARD).filter((name) => /\.(js|css|html)$/.test(name))) {
    const source = text(BOARD, name);
    for (const never of ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", ".style", "://",
      "style=", "onclick", "@import url"]) {
      assert.ok(!source.includes(never), `${name}: ${never}`);
    }
  }
});

test("a file holds one idea, and its lines fit", () => {
  for (const name of readdirSync(BOARD).filter((name) => /\.(js|css|html)$/.test(name))) {
    const lines = text(BOARD, name).split("\n");
    assert.ok(lines.length <= 420, `${name}: ${lines.length} lines`);
    lines.forEach((line, at) => assert.ok([...line].length <= 120, `${name}:${at + 1}: ${[...line].length}`));
  }
});
