// The board at an earlier instant of today or yesterday. While it is looked at, the page shows its figures and its day
// instead of the live ones, and a banner that cannot be missed says so. The stream goes on, so the way back is at once.

/** @import { Figures, Day, WholeLine, PastBoard } from "./contract.js" */
/** @import { Language } from "./language.js" */
import { byId, make, setAttribute, setText } from "./dom.js";

const MINUTE = 60;
const STEP_SECONDS = 15 * MINUTE;
const DAY_SECONDS = 86400;

/** While the slider moves, an instant is asked for only after it has rested for this long. */
const RESTED_MS = 150;
const ANSWER_WITHIN_MS = 10_000;

/** The instant that is looked at; null for now. @type {number | null} */
let then = null;

/** The instant that is looked at, in seconds; null for now. */
export const lookingAt = () => then;

/**
 * The figures of a line: of now, or of the instant that is looked at.
 * @param {string} line
 * @param {AbortSignal} signal
 */
export async function fetchLine(line, signal) {
  const name = encodeURIComponent(line);
  const answer = await fetch(then === null ? `api/lines/${name}` : `api/at/${then}?line=${name}`, { signal });
  if (!answer.ok) return null;
  const found = await answer.json();
  return /** @type {WholeLine} */ (then === null || !("figures" in found && "day" in found) ? found : found.line);
}

export class LookBack {
  /** The board of the instant that is looked at; null for now. @type {PastBoard | null} */ board = null;
  #place = byId("past");
  #open = make("button", { type: "button", id: "past-open", class: "past-button", "aria-controls": "past-controls" });
  #label = make("label", { for: "past-slider" });
  #slider = make("input", { type: "range", id: "past-slider", step: MINUTE });
  #time = make("output", { for: "past-slider" });
  #back = make("button", { type: "button", class: "past-button" });
  #on = make("button", { type: "button", class: "past-button" });
  #live = make("button", { type: "button", class: "past-button live" });
  #controls = make("div", { id: "past-controls", class: "past-controls", hidden: true });
  #banner = make("p", { class: "past-banner", role: "status", hidden: true });
  /** The same over the detail of a line, which covers the page. */
  #detailBanner = make("p", { class: "past-banner", hidden: true });
  /** @type {Language | null} */ #language = null;
  #latest = 0;
  #earliest = 0;
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #resting;

  /** @param {() => void} changed shows the board again, and its day */
  constructor(changed) {
    this.changed = changed;
    setAttribute(this.#open, "aria-expanded", "false");
    this.#controls.append(this.#label, this.#back, this.#slider, this.#on, this.#time, this.#live);
    this.#place.append(this.#banner, this.#controls);
    byId("detail").prepend(this.#detailBanner);
    byId("choices").append(this.#open);
    this.#open.addEventListener("click", () => this.#toggle());
    this.#live.addEventListener("click", () => this.#toLive());
    this.#back.addEventListener("click", () => this.#move(-STEP_SECONDS));
    this.#on.addEventListener("click", () => this.#move(STEP_SECONDS));
    this.#slider.addEventListener("input", () => this.#chosen());
  }

  /** @param {Language} language @param {Figures | null} figures the live ones @param {Day | null} day the live one */
  show(language, figures, day) {
    this.#language = language;
    const now = figures?.figures_as_of_timestamp_seconds ?? null;
    if (now !== null) this.#latest = Math.floor(now / MINUTE) * MINUTE;
    // Yesterday's midnight: more is remembered, but is not what a board is looked back for.
    const yesterday = day ? day.start_timestamp_seconds - DAY_SECONDS : this.#latest - DAY_SECONDS;
    this.#slider.min = String(Math.max(this.#earliest, yesterday));
    this.#slider.max = String(this.#latest);
    if (then === null && document.activeElement !== this.#slider) this.#slider.value = String(this.#latest);
    setText(this.#open, language.text("look_back"));
    setText(this.#label, language.text("earlier_instant"));
    setText(this.#back, language.text("minutes_earlier", { minutes: STEP_SECONDS / MINUTE }));
    setText(this.#on, language.text("minutes_later", { minutes: STEP_SECONDS / MINUTE }));
    setText(this.#live, language.text("back_to_live"));
    this.#live.hidden = then === null;
    this.#open.disabled = now === null;
    this.#showTime();
    if (this.board && then !== null) this.#say(language.text("past_banner", { at: this.#inWords(then) }));
  }

  #toggle() {
    const hidden = !this.#controls.hidden;
    this.#controls.hidden = hidden;
    setAttribute(this.#open, "aria-expanded", String(!hidden));
    if (hidden) this.#toLive();
    else this.#slider.focus();
  }

  /** @param {number} seconds */
  #move(seconds) {
    this.#slider.value = String(Number(this.#slider.value) + seconds);
    this.#chosen();
  }

  #chosen() {
    this.#showTime();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => void this.#ask(Number(this.#slider.value)), RESTED_MS);
  }

  /** @param {number} at */
  async #ask(at) {
    this.#asked += 1;
    const asked = this.#asked;
    const found = await ask(at);
    if (asked !== this.#asked || !this.#language) return;
    if (!found || !("figures" in found)) {
      const since = found?.earliest_timestamp_seconds;
      if (since) this.#earliest = since;
      this.#say(since
        ? this.#language.text("past_unknown", { at: this.#inWords(since) })
        : this.#language.text("past_failed"));
      return;
    }
    this.#earliest = found.earliest_timestamp_seconds ?? 0;
    then = at;
    this.board = found;
    document.documentElement.toggleAttribute("data-past", true);
    this.changed();
  }

  #toLive() {
    clearTimeout(this.#resting);
    this.#asked += 1;
    const was = this.board;
    then = null;
    this.board = null;
    document.documentElement.removeAttribute("data-past");
    this.#say("");
    if (was) this.#open.focus();
    this.changed();
  }

  /** @param {string} words */
  #say(words) {
    for (const banner of [this.#banner, this.#detailBanner]) {
      banner.hidden = words === "";
      setText(banner, words);
    }
  }

  #showTime() {
    if (!this.#language) return;
    const words = this.#inWords(Number(this.#slider.value));
    setText(this.#time, words);
    setAttribute(this.#slider, "aria-valuetext", words);
  }

  /** @param {number} at */
  #inWords(at) {
    const clock = this.#language?.clock;
    return clock ? `${clock.day(at)} ${clock.minute(at)}` : "";
  }
}

/**
 * @param {number} at
 * @returns {Promise<PastBoard | {earliest_timestamp_seconds: number | null} | null>} `null` if nothing was answered
 */
async function ask(at) {
  try {
    const answer = await fetch(`api/at/${at}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return answer.ok || answer.status === 404 ? await answer.json() : null;
  } catch {
    return null;
  }
}
