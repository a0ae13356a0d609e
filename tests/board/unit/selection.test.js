// My lines: which lines an address chooses, and the address of a choice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { allLines, chosenLines, isAll, selectionIn, turned, writeSelection } from "../../../crates/serve/src/board/selection.js";

/** @param {string} line @param {string} service_area @param {string} channel @param {string} group */
const card = (line, service_area, channel, group) => /** @type {import("../../../crates/serve/src/board/contract.js").LineCard} */ (
  { line, service_area, channel, group });

const CARDS = [
  card("a", "Forssa", "phone", "care"), card("b", "Forssa", "chat", "care"), card("c", "Hämeenlinna", "phone", "care"),
  card("d", "Hämeenlinna", "chat", "dental"), card("e", "", "sms", "dental"),
];

/** @param {string} address */
function chosen(address) {
  const selection = selectionIn(new URLSearchParams(address));
  return selection && chosenLines(selection, CARDS).map((index) => CARDS[index].line).join("");
}

test("kinds narrow each other, values of a kind add, and named lines are added", () => {
  for (const [address, lines] of [
    ["area=forssa", "ab"], ["area=FORSSA", "ab"], ["area=forssa,h%C3%A4meenlinna", "abcd"], ["channel=chat", "bd"],
    ["area=forssa&channel=chat", "b"], ["group=dental", "de"], ["line=c", "c"], ["line=e,c", "ce"],
    ["area=forssa&line=e", "abe"], ["area=forssa&area=h%C3%A4meenlinna&channel=phone", "ac"],
    ["area=nowhere", ""], ["line=nothing", ""], ["area=", "abcde"], ["area=%20forssa%20,", "ab"],
  ]) {
    assert.equal(chosen(address), lines, address);
  }
  assert.equal(chosen("lang=sv&theme=dark"), null, "an address that names no kind says nothing");
});

test("a selection survives the address it is written into, and all lines leave it clean", () => {
  let selection = allLines();
  assert.ok(isAll(selection));
  selection = turned(turned(turned(selection, "area", "Forssa"), "channel", "chat"), "area", "Hämeenlinna");
  const address = new URLSearchParams("lang=sv&line=old");
  writeSelection(selection, address);
  assert.equal(decodeURIComponent(String(address)), "lang=sv&area=forssa,hämeenlinna&channel=chat");
  assert.deepEqual(selectionIn(address), selection);
  selection = turned(turned(turned(selection, "area", "Forssa"), "area", "hämeenlinna"), "channel", "chat");
  assert.ok(isAll(selection), "turned on and off again");
  writeSelection(selection, address);
  assert.equal(String(address), "lang=sv");
});
