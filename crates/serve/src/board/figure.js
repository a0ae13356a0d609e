// A figure: a large value, small text beside it, and a label below. The elements are made once; only their texts
// change.

import { link } from "./contacts_link.js";
import { make, setText } from "./dom.js";

export class Figure {
  /** @param {string} className */
  constructor(className) {
    this.label = make("dt", { class: "dim" });
    this.value = make("span");
    this.beside = make("span", { class: "beside dim" });
    this.cell = make("dd", {}, this.value, " ", this.beside);
    this.element = make("div", { class: className }, this.label, this.cell);
  }

  /**
   * @param {string} label
   * @param {string} value
   * @param {{
   *   beside?: string, words?: boolean, zero?: boolean, bad?: boolean, cause?: boolean, figure?: string
   * }} [how] `words`: the value is no number; `cause`: it is why the line needs attention; `figure`: the query of its
   *   contacts
   */
  show(label, value, { beside = "", words = false, zero = false, bad = false, cause = false, figure } = {}) {
    setText(this.label, label);
    setText(this.value, value);
    setText(this.beside, beside);
    link(this.value, figure);
    this.cell.classList.toggle("words", words);
    this.element.classList.toggle("zero", zero);
    this.element.classList.toggle("bad", bad);
    this.element.classList.toggle("cause", cause);
  }
}
