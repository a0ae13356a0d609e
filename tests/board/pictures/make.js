// Makes docs/pictures: the board as it looks on the simulated Tuesday, at night, on a day of failure, and where there is
// no data; and the page of a report. Run by `npm run pictures`, or `npm run pictures -- NAME...` for some of them; the
// same program makes the same figures.

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Demo } from "../stage/demo.js";
import { writeEvents, writePage } from "../stage/report.js";
import { DESK, openBrowser, Screen, until } from "../stage/screen.js";
import { writeFailingDay } from "./failing_day.js";

const FOLDER = path.resolve(import.meta.dirname, "../../../docs/pictures");
const LARGEST_BYTES = 300_000;
const LARGEST_WIDTH = 2000;

/** The smallest screen that shows every line; its picture is small enough for a page. */
const BOARD = { width: 1720, height: 1060 };
const PHONE = { width: 390, height: 844 };
const DETAIL = { width: 1240, height: 1330 };
const LARGE_WALL = { width: 3840, height: 2160 };
const REPORT = { width: 1240, height: 1180 };

/**
 * What is to be seen on a demo: a name, a screen and an address.
 * @typedef {[string, {width: number, height: number}, string]} View
 */

/** @type {{options: string[], views: View[]}[]} */
const PICTURES = [
  {
    options: [],
    views: [
      ["board", BOARD, "/?lang=en&theme=light"],
      ["board-dark", BOARD, "/?lang=fi&theme=dark"],
      ["board-contrast", DESK, "/?lang=sv&theme=contrast"],
      ["phone", PHONE, "/?lang=sv&theme=light"],
      ["phone-detail", PHONE, "/?lang=fi&theme=dark#neuvola"],
      ["detail", DETAIL, "/?lang=en&theme=light#116117"],
      ["no-data", DETAIL, "/?lang=en&theme=light#ensilinja_sms"],
      ["wall-4k", LARGE_WALL, "/?lang=fi&theme=dark"],
    ],
  },
  { options: ["--at", "2025-09-16T23:30"], views: [["night", BOARD, "/?lang=en&theme=dark"]] },
];

const browser = await openBrowser();
const scratch = mkdtempSync(path.join(tmpdir(), "ensilinja-pictures-"));
try {
  mkdirSync(FOLDER, { recursive: true });
  const day = path.join(scratch, "failing.jsonl");
  writeFailingDay(day, "2025-09-10", "2025-09-17");
  const failing = {
    options: ["--at", "2025-09-16T14:00", "--events", day],
    views: /** @type {View[]} */ ([
      ["failure", DESK, "/?lang=en&theme=light"], ["failure-detail", DETAIL, "/?lang=en&theme=light#116117"],
    ]),
  };
  if (isWanted("report")) await takeReport(writePage(writeEvents(scratch), "quarter", "en"));
  for (const { options, views: all } of [...PICTURES, failing]) {
    const views = all.filter(([name]) => isWanted(name));
    if (views.length === 0) continue;
    const demo = await Demo.start(["--speed", "1", ...options]);
    try {
      for (const view of views) await take(demo, view);
    } finally {
      await demo.stop();
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
  await browser.close();
}

/** @param {string} name */
function isWanted(name) {
  const names = process.argv.slice(2);
  return names.length === 0 || names.includes(name);
}

/** @param {Demo} demo @param {View} view */
async function take(demo, [name, viewport, address]) {
  const screen = await Screen.open(browser, demo.url, { address, context: { viewport } });
  const { page } = screen;
  if (address.includes("#")) {
    await until(async () => (await page.locator(".indicators tbody tr").count()) > 5, `${name}: the detail is filled`);
  }
  await until(async () => (await page.locator("canvas").count()) > 20, `${name}: the charts are drawn`);
  const picture = await page.screenshot({ animations: "disabled" });
  keep(name, viewport, viewport.width > LARGEST_WIDTH ? await reduced(picture, viewport) : picture);
  await screen.close();
}

/** The beginning of the page of a report. @param {string} file */
async function takeReport(file) {
  const page = await browser.newPage({ viewport: REPORT });
  await page.goto(pathToFileURL(file).href);
  keep("report", REPORT, await page.screenshot());
  await page.close();
}

/** @param {string} name @param {{width: number, height: number}} size @param {Buffer} picture */
function keep(name, { width, height }, picture) {
  writeFileSync(path.join(FOLDER, `${name}.png`), picture);
  console.log(`${name}.png ${width} x ${height}, ${Math.round(picture.length / 1000)} kB`);
  if (picture.length > LARGEST_BYTES) throw new Error(`${name}.png is too large to be loaded with a page`);
}

/** The picture of a wall screen, small enough for a page. @param {Buffer} picture @param {{width: number, height: number}} size */
async function reduced(picture, { width, height }) {
  const page = await browser.newPage();
  const data = await page.evaluate(async ([encoded, width, height]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${encoded}`;
    await image.decode();
    const canvas = new OffscreenCanvas(Number(width) / 4, Number(height) / 4);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return Array.from(bytes);
  }, [picture.toString("base64"), width, height]);
  await page.close();
  return Buffer.from(data);
}
