// Reloading: the page reloads itself when it must, and only when the board can be loaded.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Demo } from "../stage/demo.js";
import { DESK, openBrowser } from "../stage/screen.js";

/** @type {Demo} */ let demo;
/** @type {import("playwright-core").Browser} */ let browser;

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(["--speed", "1"]), openBrowser()]);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

test("a board with a missing file is reloaded", async () => {
  const page = await browser.newPage({ viewport: DESK });
  await page.route("**/order.js", (route) => route.abort(), { times: 1 });
  await page.goto(demo.url);
  assert.equal(await page.locator("html[data-freshness]").count(), 0);
  await page.locator(".tile[data-state]").first().waitFor({ timeout: 40_000 });
  await page.close();
});

test("the page waits until another version can be loaded, and shows nothing of it before", async () => {
  const page = await browser.newPage({ viewport: DESK });
  await page.addInitScript(() => {
    const Real = EventSource;
    globalThis.EventSource = /** @type {any} */ (class extends Real {
      /** @param {string} url */
      constructor(url) {
        super(url);
        /** @type {any} */ (globalThis).stream = this;
        this.addEventListener("hello", ({ data }) => {
          /** @type {any} */ (globalThis).hello ??= data;
        });
      }
    });
  });
  await page.goto(demo.url);
  await page.locator(".tile[data-state]").first().waitFor();
  let asked = 0;
  const away = (/** @type {import("playwright-core").Route} */ route) => {
    asked += 1;
    return asked === 1 ? route.abort() : route.fulfill({ status: 503 });
  };
  await page.route(`${demo.url}/`, away);
  await page.evaluate(() => {
    const { stream, hello } = /** @type {any} */ (globalThis);
    /** @type {any} */ (globalThis).same = true;
    stream.dispatchEvent(new MessageEvent("hello", { data: hello.replace(/"version":"[^"]*"/, '"version":"0.0.0"') }));
  });
  const time = await page.locator("#time").textContent();
  await page.locator('html[data-freshness="silent"]').waitFor();
  assert.equal(await page.locator("#time").textContent(), time, "figures of another board are not shown on this one");
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).same), true);
  assert.ok(asked >= 2, `asked ${asked} times`);
  const loaded = page.waitForEvent("load");
  await page.unroute(`${demo.url}/`, away);
  await loaded;
  await page.locator(".tile[data-state]").first().waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).same), undefined);
  await page.close();
});
