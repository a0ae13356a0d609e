// Charts by uPlot, which the page loads first. A chart fills its own element, uses the theme's colours and is removed
// completely. Charts are hidden from screen readers: the caller puts the same figures into words or a table.

/** @typedef {import("uplot")} Plot */
/** @typedef {import("uplot").Options} Options */

/** @type {typeof import("uplot")} */
const UPlot = Reflect.get(globalThis, "uPlot");

/** @type {WeakMap<Element, Plot>} */
const plots = new WeakMap();

/** @type {Set<Plot>} */
const drawn = new Set();

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) plots.get(target)?.setSize(size(contentRect));
});

/** @param {{width: number, height: number}} box */
function size({ width, height }) {
  return { width: Math.max(1, Math.floor(width)), height: Math.max(1, Math.floor(height)) };
}

/** Bars with a gap between them. @type {import("uplot").Series.PathBuilder | undefined} */
export const bars = UPlot.paths.bars?.({ size: [0.82, 200], align: 1 });

/**
 * @param {HTMLElement} place an empty element with its own size
 * @param {Omit<Options, "width" | "height">} options
 * @param {import("uplot").AlignedData} data
 * @returns {Plot}
 */
export function plot(place, options, data) {
  const quiet = { legend: { show: false }, cursor: { show: false }, select: { show: false, ...NOWHERE } };
  const made = new UPlot({ ...quiet, ...options, ...size(place.getBoundingClientRect()) }, data, place);
  place.setAttribute("aria-hidden", "true");
  plots.set(place, made);
  drawn.add(made);
  sizes.observe(place);
  return made;
}

const NOWHERE = { left: 0, top: 0, width: 0, height: 0 };

/** @param {HTMLElement} place */
export function unplot(place) {
  const made = plots.get(place);
  if (!made) return;
  sizes.unobserve(place);
  plots.delete(place);
  drawn.delete(made);
  made.destroy();
}

/** Redraws all charts in the present colours. */
export function recolour() {
  for (const made of drawn) made.redraw(false);
}

/** A colour of the theme where the element is. @param {Element} element @param {string} name */
export function colour(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** The font size of the element, in px. @param {Element} element */
export function letter(element) {
  return parseFloat(getComputedStyle(element).fontSize);
}
