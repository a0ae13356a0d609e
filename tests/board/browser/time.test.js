// Time: the board shows when its figures are old, reconnects, runs for days, and distinguishes a night from a silence.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Demo, freePort } from "../stage/demo.js";
import { openBrowser, Screen, until } from "../stage/screen.js";

/** @type {import("playwright-core").Browser} */ let browser;

before(async () => {
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
});

/** @param {Screen} screen */
const stale = (screen) => screen.page.locator("html[data-stale]").count();

test("a process that stops makes the board stale within seconds, and needs no reload when it continues", async () => {
  const demo = await Demo.start(["--speed", "1"]);
  try {
    const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
    assert.equal(await screen.page.locator("#age").textContent(), "Live");
    demo.signal("SIGSTOP");
    await until(async () => (await stale(screen)) === 1, "stale", 15_000);
    assert.match(await screen.page.locator("#stale").innerText(), /^Connection lost\. The figures are 0:\d\d old\./);
    assert.match(await screen.page.locator("#age").innerText(), /^0:\d\d old$/);
    assert.match((await screen.page.locator("#spoken").textContent()) ?? "", /^Connection lost/);
    demo.signal("SIGCONT");
    await until(async () => (await stale(screen)) === 0, "live again");
    assert.equal(await screen.page.locator("#spoken").textContent(), "The figures are up to date again.");
    await screen.close();
  } finally {
    await demo.stop();
  }
});

test("a board outlives its process: after a kill it turns stale, after a restart on the same port it continues", async () => {
  const port = await freePort();
  let demo = await Demo.start([], port);
  try {
    const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
    await screen.page.evaluate(() => {
      /** @type {any} */ (globalThis).same = true;
    });
    await demo.stop();
    await until(async () => (await stale(screen)) === 1, "stale");
    demo = await Demo.start([], port);
    await until(async () => (await stale(screen)) === 0, "live again");
    const same = await screen.page.evaluate(() => /** @type {any} */ (globalThis).same);
    assert.equal(same, true, "the same page, for it is the same version");
    const refused = screen.complaints.filter((complaint) => !complaint.includes("Failed to load resource"));
    assert.deepEqual(refused.filter((complaint) => !complaint.includes("ERR_")), []);
    await screen.close();
  } finally {
    await demo.stop();
  }
});

test("a full server is distinguished from a missing one, and the board reconnects when there is room", async () => {
  const demo = await Demo.start(["--speed", "1"]);
  try {
    const room = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await room.newPage();
    let full = true;
    await page.route("**/api/live", (route) => {
      if (!full) return route.continue();
      return route.fulfill({ status: 503, headers: { "retry-after": "10" }, body: "" });
    });
    await page.goto(`${demo.url}/?lang=en`);
    const banner = page.locator("#stale > p");
    const told = "The server is at its limit of viewers. Trying again.";
    await until(async () => (await banner.textContent()) === told, "told", 15_000);
    full = false;
    await until(async () => (await stale(/** @type {Screen} */ (/** @type {unknown} */ ({ page })))) === 0, "live", 40_000);
    await page.locator(".tile").first().waitFor();
    await room.close();
  } finally {
    await demo.stop();
  }
});

test("while figures are rebuilding the board shows none, with the progress, and then continues", async () => {
  const demo = await Demo.start();
  try {
    const room = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await room.newPage();
    await page.addInitScript(() => {
      // The real stream, except that the state of the figures is that of a rebuild.
      const Real = EventSource;
      globalThis.EventSource = /** @type {any} */ (class extends Real {
        /** @param {string} name @param {any} tell */
        addEventListener(name, tell) {
          super.addEventListener(name, (/** @type {any} */ event) => {
            if (name !== "figures" || /** @type {any} */ (globalThis).rebuilt) return tell(event);
            const figures = JSON.parse(event.data);
            const lines = figures.lines.map(() => null);
            const reasons = ["partition 3 is being read: 43 %"];
            const state = { complete: false, rebuild_progress_ratio: 0.43, figures_as_of_timestamp_seconds: null };
            tell({ data: JSON.stringify({ ...figures, ...state, lines, reasons }) });
          });
        }
      });
    });
    await page.goto(`${demo.url}/?lang=en`);
    await page.locator("html[data-stale]").waitFor();
    await page.locator("#stale summary").click();
    const banner = await page.locator("#stale").innerText();
    assert.match(banner, /being rebuilt from the events: 43\u00a0% read\./);
    assert.match(banner, /partition 3 is being read/);
    assert.deepEqual(await page.locator(".tile .why b").allTextContents(), Array(22).fill("No data"));
    assert.deepEqual([...new Set(await page.locator(".tile dd:first-of-type > span:first-child").allTextContents())].sort(),
      ["no data", "–"]);
    await page.evaluate(() => {
      /** @type {any} */ (globalThis).rebuilt = true;
    });
    await until(async () => (await page.locator("html[data-stale]").count()) === 0, "rebuilt");
    await until(async () => (await page.locator('.tile[data-state="none"]').count()) < 22, "figures");
    await room.close();
  } finally {
    await demo.stop();
  }
});

test("at night, closed until, no data and too few are distinguished", async () => {
  const demo = await Demo.start(["--at", "2025-09-16T23:30", "--speed", "1"]);
  try {
    const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
    const why = (/** @type {string} */ line) => screen.tile(line).locator(".why").innerText();
    const kept = (/** @type {string} */ line) => screen.tile(line).locator(".foot dd > span").first().innerText();
    assert.equal(await screen.tile("neuvola").isVisible(), false, "a closed line that owes nothing");
    await screen.page.locator(".closed-row button").click();
    assert.equal(await why("neuvola"), "Closed until Wed 8:00");
    assert.match(await kept("neuvola"), /^\d+\u00a0%$/, "what was kept today is still told");
    assert.match(await kept("lapsiperheet"), /^too few$/);
    assert.equal(await kept("ensilinja_sms"), "–", "a closed day is no lack of data");
    const states = await screen.page.locator(".tile").evaluateAll((tiles) =>
      tiles.map((tile) => tile.getAttribute("data-state")));
    assert.ok(states.filter((state) => state === "closed").length >= 10, String(states));
    const overdue = screen.tile("ikaihmiset");
    assert.equal(await overdue.getAttribute("data-state"), "closed", "nothing can be done before it opens");
    assert.match(await why("ikaihmiset"), /^Closed \d+ callbacks? overdue.*: call at Wed 9:00/);
    await screen.close();
  } finally {
    await demo.stop();
  }
});

test("days of figures leave nothing behind: opening and closing details adds neither elements nor charts", async () => {
  const demo = await Demo.start();
  try {
    const screen = await Screen.open(browser, demo.url);
    const { page } = screen;
    const count = () => page.evaluate(() => document.getElementsByTagName("*").length);
    const round = async () => {
      await screen.tile("116117").getByRole("button").click();
      await page.locator(".indicators tbody tr").nth(3).waitFor();
      await page.locator("#detail canvas").nth(1).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
    };
    await round();
    const before = await count();
    for (let times = 0; times < 5; times += 1) await round();
    assert.ok(Math.abs((await count()) - before) < 40, `${before} elements before, ${await count()} after`);
    assert.equal(await page.locator("#detail canvas").count(), 0, "closed charts are gone");
    assert.equal(await page.locator(".tile canvas").count(), 22);
    assert.deepEqual(screen.complaints, []);
    await screen.close();
  } finally {
    await demo.stop();
  }
});
