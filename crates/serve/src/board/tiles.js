// The tiles of the board: one per line, those that need help first. A tile slides to its new place unless the reader
// prefers reduced motion. The focused tile keeps the focus: the others move around it.

/** @import { Hello, Figures, Day } from "./contract.js" */
/** @import { Judgement } from "./state.js" */
/** @import { Language } from "./language.js" */
import { byId } from "./dom.js";
import { SettledOrder, wantedOrder } from "./order.js";
import { Tile } from "./tile.js";

const SLIDE_MS = 400;

export class Tiles {
  #list = byId("tiles");
  #order = new SettledOrder();
  /** @type {number[]} */ #shown = [];
  /** @type {Tile[]} */ #tiles;
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  /** @param {Hello} hello @param {(line: string) => void} open */
  constructor(hello, open) {
    this.#tiles = hello.lines.map((card) => new Tile(card, () => open(card.line)));
    this.#list.replaceChildren();
    this.#list.addEventListener("keydown", (event) => this.#move(event));
  }

  /** @param {Judgement[]} judgements @param {Figures} figures @param {Language} language */
  show(judgements, figures, language) {
    this.#tiles.forEach((tile, index) => {
      tile.show(judgements[index], figures.lines[index] ?? null, language, figures.now_timestamp_seconds);
    });
    const order = this.#order.next(wantedOrder(judgements), performance.now());
    if (order === this.#shown) return;
    this.#shown = order;
    this.#place(order.map((index) => this.#tiles[index].element));
  }

  /** @param {Day} day */
  showTrends(day) {
    this.#tiles.forEach((tile, index) => tile.showTrend(day, day.lines[index] ?? null));
  }

  /** @param {string} line */
  focus(line) {
    this.#tiles.find((tile) => tile.card.line === line)?.button.focus();
  }

  /** @param {HTMLElement[]} elements in their new order */
  #place(elements) {
    const place = (/** @type {HTMLElement} */ element) => element.isConnected && element.getBoundingClientRect();
    const before = new Map(elements.map((element) => [element, place(element)]));
    const focused = elements.find((element) => element.contains(document.activeElement));
    const at = focused ? elements.indexOf(focused) : 0;
    if (focused) {
      focused.before(...elements.slice(0, at));
      focused.after(...elements.slice(at + 1));
    } else {
      this.#list.replaceChildren(...elements);
    }
    if (this.#calm.matches) return;
    for (const element of elements) {
      const was = before.get(element);
      if (!was) continue;
      const is = element.getBoundingClientRect();
      const from = `translate(${was.left - is.left}px, ${was.top - is.top}px)`;
      if (was.left !== is.left || was.top !== is.top) {
        element.animate([{ transform: from }, { transform: "none" }], { duration: SLIDE_MS, easing: "ease-in-out" });
      }
    }
  }

  /** Arrow keys move from tile to tile as laid out. @param {KeyboardEvent} event */
  #move(event) {
    const tiles = this.#shown.map((index) => this.#tiles[index]);
    const at = tiles.findIndex((tile) => tile.button === document.activeElement);
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const columns = getComputedStyle(this.#list).gridTemplateColumns.split(" ").length;
    /** @type {Record<string, number>} */
    const places = {
      ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns,
      Home: 0, End: tiles.length - 1,
    };
    const to = tiles[places[event.key] ?? -1];
    if (!to) return;
    event.preventDefault();
    to.button.focus();
  }
}
