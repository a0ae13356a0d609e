// The viewer's choice of language and theme. An address that names them (`?lang=sv&theme=dark`) wins, because wall
// screens are set up that way. Next comes the last choice in this browser, then Finnish and the device's theme.
//
// This is not a module: it runs before the page is drawn, so that the page never flashes in the wrong theme.
"use strict";

const choices = (() => {
  /** @type {Record<string, string[]>} */
  const offered = { lang: ["fi", "sv", "en"], theme: ["auto", "light", "dark", "contrast"] };
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const contrast = matchMedia("(prefers-contrast: more)");

  /** @param {string} name */
  function chosen(name) {
    const asked = new URLSearchParams(location.search).get(name) ?? kept(name);
    return asked && offered[name].includes(asked) ? asked : offered[name][0];
  }

  /** Storage may be blocked; then nothing is stored. @param {string} name */
  function kept(name) {
    try {
      return localStorage.getItem(`ensilinja.${name}`);
    } catch {
      return null;
    }
  }

  /** @param {string} name @param {string} value */
  function choose(name, value) {
    try {
      localStorage.setItem(`ensilinja.${name}`, value);
    } catch {
      // Storage is blocked: the choice holds for this page only.
    }
    const address = new URL(location.href);
    address.searchParams.set(name, value);
    history.replaceState(history.state, "", address);
    apply();
  }

  function apply() {
    const theme = chosen("theme");
    const device = contrast.matches ? "contrast" : dark.matches ? "dark" : "light";
    root.lang = chosen("lang");
    root.dataset.theme = theme === "auto" ? device : theme;
    root.toggleAttribute("data-kiosk", new URLSearchParams(location.search).has("kiosk"));
    root.dispatchEvent(new Event("chosen"));
  }

  for (const query of [dark, contrast]) query.addEventListener("change", apply);
  apply();
  return { chosen, choose };
})();
