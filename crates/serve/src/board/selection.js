// Which lines the board shows. Areas, channels and groups narrow each other: of each kind that is named, one must be
// the line's. Lines that are named themselves are added. Nothing named means all lines, and so do all values of a kind.
// Pure. The address has one parameter for each value, `?area=forssa&area=riihimäki&channel=chat&line=mipa`; a list,
// `?area=forssa,riihimäki`, is understood as well.

/** @import { LineCard } from "./contract.js" */

/** @typedef {"area" | "channel" | "group" | "line"} Kind */
/** @typedef {Record<Kind, string[]>} Selection Values in lower case, without repetitions. */

/** @type {Kind[]} */
export const KINDS = ["area", "channel", "group", "line"];

/** The selection of all lines. @returns {Selection} */
export function allLines() {
  return { area: [], channel: [], group: [], line: [] };
}

/** @param {LineCard} card @param {Kind} kind @returns {string} the value of a line, as it is written */
export function valueOf(card, kind) {
  return kind === "area" ? card.service_area : card[kind];
}

/** Whether an address names any kind. @param {URLSearchParams} address */
export function namesLines(address) {
  return KINDS.some((kind) => address.has(kind));
}

/**
 * The selection that an address names.
 * @param {URLSearchParams} address
 * @param {LineCard[]} cards by their values a comma within a name is told from one between two
 * @returns {Selection}
 */
export function selectionIn(address, cards) {
  const selection = allLines();
  for (const kind of KINDS) {
    const known = valuesOf(cards, kind);
    selection[kind] = [...new Set(address.getAll(kind).flatMap((list) => parted(list, known)))];
  }
  return selection;
}

/**
 * The values in a list with commas: from each place on, the longest known value.
 * @param {string} list @param {Set<string>} known
 * @returns {string[]}
 */
function parted(list, known) {
  const parts = list.split(",");
  const values = [];
  for (let from = 0, to = 0; from < parts.length; from = to) {
    const joined = (/** @type {number} */ end) => lower(parts.slice(from, end).join(","));
    to = parts.length;
    while (to > from + 1 && !known.has(joined(to))) to -= 1;
    values.push(joined(to));
  }
  return values.filter(Boolean);
}

/** Writes the selection into an address. @param {Selection} selection @param {URLSearchParams} address */
export function writeSelection(selection, address) {
  for (const kind of KINDS) {
    address.delete(kind);
    for (const value of selection[kind]) address.append(kind, value);
  }
}

/** @param {Selection} selection */
export function isAll(selection) {
  return KINDS.every((kind) => selection[kind].length === 0);
}

/**
 * The selection without the kinds of which all values are named, which narrow nothing: a link from Grafana names all
 * areas for *All*.
 * @param {Selection} selection @param {LineCard[]} cards
 * @returns {Selection}
 */
export function withoutFullKinds(selection, cards) {
  const isFull = (/** @type {Kind} */ kind) => {
    const known = valuesOf(cards, kind);
    return known.size > 0 && [...known].every((value) => selection[kind].includes(value));
  };
  const narrows = KINDS.filter((kind) => kind !== "line" && selection[kind].length > 0);
  if (isFull("line") || (narrows.length > 0 && narrows.every(isFull))) return allLines();
  const narrowed = { ...selection };
  for (const kind of narrows.filter(isFull)) narrowed[kind] = [];
  return narrowed;
}

/** The values that lines have, in lower case. @param {LineCard[]} cards @param {Kind} kind */
function valuesOf(cards, kind) {
  return new Set(cards.map((card) => lower(valueOf(card, kind))).filter(Boolean));
}

/**
 * The selection with a value added or removed.
 * @param {Selection} selection @param {Kind} kind @param {string} value
 */
export function turned(selection, kind, value) {
  const [values, one] = [selection[kind], lower(value)];
  const others = values.filter((other) => other !== one);
  return { ...selection, [kind]: others.length < values.length ? others : [...values, one] };
}

/** @param {Selection} selection @param {Kind} kind @param {string} value */
export function has(selection, kind, value) {
  return selection[kind].includes(lower(value));
}

/**
 * The chosen lines, as indices into `cards`, in their order.
 * @param {Selection} selection
 * @param {LineCard[]} cards
 */
export function chosenLines(selection, cards) {
  const narrows = KINDS.filter((kind) => kind !== "line" && selection[kind].length > 0);
  const isChosen = (/** @type {LineCard} */ card) => {
    if (has(selection, "line", card.line) || isAll(selection)) return true;
    return narrows.length > 0 && narrows.every((kind) => has(selection, kind, valueOf(card, kind)));
  };
  return cards.flatMap((card, index) => (isChosen(card) ? [index] : []));
}

/** @param {string} text */
function lower(text) {
  return text.trim().toLocaleLowerCase("fi");
}
