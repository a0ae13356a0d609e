// Looking back: an earlier instant is shown as one, numbers list their contacts, the day stands beside other days.

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

test("an earlier instant is shown as one, agrees with the server, and the way back is one button", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en" });
  const { page } = screen;
  assert.equal(await page.locator(".past-banner").first().isVisible(), false);
  await page.getByRole("button", { name: "Look back" }).click();
  await page.keyboard.press("PageDown");
  await page.getByRole("button", { name: "15 min earlier" }).click();
  const at = Number(await page.locator("#past-slider").inputValue());
  const answer = await (await fetch(`${demo.url}/api/at/${at}`)).json();
  assert.equal(answer.figures.figures_as_of_timestamp_seconds, at);
  const minute = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Helsinki", hour: "2-digit", minute: "2-digit" });
  const time = `${minute.format(at * 1000)}:00`;
  await until(async () => (await page.locator("#time").innerText()) === time, "the clock of the board is of then");
  assert.match(await page.locator(".past-banner").first().innerText(), /^Not live: figures of .* by what is known now$/);
  const waiting = answer.figures.lines.reduce((/** @type {number} */ sum, /** @type {any} */ line) => sum + line.contacts_waiting, 0);
  const shown = page.locator(".total", { hasText: "waiting now" }).locator("dd > span").first();
  assert.equal(await shown.innerText(), String(waiting));
  assert.deepEqual(await violations(screen.page), []);
  await page.evaluate(() => { location.hash = "mipa"; });
  const compared = await (await fetch(`${demo.url}/api/days/mipa?at=${at}`)).json();
  assert.equal(compared.figures_as_of_timestamp_seconds, at);
  const columns = page.locator(".compared thead th");
  const weekday = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Helsinki", weekday: "long" });
  const day = weekday.format(compared.days.yesterday.start_timestamp_seconds * 1000);
  await until(async () => (await columns.nth(2).textContent())?.includes(day) ?? false, "days have their names");
  await page.locator(".compared summary").click();
  const arrived = compared.days.today.offered.reduce((/** @type {number} */ sum, /** @type {number} */ n) => sum + n, 0);
  const cells = await page.locator(".compared tbody tr td:nth-child(2)").allInnerTexts();
  assert.equal(cells.filter((cell) => cell !== "–").at(-1), String(arrived), "the day ends with the instant");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Back to live" }).click();
  await until(async () => (await page.locator("#time").innerText()) !== time, "the live board");
  assert.equal(await page.locator(".past-banner").first().isVisible(), false);
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});

test("a number lists the contacts that it is the sum of, by keyboard", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en#116117" });
  const { page } = screen;
  const kept = page.locator("#detail tr", { hasText: "kept" }).locator("[data-figure]").first();
  await kept.waitFor();
  await kept.focus();
  await page.keyboard.press("Enter");
  const table = page.locator("#contacts table");
  await table.waitFor();
  const number = Number((await page.locator("#contacts h3").innerText()).split(" = ")[1]);
  assert.ok(number > 0);
  assert.equal(await table.locator("tbody tr").count(), number, "each adds one");
  assert.deepEqual(await violations(screen.page), []);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#contacts").isVisible(), false);
  assert.equal(await page.locator("#detail").isVisible(), true, "only the list is closed");
  assert.equal(await kept.evaluate((element) => element === document.activeElement), true, "the focus returns");
  await screen.close();
});

test("the day of a line stands beside other days, with what is expected or why nothing is", async () => {
  const screen = await Screen.open(browser, demo.url, { address: "/?lang=en#mipa" });
  const { page } = screen;
  const compared = page.locator(".compared");
  await until(async () => /arrived; .* expected by this time|Nothing is expected/.test(await compared.innerText()), "words");
  const answer = await (await fetch(`${demo.url}/api/days/mipa`)).json();
  await compared.locator("summary").click();
  const last = compared.locator("tbody tr").last().locator("td");
  const sum = (/** @type {number[]} */ counts) => String(counts.reduce((all, count) => all + count, 0));
  assert.equal(await last.nth(1).innerText(), sum(answer.days.yesterday.offered));
  assert.equal(await last.nth(2).innerText(), sum(answer.days.last_week.offered));
  const { low, high } = answer.expected.whole_day;
  assert.equal(await last.nth(3).innerText(), `${low}–${high}`);
  await screen.close();
});
