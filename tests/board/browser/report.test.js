// The page of a report, on screens and on paper: axe finds nothing, nothing scrolls sideways but a table in its region,
// every table fits the width of A4, and no sheet ends with a heading or is nearly empty.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { violations } from "../stage/axe.js";
import { writeEvents, writePage } from "../stage/report.js";
import { openBrowser } from "../stage/screen.js";

/** Breakdown, language and further options. @type {[string, string, string[]][]} */
const PAGES = [
  ["line", "fi", []], ["month", "sv", []], ["quarter", "en", []],
  ["line", "sv", ["--public"]], ["month", "en", ["--public"]], ["quarter", "fi", ["--public"]], ["group", "fi", []],
];

/** A4 within the margins of the page, in CSS pixels. @type {[string, number, number][]} */
const SHEETS = [["portrait", 703, 1020], ["landscape", 1032, 690]];

/** A sheet with fewer words holds a chart, or the end of one section. */
const FEWEST_WORDS = 40;

const folder = mkdtempSync(path.join(tmpdir(), "ensilinja-report-"));
/** @type {Map<string, string>} */ const files = new Map();
/** @type {import("playwright-core").Browser} */ let browser;

before(async () => {
  const events = writeEvents(folder);
  for (const [by, lang, options] of PAGES) files.set([by, lang, ...options].join(" "), writePage(events, by, lang, options));
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** @param {string} name @returns {Promise<import("playwright-core").Page>} */
async function open(name) {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(files.get(name) ?? "").href);
  return page;
}

for (const [by, lang, options] of PAGES) {
  const name = [by, lang, ...options].join(" ");

  test(`axe finds nothing on the page, and no screen scrolls sideways: ${name}`, async () => {
    const page = await open(name);
    assert.deepEqual(await violations(page), []);
    for (const width of [320, 390, 768, 1366, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      const [needed, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(needed <= room, `${width}: ${needed} px`);
    }
    await page.close();
  });

  test(`every table fits a sheet in width, every chart fits it whole, and letters can be read: ${name}`, async () => {
    const page = await open(name);
    await page.emulateMedia({ media: "print" });
    for (const [sheet, width, height] of SHEETS) {
      await page.setViewportSize({ width, height });
      const faults = await page.evaluate(([width, height]) => [...document.querySelectorAll("table, .panel, .mix")].flatMap((one) => {
        const box = one.getBoundingClientRect();
        const found = [];
        if (box.right > width + 0.5) found.push(`wider than the sheet by ${box.right - width} px`);
        // A table of more rows goes on, with its headings.
        if (!one.matches("table") && box.height > height) found.push(`higher than the sheet: ${box.height} px`);
        const scale = one.querySelector("svg")?.getScreenCTM()?.a ?? 1;
        for (const text of one.querySelectorAll("th, td, figcaption, svg text")) {
          const size = parseFloat(getComputedStyle(text).fontSize) * (text.closest("svg") ? scale : 1);
          if (size < 7.9) found.push(`${text.textContent}: ${size} px`);
        }
        return found.map((fault) => `${one.querySelector("caption, figcaption")?.textContent}: ${fault}`);
      }), [width, height]);
      assert.deepEqual(faults, [], sheet);
    }
    await page.close();
  });

  test(`no sheet ends with a heading or is nearly empty: ${name}`, async () => {
    const page = await open(name);
    const headings = await page.locator("h2").allInnerTexts();
    for (const [sheet] of SHEETS) {
      const file = path.join(folder, "page.pdf");
      writeFileSync(file, await page.pdf({ format: "A4", landscape: sheet === "landscape" }));
      const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
      const sheets = text.split("\f").slice(0, -1).map((one) => one.trimEnd().split("\n").map((line) => line.trim()));
      sheets.forEach((lines, at) => {
        assert.equal(lines.at(-1)?.replaceAll(" ", ""), `${at + 1}/${sheets.length}`, `${sheet}: the number of the sheet`);
        const words = lines.join(" ").split(/\s+/).length;
        assert.ok(at + 1 === sheets.length || words >= FEWEST_WORDS, `${sheet} ${at + 1}: ${words} words`);
        const last = lines.slice(0, -1).findLast((line) => line !== "") ?? "";
        assert.ok(!headings.includes(last), `${sheet} ${at + 1} ends with ${last}`);
      });
    }
    await page.close();
  });
}
