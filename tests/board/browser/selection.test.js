// My lines: chosen on the screen or in the address, kept in this browser, with totals of the selection.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Demo } from "../stage/demo.js";
import { scrape, sum } from "../stage/metrics.js";
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

/** The lines that have a tile. @param {Screen} screen @returns {Promise<string[]>} */
const lines = (screen) => screen.page.locator(".tile").evaluateAll((tiles) =>
  tiles.map((tile) => tile.getAttribute("data-line") ?? "").sort());

/** @param {Screen} screen @param {string} line */
const has = async (screen, line) => (await lines(screen)).includes(line);

test("an address chooses lines, and totals are theirs", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en&channel=chat" });
  const { page } = screen;
  const chats = await lines(screen);
  assert.equal(chats.length, 6);
  assert.equal(await page.locator(".selection-title").textContent(), "chat");
  await until(async () => {
    const series = await scrape(demo.url);
    const offered = chats.reduce((all, line) => all + (sum(series, "window_contacts_offered", { line, window: "today" }) ?? NaN), 0);
    return ((await page.locator(".course figcaption").textContent()) ?? "").includes(` ${offered.toLocaleString("en-GB")} arrived`);
  }, "arrivals of the chats");
  const tally = await page.locator(".tally b").allTextContents();
  assert.equal(tally.reduce((all, n) => all + Number(n), 0), 6);
  assert.match(await page.title(), /chat|need/);
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});

test("lines are chosen by keyboard, shown as chips, named, kept, and let go", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const { page } = screen;
  assert.equal((await lines(screen)).length, 22);
  const open = page.getByRole("button", { name: "Choose lines" });
  await open.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Choose lines" });
  await dialog.getByRole("checkbox", { name: "Forssa", exact: true }).focus();
  await page.keyboard.press("Space");
  const named = dialog.locator("fieldset.line").getByRole("checkbox", { name: "Mental health and substance abuse services" });
  await named.first().check();
  await dialog.getByLabel("Title").fill("My shift");
  await page.keyboard.press("Escape");
  await until(async () => (await has(screen, "mipa")) && (await lines(screen)).length < 22, "fewer lines");
  const mine = await lines(screen);
  assert.equal(await page.locator(".selection-title").textContent(), "My shift");
  assert.match(page.url(), /area=forssa/);
  assert.match(page.url(), /line=mipa/);
  assert.equal(await page.locator(".selection li").count(), 2);
  const again = await page.context().newPage();
  await again.goto(`${demo.url}/?lang=en`);
  await again.locator(".tile[data-state]").first().waitFor();
  assert.equal(await again.locator(".tile").count(), mine.length, "kept in this browser");
  assert.equal(await again.locator(".selection-title").textContent(), "My shift");
  await page.getByRole("button", { name: "Forssa: remove" }).click();
  await until(async () => (await lines(screen)).join() === "mipa", "one line is left");
  await page.getByRole("button", { name: /Mental health.*: remove/ }).click();
  await until(async () => (await lines(screen)).length === 22, "all lines");
  assert.equal(await page.locator("#selection").isVisible(), false);
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});

test("a link that names all areas, as Grafana's All does, chooses nothing", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const { page } = screen;
  await page.getByRole("button", { name: "Choose lines" }).click();
  const boxes = page.getByRole("dialog", { name: "Choose lines" }).locator("fieldset.area input");
  const areas = await boxes.evaluateAll((all) => all.map((box) => /** @type {HTMLInputElement} */ (box).value));
  assert.ok(areas.length > 3);
  await page.goto(`${demo.url}/?lang=en&area=${encodeURIComponent(areas.join(","))}&channel=phone,chat,sms`);
  await page.locator(".tile[data-state]").first().waitFor();
  assert.equal((await lines(screen)).length, 22);
  assert.equal(await page.locator("#selection").isVisible(), false, "no chip");
  await page.goto(`${demo.url}/?lang=en&area=${encodeURIComponent(areas.join(","))}&channel=chat`);
  await until(async () => (await lines(screen)).length === 6, "only the chats");
  assert.equal(await page.locator(".selection-title").textContent(), "chat");
  await screen.close();
});

test("a selection that no line matches says so, and can be left", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const { page } = screen;
  await page.goto(`${demo.url}/?lang=en&area=nowhere`);
  await page.getByText("No line matches this selection.").waitFor();
  await page.getByRole("button", { name: "nowhere: remove" }).click();
  await until(async () => (await lines(screen)).length === 22, "all lines");
  await screen.close();
});

test("the detail of any line opens from its address, also of one that is not chosen", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en&channel=chat#mipa" });
  await screen.page.getByRole("dialog").getByRole("heading", { name: "Mental health and substance abuse services" }).waitFor();
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});
