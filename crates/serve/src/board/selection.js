// Which lines the board shows. Areas, channels and groups narrow each other: of each kind that is named, one must be
// the line's. Lines that are named themselves are added. Nothing named means all lines. Pure; the address has the same
// form: `?area=forssa,riihimäki&channel=chat&line=mipa`.

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

/**
 * The selection that an address names.
 * @param {URLSearchParams} address
 * @returns {Selection | null} `null` if it names no kind
 */
export function selectionIn(address) {
  if (!KINDS.some((kind) => address.has(kind))) return null;
  const selection = allLines();
  for (const kind of KINDS) {
    const values = address.getAll(kind).flatMap((list) => list.split(",")).map(lower).filter(Boolean);
    selection[kind] = [...new Set(values)];
  }
  return selection;
}

/** Writes the selection into an address. @param {Selection} selection @param {URLSearchParams} address */
export function writeSelection(selection, address) {
  for (const kind of KINDS) {
    if (selection[kind].length > 0) address.set(kind, selection[kind].join(","));
    else address.delete(kind);
  }
}

/** @param {Selection} selection */
export function isAll(selection) {
  return KINDS.every((kind) => selection[kind].length === 0);
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
