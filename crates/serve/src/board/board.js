// Shows /api/figures as a table and asks again every second. Values go in as text, never as markup.
"use strict";

const EVERY_MS = 1000;
const ANSWER_WITHIN_MS = 5000;
// With a smaller n than this a percentage says more about chance than about the line.
const FEWEST = 10;
const COLUMNS = 15;

const element = (id) => document.getElementById(id);
let answeredAt = null;
let shown = null;

function cell(tag, content, className) {
  const made = document.createElement(tag);
  made.append(...[content].flat());
  if (className) made.className = className;
  return made;
}

const small = (text, className) => cell("span", text, className);
const noData = () => small("no data", "none");

function duration(seconds) {
  const whole = Math.floor(seconds);
  const pad = (number) => String(number).padStart(2, "0");
  const days = Math.floor(whole / 86400);
  const clock = `${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`;
  const hours = Math.floor(whole / 3600) % 24;
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours}:${clock}` : clock;
}

// In the time of the lines, wherever the board hangs.
const local = (seconds, parts) =>
  new Date(seconds * 1000).toLocaleString("fi-FI", { timeZone: shown.time_zone, ...parts });

const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

function share(line, window, indicator) {
  return window ? percentage(line, window.indicator_good[indicator], window.indicator_valid[indicator]) : noData();
}

function percentage(line, good, valid) {
  if (valid === 0) return line.line_open ? noData() : small("closed", "none");
  if (valid < FEWEST) return small(`too few (${valid})`, "none");
  return [`${((100 * good) / valid).toFixed(1)} % `, small(String(valid), "n")];
}

function abandoned(line, window) {
  if (!window) return noData();
  const { answered, callback_requested, ...lost } = window.contacts_decided;
  return percentage(line, total(lost), total(window.contacts_decided));
}

// A promise that is still pending is neither kept nor broken: it stands beside a percentage that leaves it out.
function promiseKept(line, window) {
  const pending = total(line.promises_pending);
  const kept = [share(line, window, "promise_kept")].flat();
  return pending > 0 ? [...kept, small(` + ${pending} pending`, "n")] : kept;
}

function medianWait(line, window) {
  const answered = window ? window.contacts_decided.answered : 0;
  if (answered === 0) return window && !line.line_open ? small("closed", "none") : noData();
  if (answered < FEWEST) return small(`too few (${answered})`, "none");
  return [`${duration(window.answer_wait_quantile_seconds["0.5"])} `, small(String(answered), "n")];
}

function state(line) {
  const next = line.line_next_change_timestamp_seconds;
  const at = next === undefined ? "" : local(next, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  const word = line.line_open ? small("open", "open") : small("closed", "none");
  return at ? [word, " ", small(`until ${at}`, "n")] : [word];
}

function row(card) {
  const made = document.createElement("tr");
  const name = small(card.name_fi, "");
  name.lang = "fi";
  const head = cell("th", [name, " ", small(card.channel, "channel")]);
  head.scope = "row";
  made.append(head);
  const line = card.figures;
  if (!line) {
    const nothing = cell("td", noData(), "state");
    nothing.colSpan = COLUMNS - 1;
    made.append(nothing);
    return made;
  }
  const today = line.windows.today;
  const arrived = (window) => (window ? String(window.contacts_offered) : noData());
  const owed = line.callbacks_outstanding;
  const callbacks = total(owed);
  made.append(
    cell("td", state(line), "state"),
    cell("td", String(line.contacts_waiting)),
    cell("td", line.contacts_waiting > 0 ? duration(line.waiting_oldest_seconds) : "–"),
    cell("td", String(callbacks)),
    cell("td", String(owed.today)),
    cell("td", String(owed.overdue), owed.overdue > 0 ? "late" : ""),
    cell("td", callbacks > 0 ? duration(line.callback_oldest_seconds) : "–"),
    cell("td", arrived(line.windows["15m"])),
    cell("td", arrived(today)),
    cell("td", promiseKept(line, today)),
    cell("td", share(line, today, "answered_live")),
    cell("td", share(line, today, "service")),
    cell("td", abandoned(line, today)),
    cell("td", medianWait(line, today)),
  );
  return made;
}

function headedBody(group) {
  const body = document.createElement("tbody");
  const head = cell("th", group);
  head.scope = "rowgroup";
  head.colSpan = COLUMNS;
  body.append(cell("tr", head));
  return body;
}

// Groups come in the order of their first line, and lines in theirs.
function show(figures) {
  const bodies = new Map();
  for (const card of figures.lines) {
    if (!bodies.has(card.group)) bodies.set(card.group, headedBody(card.group));
    bodies.get(card.group).append(row(card));
  }
  const table = document.querySelector("table");
  for (const old of [...table.tBodies]) old.remove();
  table.append(...bodies.values());
}

// A screen reader reads the notice whenever it changes, so it changes only when there is something new to say.
function notice(text) {
  if (element("notice").textContent !== text) element("notice").textContent = text;
}

function sayHowOld() {
  const silent = answeredAt === null ? 0 : (performance.now() - answeredAt) / 1000;
  const as_of = shown && shown.figures_as_of_timestamp_seconds;
  if (!shown || as_of === null) {
    element("age").textContent = "No figures yet.";
    return;
  }
  const age = Math.max(0, shown.now_timestamp_seconds - as_of + silent);
  element("age").textContent = `Figures of ${local(as_of)}, ${age < 3 ? "live" : `${duration(age)} old`}`;
}

async function refresh() {
  try {
    const answer = await fetch("/api/figures", { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    shown = await answer.json();
    answeredAt = performance.now();
    show(shown);
    const progress = `The figures are not complete (${Math.floor(100 * shown.rebuild_progress_ratio)} % of the history read).`;
    notice([...(shown.complete ? [] : [progress]), ...shown.reasons].join("\n"));
    document.body.classList.toggle("stale", !shown.complete);
  } catch (error) {
    notice(`The server does not answer: ${error.message}. What you see is old.`);
    document.body.classList.add("stale");
  }
  sayHowOld();
  setTimeout(refresh, EVERY_MS);
}

refresh();
