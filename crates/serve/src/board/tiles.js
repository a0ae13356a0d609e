// The tiles of the board: one per line, those that need help first. Closed lines that owe nothing share a row at the
// end, which can be opened. A tile slides to its new place unless the reader prefers reduced motion. The focused tile
// keeps the focus: the others move around it.

/** @import { Hello, Figures, Day } from "./contract.js" */
/** @import { Judgement } from "./state.js" */
/** @import { Language } from "./language.js" */
import { ClosedRow } from "./closed_row.js";
import { byId } from "./dom.js";
import { SettledOrder, wantedOrder } from "./order.js";
import { isAsleep } from "./state.js";
import { Tile } from "./tile.js";

const SLIDE_MS = 400;

export class Tiles {
  #list = byId("tiles");
  #order = new SettledOrder();
  /** The tiles as they are laid out. @type {Tile[]} */ #shown = [];
  /** How many of them, from the end, are of closed lines that owe nothing. */
  #asleep = 0;
  /** @type {Tile[]} */ #tiles;
  #closed = new ClosedRow(() => this.#hide());
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  /** @param {Hello} hello @param {(line: string) => void} open */
  constructor(hello, open) {
    this.#tiles = hello.lines.map((card) => new Tile(card, () => open(card.line)));
    this.#list.replaceChildren();
    this.#list.addEventListener("keydown", (event) => this.#move(event));
  }

  /**
   * @param {Judgement[]} judgements @param {(number | null)[]} seen until when each tile is grey
   * @param {Figures} figures @param {Language} language
   */
  show(judgements, seen, figures, language) {
    const now = figures.now_timestamp_seconds;
    this.#tiles.forEach((tile, index) => {
      tile.show(judgements[index], figures.lines[index] ?? null, language, now, seen[index]);
    });
    const order = this.#order.next(wantedOrder(judgements, seen), performance.now());
    const [awake, asleep] = [false, true].map((which) =>
      order.filter((index) => isAsleep(judgements[index]) === which));
    this.#closed.show(asleep.map((index) => figures.lines[index] ?? null), language, now);
    const shown = [...awake, ...asleep].map((index) => this.#tiles[index]);
    const same = asleep.length === this.#asleep && shown.every((tile, place) => tile === this.#shown[place]);
    if (same && this.#shown.length > 0) return;
    this.#shown = shown;
    this.#asleep = asleep.length;
    const elements = shown.map((tile) => tile.element);
    elements.splice(awake.length, 0, ...(asleep.length > 0 ? [this.#closed.element] : []));
    this.#hide();
    this.#place(elements);
  }

  /** @param {Day} day */
  showTrends(day) {
    this.#tiles.forEach((tile, index) => tile.showTrend(day, day.lines[index] ?? null));
  }

  /** @param {string} line */
  focus(line) {
    const tile = this.#tiles.find((one) => one.card.line === line);
    (tile?.element.hidden ? this.#closed.button : tile?.button)?.focus();
  }

  /** Hides the tiles of the row unless it is open. The focus is never on a hidden tile. */
  #hide() {
    const from = this.#shown.length - this.#asleep;
    this.#list.classList.toggle("few", from < this.#asleep && !this.#closed.open);
    this.#shown.forEach((tile, place) => {
      const hidden = place >= from && !this.#closed.open;
      if (hidden && tile.element.contains(document.activeElement)) this.#closed.button.focus();
      tile.element.hidden = hidden;
    });
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
    if (!elements.includes(this.#closed.element)) this.#closed.element.remove();
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
    const buttons = this.#shown.filter((tile) => !tile.element.hidden).map((tile) => tile.button);
    const row = this.#shown.length - this.#asleep;
    if (this.#asleep > 0) buttons.splice(row, 0, this.#closed.button);
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const columns = getComputedStyle(this.#list).gridTemplateColumns.split(" ").length;
    /** @type {Record<string, number>} */
    const places = {
      ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns,
      Home: 0, End: buttons.length - 1,
    };
    // The row is as wide as the board: it is below every tile of the last row above it.
    const place = places[event.key] ?? -1;
    const passes = this.#asleep > 0 && (place - row) * (at - row) < 0;
    const to = buttons[passes && event.key !== "Home" && event.key !== "End" ? row : place];
    if (!to) return;
    event.preventDefault();
    to.focus();
  }
}
