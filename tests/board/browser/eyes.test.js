// Eyes and ears: axe reports no problem, in any language and appearance, on the board and in a line's detail;
// stale figures look stale, and are still readable.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "../stage/axe.js";
import { Demo } from "../stage/demo.js";
import { openBrowser, Screen, until } from "../stage/screen.js";

/** @type {Demo} */ let demo;
/** @type {import("playwright-core").Browser} */ let browser;

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(["--speed", "1"]), openBrowser()]);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Opens every table beside a chart. @param {Screen} screen */
async function openDetail(screen) {
  await screen.tile("116117").getByRole("button").click();
  const dialog = screen.page.getByRole("dialog");
  await until(async () => (await dialog.locator(".indicators tbody tr").count()) > 5, "the detail is filled");
  for (const summary of await dialog.locator("summary").all()) await summary.click();
}

for (const theme of ["light", "dark", "contrast"]) {
  for (const lang of ["fi", "sv", "en"]) {
    test(`axe finds nothing on the board and in a detail: ${theme}, ${lang}`, async () => {
      const screen = await Screen.open(browser, demo.url, { address: `/?theme=${theme}&lang=${lang}` });
      const more = theme === "contrast" ? ["color-contrast-enhanced"] : [];
      assert.deepEqual(await violations(screen.page, more), []);
      await openDetail(screen);
      assert.deepEqual(await violations(screen.page, more), []);
      assert.deepEqual(screen.complaints, []);
      await screen.close();
    });
  }
}

test("stale figures are still readable, in every appearance", async () => {
  const screens = await Promise.all(["light", "dark", "contrast"].map((theme) =>
    Screen.open(browser, demo.url, { address: `/?theme=${theme}&lang=en` })));
  demo.signal("SIGSTOP");
  try {
    for (const screen of screens) {
      await screen.page.locator("[data-stale]").waitFor();
      assert.deepEqual(await violations(screen.page), []);
    }
  } finally {
    demo.signal("SIGCONT");
  }
  for (const screen of screens) await screen.close();
});

test("a state is shown by its word and its shape, not by colour alone", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const words = { help: "Help", watch: "Watch", fine: "Fine", few: "Too few", none: "No data", closed: "Closed" };
  const told = await screen.page.locator(".tile").evaluateAll((tiles) => tiles.map((tile) => [
    tile.getAttribute("data-state"), tile.querySelector(".why b")?.textContent, tile.querySelector("use")?.getAttribute("href"),
  ]));
  assert.equal(told.length, 22);
  for (const [state, word, shape] of told) {
    assert.equal(word, words[/** @type {"help"} */ (state)]);
    assert.equal(shape, `#shape-${state}`);
  }
  const tile = screen.tile("116117");
  const why = await tile.locator(".why").getAttribute("id");
  assert.equal(await tile.getByRole("button").getAttribute("aria-describedby"), why, "heard with the name");
  assert.equal(await screen.page.getByRole("radio", { name: "FI Suomi" }).count(), 1, "named by what is seen");
  await screen.close();
});

test("a screen reader hears little: tiles are not announced, and one region speaks when it matters", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const live = screen.page.locator("[aria-live], [role=status], [role=alert], [role=log]");
  const names = await live.evaluateAll((all) => all.map((one) => one.id || one.className));
  assert.deepEqual(names, ["past-banner", "spoken", "detail-spoken", "dim", "wide failed"]);
  await screen.page.evaluate(() => {
    const seen = /** @type {any} */ (globalThis);
    seen.said = [];
    const region = /** @type {HTMLElement} */ (document.getElementById("spoken"));
    new MutationObserver(() => seen.said.push(region.textContent)).observe(region, { childList: true, characterData: true });
  });
  await screen.page.waitForTimeout(6000);
  const said = await screen.page.evaluate(() => /** @type {any} */ (globalThis).said);
  assert.ok(said.length <= 1, String(said));
  await screen.close();
});

test("tiles slide only if reduced motion is not preferred", async () => {
  for (const [reducedMotion, moves] of /** @type {["reduce" | "no-preference", boolean][]} */ ([
    ["reduce", false], ["no-preference", true],
  ])) {
    const screen = await Screen.open(browser, demo.url, { context: { reducedMotion } });
    const calm = await screen.page.evaluate(() => matchMedia("(prefers-reduced-motion: reduce)").matches);
    assert.equal(calm, !moves);
    await screen.page.waitForTimeout(1000);
    if (!moves) assert.equal(await screen.page.evaluate(() => document.getAnimations().length), 0);
    await screen.close();
  }
});
