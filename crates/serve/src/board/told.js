// Tells of a line that newly needs help, if this browser's user has chosen so: by a sound, by a notification on the
// desktop, or both. A notification has the line's name, its state and the reason, and nothing else.

/** @import { Hello } from "./contract.js" */
/** @import { Judgement, State } from "./state.js" */
/** @import { Key, Language } from "./language.js" */
import { awaken, chime, mayChime } from "./chime.js";
import { furnish } from "./dialog.js";
import { make, setText } from "./dom.js";
import { Newly } from "./newly.js";
import { keep, recall } from "./storage.js";

/** Two lines within this time sound once. */
const PAUSE_MS = 20000;

export class Told {
  #heading = make("h2", { id: "told-heading" });
  #here = make("p", { class: "dim" });
  #sound = checkbox();
  #notification = checkbox();
  #try = make("button", { type: "button", class: "small" });
  #hint = make("p", { class: "dim" });
  #dialog = make("dialog", { id: "told", class: "help", "aria-labelledby": "told-heading" });
  #close = furnish(this.#dialog, this.#heading);
  #button = make("button", { type: "button", class: "ask", "aria-haspopup": "dialog" });
  #newly = new Newly();
  #soundedAt = -PAUSE_MS;
  /** @type {Language | null} */ #language = null;

  constructor() {
    this.#sound.input.checked = recall("sound") === "on";
    this.#notification.input.checked = recall("notification") === "on" && may() === "granted";
    this.#dialog.append(make("div", { class: "dialog-body" },
      this.#here, this.#sound.label, this.#notification.label, this.#hint, this.#try,
    ));
    this.#button.append(make("span", { "aria-hidden": "true" }, "♪"));
    this.#button.addEventListener("click", () => {
      if (this.#language) this.show(this.#language);
      this.#dialog.showModal();
    });
    this.#sound.input.addEventListener("change", () => keep("sound", this.#sound.input.checked ? "on" : "off"));
    this.#notification.input.addEventListener("change", () => void this.#allow());
    this.#try.addEventListener("click", () => {
      awaken();
      chime();
    });
    for (const gesture of ["pointerdown", "keydown"]) {
      addEventListener(gesture, () => this.#sound.input.checked && awaken());
    }
    document.body.append(this.#dialog);
  }

  /** The button that opens the choices. */
  get button() {
    return this.#button;
  }

  /** @param {Language} language */
  show(language) {
    this.#language = language;
    setText(this.#heading, language.text("told_heading"));
    setText(this.#close, language.text("close"));
    setText(this.#here, language.text("this_browser_only"));
    setText(this.#sound.text, language.text("told_sound"));
    setText(this.#notification.text, language.text("told_notification"));
    setText(this.#try, language.text("told_try"));
    this.#notification.input.disabled = may() === "denied" || may() === "missing";
    const hints = [this.#notification.input.disabled && "told_denied", "told_click"];
    const key = hints.find((hint) => hint) ?? "told_click";
    setText(this.#hint, language.text(/** @type {Key} */ (key)));
    this.#name();
  }

  /**
   * @param {Judgement[]} judgements @param {State[]} states of lines: one that is seen to needs no help
   * @param {Hello} hello @param {Language} language @param {number} now in seconds
   */
  next(judgements, states, hello, language, now) {
    const lines = this.#newly.next(states, now);
    this.#name();
    if (lines.length === 0) return;
    if (this.#sound.input.checked && performance.now() - this.#soundedAt >= PAUSE_MS) {
      this.#soundedAt = performance.now();
      chime();
    }
    if (!this.#notification.input.checked || may() !== "granted") return;
    for (const index of lines) {
      const said = `${language.text("state_help")}: ${language.reason(judgements[index].reasons[0], now)}`;
      const card = hello.lines[index];
      const notification = new Notification(language.name(card), { body: said, tag: card.line, lang: language.code });
      notification.addEventListener("click", () => {
        focus();
        location.hash = card.line;
        notification.close();
      });
    }
  }

  /** The name of the button says what is chosen, and that a sound waits for a click. */
  #name() {
    const on = this.#sound.input.checked || this.#notification.input.checked;
    const waits = this.#sound.input.checked && !mayChime();
    this.#button.toggleAttribute("data-on", on);
    this.#button.toggleAttribute("data-waits", waits);
    const state = waits ? "told_waits" : on ? "told_on" : "told_off";
    const name = `${this.#language?.text("told_heading")}: ${this.#language?.text(state)}`;
    if (this.#button.title === name) return;
    this.#button.title = name;
    this.#button.ariaLabel = name;
  }

  /** The browser asks its user, who may refuse. */
  async #allow() {
    const { input } = this.#notification;
    if (input.checked && may() !== "granted") input.checked = (await Notification.requestPermission()) === "granted";
    keep("notification", input.checked ? "on" : "off");
    if (this.#language) this.show(this.#language);
  }
}

/** Whether this page may notify. Only a page that came over HTTPS, or from this machine, may ask. */
function may() {
  return "Notification" in globalThis && isSecureContext ? Notification.permission : "missing";
}

function checkbox() {
  const input = make("input", { type: "checkbox" });
  const text = make("span");
  return { input, text, label: make("label", { class: "choice" }, input, " ", text) };
}
