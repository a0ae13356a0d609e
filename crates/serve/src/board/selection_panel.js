// My lines: a dialog with the areas, channels, groups and lines to choose from, and the chosen ones as chips above the
// board. The address has the selection, so it can be linked to; without one, the last of this browser counts.

/** @import { Hello, Channel } from "./contract.js" */
/** @import { Language, Key } from "./language.js" */
/** @import { Kind, Selection } from "./selection.js" */
import { furnish } from "./dialog.js";
import { byId, make, setText } from "./dom.js";
import {
  allLines, chosenLines, has, isAll, KINDS, namesLines, selectionIn, turned, valueOf, withoutFullKinds, writeSelection,
} from "./selection.js";
import { keep, recall } from "./storage.js";

/** The longest title of a selection. */
const LONGEST_TITLE = 60;

export class SelectionPanel {
  /** @type {Hello | null} */ #hello = null;
  /** What the address or this browser says; null once it is read, with the lines. @type {URLSearchParams | null} */
  #said;
  #selection = allLines();
  #title = "";
  #open = make("button", { type: "button", class: "choose-lines", "aria-haspopup": "dialog" });
  #heading = make("p", { class: "selection-title" });
  #chips = make("ul");
  #strip = byId("selection");
  #name = make("h2", { id: "choose-heading" });
  #explained = make("p", { class: "dim" });
  #titled = make("input", { type: "text", maxlength: LONGEST_TITLE, autocomplete: "off" });
  #titleLabel = make("span");
  #everything = make("button", { type: "button", class: "everything" });
  #kinds = KINDS.map((kind) => ({ kind, legend: make("legend"), list: make("div") }));
  #dialog = make("dialog", { class: "choose", "aria-labelledby": "choose-heading" });
  #close = furnish(this.#dialog, this.#name, this.#explained);

  /** @param {() => void} changed is told when other lines are chosen */
  constructor(changed) {
    this.changed = changed;
    const address = new URLSearchParams(location.search);
    const kept = new URLSearchParams(recall("selection") ?? "");
    this.#said = namesLines(address) ? address : kept;
    this.#title = (this.#said.get("title") ?? "").slice(0, LONGEST_TITLE);
    byId("choose-lines").append(this.#open);
    this.#strip.append(this.#heading, this.#chips);
    const title = make("label", { class: "title" }, this.#titleLabel, this.#titled);
    const fields = this.#kinds.map(({ kind, legend, list }) => make("fieldset", { class: kind }, legend, list));
    this.#dialog.append(make("div", { class: "dialog-body" }, this.#everything, ...fields, title));
    document.body.append(this.#dialog);
    this.#open.addEventListener("click", () => this.#dialog.showModal());
    this.#everything.addEventListener("click", () => this.#choose(allLines()));
    this.#titled.addEventListener("input", () => {
      this.#title = this.#titled.value.trim();
      this.#choose(this.#selection);
    });
  }

  /** The lines that are shown, as indices. @param {Hello} hello */
  chosen(hello) {
    if (this.#said) this.#selection = selectionIn(this.#said, hello.lines);
    this.#said = null;
    this.#hello = hello;
    return chosenLines(this.#shown(), hello.lines);
  }

  /** What the selection is called; empty while all lines are shown. @param {Language} language */
  title(language) {
    if (isAll(this.#shown())) return "";
    return this.#title || this.#values().map(({ kind, value }) => this.#nameOf(kind, value, language)).join(" · ");
  }

  /** What narrows the board: a kind with all its values does not. */
  #shown() {
    return withoutFullKinds(this.#selection, this.#hello?.lines ?? []);
  }

  /** @param {Hello | null} hello before it is known, the button has its place already @param {Language} language */
  show(hello, language) {
    const n = hello ? this.chosen(hello).length : 0;
    const all = isAll(this.#shown());
    const chosen = hello && !all ? language.text("chosen_lines", { n, all: hello.lines.length }) : "";
    setText(this.#open, chosen || language.text("choose_lines"));
    if (!hello) return;
    setText(this.#name, language.text("choose_lines"));
    setText(this.#close, language.text("close"));
    setText(this.#explained, language.text("choose_explained"));
    setText(this.#everything, language.text("choose_all"));
    setText(this.#titleLabel, language.text("choose_title"));
    if (document.activeElement !== this.#titled) this.#titled.value = this.#title;
    for (const { kind, legend, list } of this.#kinds) {
      setText(legend, language.text(/** @type {Key} */ (`choose_${kind}`)));
      this.#showValues(kind, list, hello, language);
    }
    this.#strip.hidden = all;
    const title = this.title(language);
    setText(this.#heading, n > 0 ? title : language.text("chosen_none"));
    this.#showChips(language);
  }

  /** @param {Kind} kind @param {HTMLElement} list @param {Hello} hello @param {Language} language */
  #showValues(kind, list, hello, language) {
    const values = [...new Set(hello.lines.map((card) => valueOf(card, kind)).filter(Boolean))];
    const labels = /** @type {HTMLLabelElement[]} */ ([...list.children]);
    if (labels.length !== values.length) {
      labels.splice(0, labels.length, ...values.map((value) => this.#option(kind, value)));
      list.replaceChildren(...labels);
    }
    labels.forEach((label, at) => {
      const [box, name] = label.children;
      /** @type {HTMLInputElement} */ (box).checked = has(this.#selection, kind, values[at]);
      setText(name, this.#nameOf(kind, values[at], language));
    });
  }

  /** @param {Kind} kind @param {string} value */
  #option(kind, value) {
    const box = make("input", { type: "checkbox", value });
    box.addEventListener("change", () => this.#choose(turned(this.#selection, kind, value)));
    return make("label", {}, box, make("span"));
  }

  #values() {
    const shown = this.#shown();
    return KINDS.flatMap((kind) => shown[kind].map((value) => ({ kind, value })));
  }

  /** @param {Language} language */
  #showChips(language) {
    const chips = this.#values().map(({ kind, value }) => {
      const name = this.#nameOf(kind, value, language);
      const remove = make("button", { type: "button", "aria-label": language.text("choose_without", { name }) });
      remove.append(make("span", {}, name), make("span", { "aria-hidden": "true" }, "×"));
      remove.addEventListener("click", () => {
        this.#choose(turned(this.#selection, kind, value));
        this.#open.focus();
      });
      return make("li", {}, remove);
    });
    this.#chips.replaceChildren(...chips);
  }

  /**
   * The name of a value; the value itself if no line has it.
   * @param {Kind} kind @param {string} value @param {Language} language
   */
  #nameOf(kind, value, language) {
    const only = turned(allLines(), kind, value);
    const card = this.#hello?.lines.find((line) => has(only, kind, valueOf(line, kind)));
    if (!card) return value;
    if (kind === "line") return language.name(card);
    if (kind === "channel") return language.text(`channel_${/** @type {Channel} */ (card.channel)}`);
    return kind === "group" ? language.groupName(card) : valueOf(card, kind);
  }

  /** @param {Selection} selection */
  #choose(selection) {
    this.#selection = selection;
    const address = new URL(location.href);
    writeSelection(selection, address.searchParams);
    if (this.#title && !isAll(selection)) address.searchParams.set("title", this.#title);
    else address.searchParams.delete("title");
    history.replaceState(history.state, "", address);
    const kept = new URLSearchParams();
    writeSelection(selection, kept);
    if (this.#title) kept.set("title", this.#title);
    keep("selection", String(kept));
    this.changed();
  }
}
