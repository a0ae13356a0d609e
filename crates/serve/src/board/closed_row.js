// The row of closed lines that owe nothing: how many they are, and when the next of them opens. A button opens the row:
// their tiles then follow it.

/** @import { LineFigures } from "./contract.js" */
/** @import { Language } from "./language.js" */
import { make, makeShape, setAttribute, setText } from "./dom.js";

export class ClosedRow {
  open = false;

  /** @param {() => void} turned is told when the row was opened or closed */
  constructor(turned) {
    this.text = make("span");
    this.button = make("button", { type: "button", "aria-expanded": "false" }, makeShape("closed"), this.text);
    this.element = make("li", { class: "closed-row" }, this.button);
    this.button.addEventListener("click", () => {
      this.open = !this.open;
      setAttribute(this.button, "aria-expanded", String(this.open));
      turned();
    });
  }

  /** @param {(LineFigures | null)[]} lines @param {Language} language @param {number} nowSeconds */
  show(lines, language, nowSeconds) {
    const next = Math.min(...lines.map((line) => line?.line_next_change_timestamp_seconds ?? Infinity));
    const n = lines.length;
    const text = next === Infinity
      ? language.text("closed_lines", { n })
      : language.text("closed_lines_next", { n, at: language.clock.near(next, nowSeconds) });
    setText(this.text, text);
  }
}
