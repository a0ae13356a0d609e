// My lines: which lines an address chooses, and the address of a choice.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  allLines, chosenLines, isAll, namesLines, selectionIn, turned, withoutFullKinds, writeSelection,
} from "../../../crates/serve/src/board/selection.js";

/** @param {string} line @param {string} service_area @param {string} channel @param {string} group */
const card = (line, service_area, channel, group) => /** @type {import("../../../crates/serve/src/board/contract.js").LineCard} */ (
  { line, service_area, channel, group });

const CARDS = [
  card("a", "Forssa", "phone", "care"), card("b", "Forssa", "chat", "care"), card("c", "Hämeenlinna", "phone", "care"),
  card("d", "Hämeenlinna", "chat", "dental"), card("e", "", "sms", "dental"),
];

/** @param {string} address */
function chosen(address, cards = CARDS) {
  const selection = withoutFullKinds(selectionIn(new URLSearchParams(address), cards), cards);
  return chosenLines(selection, cards).map((index) => cards[index].line).join("");
}

test("kinds narrow each other, values of a kind add, and named lines are added", () => {
  for (const [address, lines] of [
    ["area=forssa", "ab"], ["area=FORSSA", "ab"], ["area=forssa,h%C3%A4meenlinna&channel=phone", "ac"], ["channel=chat", "bd"],
    ["area=forssa&channel=chat", "b"], ["group=dental", "de"], ["line=c", "c"], ["line=e,c", "ce"],
    ["area=forssa&line=e", "abe"], ["area=forssa&area=h%C3%A4meenlinna&channel=phone", "ac"],
    ["area=nowhere", ""], ["line=nothing", ""], ["area=", "abcde"], ["area=%20forssa%20,", "ab"],
  ]) {
    assert.equal(chosen(address), lines, address);
  }
  assert.equal(namesLines(new URLSearchParams("lang=sv&theme=dark")), false, "an address that names no kind says nothing");
  assert.equal(namesLines(new URLSearchParams("area=")), true);
});

test("all values of a kind narrow nothing, as Grafana's All names them", () => {
  for (const [address, lines] of [
    ["area=forssa,h%C3%A4meenlinna", "abcde"], ["area=forssa,h%C3%A4meenlinna&channel=chat", "bd"],
    ["area=forssa,h%C3%A4meenlinna&channel=phone,chat,sms", "abcde"], ["channel=phone,chat,sms&line=a", "abcde"],
    ["line=a,b,c,d,e", "abcde"], ["area=forssa&channel=phone,chat,sms&line=e", "abe"], ["area=forssa&line=a,b,c,d,e", "abcde"],
  ]) {
    assert.equal(chosen(address), lines, address);
  }
});

test("a comma within a name is told from one between two names", () => {
  const cards = [...CARDS, card("f", "Tampere, keskusta", "phone", "care"), card("g", "Tampere", "phone", "care")];
  for (const [address, lines] of [
    ["area=tampere, keskusta", "f"], ["area=forssa,Tampere, keskusta", "abf"], ["area=tampere, keskusta,forssa", "abf"],
    ["area=tampere", "g"], ["area=tampere,forssa", "abg"], ["area=tampere&area=forssa", "abg"],
    ["area=tampere&area=tampere, keskusta", "fg"],
  ]) {
    assert.equal(chosen(address, cards), lines, address);
  }
  const selection = turned(turned(allLines(), "area", "Tampere, keskusta"), "area", "Forssa");
  const address = new URLSearchParams();
  writeSelection(selection, address);
  assert.equal(decodeURIComponent(String(address)), "area=tampere,+keskusta&area=forssa");
  assert.deepEqual(selectionIn(address, cards), selection);
});

test("a selection survives the address it is written into, and all lines leave it clean", () => {
  let selection = allLines();
  assert.ok(isAll(selection));
  selection = turned(turned(turned(selection, "area", "Forssa"), "channel", "chat"), "area", "Hämeenlinna");
  const address = new URLSearchParams("lang=sv&line=old");
  writeSelection(selection, address);
  assert.equal(decodeURIComponent(String(address)), "lang=sv&area=forssa&area=hämeenlinna&channel=chat");
  assert.deepEqual(selectionIn(address, CARDS), selection);
  selection = turned(turned(turned(selection, "area", "Forssa"), "area", "hämeenlinna"), "channel", "chat");
  assert.ok(isAll(selection), "turned on and off again");
  writeSelection(selection, address);
  assert.equal(String(address), "lang=sv");
});
