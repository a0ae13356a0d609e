// The first messages of a server's stream, without a browser.

/** @typedef {import("../../../crates/serve/src/board/contract.js").Hello} Hello */
/** @typedef {import("../../../crates/serve/src/board/contract.js").Figures} Figures */

/** @param {string} url @returns {Promise<{hello: Hello, figures: Figures}>} */
export async function firstFigures(url) {
  const stop = new AbortController();
  const answer = await fetch(`${url}/api/live`, { signal: stop.signal });
  /** @type {Record<string, any>} */
  const heard = {};
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of /** @type {any} */ (answer.body)) {
    text += decoder.decode(piece, { stream: true });
    for (const [whole, name, data] of text.matchAll(/event: ?(\w+)\ndata: ?(.*)\n\n/g)) {
      heard[name] ??= JSON.parse(data);
      text = text.slice(text.indexOf(whole) + whole.length);
    }
    if (heard.hello && heard.figures?.complete) break;
  }
  stop.abort();
  return /** @type {{hello: Hello, figures: Figures}} */ (heard);
}
