// What a supervisor acts on: the row of closed lines, the help, why a line is red, what was seen to, and being told.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { TEXTS } from "../../../crates/serve/src/board/language.js";
import { backgroundOf, explainCommand } from "../../../crates/serve/src/board/runbooks.js";
import { violations } from "../stage/axe.js";
import { Demo, program } from "../stage/demo.js";
import { openBrowser, Screen, until } from "../stage/screen.js";

/** @type {Demo} */ let tuesday;
/** @type {Demo} */ let sunday;
/** @type {import("playwright-core").Browser} */ let browser;

before(async () => {
  [tuesday, sunday, browser] = await Promise.all([
    Demo.start(["--speed", "1"]), Demo.start(["--speed", "1", "--at", "2025-09-14T14:00"]), openBrowser(),
  ]);
});

after(async () => {
  await browser?.close();
  await tuesday?.stop();
  await sunday?.stop();
});

/** Makes customers of these lines wait for so long. @param {Screen} screen @param {Record<string, number>} waits */
const letWait = (screen, waits) => screen.page.evaluate((waits) => {
  /** @type {any} */ (globalThis).waits = waits;
  sessionStorage.setItem("waits", JSON.stringify(waits));
}, waits);

/** Lets a test change figures on their way to the page, and records sounds and notifications. */
function interpose() {
  const all = /** @type {any} */ (globalThis);
  Object.assign(all, { waits: JSON.parse(sessionStorage.getItem("waits") ?? "{}"), notified: [], tones: 0 });
  const Real = EventSource;
  all.EventSource = class extends Real {
    /** @param {string} name @param {any} tell */
    addEventListener(name, tell) {
      super.addEventListener(name, (/** @type {any} */ event) => {
        const data = JSON.parse(event.data);
        if (name === "hello") all.cards = data.lines;
        if (name !== "figures") return tell(event);
        data.lines.forEach((/** @type {any} */ line, /** @type {number} */ at) => {
          const seconds = all.waits[all.cards[at].line];
          line.contacts_waiting = seconds ? 3 : 0;
          line.waiting_oldest_seconds = seconds ?? 0;
          line.callbacks_outstanding = { later: 0, today: 0, overdue: 0 };
          delete line.callback_next_due_open_seconds;
          line.windows = { ...line.windows, "15m": null, open2h: null };
        });
        return tell({ data: JSON.stringify(data) });
      });
    }
  };
  all.Notification = class extends EventTarget {
    static permission = "granted";

    /** @param {string} title @param {any} options */
    constructor(title, options) {
      super();
      all.notified.push([title, options.body, Object.keys(options).sort().join()]);
    }

    static requestPermission = async () => "granted";
    close() {}
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function count(...when) {
    all.tones += 1;
    return start.apply(this, when);
  };
}

/** @param {string} address @param {Demo} [demo] */
async function interposed(address, demo = tuesday) {
  const room = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  const page = await room.newPage();
  await page.addInitScript(interpose);
  await page.goto(demo.url + address);
  await page.locator(".tile[data-state]").first().waitFor();
  return new Screen(page, demo.url);
}

test("on a Sunday, closed lines that owe nothing share a row that a keyboard opens and closes", async () => {
  const screen = await Screen.open(browser, sunday.url, { address: "/?lang=en" });
  const { page } = screen;
  const row = page.locator(".closed-row button");
  assert.match(await row.innerText(), /^\d+ closed, next opens Mon 8:00$/);
  const visible = () => page.locator(".tile:visible").count();
  const awake = await visible();
  const asleep = Number(/^\d+/.exec(await row.innerText())?.[0]);
  assert.equal(awake + asleep, 22);
  assert.ok(asleep >= 10, `${asleep} of 22`);
  const closed = await page.locator("#summary [data-state=closed] b").innerText();
  assert.ok(Number(closed) >= asleep, "the strip counts the same lines");
  assert.deepEqual(await violations(screen.page), []);
  await page.locator(".tile:visible button").first().focus();
  await page.keyboard.press("End");
  assert.equal(await row.evaluate((button) => button === document.activeElement), true, "arrows reach the row");
  await page.keyboard.press("Enter");
  assert.equal(await row.getAttribute("aria-expanded"), "true");
  assert.equal(await visible(), 22);
  assert.deepEqual(await violations(screen.page), []);
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  await row.focus();
  await page.keyboard.press("Space");
  assert.equal(await visible(), awake);
  await page.goto(`${sunday.url}/?lang=en#neuvola`);
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await until(() => row.evaluate((button) => button === document.activeElement), "the focus is on the row, not on a hidden tile");
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});

test("a closed line says so whatever its colour, and when its callbacks can be made", async () => {
  const screen = await Screen.open(browser, sunday.url, { address: "/?lang=en" });
  const told = await screen.page.locator(".tile:visible").evaluateAll((tiles) => tiles.map((tile) => [
    tile.getAttribute("data-state") ?? "", tile.querySelector(".why")?.textContent ?? "", tile.querySelector(".badge")?.textContent ?? "",
  ]));
  const owing = told.filter(([state]) => state === "closed");
  assert.ok(owing.length > 0 && owing.every(([, why]) => /call at Mon [89]:00/.test(why)), JSON.stringify(told));
  await screen.close();
  const waiting = await interposed("/?lang=en", sunday);
  await letWait(waiting, { mipa: 400 });
  await waiting.page.locator('.tile[data-line="mipa"][data-state="watch"]').waitFor();
  assert.equal(await waiting.tile("mipa").locator(".badge").first().innerText(), "closed");
  await waiting.close();
});

test("the help says what the words and colours mean, by click and by keyboard, in three languages", async () => {
  for (const [lang, heading, floor] of [
    ["fi", "Mitä sanat ja värit tarkoittavat", "hälytysraja"], ["sv", "Vad orden och färgerna betyder", "larmgräns"],
    ["en", "What the words and colours mean", "alert floor"],
  ]) {
    const screen = await Screen.open(browser, tuesday.url, { address: `/?lang=${lang}` });
    const { page } = screen;
    const button = page.locator("#summary").getByRole("button", { name: heading });
    await button.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: heading });
    await dialog.waitFor();
    assert.ok((await dialog.innerText()).includes(floor));
    assert.equal(await dialog.locator("dt").count(), 15, "six states and nine words");
    assert.deepEqual(await violations(screen.page), []);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await button.evaluate((element) => element === document.activeElement), true);
    await screen.tile("116117").getByRole("button").click();
    await page.locator("#detail").getByRole("button", { name: heading }).click();
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#detail").isVisible(), true, "the line stays open");
    assert.deepEqual(screen.complaints, []);
    await screen.close();
  }
});

