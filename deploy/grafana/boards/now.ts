// Now: the queue, its longest wait, callbacks due, and whether each line keeps its promise today.

import { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { BOARDS, board } from './board';
import { chart } from './charts';
import { About, nameOf } from './describe';
import { byLine, good, metric, ofSource, recorded, share, valid } from './queries';
import { lineState } from './states';
import { Column, table } from './tables';
import { tiles } from './tiles';
import { COMPLETE, LINE_STATES, NONE } from './words';

const FIRING = 'alertstate="firing",severity=~"page|ticket"';
const waiting = ofSource(metric('ensilinja_contacts_waiting'));
const oldest = ofSource(metric('ensilinja_waiting_oldest_seconds'));
const outstanding = (due: string) => recorded('ensilinja:callbacks_outstanding', { due });
const kept = good('promise_kept', 'today');
const settled = valid('promise_kept', 'today');
const pending = ofSource(metric('ensilinja_promises_pending'));

const ABOUT: About = {
  en: 'The queue and its longest wait, callbacks due, and whether each line keeps its promise today.',
  sv: 'Vem väntar och hur länge, vilka återuppringningar brådskar, och håller varje linje sitt löfte i dag.',
};

export function now(): DashboardBuilder {
  const panels = [figures(), waitingNow(), callbacks(), promise(), alerts(), lines(), trend(), firing()];
  return board({ board: 'now', about: ABOUT, from: 'now-1h', to: 'now', refresh: '5s', panels });
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
    en: 'Contacts waiting on all lines, and the longest wait among them.',
    sv: 'Kontakter som väntar på alla linjer, och den längsta väntetiden bland dem.',
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
    en: 'Promises kept today on all lines, as a share of settled ones (n). Pending ones may go either way.',
    sv: 'Löften som hållits i dag på alla linjer: hållna av de avslutade (n). De pågående kan ännu gå åt båda hållen.',
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
    en: 'Alerts firing now; the table below lists them.',
    sv: 'Larm som är aktiva nu; vilka de är står nedan.',
  };
  const expr = `count(ALERTS{${FIRING}}) or vector(0)`;
  return tiles('Hälytyksiä', about, 4, 4, [{ name: 'Hälytyksiä', expr, mappings: NONE }]);
}

function lines() {
  const about: About = {
    en:
      'One row per line; lines that need help come first. A line is closed, has no data (no promise settled today), ' +
      'too few contacts (n below 10), is below its alert floor, or is fine. Click its name to open the line.',
    sv:
      'En rad per linje, den som behöver hjälp först. En linje är stängd, saknar uppgifter (inget löfte avslutat i ' +
      'dag), har för få (n under 10), ligger under larmgränsen eller är i ordning. Ett klick på namnet öppnar linjen.',
    indicators: ['promise_kept'],
    metrics: ['ensilinja_callback_next_due_open_seconds', 'ensilinja_line_next_change_timestamp_seconds'],
  };
  const arrived = metric('ensilinja_window_contacts_offered', { window: '15m' });
  const nextDue = ofSource(metric('ensilinja_callback_next_due_open_seconds'));
  const nextChange = ofSource(metric('ensilinja_line_next_change_timestamp_seconds'));
  const columns: Column[] = [
    { title: 'Nimi', expr: `max by (line, name_fi) (${recorded('ensilinja:line_info')})`, hidden: true },
    { title: 'Tila', expr: lineState('promise_kept', 'today'), mappings: LINE_STATES, state: true, width: 140 },
    { title: 'Jonossa', expr: byLine(waiting) },
    { title: 'Pisin odotus', expr: byLine(oldest), unit: 'dthms' },
    { title: 'Saapui 15 min', expr: byLine(ofSource(arrived)) },
    { title: 'Soitot tänään', expr: byLine(outstanding('today')) },
    { title: '⚠ Myöhässä', expr: byLine(outstanding('overdue')), mappings: NONE, alarm: true },
    { title: 'Aukioloa määräaikaan', expr: byLine(nextDue), unit: 'dthms' },
    { title: 'Lupaus', expr: share(byLine(kept), byLine(settled)), unit: 'percentunit', decimals: 0 },
    { title: 'n', expr: byLine(settled) },
    { title: 'Kesken', expr: byLine(pending) },
    { title: 'Raja', expr: byLine(recorded('ensilinja:floor', PROMISE)), unit: 'percentunit', decimals: 0 },
    { title: 'Tavoite', expr: byLine(recorded('ensilinja:target', PROMISE)), unit: 'percentunit', decimals: 0 },
    { title: 'Aukeaa / sulkeutuu', expr: `1000 * ${byLine(nextChange)}`, unit: 'time:D.M. [klo] H.mm', width: 150 },
  ];
  const link = `/d/${BOARDS.line.uid}?var-line=\${__data.fields.line}&\${__url_time_range}`;
  const keys = [{ label: 'name_fi', title: 'Linja', width: 260, link }, { label: 'line', title: 'Tunnus', width: 150 }];
  return table('Linjat nyt', about, 24, 20, { keys, columns, sortBy: ['Tila', 'Pisin odotus'] });
}

const PROMISE = { indicator: 'promise_kept' };

function trend() {
  const about: About = {
    en: 'Contacts waiting in the last hour: the maximum of each step.',
    sv: 'Hur många som väntat under den senaste timmen: det högsta i varje steg.',
    metrics: ['ensilinja_contacts_waiting'],
  };
  const peak = `max_over_time((sum(${waiting}))[$__interval:5s])`;
  return chart('Odottajat', about, 12, 8, { unit: 'locale', curves: [{ name: 'Jonossa', expr: peak }] });
}

function firing() {
  const about: About = {
    en: 'Alerts firing now, by line. Each has a runbook in docs/runbooks.',
    sv: 'Larm som är aktiva nu, per linje; vart och ett har en egen sida i docs/runbooks.',
  };
  const by = 'by (alertname, name, severity)';
  const firing = `ALERTS{${FIRING}}`;
  const since = `min ${by} (ALERTS_FOR_STATE and ignoring (alertstate) ${firing})`;
  const columns: Column[] = [
    { title: 'Kesto', expr: `time() - ${since}`, unit: 'dthms' },
    { title: 'Kpl', expr: `count ${by} (${firing})` },
  ];
  const keys = [
    { label: 'alertname', title: 'Hälytys' },
    { label: 'name', title: 'Linja' },
    { label: 'severity', title: 'Kenelle' },
  ];
  return table('Hälytykset', about, 12, 8, { keys, columns });
}
