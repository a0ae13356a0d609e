// Why a line is in its state, and what to do: each reason with its meaning and its runbook, the line in Grafana, and
// the command that lists the contacts behind the most urgent reason's figure.

/** @import { Hello, LineCard } from "./contract.js" */
/** @import { Judgement } from "./state.js" */
/** @import { Language } from "./language.js" */
import { make, setAttribute, setText } from "./dom.js";
import { backgroundOf, explainCommand } from "./runbooks.js";

/** The board looks back, or forth again. */
const JUMP_SECONDS = 30;

export class Why {
  #heading = make("h3");
  #list = make("ul", { class: "whys" });
  #grafana = make("a", { target: "_blank", rel: "noopener" });
  #said = make("span", { class: "dim" });
  #command = make("code");
  #copy = make("button", { type: "button", class: "small" });
  #copied = make("span", { role: "status", class: "dim" });
  #explain = make("p", { class: "explain" }, this.#said, " ", this.#command, " ", this.#copy, " ", this.#copied);
  /** @type {Language | null} */ #language = null;
  #of = "";
  #now = 0;

  constructor() {
    this.element = make("section", { class: "wide" }, this.#heading, this.#list, this.#explain, this.#grafana);
    // Only a page that came over HTTPS, or from this machine, may write to the clipboard. Elsewhere a click selects.
    this.#copy.hidden = !navigator.clipboard;
    this.#copy.addEventListener("click", () => {
      navigator.clipboard.writeText(this.#command.textContent ?? "").then(
        () => setText(this.#copied, this.#language?.text("copied") ?? ""), () => {},
      );
    });
  }

  /** Another line, or this one at another time. */
  clear() {
    this.#of = "";
  }

  /**
   * @param {Hello} hello @param {LineCard} card @param {Judgement} judgement @param {Language} language
   * @param {number} now
   */
  show(hello, card, judgement, language, now) {
    this.#language = language;
    setText(this.#heading, language.text("why_heading"));
    const reasons = judgement.reasons.filter((reason) => backgroundOf(reason));
    const rows = reasons.length > 0 ? reasons : [judgement.reasons[0]];
    while (this.#list.children.length > rows.length) this.#list.lastElementChild?.remove();
    while (this.#list.children.length < rows.length) {
      const runbook = make("a", { target: "_blank", rel: "noopener" });
      this.#list.append(make("li", {}, make("b"), " ", make("span"), " ", runbook));
    }
    rows.forEach((reason, index) => {
      const [what, why, runbook] = this.#list.children[index].children;
      const background = backgroundOf(reason);
      setText(what, language.reason(reason, now));
      setText(why, language.text(background?.why ?? "why_plain"));
      const address = background && hello.links.runbook?.replaceAll("{alert}", background.alert);
      link(runbook, language.text("runbook"), address);
    });
    const grafana = hello.links.grafana?.replaceAll("{line}", encodeURIComponent(card.line));
    link(this.#grafana, language.text("grafana"), grafana);
    setText(this.#said, language.text("explain"));
    const figure = backgroundOf(judgement.reasons[0]) ?? { figure: "promise_kept", window: "today" };
    const command = explainCommand(card.line, figure);
    // The instant at which this became the figure to look at: a text that changes each second cannot be copied.
    const jumped = Math.abs(now - this.#now) > JUMP_SECONDS;
    this.#now = now;
    if (this.#of !== command || jumped) {
      this.#of = command;
      setText(this.#command, `${command} --at ${language.clock.instant(now)}`);
      setText(this.#copied, "");
    }
    setText(this.#copy, language.text("copy"));
  }
}

/**
 * @param {Element} element @param {string} text
 * @param {string | null | undefined} address none: the link is not there
 */
function link(element, text, address) {
  setText(element, address ? text : "");
  setAttribute(element, "href", address ?? undefined);
  element.toggleAttribute("hidden", !address);
}
