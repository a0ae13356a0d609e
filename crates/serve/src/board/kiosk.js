// Kiosk mode, for a screen without a keyboard or a mouse: `?kiosk`, or `?kiosk=10` for the ten lines that need help
// most. The letters are as large as the screen allows. Lines that do not fit at a size that can be read take turns.

import { byId, setText } from "./dom.js";

/** How long a page is shown. */
const TURN_MS = 15000;

/** The size of letters in pixels: at least this, and at least this share of the screen's shorter side. */
const SMALLEST_PX = 14;
const SMALLEST_SHARE = 1 / 80;
const LARGEST_PX = 120;

export class Kiosk {
  #list = byId("tiles");
  #page = byId("page");
  /** Style by script is a sheet of its own: the page's policy refuses it as an attribute. */
  #sheet = new CSSStyleSheet();
  #most;
  #size = 0;
  /** How many tiles are on a page. */
  #fits = 0;
  #turn = 0;
  #measured = "";

  /** @param {string} most how many lines are shown at most; no number means all */
  constructor(most) {
    this.#most = Number.parseInt(most, 10) > 0 ? Number.parseInt(most, 10) : Infinity;
    document.adoptedStyleSheets.push(this.#sheet);
    const arrange = () => this.#arrange();
    const changes = { childList: true, subtree: true, attributeFilter: ["hidden"] };
    new MutationObserver(arrange).observe(this.#list, changes);
    addEventListener("resize", arrange);
    setInterval(() => {
      this.#turn += 1;
      // A longer text may no longer fit.
      if (!this.#holds(this.#size)) this.#measured = "";
      arrange();
    }, TURN_MS);
  }

  /** The kiosk, if the address asks for one. */
  static start() {
    const asked = new URLSearchParams(location.search).get("kiosk");
    return asked === null ? null : new Kiosk(asked);
  }

  #arrange() {
    const tiles = [...this.#list.children].filter((tile) => !tile.hasAttribute("hidden")).slice(0, this.#most);
    if (tiles.length === 0) return;
    const measured = [tiles.length, innerWidth, innerHeight, document.documentElement.lang].join();
    if (measured !== this.#measured) {
      this.#measured = measured;
      this.#measure(tiles);
    }
    const pages = Math.ceil(tiles.length / this.#fits);
    const page = this.#turn % pages;
    this.#showOnly(tiles.slice(page * this.#fits, (page + 1) * this.#fits));
    setText(this.#page, pages > 1 ? `${page + 1}/${pages}` : "");
  }

  /**
   * Finds the largest letters at which the tiles fit, on as few pages as can be read.
   * @param {Element[]} tiles
   */
  #measure(tiles) {
    const smallest = Math.max(SMALLEST_PX, Math.min(innerWidth, innerHeight) * SMALLEST_SHARE);
    let pages = 1;
    do {
      this.#fits = Math.ceil(tiles.length / pages);
      this.#showOnly(tiles.slice(0, this.#fits));
      pages += 1;
    } while (!this.#holds(smallest) && this.#fits > 1);
    let [low, high] = [smallest, LARGEST_PX];
    while (high - low > 0.25) {
      const middle = (low + high) / 2;
      if (this.#holds(middle)) low = middle;
      else high = middle;
    }
    this.#holds(low);
  }

  /** Sets the size of the letters; whether the page then needs no scrolling. @param {number} size */
  #holds(size) {
    if (size !== this.#size) this.#sheet.replaceSync(`html { font-size: ${size.toFixed(2)}px; }`);
    this.#size = size;
    const { scrollHeight, scrollWidth } = document.documentElement;
    return scrollHeight <= innerHeight && scrollWidth <= innerWidth;
  }

  /** @param {Element[]} shown */
  #showOnly(shown) {
    for (const tile of this.#list.children) tile.toggleAttribute("data-off", !shown.includes(tile));
  }
}
