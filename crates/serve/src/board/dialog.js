// The head of a dialog over the board: its heading, the button that closes it, and what stands below. Pressing Escape
// closes a dialog, and so does a click outside it.

import { make } from "./dom.js";

/**
 * Gives a dialog its head.
 * @param {HTMLDialogElement} dialog @param {HTMLElement} heading @param {Node[]} below
 * @returns {HTMLButtonElement} the button that closes it, without its text
 */
export function furnish(dialog, heading, ...below) {
  const close = make("button", { type: "button", class: "close" });
  dialog.prepend(make("header", { class: "dialog-head" }, heading, close, ...below));
  closeBy(dialog, close);
  return close;
}

/**
 * Closes a dialog by its button, and by a click on the backdrop.
 * @param {HTMLDialogElement} dialog @param {Element} close
 */
export function closeBy(dialog, close) {
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
