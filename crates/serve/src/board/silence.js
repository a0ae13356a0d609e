// How long no new figures have come, by the two clocks of this screen: one stands still while the machine sleeps, the
// other can be set.

export class Silence {
  #lateSeconds = 0;
  #leastBehind = Infinity;

  /** @param {() => number} steadyMs a clock that is never set @param {() => number} wallMs one that runs in sleep */
  constructor(steadyMs = () => performance.now(), wallMs = () => Date.now()) {
    this.steadyMs = steadyMs;
    this.wallMs = wallMs;
    this.heardAtMs = { steady: steadyMs(), wall: wallMs() };
  }

  /** A connection has begun, possibly to another server with another clock. */
  begun() {
    this.#leastBehind = Infinity;
  }

  /**
   * Figures have come. If they took longer than others of this connection, they were delayed and are not new.
   * @param {number} nowSeconds the server's now, in them
   */
  heard(nowSeconds) {
    const behind = this.steadyMs() / 1000 - nowSeconds;
    this.#leastBehind = Math.min(this.#leastBehind, behind);
    this.#lateSeconds = behind - this.#leastBehind;
    this.heardAtMs = { steady: this.steadyMs(), wall: this.wallMs() };
  }

  seconds() {
    const { steady, wall } = this.heardAtMs;
    const passedMs = Math.max(this.steadyMs() - steady, this.wallMs() - wall);
    return passedMs / 1000 + this.#lateSeconds;
  }
}
