// A real browser with the board, which records everything that a board must never do.

import { chromium } from "playwright-core";

const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const DESK = { width: 1440, height: 900 };
export const WALL = { width: 1920, height: 1080 };

/** @returns {Promise<import("playwright-core").Browser>} */
export function openBrowser() {
  return chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-lcd-text"] });
}

export class Screen {
  /** What went wrong on the page: errors, violations of its policy, requests elsewhere. @type {string[]} */
  complaints = [];

  /** @param {import("playwright-core").Page} page @param {string} url */
  constructor(page, url) {
    this.page = page;
    this.url = url;
  }

  /**
   * The board, with figures on it.
   * @param {import("playwright-core").Browser} browser
   * @param {string} url
   * @param {{address?: string, context?: import("playwright-core").BrowserContextOptions, quiet?: boolean}} [how]
   */
  static async open(browser, url, { address = "/", context = {} } = {}) {
    const room = await browser.newContext({ viewport: DESK, locale: "fi-FI", reducedMotion: "reduce", ...context });
    const screen = new Screen(await room.newPage(), url);
    screen.#listen();
    await screen.page.addInitScript(() => {
      const seen = /** @type {any} */ (globalThis);
      seen.shifts = [];
      new PerformanceObserver((list) => {
        // A line that changes its state says so with another word, which moves the words after it.
        for (const entry of /** @type {any[]} */ (list.getEntries())) {
          const words = entry.sources.every((/** @type {any} */ { node }) => node?.parentElement?.closest(".because"));
          if (entry.sources.length === 0 || !words) seen.shifts.push(entry.value);
        }
      }).observe({ type: "layout-shift", buffered: true });
      addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`));
    });
    await screen.page.goto(url + address);
    await screen.page.locator(".tile[data-state]").first().waitFor();
    await screen.page.evaluate(() => document.fonts.ready);
    return screen;
  }

  #listen() {
    const { page, complaints, url } = this;
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on("request", (request) => {
      const elsewhere = !request.url().startsWith(url) && !request.url().startsWith("data:");
      if (elsewhere) complaints.push(`request: ${request.url()}`);
    });
  }

  /** The tile of a line. @param {string} line */
  tile(line) {
    return this.page.locator(`.tile[data-line="${line}"]`);
  }

  /** Layout shifts since the page was opened. @returns {Promise<number[]>} */
  shifts() {
    return this.page.evaluate(() => /** @type {any} */ (globalThis).shifts);
  }

  async close() {
    await this.page.context().close();
  }
}

/**
 * Waits until something holds.
 * @param {() => Promise<boolean> | boolean} holds @param {string} what @param {number} [withinMs]
 */
export async function until(holds, what, withinMs = 20_000) {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
