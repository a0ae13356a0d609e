// The contacts that a number of a line is the sum of, in a dialog over the line's detail. They have no names: instants,
// waits, verdicts, and the entries by which `ensilinja explain` names the rule.

/** @import { ContactList, ContactSeries, ListedContact } from "./contract.js" */
/** @import { Language, Key } from "./language.js" */
import { followLinks } from "./contacts_link.js";
import { furnish } from "./dialog.js";
import { byId, make, setText } from "./dom.js";
import { duration } from "./format.js";
import { lookingAt } from "./look_back.js";
import { Table } from "./table.js";

const ANSWER_WITHIN_MS = 10_000;

/** How a contact left the queue, and how to say it. @type {Record<string, Key>} */
const DECIDED = {
  answered: "answered", callback_requested: "callback_requested", timed_out: "timed_out",
  abandoned_menu: "left_menu", abandoned_queue: "left_queue", abandoned_ringing: "left_ringing",
  abandoned_short: "left_short", moved: "left_moved", orphaned: "left_orphaned",
};

/** @type {Record<string, Key>} */
const VERDICTS = { kept: "promise_kept_word", broken: "promise_broken", void: "promise_void" };

export class ContactsList {
  #dialog = /** @type {HTMLDialogElement} */ (byId("contacts"));
  #heading = make("h2", { id: "contacts-heading" });
  #said = make("p", { class: "dim" });
  #close = furnish(this.#dialog, this.#heading, this.#said);
  #place = make("div", { class: "dialog-body scrolls", tabindex: 0 });
  #asked = 0;

  /** @param {() => Language} language @param {() => string} line the id of the line whose detail is open */
  constructor(language, line) {
    this.language = language;
    this.line = line;
    this.#dialog.append(this.#place);
    followLinks(byId("detail"), (query) => void this.#open(query));
  }

  /** @param {string} query */
  async #open(query) {
    this.#asked += 1;
    const asked = this.#asked;
    const language = this.language();
    this.#place.replaceChildren();
    setText(this.#heading, language.text("contacts"));
    setText(this.#close, language.text("close"));
    setText(this.#said, "");
    if (!this.#dialog.open) this.#dialog.showModal();
    const list = await ask(this.line(), query);
    if (asked !== this.#asked) return;
    setText(this.#said, list ? inWords(list, language) : language.text("contacts_failed"));
    if (list) this.#place.replaceChildren(...list.series.map((series) => seriesOf(series, list, language)));
    this.#place.setAttribute("aria-label", language.text("contacts"));
  }
}

/** @param {ContactList} list @param {Language} language */
function inWords(list, language) {
  const at = language.clock.time(list.figures_as_of_timestamp_seconds);
  return language.text("contacts_as_of", { at: `${language.clock.day(list.figures_as_of_timestamp_seconds)} ${at}` });
}

/** @param {ContactSeries} series @param {ContactList} list @param {Language} language */
function seriesOf(series, list, language) {
  const amount = (/** @type {number | null} */ number) => written(series, number, list, language);
  const code = make("code", { lang: "en" }, series.series);
  const heading = make("h3", {}, code, ` = ${amount(series.number)}`);
  const table = new Table("contacts-table");
  /** @type {Key[]} */
  const columns = ["arrived_at", "left_at", "left_how", "waited", "verdict", "rule", "adds"];
  const rows = series.contacts.map((contact) => rowOf(contact, amount, list, language));
  table.show(language.text("contacts"), columns.map((key) => language.text(key)), rows);
  const parts = series.contacts.length > 0 ? [heading, table.element] : [heading, none(language)];
  const { contacts, adds } = series.left_out;
  if (contacts === 0) return make("section", {}, ...parts);
  const more = language.text("contacts_left_out", { n: contacts, adds: amount(adds) });
  return make("section", {}, ...parts, make("p", { class: "dim" }, more));
}

/** @param {Language} language */
const none = (language) => make("p", { class: "dim" }, language.text("contacts_none"));

/** @param {ContactSeries} series @param {number | null} number @param {ContactList} list @param {Language} language */
function written(series, number, list, language) {
  if (number === null) return language.text("dash");
  if (series.unit === "count") return language.count(number);
  return series.unit === "duration"
    ? duration(number)
    : language.clock.near(number, list.figures_as_of_timestamp_seconds);
}

/**
 * @param {ListedContact} contact @param {(number: number | null) => string} amount @param {ContactList} list
 * @param {Language} language
 */
export function rowOf(contact, amount, list, language) {
  const dash = language.text("dash");
  const now = list.figures_as_of_timestamp_seconds;
  const at = (/** @type {number | null} */ seconds) => {
    if (seconds === null) return dash;
    const day = language.clock.near(seconds, now).split(" ").slice(0, -1).join(" ");
    return [day, language.clock.time(seconds)].filter(Boolean).join(" ");
  };
  const how = contact.decided_by === null ? language.text("still_waiting") : language.text(DECIDED[contact.decided_by]);
  const verdict = contact.promise === null
    ? dash
    : language.text(contact.verdict === null ? "promise_pending" : VERDICTS[contact.verdict]);
  const rule = contact.entries.map((entry) => entry.step).join(", ");
  const adds = contact.is_chosen ? language.text("this_one") : contact.adds === null ? dash : amount(contact.adds);
  return [
    at(contact.arrived_timestamp_seconds), at(contact.decided_timestamp_seconds), how,
    contact.wait_seconds === null ? dash : duration(contact.wait_seconds), verdict, { text: rule, lang: "en" }, adds,
  ];
}

/** @param {string} line @param {string} query @returns {Promise<ContactList | null>} `null` if nothing was answered */
async function ask(line, query) {
  const at = lookingAt();
  const then = at === null ? "" : `&at=${at}`;
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(`api/contacts/${encodeURIComponent(line)}?${query}${then}`, { signal });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
