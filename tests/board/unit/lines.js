// A line that is fine; tests make it worse.

/** The line opened at this instant, in seconds; the tests read it two hours later. */
export const OPENED = 1757998800;
export const NOW = OPENED + 7200;
export const CLOSES = OPENED + 28_800;

/** @param {Record<string, unknown>} [worse] @returns {any} */
export function card(worse = {}) {
  return {
    line: "mipa", channel: "phone", name_fi: "Linja", name_sv: "Linje", name_en: "Line", group: "g", service_area: "s",
    target_ratio: { promise_kept: 1 },
    alert_floor_ratio: { promise_kept: 0.8, service: 0.5, first_contact_resolution: 0.6 },
    ...worse,
  };
}

/** @param {Record<string, unknown>} [worse] @returns {any} */
export function line(worse = {}) {
  return {
    line_open: 1, line_last_change_timestamp_seconds: OPENED, line_next_change_timestamp_seconds: CLOSES,
    contacts_waiting: 0, waiting_oldest_seconds: 0,
    callbacks_outstanding: { later: 0, today: 0, overdue: 0 }, callback_oldest_seconds: 0,
    callback_overdue_oldest_seconds: 0,
    promises_pending: { answer: 0, callback: 0 }, windows: { "15m": null, "1h": null, today: today(), open2h: null },
    ...worse,
  };
}

/** @param {{good?: number, valid?: number, decided?: number}} [how] @returns {any} */
export function today({ good = 20, valid = 20, decided = valid } = {}) {
  return {
    contacts_offered: decided,
    contacts_decided: { answered: decided, callback_requested: 0, abandoned_queue: 0 },
    promises: { answer: { kept: good, broken: valid - good, void: 0 } },
    indicator_good: { promise_kept: good },
    indicator_valid: { promise_kept: valid },
  };
}
