// What this browser keeps for the board. Storage may be blocked; then it is kept for this page only.

/** @type {Map<string, string>} */
const here = new Map();

/** @param {string} name */
export function recall(name) {
  try {
    return localStorage.getItem(`ensilinja.${name}`) ?? here.get(name) ?? null;
  } catch {
    return here.get(name) ?? null;
  }
}

/** @param {string} name @param {string} value */
export function keep(name, value) {
  here.set(name, value);
  try {
    localStorage.setItem(`ensilinja.${name}`, value);
  } catch {
    // It is in the map.
  }
}
