// Hands: everything can be done with a keyboard alone, in three languages and four appearances, on any screen.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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

/** @param {Screen} screen */
const focused = (screen) => screen.page.evaluate(() => {
  const element = document.activeElement;
  const tile = /** @type {HTMLElement | null} */ (element?.closest(".tile") ?? null);
  return tile ? tile.dataset.line : `${element?.getAttribute("name")}=${element?.getAttribute("value")}`;
});

test("the language changes by keyboard, everywhere, also in the detail", async () => {
  const screen = await Screen.open(browser, demo.url);
  const { page } = screen;
  assert.equal(await page.locator("html").getAttribute("lang"), "fi");
  assert.match(await screen.tile("neuvola").innerText(), /^Neuvola\n/);
  for (let tabs = 0; tabs < 2; tabs += 1) await page.keyboard.press("Tab");
  assert.equal(await focused(screen), "lang=fi");
  for (const [code, name, wait, help] of [
    ["sv", "Rådgivningsbyrån", "längsta väntan", "Hjälp"], ["en", "Maternity and child health clinic", "longest wait", "Help"],
  ]) {
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator("html").getAttribute("lang"), code);
    const text = await screen.tile("neuvola").innerText();
    assert.ok(text.startsWith(name) && text.includes(wait), text);
    assert.ok((await page.locator("#summary").innerText()).includes(help));
    assert.match(page.url(), new RegExp(`lang=${code}`));
  }
  await page.reload();
  await screen.tile("neuvola").waitFor();
  assert.match(await screen.tile("neuvola").innerText(), /^Maternity/);
  const again = await page.context().newPage();
  await again.goto(demo.url);
  assert.equal(await again.locator("html").getAttribute("lang"), "en", "chosen once, kept in this browser");
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});

test("a line is reached, opened and closed by keyboard, and the focus returns to it", async () => {
  const screen = await Screen.open(browser, demo.url);
  const { page } = screen;
  for (let tabs = 0; tabs < 7; tabs += 1) await page.keyboard.press("Tab");
  // In one step: the order may change between two steps.
  const place = () => page.evaluate(() => (
    [...document.querySelectorAll(".tile")].findIndex((tile) => tile.contains(document.activeElement))
  ));
  const all = await page.locator(".tile").count();
  assert.equal(await place(), 0, "seven tab stops from the top to the first line");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.equal(await place(), 1 + 4, "arrows go as the tiles lie: four in a row on this screen");
  await page.keyboard.press("End");
  assert.equal(await place(), all - 1);
  await page.keyboard.press("Home");
  const first = await focused(screen);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  assert.match(page.url(), new RegExp(`#${first}$`));
  assert.equal(await dialog.evaluate((element) => element.contains(document.activeElement)), true);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await until(async () => (await focused(screen)) === first, "the focus is back");
  await until(() => !/#./.test(page.url()), "the address names no line");
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});

test("an address opens a line, the back button closes it, and an unknown line shows the board", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const { page } = screen;
  const dialog = page.getByRole("dialog");
  await screen.tile("mipa").getByRole("button").click();
  await dialog.getByRole("heading", { name: "Mental health and substance abuse services" }).waitFor();
  await page.goBack();
  await dialog.waitFor({ state: "hidden" });
  await page.goto(`${demo.url}/?lang=sv#kuntoutus`);
  await dialog.getByRole("heading", { name: "Rehabilitering" }).waitFor();
  await page.keyboard.press("Escape");
  await until(async () => (await focused(screen)) === "kuntoutus", "the focus is on the line that was looked at");
  await page.goto(`${demo.url}/#no_such_line`);
  await page.locator(".tile[data-state]").first().waitFor();
  assert.equal(await dialog.isVisible(), false);
  await screen.close();
});

test("a malformed address names no line, and the board is as usual", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en#%" });
  assert.equal(await screen.page.getByRole("dialog").isVisible(), false);
  assert.equal(await screen.page.locator("#lines").textContent(), "Lines");
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});

test("a line whose figures cannot be loaded says so, and shows no other line's", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const { page } = screen;
  const dialog = page.getByRole("dialog");
  const failed = dialog.getByText("The line's figures could not be loaded.");
  const table = dialog.locator(".indicators");
  await page.route("**/api/lines/kuntoutus", (route) => route.fulfill({ status: 404 }));
  const open = (/** @type {string} */ line) => page.evaluate((line) => {
    location.hash = line;
  }, line);
  await open("mipa");
  await table.waitFor();
  await open("kuntoutus");
  await failed.waitFor();
  assert.equal(await table.isVisible(), false, "from line to line");
  await open("mipa");
  await table.waitFor();
  assert.equal(await failed.count(), 0);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await open("kuntoutus");
  await failed.waitFor();
  assert.equal(await table.isVisible(), false, "closed in between");
  await screen.close();
});

