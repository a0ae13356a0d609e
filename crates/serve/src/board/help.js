// What the words and colours of the board mean, in a dialog that every help button opens.

/** @import { Language, Key } from "./language.js" */
import { furnish } from "./dialog.js";
import { make, makeShape, setText } from "./dom.js";
import { STATES } from "./state.js";

/** Words of the board, each with its meaning. @type {[Key, Key][]} */
const WORDS = [
  ["n", "means_n"], ["promise", "means_promise"], ["promise_pending", "means_pending"], ["promise_void", "means_void"],
  ["floor", "means_floor"], ["target", "means_target"], ["longest_wait", "means_longest_wait"],
  ["due_today", "means_due_today"], ["overdue", "means_overdue"],
];

export class Help {
  #heading = make("h2", { id: "help-heading" });
  #stateHeading = make("h3");
  #wordHeading = make("h3");
  #marks = make("p");
  #dialog = make("dialog", { id: "help", class: "help", "aria-labelledby": "help-heading" });
  #close = furnish(this.#dialog, this.#heading);
  /** The texts and their elements. @type {[HTMLElement, Key][]} */
  #texts = [];
  /** @type {HTMLElement[]} */ #buttons = [];

  constructor() {
    const row = (/** @type {Key} */ word, /** @type {Key} */ meaning, /** @type {Node[]} */ ...before) => {
      const [term, said] = [make("span"), make("dd")];
      if (word !== "n") this.#texts.push([term, word]);
      else setText(term, "n");
      this.#texts.push([said, meaning]);
      return make("div", {}, make("dt", {}, ...before, term), said);
    };
    const states = STATES.map((state) => (
      row(/** @type {Key} */ (`state_${state}`), /** @type {Key} */ (`means_${state}`), makeShape(state))
    ));
    const words = WORDS.map(([word, meaning]) => row(word, meaning));
    this.#dialog.append(make("div", { class: "dialog-body" },
      this.#stateHeading, make("dl", { class: "states" }, ...states), this.#marks,
      this.#wordHeading, make("dl", {}, ...words),
    ));
    document.body.append(this.#dialog);
  }

  /** A button that opens the help. @returns {HTMLElement} */
  button() {
    const button = make("button", { type: "button", class: "ask", "aria-haspopup": "dialog" }, "?");
    button.addEventListener("click", () => this.#dialog.showModal());
    this.#buttons.push(button);
    return button;
  }

  /** @param {Language} language */
  show(language) {
    setText(this.#heading, language.text("help_heading"));
    setText(this.#stateHeading, language.text("help_states"));
    setText(this.#wordHeading, language.text("help_words"));
    setText(this.#marks, language.text("means_marks"));
    setText(this.#close, language.text("close"));
    for (const [element, key] of this.#texts) setText(element, language.text(key));
    for (const button of this.#buttons) {
      button.ariaLabel = `? ${language.text("help_heading")}`;
      button.title = language.text("help_heading");
    }
  }
}