test("a detail says why the line is in its state, and which command lists the contacts; no address, no link", async () => {
  const screen = await interposed("/?lang=en");
  const { page } = screen;
  await letWait(screen, { "116117": 1000 });
  await page.locator('.tile[data-line="116117"][data-state="help"]').waitFor();
  assert.ok(await page.locator('.tile[data-line="116117"] .cause').first().isVisible(), "the figure is marked");
  await screen.tile("116117").getByRole("button").click();
  const why = page.locator("#detail").getByText("A customer waits longer than anyone should on this line.");
  await why.waitFor();
  const command = await page.locator(".explain code").innerText();
  assert.match(command, /^ensilinja explain --config ensilinja\.toml --line 116117 --figure waiting_oldest --at 2025-09-16T10:\d\d:\d\d$/);
  assert.equal(await page.locator("#detail a:visible").count(), 0);
  await screen.close();
});

test("configured addresses become links to Grafana and to the runbook of each reason", async () => {
  const room = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  const page = await room.newPage();
  await page.addInitScript(interpose);
  await page.addInitScript(() => {
    const Under = EventSource;
    globalThis.EventSource = /** @type {any} */ (class extends Under {
      /** @param {string} name @param {any} tell */
      addEventListener(name, tell) {
        super.addEventListener(name, (/** @type {any} */ event) => {
          if (name !== "hello") return tell(event);
          const links = { grafana: "https://g.example/d/x?var-line={line}", runbook: "https://w.example/{alert}.md" };
          return tell({ data: JSON.stringify({ ...JSON.parse(event.data), links }) });
        });
      }
    });
  });
  await page.goto(`${tuesday.url}/?lang=en#116117`);
  const screen = new Screen(page, tuesday.url);
  await letWait(screen, { "116117": 1000 });
  const runbook = page.locator("#detail").getByRole("link", { name: "What to do in detail" }).first();
  await runbook.waitFor();
  assert.equal(await runbook.getAttribute("href"), "https://w.example/EnsilinjaWaitingTooLong.md");
  const grafana = page.locator("#detail").getByRole("link", { name: "The line in Grafana" });
  assert.equal(await grafana.getAttribute("href"), "https://g.example/d/x?var-line=116117");
  assert.deepEqual(await violations(screen.page), []);
  await screen.close();
});

