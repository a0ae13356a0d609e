// The stream of figures, which recovers by itself. The browser reconnects when a connection ends. When it gives up (the
// server answered, but not with a stream) or an open connection is silent, this opens a new one. When the server is at
// its limit of viewers, the board says so and waits longer.

/** @import { Hello, Figures, Day } from "./contract.js" */

const AGAIN_MS = 2000;

/** A connection that is silent for this long is dead. */
const DEAF_MS = 15000;

/** How long to wait if the server is full: at least this long and at random up to twice that, so that boards do not all
 * come back at once. */
const FULL_MS = 10000;

/**
 * @param {{hello: (hello: Hello) => void, figures: (figures: Figures) => void, day: (day: Day) => void}} heard
 * @param {(full: boolean) => void} told whether the server is at its limit of viewers
 */
export function listen(heard, told) {
  /** @type {EventSource} */
  let source;
  let heardAt = performance.now();
  let againAt = 0;

  function connect() {
    heardAt = performance.now();
    source = new EventSource("api/live");
    for (const [name, tell] of Object.entries(heard)) {
      source.addEventListener(name, (event) => {
        heardAt = performance.now();
        tell(JSON.parse(/** @type {MessageEvent} */ (event).data));
      });
    }
  }

  /** A browser does not say why a stream was refused, so the server is asked before the next try. */
  async function again() {
    againAt = Infinity;
    source.close();
    const answer = await fetch("api/live", { method: "HEAD" }).catch(() => null);
    const full = answer?.status === 503 && answer.headers.has("retry-after");
    told(full);
    againAt = performance.now() + (full ? FULL_MS * (1 + Math.random()) : AGAIN_MS);
    if (!full) connect();
  }

  connect();
  setInterval(() => {
    const now = performance.now();
    const gone = source.readyState === EventSource.CLOSED || now - heardAt > DEAF_MS;
    if (gone && now >= againAt) void again();
  }, AGAIN_MS);
}
