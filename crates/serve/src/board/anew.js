// Reloads the page, but only once the server answers. A wall screen must never end on the browser's own error page,
// which does not retry.
//
// This is not a module, so that it still runs when another file of the board failed to load.
"use strict";

const ANEW_AFTER_MS = 2000;

/** A board without figures or a message about them for this long was not loaded completely. */
const LOADED_WITHIN_MS = 20000;

function anew() {
  const again = () => void setTimeout(anew, ANEW_AFTER_MS);
  fetch(location.pathname, { cache: "no-store" }).then((page) => (page.ok ? location.reload() : again()), again);
}

setTimeout(() => document.documentElement.dataset.freshness || anew(), LOADED_WITHIN_MS);
