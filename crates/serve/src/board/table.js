// A table whose cells are made once and whose texts change. Each row and column has a heading, for screen readers. A
// cell may have a bar, which repeats its number.

import { link } from "./contacts_link.js";
import { make, setAttribute, setText } from "./dom.js";

/**
 * @typedef {object} Cell
 * @property {string} text
 * @property {number} [share]
 * @property {string} [note] the meaning of the mark
 * @property {"good" | "bad"} [mark]
 * @property {string} [lang]
 * @property {string} [title]
 * @property {string} [figure] the query of its contacts
 */

export class Table {
  #caption = make("caption");
  #head = make("thead");
  #body = make("tbody");

  /** @param {string} className */
  constructor(className = "") {
    this.element = make("table", { class: className || undefined }, this.#caption, this.#head, this.#body);
  }

  /** @param {string} caption @param {string[]} columns @param {(string | Cell)[][]} rows */
  show(caption, columns, rows) {
    setText(this.#caption, caption);
    fit(this.#head, columns.length > 0 ? [columns] : [], "col");
    fit(this.#body, rows, "row");
  }
}

/** @param {HTMLTableSectionElement} section @param {(string | Cell)[][]} rows @param {"row" | "col"} scope */
function fit(section, rows, scope) {
  while (section.rows.length > rows.length) section.deleteRow(-1);
  rows.forEach((cells, at) => {
    const row = section.rows[at] ?? section.insertRow();
    while (row.cells.length > cells.length) row.deleteCell(-1);
    cells.forEach((content, column) => {
      const heading = scope === "col" || column === 0;
      const cell = row.cells[column] ?? row.appendChild(heading ? make("th", { scope }) : make("td"));
      fill(cell, typeof content === "string" ? { text: content } : content);
    });
  });
}

/** @param {HTMLTableCellElement} cell @param {Cell} content */
function fill(cell, { text, share, note = "", mark, lang, title, figure }) {
  if (cell.childElementCount === 0) cell.replaceChildren(make("small"), " ", make("span"));
  setText(cell.children[0], note);
  setText(cell.children[1], text);
  link(cell.children[1], figure);
  setAttribute(cell, "data-mark", mark);
  setAttribute(cell, "lang", lang);
  setAttribute(cell, "title", title);
  if (share === undefined) {
    cell.children[2]?.remove();
    return;
  }
  const bar = cell.children[2] ?? cell.appendChild(make("meter", { "aria-hidden": "true" }));
  /** @type {HTMLMeterElement} */ (bar).value = share;
}
