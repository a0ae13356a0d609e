import assert from "node:assert/strict";
import { test } from "node:test";
import { Silence } from "../../../crates/serve/src/board/silence.js";

/** A silence, with the clocks of its screen and of its server, which start far apart. */
function begin() {
  const clocks = { steadyMs: 5000, wallMs: 1_700_000_000_000, server: 1_800_000_000 };
  const silence = new Silence(() => clocks.steadyMs, () => clocks.wallMs);
  /** @param {number} seconds @param {{asleep?: boolean, speed?: number}} [how] */
  const pass = (seconds, { asleep = false, speed = 1 } = {}) => {
    if (!asleep) clocks.steadyMs += 1000 * seconds;
    clocks.wallMs += 1000 * seconds;
    clocks.server += speed * seconds;
  };
  return { silence, clocks, pass };
}

test("silence is the time since figures came, also if the machine slept or its clock was set back", () => {
  const { silence, clocks, pass } = begin();
  silence.heard(clocks.server);
  pass(3);
  assert.equal(silence.seconds(), 3);
  pass(28_800, { asleep: true });
  assert.equal(silence.seconds(), 28_803);
  clocks.wallMs -= 3_600_000 + 28_800_000;
  assert.equal(silence.seconds(), 3);
});

test("late figures keep their age until others of the connection are on time", () => {
  const { silence, clocks, pass } = begin();
  silence.heard(clocks.server);
  const written = clocks.server + 1;
  pass(60);
  silence.heard(written);
  assert.equal(silence.seconds(), 59);
  silence.heard(clocks.server);
  assert.equal(silence.seconds(), 0);
});

test("another connection may have a clock that is behind, and a demo's clock may run faster", () => {
  const { silence, clocks, pass } = begin();
  silence.heard(clocks.server);
  silence.begun();
  silence.heard(clocks.server - 500);
  assert.equal(silence.seconds(), 0);
  pass(10, { speed: 60 });
  silence.heard(clocks.server);
  assert.equal(silence.seconds(), 0);
});
