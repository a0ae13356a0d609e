// The board shows the figures of /metrics, for every line and for the county.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Demo } from "../stage/demo.js";
import { scrape, sum } from "../stage/metrics.js";
import { openBrowser, Screen, until } from "../stage/screen.js";

/** @type {Demo} */ let demo;
/** @type {import("playwright-core").Browser} */ let browser;
/** @type {Screen} */ let screen;

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(["--speed", "1"]), openBrowser()]);
  screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A share of promises as the board writes it. @param {number} good @param {number} valid */
function kept(good, valid) {
  if (valid === 0) return "no data";
  return valid < 10 ? "too few" : `${Math.floor((100 * good) / valid + 1e-9)}\u00a0%`;
}

/** What the board should show of a line, or of all lines (`{}`). @param {import("../stage/metrics.js").Series} series */
function expected(series, labels = {}) {
  const of = (/** @type {string} */ name, more = {}) => sum(series, name, { ...labels, ...more });
  const promise = { indicator: "promise_kept", window: "today" };
  const [good, valid] = [of("indicator_good", promise) ?? NaN, of("indicator_valid", promise) ?? NaN];
  return {
    waiting: of("contacts_waiting"),
    today: of("callbacks_outstanding", { due: "today" }),
    overdue: of("callbacks_outstanding", { due: "overdue" }),
    kept: kept(good, valid),
    n: valid > 0 ? `n ${valid}` : "",
  };
}

/** What the board shows, by line; the county under "". */
function shown() {
  return screen.page.evaluate(() => {
    /** @param {Element} root @param {string} figures */
    const read = (root, figures) => {
      const cells = [...root.querySelectorAll(figures)];
      const value = (/** @type {number} */ at) => cells[at].children[0].textContent ?? "";
      const beside = cells[4].children[1].textContent ?? "";
      return {
        waiting: Number(value(0)), today: Number(value(2)), overdue: Number(value(3)),
        kept: value(4), n: /^n \S+/.exec(beside)?.[0].replace(",", "") ?? "",
      };
    };
    /** @type {Record<string, ReturnType<typeof read>>} */
    const lines = { "": read(document.querySelector("#summary") ?? document.body, "dd") };
    for (const tile of document.querySelectorAll(".tile")) {
      lines[/** @type {HTMLElement} */ (tile).dataset.line ?? "?"] = read(tile, "dd");
    }
    return lines;
  });
}

test("every figure of every line and of the county is that of /metrics", async () => {
  /** @type {string} */ let difference = "";
  await until(async () => {
    const series = await scrape(demo.url);
    const board = await shown();
    const truth = Object.fromEntries(Object.keys(board).map((line) => [line, expected(series, line ? { line } : {})]));
    assert.equal(Object.keys(board).length, 23);
    try {
      assert.deepEqual(board, truth);
      return true;
    } catch (error) {
      difference = String(error);
      return false;
    }
  }, "the board and /metrics agree", 15_000).catch((error) => assert.fail(`${error}\n${difference}`));
});

test("the detail of a line shows its promise, outcomes and callbacks as /metrics has them", async () => {
  await screen.tile("116117").getByRole("button").click();
  const dialog = screen.page.getByRole("dialog");
  const counts = (/** @type {string} */ caption) =>
    dialog.getByRole("table", { name: caption }).evaluate((table) =>
      [...table.querySelectorAll("tbody tr")].map((row) => Number(row.children[1].children[1].textContent)));
  await until(async () => (await dialog.getByRole("table", { name: "Outcomes today" }).count()) === 1, "the detail is filled");
  await until(async () => {
    const series = await scrape(demo.url);
    const of = (/** @type {string} */ name, more = {}) => sum(series, name, { line: "116117", ...more });
    const today = { window: "today" };
    const verdict = (/** @type {string} */ result) => of("window_promises", { ...today, result });
    const outcome = (/** @type {string} */ outcome) => of("window_outcomes", { ...today, outcome });
    const recorded = ["handled", "continues_county", "continues_hyte", "other"].map(outcome);
    const handled = of("window_contacts_handled", today) ?? NaN;
    const unrecorded = handled - recorded.reduce((/** @type {number} */ all, n) => all + (n ?? NaN), 0);
    const fates = ["reached", "unreached", "cancelled", "duplicate", "expired", "purged", "given_up"];
    const same = (/** @type {unknown} */ one, /** @type {unknown} */ other) => JSON.stringify(one) === JSON.stringify(other);
    return (
      same(await counts("Promises today"), [verdict("kept"), verdict("broken"), verdict("void"), of("promises_pending")])
      && same(await counts("Outcomes today"), [...recorded, unrecorded])
      && same(await counts("Callbacks closed today"), fates.map((result) => of("window_callbacks_closed", { ...today, result })))
    );
  }, "the detail and /metrics agree");
  const nps = ["promoter", "passive", "detractor"].map((group) => ({ group, window: "today" }));
  const answers = await Promise.all(nps.map(async (one) =>
    sum(await scrape(demo.url), "window_nps_answers", { line: "116117", ...one })));
  const [promoters, passive, detractors] = answers;
  const told = dialog.getByText(`${promoters} promoters, ${passive} passive, ${detractors} detractors`);
  await until(async () => (await told.count()) === 1, "the net promoter score is told with its answers");
  await screen.page.keyboard.press("Escape");
});

test("no request went elsewhere, nothing failed, and nothing moved by itself", async () => {
  await screen.page.waitForTimeout(3000);
  assert.deepEqual(screen.complaints, []);
  assert.deepEqual(await screen.shifts(), []);
});
