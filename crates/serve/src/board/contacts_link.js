// Numbers that list their contacts: a number becomes a button where the server lists contacts, and where there is
// anything to list. One listener on the page follows them all.

import { setAttribute } from "./dom.js";

/** Whether the server lists contacts. */
let listed = false;

/** @param {boolean} lists whether the server lists contacts */
export function listContacts(lists) {
  listed = lists;
}

/**
 * The query of a figure, for {@link link}.
 * @param {string} figure as `ensilinja explain` names it
 * @param {string} [window] none for a figure of the instant
 */
export function figureQuery(figure, window) {
  return new URLSearchParams(window ? { window, figure } : { figure }).toString();
}

/** Makes an element with a number a button, or not. @param {Element} element @param {string | undefined} query */
export function link(element, query) {
  const is = listed && query !== undefined;
  setAttribute(element, "data-figure", is ? query : undefined);
  setAttribute(element, "role", is ? "button" : undefined);
  setAttribute(element, "tabindex", is ? 0 : undefined);
  setAttribute(element, "aria-haspopup", is ? "dialog" : undefined);
}

/** Calls `open` with the query of a number that is clicked, or chosen by Enter or the space bar.
 * @param {Element} place @param {(query: string) => void} open */
export function followLinks(place, open) {
  /** @param {Event} event */
  const follow = (event) => {
    const target = /** @type {Element} */ (event.target).closest("[data-figure]");
    const query = target?.getAttribute("data-figure");
    if (!query) return;
    event.preventDefault();
    open(query);
  };
  place.addEventListener("click", follow);
  place.addEventListener("keydown", (event) => {
    if ([" ", "Enter"].includes(/** @type {KeyboardEvent} */ (event).key)) follow(event);
  });
}
