// Puts the board together: messages of the stream become judgements, and judgements become what is shown and announced.
// Every change goes through `show`.

/** @import { Judgement } from "./state.js" */
/** @import { Hello, Figures, Day, LanguageCode } from "./contract.js" */
import { listContacts } from "./contacts_link.js";
import { Controls } from "./controls.js";
import { Detail } from "./detail.js";
import { byId, setText } from "./dom.js";
import { Help } from "./help.js";
import { Kiosk } from "./kiosk.js";
import { Language } from "./language.js";
import { LookBack } from "./look_back.js";
import { recolour } from "./plots.js";
import { Seen } from "./seen.js";
import { SelectionPanel } from "./selection_panel.js";
import { Silence } from "./silence.js";
import { Speech } from "./speech.js";
import { Staleness } from "./staleness.js";
import { stateOf } from "./state.js";
import { keep, recall } from "./storage.js";
import { listen } from "./stream.js";
import { Summary } from "./summary.js";
import { Tiles } from "./tiles.js";
import { Told } from "./told.js";

/** @type {Hello | null} */ let hello = null;
/** @type {Figures | null} */ let figures = null;
/** @type {Day | null} */ let day = null;
/** @type {Tiles | null} */ let tiles = null;
/** The lines that are shown, as indices into those of `hello`. @type {number[]} */ let chosen = [];
let another = false;
/** Whether the server is at its limit of viewers. */
let full = false;
let language = spoken("UTC");

const silence = new Silence();
const controls = new Controls();
const help = new Help();
const told = new Told();
const seen = new Seen(recall("seen"), (text) => keep("seen", text));
const summary = new Summary([told.button, help.button()]);
const speech = new Speech();
const staleness = new Staleness(speech.say);
const selection = new SelectionPanel(choose);
const detail = new Detail((line) => tiles?.focus(line), show, help, seen);
const lookBack = new LookBack(() => {
  show();
  showDay();
});

/** @param {string} timeZone */
function spoken(timeZone) {
  return new Language(/** @type {LanguageCode} */ (document.documentElement.lang), timeZone);
}

/** What belongs to the lines that are shown. @template T @param {T[]} all @returns {T[]} */
function of(all) {
  return chosen.map((index) => all[index]);
}

/** Lays out the board for the chosen lines. */
function choose() {
  if (!hello) return;
  chosen = selection.chosen(hello);
  tiles = new Tiles({ ...hello, lines: of(hello.lines) }, detail.open);
  selection.show(hello, language);
  show();
  showDay();
}

function show() {
  lookBack.show(language, figures, day);
  const isLive = !lookBack.board;
  const shown = lookBack.board?.figures ?? figures;
  if (!hello || !shown || !tiles) return;
  const now = shown.figures_as_of_timestamp_seconds;
  const instant = shown.now_timestamp_seconds;
  const judgements = hello.lines.map((card, index) => stateOf(card, shown.lines[index], now ?? 0));
  const until = hello.lines.map((card, index) => (isLive ? seen.until(card.line, judgements[index], instant) : null));
  const mine = { ...hello, lines: of(hello.lines) };
  const ofMine = { ...shown, lines: of(shown.lines) };
  const title = selection.title(language) || (hello.shard ? language.text("shard", { name: hello.shard }) : "");
  summary.show(of(judgements), ofMine, mine, language, title);
  tiles.show(of(judgements), of(until), ofMine, language);
  detail.show(judgements, shown, language, isLive);
  // What was wrong at an earlier instant is not announced as if it were now.
  if (isLive) tell(of(judgements), of(until), mine, instant);
  if (now !== null) {
    setText(byId("time"), language.clock.time(now));
    setText(byId("day"), language.clock.day(now));
  }
  const n = of(judgements).filter((judgement) => judgement.state === "help").length;
  const quiet = title ? language.text("title_of", { title }) : language.text("title");
  document.title = n > 0 ? language.text("title_help", { n }) : quiet;
}

/**
 * Tells of lines that newly need help. One that is seen to asks for nothing until it comes back: then it is new.
 * @param {Judgement[]} judgements @param {(number | null)[]} until when each counts as seen to
 * @param {Hello} hello @param {number} instant
 */
function tell(judgements, until, hello, instant) {
  const states = judgements.map(({ state }, index) => (until[index] === null ? state : "watch"));
  speech.newlyHelp(judgements, states, hello, language, instant);
  told.next(judgements, states, hello, language, instant);
}

function showDay() {
  const shown = lookBack.board?.day ?? day;
  if (!shown) return;
  const mine = { ...shown, lines: of(shown.lines) };
  summary.showTrend(mine);
  tiles?.showTrends(mine);
  detail.showDay(shown);
}

function speak() {
  language = spoken(hello?.time_zone ?? "UTC");
  controls.show(language);
  help.show(language);
  told.show(language);
  selection.show(hello, language);
  setText(byId("lines"), language.text("lines"));
  staleness.show(figures, silence.seconds(), full, language);
  show();
}

document.documentElement.addEventListener("chosen", () => {
  speak();
  recolour();
});
setInterval(() => staleness.show(figures, silence.seconds(), full, language), 1000);
speak();
Kiosk.start();

listen({
  hello: (said) => {
    silence.begun();
    if (another) return;
    // Another version has another board, and another configuration has other lines: the page is reloaded, and messages
    // until then are ignored.
    another = hello !== null && JSON.stringify(hello) !== JSON.stringify(said);
    if (another) anew();
    if (hello) return;
    hello = said;
    listContacts(said.contacts);
    choose();
    detail.know(said);
    speak();
  },
  figures: (said) => {
    if (another) return;
    figures = said;
    full = false;
    // Figures count as live once they are shown, not when they arrive.
    show();
    silence.heard(said.now_timestamp_seconds);
    staleness.show(figures, silence.seconds(), full, language);
  },
  day: (said) => {
    if (another) return;
    day = said;
    showDay();
  },
}, (said) => {
  full = said;
});
