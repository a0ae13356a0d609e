// Makes and changes elements. Values are set as text, never as markup, and only if they changed.

/** @import { State } from "./state.js" */

/**
 * An element with attributes and children; an attribute that is false or undefined is left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...children);
  return made;
}

/** @param {Element} element @param {string} name @param {string | number | boolean | undefined} value */
export function setAttribute(element, name, value) {
  const written = value === true ? "" : String(value);
  if (value === false || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== written) element.setAttribute(name, written);
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The element with this id. @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

const SVG = document.querySelector("svg")?.namespaceURI ?? "";

/** The shape of a state, from the symbols of the page. @param {State} state */
export function makeShape(state) {
  const svg = document.createElementNS(SVG, "svg");
  svg.append(document.createElementNS(SVG, "use"));
  for (const [name, value] of [["class", "shape"], ["aria-hidden", "true"], ["focusable", "false"]]) {
    svg.setAttribute(name, value);
  }
  setShape(svg, state);
  return svg;
}

/** @param {Element} svg @param {State} state */
export function setShape(svg, state) {
  setAttribute(svg.children[0], "href", `#shape-${state}`);
}
