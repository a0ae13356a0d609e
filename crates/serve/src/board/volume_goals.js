// Goals for the number of contacts in a month, in words: of the line, of its group, of its channel.

/** @import { LineCard, VolumeGoal } from "./contract.js" */
/** @import { Language } from "./language.js" */

/** @type {VolumeGoal["of"][]} */
const SCOPES = ["line", "group", "channel"];

/**
 * A sentence for each kind of goal that holds now or later.
 * @param {LineCard} card @param {number} now @param {Language} language
 * @returns {string[]}
 */
export function volumeGoalsInWords(card, now, language) {
  return SCOPES.flatMap((scope) => {
    const steps = card.volume_goals.filter((goal) => goal.of === scope);
    const begun = steps.filter((goal) => (goal.valid_from_timestamp_seconds ?? 0) <= now);
    const later = steps.slice(begun.length);
    const present = begun.at(-1)?.contacts_per_month ?? null;
    if (present === null && later.length === 0) return [];
    const goals = [aMonth(present, language), ...later.map((goal) => {
      const day = language.clock.date(goal.valid_from_timestamp_seconds ?? 0);
      return language.text("volume_from", { day, goal: aMonth(goal.contacts_per_month, language) });
    })];
    return [`${whose(scope, card, language)}: ${goals.join("; ")}`];
  });
}

/** @param {number | null} contacts @param {Language} language */
function aMonth(contacts, language) {
  return contacts === null ? language.text("volume_none") : language.text("volume_month", { n: contacts });
}

/** @param {VolumeGoal["of"]} scope @param {LineCard} card @param {Language} language */
function whose(scope, card, language) {
  const channel = language.text(`channel_${card.channel}`);
  if (scope === "line") return language.text("volume_of_line");
  if (scope === "channel") return language.text("volume_of_channel", { channel });
  return language.text("volume_of_group", { group: language.groupName(card), channel });
}
