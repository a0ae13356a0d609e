// The stream of figures, which comes back by itself: the browser reconnects where a connection ends; where it gives up
// (the server answered, but not with a stream) or nothing comes although the connection stands, it is made anew.

/** @import { Hello, Figures, Day } from "./contract.js" */

const AGAIN_MS = 2000;

/** A connection that says nothing for so long is dead, whatever it looks like. */
const DEAF_MS = 15000;

/**
 * @param {{hello: (hello: Hello) => void, figures: (figures: Figures) => void, day: (day: Day) => void}} heard
 */
export function listen(heard) {
  /** @type {EventSource} */
  let source;
  let heardAt = performance.now();

  function connect() {
    heardAt = performance.now();
    source = new EventSource("/api/live");
    for (const [name, tell] of Object.entries(heard)) {
      source.addEventListener(name, (event) => {
        heardAt = performance.now();
        tell(JSON.parse(/** @type {MessageEvent} */ (event).data));
      });
    }
  }

  connect();
  setInterval(() => {
    const deaf = performance.now() - heardAt > DEAF_MS;
    if (source.readyState === EventSource.CLOSED || deaf) {
      source.close();
      connect();
    }
  }, AGAIN_MS);
}
