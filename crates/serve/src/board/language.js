// The language of the board: texts by key with their values filled in, and names of lines.

/** @import { LanguageCode, LineCard, IndicatorCard } from "./contract.js" */
/** @import { Reason } from "./rules.js" */
import english from "./en.js";
import finnish from "./fi.js";
import { Clock, duration, percent, roughly, tenths } from "./format.js";
import swedish from "./sv.js";

/** @typedef {keyof typeof finnish} Key */
/** @typedef {Record<string, string | number>} Values */

/** @type {Record<LanguageCode, Record<Key, string | {one: string, other: string}>>} */
export const TEXTS = { fi: finnish, sv: swedish, en: english };

/** @type {LanguageCode[]} */
export const LANGUAGES = ["fi", "sv", "en"];

export class Language {
  /** @param {LanguageCode} code @param {string} timeZone */
  constructor(code, timeZone) {
    this.code = code;
    this.texts = TEXTS[code];
    const locale = finnish.locale && /** @type {string} */ (this.texts.locale);
    this.plural = new Intl.PluralRules(locale);
    this.number = new Intl.NumberFormat(locale);
    this.decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.clock = new Clock(locale, timeZone);
  }

  /** @param {Key} key @param {Values} [values] @returns {string} */
  text(key, values = {}) {
    const found = this.texts[key];
    const one = this.plural.select(Number(values.n)) === "one";
    const form = typeof found === "string" ? found : found[one ? "one" : "other"];
    return form.replace(/\{(\w+)\}/g, (_, name) => this.#written(values[name]));
  }

  /** @param {number} n */
  count(n) {
    return this.number.format(n);
  }

  /** A share with one decimal, as in the reports: `90,9 %`. @param {number} good @param {number} valid */
  share(good, valid) {
    const number = tenths(good, valid);
    return `${good === 0 || good === valid ? number : this.decimal.format(number)}\u00a0%`;
  }

  /** With one decimal: `68,3`. @param {number} number */
  score(number) {
    return this.decimal.format(number);
  }

  /** @param {string | number} value */
  #written(value) {
    return typeof value === "number" ? this.number.format(value) : value;
  }

  /** @param {LineCard | IndicatorCard} card */
  name(card) {
    return card[`name_${this.code}`];
  }

  /** The name of a line's group. @param {LineCard} card */
  groupName(card) {
    return card[`group_${this.code}`];
  }

  /** The text of a reason. @param {Reason} reason @param {number} nowSeconds */
  reason({ key, values, indicator }, nowSeconds) {
    /** @type {Values} */
    const written = indicator ? { what: this.text(/** @type {Key} */ (`share_${indicator}`)) } : {};
    for (const [name, value] of Object.entries(values)) {
      if (name === "ratio" || name === "floor") written[name] = percent(value);
      else if (name === "limit") written[name] = roughly(value);
      else if (name === "seconds" || name === "age") written[name] = roughly(Math.max(60, value));
      else if (name === "wait" || name === "others") written[name] = duration(value);
      else if (name === "at") written[name] = this.clock.near(value, nowSeconds);
      else written[name] = value;
    }
    return this.text(/** @type {Key} */ (`reason_${key}`), written);
  }
}