test("two shares of promises that stand together say what they are of, and lines without callbacks have no rows of them", async () => {
  const screen = await Screen.open(browser, tuesday.url, { address: "/?lang=en#116117" });
  const { page } = screen;
  await page.locator(".indicators tbody tr").nth(3).waitFor();
  const promise = await page.locator("#detail section").filter({ hasText: "Promises today" }).innerText();
  assert.match(promise, /\d\d\.\d\u00a0% of the [\d,]+ settled/);
  assert.match(promise, /of all/);
  const rows = page.locator("#detail .room ~ details table").first();
  assert.match((await rows.textContent()) ?? "", /8:00.*8:15.*8:30/, "the table has the bars of the chart");
  assert.equal(await page.locator("#detail .part:visible").count(), 8);
  await page.goto(`${tuesday.url}/?lang=en#sairaanhoitaja_chat`);
  await page.getByRole("dialog").getByRole("heading", { name: "Nurse chat" }).waitFor();
  await page.locator("#detail .indicators tbody tr").nth(3).waitFor();
  assert.equal(await page.locator("#detail .part:visible").count(), 2, "a chat is not called back");
  assert.equal(await page.getByText("Callbacks closed today").isVisible(), false);
  await screen.close();
});

test("a tile that is in hand is grey in this browser, survives a reload, and returns when something more urgent begins", async () => {
  const screen = await interposed("/?lang=en");
  const { page } = screen;
  await letWait(screen, { "116117": 400, mipa: 1000 });
  const tile = screen.tile("116117");
  await page.locator('.tile[data-line="116117"][data-state="watch"]').waitFor();
  await tile.getByRole("button").click();
  await page.getByText("In this browser only.").first().waitFor();
  await page.getByRole("button", { name: "30\u00a0min" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText(/^Grey until 10:\d\d, unless something more urgent begins\.$/).waitFor();
  assert.deepEqual(await violations(screen.page), []);
  await page.keyboard.press("Escape");
  await page.locator('.tile[data-line="116117"][data-seen]').waitFor();
  assert.match(await tile.locator(".badge.seen").innerText(), /^in hand until 10:\d\d$/);
  assert.deepEqual(await violations(screen.page), []);
  await page.reload();
  await page.locator(".tile[data-state]").first().waitFor();
  await page.locator('.tile[data-line="116117"][data-seen]').waitFor();
  await letWait(screen, { "116117": 1000 });
  await page.locator('.tile[data-line="116117"][data-state="help"]:not([data-seen])').waitFor();
  await screen.close();
});

test("a user who chose so hears and sees a line that newly needs help, with its name, state and reason only", async () => {
  const screen = await interposed("/?lang=en");
  const { page } = screen;
  await page.locator("#summary").getByRole("button", { name: /^Sound and notifications: off$/ }).click();
  const dialog = page.getByRole("dialog", { name: "Sound and notifications" });
  await dialog.getByText("In this browser only.").waitFor();
  await dialog.getByRole("checkbox", { name: /^A sound/ }).check();
  await dialog.getByRole("checkbox", { name: /^A notification/ }).check();
  assert.deepEqual(await violations(screen.page), []);
  await page.keyboard.press("Escape");
  await page.waitForTimeout(1500);
  const seen = () => page.evaluate(() => [/** @type {any} */ (globalThis).notified, /** @type {any} */ (globalThis).tones]);
  assert.deepEqual(await seen(), [[], 0], "nothing is new yet");
  await letWait(screen, { mipa: 1000 });
  await until(async () => (await seen())[0].length > 0, "told");
  const [[title, body, options]] = (await seen())[0];
  assert.equal(title, "Mental health and substance abuse services");
  assert.match(body, /^Help: longest wait 16:40, over 15\u00a0min$/);
  assert.equal(options, "body,lang,tag");
  assert.equal((await seen())[1], 2, "two tones");
  await page.waitForTimeout(2500);
  assert.equal((await seen())[0].length, 1, "once");
  await page.reload();
  await page.locator("#summary").getByRole("button", { name: /^Sound and notifications: (on|click)/ }).waitFor();
  await screen.close();
});

test("the command that a detail offers is understood by the program, for every reason", () => {
  const scratch = mkdtempSync(path.join(tmpdir(), "ensilinja-explain-"));
  try {
    const events = path.join(scratch, "events.jsonl");
    const quiet = { stdio: /** @type {const} */ ("ignore") };
    execFileSync(program(), ["simulate", "--from", "2025-09-15", "--to", "2025-09-17", "--output", events], quiet);
    const commands = Object.keys(TEXTS.en).flatMap((key) => {
      const background = backgroundOf({ key: key.replace("reason_", ""), grade: "note", values: {} });
      return key.startsWith("reason_") && background ? [explainCommand("116117", background)] : [];
    });
    assert.ok(new Set(commands).size >= 10);
    for (const command of new Set(commands)) {
      const [name, ...told] = command.replace("--config ensilinja.toml", `--events ${events}`).split(" ");
      assert.equal(name, "ensilinja");
      // A command that it does not understand has another exit status, and this throws.
      execFileSync(program(), [...told, "--at", "2025-09-16T10:15:07", "--complete-since", "2025-09-15"], quiet);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
