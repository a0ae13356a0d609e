// Behind a proxy that serves the board under a path of its own, as an intranet does.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Demo } from "../stage/demo.js";
import { Proxy } from "../stage/proxy.js";
import { openBrowser, Screen, until } from "../stage/screen.js";

const PATH = "/intranet/ensilinja";

/** @type {Demo} */ let demo;
/** @type {import("playwright-core").Browser} */ let browser;
/** @type {Proxy} */ let proxy;

before(async () => {
  [demo, browser] = await Promise.all([Demo.start(["--speed", "1"]), openBrowser()]);
  proxy = await Proxy.start(demo.port, { path: PATH });
});

after(async () => {
  await browser?.close();
  proxy?.stop();
  await demo?.stop();
});

test("the board is live under a path, and so is a line's detail", async () => {
  const screen = await Screen.open(browser, proxy.url, { address: `${PATH}/?lang=en` });
  assert.equal(await screen.page.locator("html").getAttribute("data-freshness"), "live");
  await screen.tile("116117").getByRole("button").click();
  const dialog = screen.page.getByRole("dialog");
  await until(async () => (await dialog.locator(".indicators tbody tr").count()) > 5, "the detail is filled");
  assert.deepEqual(screen.complaints, []);
  await screen.close();
});

test("the board comes back by itself when the program was away", async () => {
  const screen = await Screen.open(browser, proxy.url, { address: `${PATH}/?lang=en` });
  const port = demo.port;
  await demo.stop();
  await screen.page.locator("[data-stale]").waitFor();
  demo = await Demo.start(["--speed", "1"], port);
  await until(async () => (await screen.page.locator("[data-stale]").count()) === 0, "the board is live again", 40_000);
  assert.equal(new URL(screen.page.url()).pathname, `${PATH}/`);
  await screen.close();
});

test("a board that has a part of the lines says which part, not that it is the whole county", async () => {
  const change = (/** @type {string} */ event, /** @type {any} */ data) => (event === "hello" ? { ...data, shard: "south" } : data);
  const part = await Proxy.start(demo.port, { change });
  const screen = await Screen.open(browser, part.url, { address: "/?lang=en" });
  await screen.page.locator("#summary").getByText("Part: south").waitFor();
  assert.equal(await screen.page.getByText("The whole county").count(), 0);
  await screen.close();
  part.stop();
});