test("a line that is requested while another closes is opened, whichever event comes first", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en#mipa" });
  const { page } = screen;
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "Mental health and substance abuse services" }).waitFor();
  await page.evaluate(() => {
    /** @type {HTMLDialogElement} */ (document.getElementById("detail")).close();
    location.hash = "kuntoutus";
  });
  await dialog.getByRole("heading", { name: "Rehabilitation" }).waitFor();
  await page.evaluate(() => new Promise((resolve) => {
    addEventListener("hashchange", resolve, { once: true });
    location.hash = "mipa";
    /** @type {HTMLDialogElement} */ (document.getElementById("detail")).close();
  }));
  await dialog.getByRole("heading", { name: "Mental health and substance abuse services" }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await until(() => !/#./.test(page.url()), "the address names no line");
  await screen.close();
});

test("a line can be opened without a connection: it shows the last figures, and retries slowly", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const { page } = screen;
  const dialog = page.getByRole("dialog");
  let asked = 0;
  await page.route("**/api/lines/*", (route) => {
    asked += 1;
    return route.abort();
  });
  demo.signal("SIGSTOP");
  try {
    await page.locator("html[data-stale]").waitFor();
    await screen.tile("mipa").getByRole("button").click();
    await dialog.getByRole("heading", { name: "Mental health and substance abuse services" }).waitFor();
    await dialog.getByText("Connection lost.").waitFor();
    await page.waitForTimeout(2500);
    assert.equal(asked, 2, "every two seconds");
  } finally {
    demo.signal("SIGCONT");
  }
  const spoken = page.locator("#detail-spoken");
  await until(async () => (await spoken.textContent()) === "The figures are up to date again.", "heard in the dialog");
  await screen.close();
});

test("the appearance is that of the device until another is chosen", async () => {
  const theme = (/** @type {Screen} */ screen) => screen.page.locator("html").getAttribute("data-theme");
  const dark = await Screen.open(browser, demo.url, { context: { colorScheme: "dark" } });
  assert.equal(await theme(dark), "dark");
  await dark.page.emulateMedia({ colorScheme: "light" });
  await until(async () => (await theme(dark)) === "light", "light");
  await dark.page.emulateMedia({ contrast: "more" });
  await until(async () => (await theme(dark)) === "contrast", "high contrast");
  for (let tabs = 0; tabs < 3; tabs += 1) await dark.page.keyboard.press("Tab");
  await dark.page.keyboard.press("ArrowRight");
  assert.equal(await theme(dark), "light", "chosen by keyboard, against the device");
  await dark.close();
  const wall = await Screen.open(browser, demo.url, { address: "/?theme=contrast" });
  assert.equal(await theme(wall), "contrast");
  await wall.close();
});

test("no screen scrolls sideways, text scales with the screen, and a wall shows every line", async () => {
  /** @type {[number, number][]} */
  const sizes = [[320, 640], [360, 740], [768, 1024], [1440, 900], [1920, 1080], [3840, 2160]];
  for (const [width, height] of sizes) {
    const screen = await Screen.open(browser, demo.url, { context: { viewport: { width, height } } });
    const { page } = screen;
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok((await sideways()) <= 0, `${width}: ${await sideways()} px`);
    const box = await screen.tile("116117").boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= width, `${width}`);
    if (width >= 1920) {
      const high = await page.evaluate(() => document.documentElement.scrollHeight);
      assert.ok(high <= height, `all lines on one screen: ${high} of ${height}`);
    }
    const letter = await screen.tile("116117").locator("dd").first().evaluate((dd) => parseFloat(getComputedStyle(dd).fontSize));
    assert.ok(letter >= Math.max(20, height / 45), `${width}: figures of ${letter} px`);
    await screen.tile("116117").getByRole("button").click();
    await page.getByRole("dialog").waitFor();
    const within = await page.getByRole("dialog").evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
    assert.equal(within, 0, `the detail at ${width}`);
    assert.deepEqual(screen.complaints, []);
    await screen.close();
  }
});

test("targets are large enough for a finger", async () => {
  const screen = await Screen.open(browser, demo.url, { context: { viewport: { width: 360, height: 740 } } });
  await until(async () => (await screen.page.locator(".segments input").count()) === 7, "seven choices");
  for (const input of await screen.page.locator(".segments input").all()) {
    const box = await input.boundingBox();
    assert.ok(box && box.width >= 24 && box.height >= 24, JSON.stringify(box));
  }
  await screen.close();
});
