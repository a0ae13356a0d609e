// Loads the page anew, once there is a page to be had: a wall must never be left with the browser's own page, which
// says that nobody answers and asks no more.
//
// Not a module: where a file of the board did not come, this is still there.
"use strict";

const ANEW_AFTER_MS = 2000;

/** A board that has said nothing of its figures for so long has not been loaded whole. */
const LOADED_WITHIN_MS = 20000;

function anew() {
  const again = () => void setTimeout(anew, ANEW_AFTER_MS);
  fetch("/", { cache: "no-store" }).then((page) => (page.ok ? location.reload() : again()), again);
}

setTimeout(() => document.documentElement.dataset.freshness || anew(), LOADED_WITHIN_MS);
