// Now: the queue, its longest wait, callbacks due, and whether each line keeps its promise today, of the selected areas
// and channels. Every panel follows the selection, except those about the process and alerts on it.

import { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { BOARDS, board } from './board';
import { chart } from './charts';
import { About, nameOf } from './describe';
import {
  byLine, good, Labels, likeNow, Metric, metric, ofSource, recorded, selectedLines, share, valid,
} from './queries';
import { lineState, linesByState } from './states';
import { Column, table } from './tables';
import { tiles } from './tiles';
import { areaVariable, channelVariable } from './variables';
import { LAST_WEEK, nowAndThen, todayAndLastWeek, withLastWeek } from './weeks';
import { COMPLETE, LINE_STATES, NONE } from './words';

const SELECTED: Labels = { service_area: '$area', channel: '$channel' };
const lines = (series: string) => selectedLines(series, SELECTED);
const own = (name: Metric, labels: Labels = {}) => lines(ofSource(metric(name, labels)));

const waiting = own('ensilinja_contacts_waiting');
const oldest = own('ensilinja_waiting_oldest_seconds');
const outstanding = (due: string) => lines(recorded('ensilinja:callbacks_outstanding', { due }));
const kept = lines(good('promise_kept', 'today'));
const settled = lines(valid('promise_kept', 'today'));
const pending = own('ensilinja_promises_pending');
const state = lineState('promise_kept', 'today', { lines });

/** Alerts on the selected lines and channels, and those on the whole pipeline, which concern every selection. */
const FIRING = 'alertstate="firing",severity=~"page|ticket"';
const firingNow = `(${lines(`ALERTS{${FIRING},line!=""}`)} or ALERTS{${FIRING},line="",channel=~"|$channel"})`;

const ABOUT: About = {
  en: 'The queue and its longest wait, callbacks due, and whether each line keeps its promise today.',
  sv: 'Vem väntar och hur länge, vilka återuppringningar brådskar, och håller varje linje sitt löfte i dag.',
};

export function now(): DashboardBuilder {
  const panels = [
    figures(), waitingNow(), callbacks(), promise(), alerts(), states(), todayAndLastWeek(14, { lines }), linesNow(),
    trend(), arrivals(), firing(),
  ];
  const wallboard = '/?area=${area:csv}&channel=${channel:csv}';
  return board({ board: 'now', about: ABOUT, from: 'now-1h', to: 'now', refresh: '5s', panels, wallboard })
    .withVariable(areaVariable())
    .withVariable(channelVariable());
}

function figures() {
  const about: About = {
    en: 'Whether the figures include all events published until a minute ago, and how old the figures are.',
    sv: 'Om siffrorna innehåller allt som publicerats fram till för en minut sedan, och hur gamla de är.',
    metrics: ['ensilinja_figures_complete', 'ensilinja_figures_as_of_timestamp_seconds'],
  };
  const complete = `max(${metric('ensilinja_figures_complete')}) or vector(0)`;
  const age = `time() - max(${metric('ensilinja_figures_as_of_timestamp_seconds')})`;
  return tiles('Luvut', about, 4, 4, [
    { name: 'Tila', expr: complete, mappings: COMPLETE },
    { name: 'Ikä', expr: age, unit: 's', decimals: 0 },
  ]);
}

function waitingNow() {
  const about: About = {
    en: 'Contacts waiting on the selected lines, and the longest wait among them.',
    sv: 'Kontakter som väntar på de valda linjerna, och den längsta väntetiden bland dem.',
    metrics: ['ensilinja_contacts_waiting', 'ensilinja_waiting_oldest_seconds'],
  };
  return tiles('Jonossa nyt', about, 5, 4, [
    { name: 'Jonossa', expr: `sum(${waiting})` },
    { name: 'Pisin odotus', expr: `max(${oldest})`, unit: 'dthms' },
  ]);
}

function callbacks() {
  const about: About = {
    en: 'Callbacks due today, and overdue ones, whose promise is already broken.',
    sv: 'Återuppringningar som ska göras i dag, och de vars löfte redan har brutits.',
    metrics: ['ensilinja_callbacks_outstanding'],
  };
  return tiles('Takaisinsoitot', about, 5, 4, [
    { name: 'Tänään', expr: `sum(${outstanding('today')})` },
    { name: '⚠ Myöhässä', expr: `sum(${outstanding('overdue')})`, mappings: NONE },
  ]);
}

function promise() {
  const about: About = {
    en: 'Promises kept today on the selected lines, as a share of settled ones (n). Pending ones may go either way.',
    sv: 'Löften som hållits i dag på de valda linjerna, av de avslutade (n). De pågående kan ännu gå åt båda hållen.',
    indicators: ['promise_kept'],
    metrics: ['ensilinja_promises_pending'],
  };
  return tiles(`${nameOf('promise_kept')} tänään`, about, 6, 4, [
    { name: 'Pidetty', expr: share(`sum(${kept})`, `sum(${settled})`), unit: 'percentunit', decimals: 0 },
    { name: 'n', expr: `sum(${settled})` },
    { name: 'Kesken', expr: `sum(${pending})` },
  ]);
}

function alerts() {
  const about: About = {
    en: 'Alerts firing now on the selected lines or on the pipeline; the table below lists them.',
    sv: 'Larm som är aktiva nu för de valda linjerna eller för dataflödet; vilka de är står nedan.',
  };
  const expr = `count(${firingNow}) or vector(0)`;
  return tiles('Hälytyksiä', about, 4, 4, [{ name: 'Hälytyksiä', expr, mappings: NONE }]);
}

function states() {
  const about: About = {
    en: 'Selected lines by state. The states are those of the table below.',
    sv: 'De valda linjerna enligt läge. Lägena är de som tabellen nedan har.',
    indicators: ['promise_kept'],
  };
  return tiles('Linjojen tilat', about, 10, 4, linesByState(state));
}

function linesNow() {
  const about = withLastWeek({
    en:
      'One row per line; lines that need help come first. A line is closed, has no data (no promise settled today), ' +
      'too few contacts (n below 10), is below its alert floor, or is fine. Click its name to open the line, its ' +
      'id to open it on the wallboard.',
    sv:
      'En rad per linje, den som behöver hjälp först. En linje är stängd, saknar uppgifter (inget löfte avslutat i ' +
      'dag), har för få (n under 10), ligger under larmgränsen eller är i ordning. Klicka på namnet för att öppna ' +
      'linjen, på beteckningen för att öppna den på väggtavlan.',
    indicators: ['promise_kept'],
    metrics: ['ensilinja_callback_next_due_open_seconds', 'ensilinja_line_next_change_timestamp_seconds'],
  });
  const today = nowAndThen('ensilinja_window_contacts_offered', { window: 'today' }, { lines });
  const nextDue = own('ensilinja_callback_next_due_open_seconds');
  const nextChange = own('ensilinja_line_next_change_timestamp_seconds');
  const floor = lines(recorded('ensilinja:floor', PROMISE));
  const target = lines(recorded('ensilinja:target', PROMISE));
  const columns: Column[] = [
    { title: 'Nimi', expr: `max by (line, name_fi) (${recorded('ensilinja:line_info', SELECTED)})`, hidden: true },
    { title: 'Tila', expr: state, mappings: LINE_STATES, state: true, width: 140 },
    { title: 'Jonossa', expr: byLine(waiting) },
    { title: 'Pisin odotus', expr: byLine(oldest), unit: 'dthms' },
    { title: 'Saapui 15 min', expr: byLine(own('ensilinja_window_contacts_offered', { window: '15m' })) },
    { title: 'Saapui tänään', expr: byLine(today.now) },
    { title: 'Viikko sitten', expr: byLine(today.then) },
    { title: 'Soitot tänään', expr: byLine(outstanding('today')) },
    { title: '⚠ Myöhässä', expr: byLine(outstanding('overdue')), mappings: NONE, alarm: true },
    { title: 'Aukioloa määräaikaan', expr: byLine(nextDue), unit: 'dthms' },
    { title: 'Lupaus', expr: share(byLine(kept), byLine(settled)), unit: 'percentunit', decimals: 0 },
    { title: 'n', expr: byLine(settled) },
    { title: 'Kesken', expr: byLine(pending) },
    { title: 'Raja', expr: byLine(floor), unit: 'percentunit', decimals: 0 },
    { title: 'Tavoite', expr: byLine(target), unit: 'percentunit', decimals: 0 },
    { title: 'Aukeaa / sulkeutuu', expr: `1000 * ${byLine(nextChange)}`, unit: 'time:D.M. [klo] H.mm', width: 150 },
  ];
  const address = `/d/${BOARDS.line.uid}?var-line=\${__data.fields.line}&\${__url_time_range}`;
  const wall = { title: 'Avaa taulu', url: '${wallboard:raw}/#${__data.fields.line}' };
  const keys = [
    { label: 'name_fi', title: 'Linja', width: 260, link: { title: 'Avaa linja', url: address } },
    { label: 'line', title: 'Tunnus', width: 150, link: wall },
  ];
  return table('Linjat nyt', about, 24, 20, { keys, columns, sortBy: ['Tila', 'Pisin odotus'] });
}

const PROMISE = { indicator: 'promise_kept' };

function trend() {
  const about = withLastWeek({
    en: 'Contacts waiting on the selected lines: the maximum of each step.',
    sv: 'Hur många som väntat på de valda linjerna: det högsta i varje steg.',
    metrics: ['ensilinja_contacts_waiting'],
  });
  const { now, then } = nowAndThen('ensilinja_contacts_waiting', {}, { lines });
  const peak = (total: string) => `max_over_time((${total})[$__interval:5s])`;
  return chart('Odottajat', about, 12, 8, {
    unit: 'locale',
    curves: [
      { name: 'Jonossa', expr: peak(`sum(${now})`) },
      { name: LAST_WEEK, expr: peak(likeNow(now, then)), look: 'before' },
    ],
  });
}

function arrivals() {
  const about = withLastWeek({
    en: 'Contacts that arrived on the selected lines in the last hour.',
    sv: 'Kontakter som kom in på de valda linjerna under den senaste timmen.',
    metrics: ['ensilinja_window_contacts_offered'],
  });
  const { now, then } = nowAndThen('ensilinja_window_contacts_offered', { window: '1h' }, { lines });
  return chart('Saapuneet tunnissa', about, 12, 8, {
    unit: 'locale',
    curves: [
      { name: 'Tänään', expr: `sum(${now})` },
      { name: LAST_WEEK, expr: likeNow(now, then), look: 'before' },
    ],
  });
}

function firing() {
  const about: About = {
    en: 'Alerts firing now on the selected lines or on the pipeline. Each has a runbook in docs/runbooks.',
    sv: 'Larm som är aktiva nu för de valda linjerna eller för dataflödet; vart och ett har en sida i docs/runbooks.',
  };
  const by = 'by (alertname, name, severity)';
  const since = `min ${by} (ALERTS_FOR_STATE and ignoring (alertstate) ${firingNow})`;
  const columns: Column[] = [
    { title: 'Kesto', expr: `time() - ${since}`, unit: 'dthms' },
    { title: 'Kpl', expr: `count ${by} (${firingNow})` },
  ];
  const keys = [
    { label: 'alertname', title: 'Hälytys' },
    { label: 'name', title: 'Linja' },
    { label: 'severity', title: 'Kenelle' },
  ];
  return table('Hälytykset', about, 24, 8, { keys, columns });
}
