// Every size of screen, in three languages, with the lines of a county and with sixty: nothing is cut, nothing scrolls
// sideways, the strip has no holes, and a kiosk fits its screen. Then paper.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Demo } from "../stage/demo.js";
import { aLargerCounty, Proxy } from "../stage/proxy.js";
import { openBrowser, Screen, until } from "../stage/screen.js";

/** @type {[number, number][]} */
const SIZES = [
  [320, 640], [360, 740], [768, 1024], [800, 600], [1024, 768], [1180, 820], [1280, 720], [1366, 768], [1440, 900],
  [1536, 864], [1600, 900], [1920, 969], [1920, 1080], [2560, 1440], [3840, 2160], [1080, 1920],
];

/** @type {Demo} */ let demo;
/** @type {Proxy} */ let larger;
/** @type {import("playwright-core").Browser} */ let browser;

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(["--speed", "1"]), openBrowser()]);
  larger = await Proxy.start(demo.port, { change: aLargerCounty(60) });
});

after(async () => {
  await browser?.close();
  larger?.stop();
  await demo?.stop();
});

/** What is wrong with the layout. @param {Screen} screen @returns {Promise<string[]>} */
function faults(screen) {
  return screen.page.evaluate(() => {
    const found = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`scrolls sideways by ${scrollWidth - clientWidth} px`);
    const seen = (/** @type {Element} */ element) => !element.closest(".unseen, dialog, svg, legend, .plot, [data-off], [hidden]");
    for (const element of document.querySelectorAll("main *, .bar *")) {
      const { overflowX, overflowY, fontSize } = getComputedStyle(element);
      if (!seen(element) || !element.textContent?.trim()) continue;
      const line = element.closest("[data-line]")?.getAttribute("data-line") ?? "";
      const cut = (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1)
        || (overflowY !== "visible" && element.scrollHeight > element.clientHeight + parseFloat(fontSize) / 4);
      if (cut) found.push(`cut: ${line} ${element.textContent}`);
      const box = element.getBoundingClientRect();
      if (element.childElementCount === 0 && box.right > innerWidth + 1) found.push(`off the screen: ${line} ${element.textContent}`);
    }
    const buttons = [...document.querySelectorAll("#summary button")].map((button) => button.getBoundingClientRect());
    for (const word of document.querySelectorAll("#summary .tally span")) {
      const range = document.createRange();
      range.selectNodeContents(word);
      const { right, top, bottom } = range.getBoundingClientRect();
      const over = buttons.some((box) => right > box.left && top < box.bottom && bottom > box.top);
      if (over) found.push(`below a button: ${word.textContent}`);
    }
    const strip = document.querySelector("#summary");
    const whole = strip?.getBoundingClientRect();
    const parts = [...(strip?.children ?? [])].filter((part) => !part.matches(".unseen")).map((part) => part.getBoundingClientRect());
    const filled = parts.reduce((area, part) => area + part.width * part.height, 0);
    if (whole && filled < 0.93 * whole.width * whole.height) found.push("the strip has a hole");
    return found;
  });
}

for (const lang of ["fi", "sv", "en"]) {
  for (const lines of [22, 60]) {
    test(`no screen cuts a word, scrolls sideways or has a hole: ${lang}, ${lines} lines`, async () => {
      const screen = await Screen.open(browser, lines === 22 ? demo.url : larger.url, { address: `/?lang=${lang}` });
      await until(async () => (await screen.page.locator(".tile").count()) === lines, `${lines} tiles`);
      for (const [width, height] of SIZES) {
        await screen.page.setViewportSize({ width, height });
        assert.deepEqual(await faults(screen), [], `${width} x ${height}`);
      }
      assert.deepEqual(screen.complaints, []);
      await screen.close();
    });

    test(`a kiosk fits its screen, with letters as large as it allows: ${lang}, ${lines} lines`, async () => {
      const screen = await Screen.open(browser, lines === 22 ? demo.url : larger.url, { address: `/?lang=${lang}&kiosk` });
      const { page } = screen;
      await until(async () => (await page.locator(".tile").count()) === lines, `${lines} tiles`);
      assert.equal(await page.locator(".choices").isVisible(), false, "no controls");
      for (const [width, height] of SIZES.filter(([width]) => width >= 1024)) {
        await page.setViewportSize({ width, height });
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null)))));
        assert.deepEqual(await faults(screen), [], `${width} x ${height}`);
        const { high, letter, pages } = await page.evaluate(() => ({
          high: document.documentElement.scrollHeight,
          letter: parseFloat(getComputedStyle(document.documentElement).fontSize),
          pages: document.querySelector("#page")?.textContent,
        }));
        assert.ok(high <= height, `${width} x ${height}: ${high} px high`);
        assert.ok(letter >= Math.max(14, Math.min(width, height) / 80) - 0.01, `${width} x ${height}: letters of ${letter} px`);
        if (lines === 22 && width >= 1920) assert.equal(pages, "", `${width} x ${height}: all on one page`);
        if (lines === 60 && height < 1440) assert.match(pages ?? "", /^[1-9]\/[2-9]$/, `${width} x ${height}`);
      }
      assert.deepEqual(screen.complaints, []);
      await screen.close();
    });
  }
}

test("a kiosk of ten lines shows those that need help most, in larger letters", async () => {
  const context = { viewport: { width: 1920, height: 1080 } };
  const [all, ten] = await Promise.all(["/?kiosk", "/?kiosk=10"].map((address) => Screen.open(browser, demo.url, { address, context })));
  const letter = (/** @type {Screen} */ screen) => screen.page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  const shown = (/** @type {Screen} */ screen) => screen.page.locator("#tiles > :visible").evaluateAll((tiles) =>
    tiles.map((tile) => tile.getAttribute("data-line")));
  await until(async () => (await shown(ten)).length === 10, "ten tiles");
  assert.deepEqual(await shown(ten), (await shown(all)).slice(0, 10));
  assert.ok((await letter(ten)) > 1.2 * (await letter(all)), `${await letter(ten)} and ${await letter(all)} px`);
  await Promise.all([all.close(), ten.close()]);
});

test("pages of a kiosk take turns", async () => {
  const screen = await Screen.open(browser, larger.url, { address: "/?kiosk", context: { viewport: { width: 1280, height: 720 } } });
  const { page } = screen;
  await until(async () => /^1\//.test((await page.locator("#page").textContent()) ?? ""), "the first page");
  const first = await page.locator("#tiles > :visible").first().getAttribute("data-line");
  await until(async () => /^2\//.test((await page.locator("#page").textContent()) ?? ""), "the second page", 30_000);
  assert.notEqual(await page.locator("#tiles > :visible").first().getAttribute("data-line"), first);
  await screen.close();
});

test("a county is one page of A4, and the state of a line is seen without colours", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=fi&theme=dark" });
  const pdf = await screen.page.pdf({ preferCSSPageSize: true });
  assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length, 1, "pages");
  await screen.page.emulateMedia({ media: "print" });
  const edges = await screen.page.locator(".tile").evaluateAll((tiles) => tiles.map((tile) => {
    const { borderTopWidth, color, backgroundColor } = getComputedStyle(tile);
    return [tile.getAttribute("data-state"), parseFloat(borderTopWidth), color, backgroundColor].join(" ");
  }));
  for (const edge of edges) assert.match(edge, /^(help 4|watch 2|\w+ 1) rgb\(0, 0, 0\) rgba\(0, 0, 0, 0\)$/);
  await screen.close();
});
