// A proxy in front of a demo: it serves the board under a path of its own, and can change the data of the live stream.

import { createServer, request } from "node:http";
import { freePort } from "./demo.js";

/** @typedef {(event: string, data: any) => any} Change Changes the data of an event of the stream. */

export class Proxy {
  /** @param {import("node:http").Server} server @param {string} url */
  constructor(server, url) {
    this.server = server;
    this.url = url;
  }

  /**
   * @param {number} to the port of the demo @param {{path?: string, change?: Change}} [how] `path` is removed from
   * requests; requests without it get 404
   */
  static async start(to, { path = "", change } = {}) {
    const server = createServer((asked, answer) => {
      if (!asked.url?.startsWith(`${path}/`)) {
        answer.writeHead(404).end();
        return;
      }
      const at = asked.url.slice(path.length);
      const changed = change && at === "/api/live" ? change : null;
      const headers = changed ? { ...asked.headers, "accept-encoding": "identity" } : asked.headers;
      const onward = request({ host: "127.0.0.1", port: to, path: at, method: asked.method, headers }, (came) => {
        answer.writeHead(came.statusCode ?? 502, came.headers);
        if (changed) came.setEncoding("utf8").on("data", changing(changed, (text) => answer.write(text))).on("end", () => answer.end());
        else came.pipe(answer);
      });
      onward.on("error", () => answer.destroy());
      answer.on("close", () => onward.destroy());
      onward.end();
    });
    const port = await freePort();
    await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(null)));
    return new Proxy(server, `http://127.0.0.1:${port}`);
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/**
 * Takes pieces of a stream, and passes whole events on, changed.
 * @param {Change} change @param {(text: string) => void} write
 */
function changing(change, write) {
  let rest = "";
  return (/** @type {string} */ piece) => {
    const events = (rest + piece).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      const name = /^event: (.*)$/m.exec(event)?.[1] ?? "";
      write(`${event.replace(/^data: (.*)$/m, (_, data) => `data: ${JSON.stringify(change(name, JSON.parse(data)))}`)}\n\n`);
    }
  };
}

/**
 * The county several times, as a larger one: each line again under another id.
 * @param {number} lines how many there are then
 * @returns {Change}
 */
export function aLargerCounty(lines) {
  return (event, data) => {
    const again = Array.from({ length: lines }, (_, at) => {
      const line = data.lines[at % data.lines.length];
      const round = Math.floor(at / data.lines.length);
      return event === "hello" && round > 0 ? { ...line, line: `${line.line}_${round}` } : line;
    });
    return { ...data, lines: again };
  };
}
