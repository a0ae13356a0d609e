// The real program, as `demo`, on a free port of this machine; stopped by its process id.

import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";

const TOP = path.resolve(import.meta.dirname, "../../..");
const READY_WITHIN_MS = 60_000;

/** The program under test: the one given, or the newest build. */
export function program() {
  const told = process.env.ENSILINJA_BINARY;
  const built = ["release", "debug"].map((profile) => path.join(TOP, "target", profile, "ensilinja"));
  const made = (/** @type {string} */ file) => statSync(file).mtimeMs;
  const found = told ?? built.filter((file) => existsSync(file)).sort((one, other) => made(other) - made(one))[0];
  if (!found) throw new Error("build ensilinja first, or name it in ENSILINJA_BINARY");
  return found;
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

export class Demo {
  /** @param {import("node:child_process").ChildProcess} child @param {number} port */
  constructor(child, port) {
    this.child = child;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.ended = new Promise((resolve) => child.once("exit", resolve));
  }

  /**
   * Started, and its figures complete.
   * @param {string[]} options
   * @param {number} [port]
   */
  static async start(options = [], port) {
    const on = port ?? (await freePort());
    const demo = Demo.launch(options, on);
    const until = Date.now() + READY_WITHIN_MS;
    while (!(await demo.#ready())) {
      if (Date.now() > until || demo.child.exitCode !== null) {
        await demo.stop();
        throw new Error("the demo does not become ready");
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return demo;
  }

  /** Started, without waiting for success. @param {string[]} options @param {number} port */
  static launch(options, port) {
    const child = spawn(program(), ["demo", "--listen", `127.0.0.1:${port}`, ...options], { stdio: "ignore" });
    return new Demo(child, port);
  }

  async #ready() {
    try {
      return (await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  }

  /** @param {NodeJS.Signals} name */
  signal(name) {
    this.child.kill(name);
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    await this.ended;
  }
}
