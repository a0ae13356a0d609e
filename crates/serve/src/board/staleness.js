// Shows the age of the figures each second, and makes the whole board look old when they are. A screen reader announces
// the change once, not each second.

/** @import { Figures } from "./contract.js" */
/** @import { Freshness } from "./freshness.js" */
/** @import { Language } from "./language.js" */
import { byId, make, setAttribute, setText } from "./dom.js";
import { duration, percent } from "./format.js";
import { freshnessOf, isStale } from "./freshness.js";

/** Figures up to this age are called live: they come each second, and the last complete ones are shown. */
const LIVE_SECONDS = 5;

export class Staleness {
  #age = byId("age");
  #banner = byId("stale");
  /** The text of the banner once more: the dialog of a line covers it. */
  #inDetail = byId("detail-stale");
  #said = make("p");
  /** The technical causes, folded: they are for those who mend it. */
  #cause = make("summary");
  #reasons = make("ul", { lang: "en" });
  #causes = make("details", {}, this.#cause, this.#reasons);
  /** @type {Freshness} */ #was = "waiting";

  /** @param {(text: string) => void} speak */
  constructor(speak) {
    this.speak = speak;
    this.#banner.append(this.#said, this.#causes);
  }

  /**
   * @param {Figures | null} figures @param {number} silentSeconds
   * @param {boolean} full whether the server is at its limit of viewers @param {Language} language
   */
  show(figures, silentSeconds, full, language) {
    const { freshness, ageSeconds } = freshnessOf(figures, silentSeconds);
    const age = ageSeconds === null ? "" : duration(ageSeconds);
    const young = ageSeconds !== null && ageSeconds < LIVE_SECONDS;
    const live = young ? language.text("live") : age && language.text("old", { age });
    setText(this.#age, live || language.text("connecting"));
    const stale = isStale(freshness);
    document.documentElement.dataset.freshness = freshness;
    setAttribute(document.documentElement, "data-stale", stale);
    this.#banner.hidden = !stale;
    this.#inDetail.hidden = !stale;
    const progress = percent(figures?.rebuild_progress_ratio ?? 0);
    const words = full && freshness === "silent" ? language.text("stale_full") : "";
    const said = stale ? words || sentence(freshness, age, progress, language) : "";
    setText(this.#said, said);
    setText(this.#cause, language.text("stale_cause"));
    setText(this.#inDetail, said);
    this.#showReasons(stale && freshness !== "silent" ? (figures?.reasons ?? []) : []);
    if (freshness !== this.#was && (stale || isStale(this.#was))) this.speak(said || language.text("back_live"));
    this.#was = freshness;
  }

  /** The server's own texts, in English. @param {string[]} reasons */
  #showReasons(reasons) {
    this.#causes.hidden = reasons.length === 0;
    if (this.#reasons.children.length === reasons.length) {
      reasons.forEach((reason, index) => setText(this.#reasons.children[index], reason));
    } else {
      this.#reasons.replaceChildren(...reasons.map((reason) => make("li", {}, reason)));
    }
  }
}

/** @param {Freshness} freshness @param {string} age @param {string} progress @param {Language} language */
function sentence(freshness, age, progress, language) {
  if (freshness === "silent") return age ? language.text("stale_silent", { age }) : language.text("stale_never");
  if (freshness === "old") return language.text("stale_old", { age });
  if (freshness === "rebuilding") return language.text("stale_rebuilding", { progress });
  return language.text("stale_incomplete");
}
