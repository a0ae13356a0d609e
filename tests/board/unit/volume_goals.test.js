// Goals for the number of contacts: what the detail of a line says of them, at each time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Language } from "../../../crates/serve/src/board/language.js";
import { volumeGoalsInWords } from "../../../crates/serve/src/board/volume_goals.js";

/** @param {"line" | "group" | "channel"} of @param {string | null} day @param {number | null} contacts_per_month */
const goal = (of, day, contacts_per_month) => (
  { of, valid_from_timestamp_seconds: day && Date.parse(`${day}T00:00:00+0${day > "2025-10-26" ? 2 : 3}:00`) / 1000, contacts_per_month });

const GOALS = [
  goal("channel", "2025-01-01", 4000), goal("channel", "2025-10-01", 6000), goal("channel", "2026-01-01", null),
  goal("line", null, 250),
];

/** @param {string} day @param {"fi" | "sv" | "en"} code @param {ReturnType<typeof goal>[]} volume_goals */
function said(day, code, volume_goals = GOALS) {
  const card = /** @type {any} */ ({ channel: "chat", group_en: "Dental care", volume_goals });
  const now = Date.parse(`${day}T12:00:00+03:00`) / 1000;
  return volumeGoalsInWords(card, now, new Language(code, "Europe/Helsinki")).map((text) => text.replaceAll("\u00a0", " "));
}

test("the goal of now stands first, and later ones have their dates", () => {
  assert.deepEqual(said("2025-09-16", "fi"), [
    "tämä linja: 250 kuukaudessa",
    "koko kanava, chat: 4 000 kuukaudessa; 1.10.2025 alkaen 6 000 kuukaudessa; 1.1.2026 alkaen ei tavoitetta",
  ]);
  assert.deepEqual(said("2025-10-01", "sv")[1], "hela kanalen, chatt: 6 000 i månaden; från 1.1.2026 inget mål");
  assert.deepEqual(said("2024-06-01", "en")[1].split(";")[0], "the whole channel, chat: no goal");
});

test("a goal that is over and has no successor is not told of, and neither is none", () => {
  assert.deepEqual(said("2026-02-01", "en"), ["this line: 250 a month"]);
  assert.deepEqual(said("2026-02-01", "en", []), []);
  assert.deepEqual(said("2026-02-01", "en", [goal("group", null, 9)]), ["the group Dental care, chat: 9 a month"]);
});
