// The choice of language and of theme: two groups of radio buttons, so that arrow keys work as usual.

/** @import { Language, Key } from "./language.js" */
import { byId, make, setText } from "./dom.js";
import { LANGUAGES, TEXTS } from "./language.js";

/** Themes, each with a sign for the header. @type {[string, string][]} */
const THEMES = [["auto", "A"], ["light", "☀"], ["dark", "☾"], ["contrast", "◐"]];

export class Controls {
  #languages = byId("languages");
  #themes = byId("themes");

  constructor() {
    for (const code of LANGUAGES) {
      const name = /** @type {string} */ (TEXTS[code].language);
      const sign = make("span", { "aria-hidden": "true" }, code.toUpperCase());
      // The accessible name contains the visible text, so that voice control finds the button.
      const words = `${code.toUpperCase()} ${name}`;
      this.#languages.append(option("lang", code, make("label", { lang: code, title: name }), sign, words));
    }
    for (const [theme, sign] of THEMES) {
      this.#themes.append(option("theme", theme, make("label"), make("span", { "aria-hidden": "true" }, sign), ""));
    }
  }

  /** @param {Language} language */
  show(language) {
    setText(this.#languages.children[0], language.text("choose_language"));
    setText(this.#themes.children[0], language.text("choose_theme"));
    for (const input of this.#themes.querySelectorAll("input")) {
      const name = language.text(/** @type {Key} */ (`theme_${input.value}`));
      input.ariaLabel = name;
      input.title = name;
    }
  }
}

/**
 * @param {string} name @param {string} value @param {HTMLElement} label @param {HTMLElement} sign @param {string} words
 */
function option(name, value, label, sign, words) {
  const input = make("input", { type: "radio", name, value, "aria-label": words });
  input.checked = choices.chosen(name) === value;
  input.addEventListener("change", () => choices.choose(name, value));
  label.append(input, sign);
  return label;
}
