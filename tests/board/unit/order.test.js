import assert from "node:assert/strict";
import { test } from "node:test";
import { SettledOrder, wantedOrder } from "../../../crates/serve/src/board/order.js";

/** @param {...string} states @returns {any} */
const judged = (...states) => states.map((state) => ({ state, reasons: [], rank: 0 }));

test("lines that need help come first, and equal ones keep the order of the configuration", () => {
  assert.deepEqual(wantedOrder(judged("fine", "closed", "help", "few", "watch", "none", "help")), [2, 6, 4, 0, 3, 5, 1]);
});

test("within a state, the most urgent reason comes first", () => {
  const judgements = judged("help", "watch", "help", "help", "watch");
  [5, 9, 1, 5, 2].forEach((rank, index) => {
    judgements[index].rank = rank;
  });
  assert.deepEqual(wantedOrder(judgements), [2, 0, 3, 4, 1]);
});

test("an order is shown once it has lasted five seconds, or at the latest after twenty", () => {
  const order = new SettledOrder();
  const [first, second, third] = [[0, 1, 2], [1, 0, 2], [2, 1, 0]];
  assert.deepEqual(order.next(first, 0), first);
  assert.deepEqual([1000, 5999].map((at) => order.next(second, at)), [first, first]);
  assert.deepEqual(order.next([...second], 6000), second);
  for (let at = 7000; at < 26_000; at += 1000) {
    assert.deepEqual(order.next(at % 2000 ? first : third, at), second, String(at));
  }
  assert.deepEqual(order.next(third, 26_000), third);
});

test("a line that is worse for a moment moves no tile", () => {
  const order = new SettledOrder();
  order.next([0, 1], 0);
  order.next([1, 0], 1000);
  order.next([0, 1], 2000);
  assert.deepEqual(order.next([1, 0], 6500), [0, 1]);
});
