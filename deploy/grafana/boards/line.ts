// Line: one line in detail, through the day.

import { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { AnnotationQueryBuilder, DashboardBuilder, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { board } from './board';
import { chart } from './charts';
import { About, nameOf } from './describe';
import { waits } from './heatmap';
import {
  byLine, good, Indicator, Labels, Metric, metric, ofSource, recorded, share, valid,
} from './queries';
import { SOURCE } from './source';
import { lineState } from './states';
import { table } from './tables';
import { bars, tiles } from './tiles';
import { lineVariable } from './variables';
import { LAST_WEEK, nowAndThen, todayAndLastWeek, withLastWeek } from './weeks';
import { INDICATOR_NAMES, LINE_STATES, NONE, OPEN, wordsOf } from './words';

const THIS: Labels = { line: '$line' };
const PROMISE: Labels = { indicator: 'promise_kept', ...THIS };

const ABOUT: About = {
  en: 'One line in detail: its day compared with the same weekday last week, waits, outcomes, callbacks and promises.',
  sv: 'En linje på djupet: dess dag mot samma veckodag förra veckan, väntetider, utfall, återuppringningar och löfte.',
};

export function line(): DashboardBuilder {
  const panels: Builder<Panel>[] = [
    state(), waiting(), callbacksDue(), promiseToday(), hours(), todayAndLastWeek(24, { labels: THIS }),
    against('Saapuneet tunnissa', 'ensilinja_window_contacts_offered', {
      en: 'Contacts that arrived in the last hour, compared with the same weekday last week.',
      sv: 'Kontakter som kom in under den senaste timmen, mot samma veckodag förra veckan.',
    }),
    against('Vastatut tunnissa', 'ensilinja_window_contacts_decided', {
      en: 'Contacts answered in the last hour, compared with the same weekday last week.',
      sv: 'Kontakter som besvarats under den senaste timmen, mot samma veckodag förra veckan.',
    }, { result: 'answered' }),
    waits('$line'), quantiles(), decisions(), outcomes(), fates(), outstanding(), promiseByDay(), verdicts(),
    indicators(),
  ];
  const wallboard = '/#${line}';
  return board({ board: 'line', about: ABOUT, from: 'now/d', to: 'now', refresh: '30s', panels, wallboard })
    .withVariable(lineVariable())
    .annotation(alerts());
}

function alerts(): AnnotationQueryBuilder {
  const alert = 'ALERTS{alertstate="firing",line="$line",severity=~"page|ticket"}';
  return new AnnotationQueryBuilder()
    .name('Hälytykset')
    .datasource(SOURCE)
    .enable(true)
    .iconColor('red')
    .expr(`max by (alertname, severity) (${alert})`)
    .step('1m')
    .titleFormat('{{alertname}}')
    .textFormat('{{severity}}');
}

function own(name: Metric, labels: Labels = {}): string {
  return ofSource(metric(name, { ...THIS, ...labels }));
}

function state() {
  const about: About = {
    en: 'Closed, no data (no promise settled today), too few contacts (n below 10), below the alert floor, or fine.',
    sv: 'Stängd, uppgifter saknas (inget löfte avslutat i dag), för få (n under 10), under larmgränsen eller i ordning.',
    indicators: ['promise_kept'],
  };
  const expr = lineState('promise_kept', 'today', { labels: THIS });
  return tiles('Tila', about, 4, 4, [{ name: 'Tila', expr, mappings: LINE_STATES }]);
}

function waiting() {
  const about: About = {
    en: 'Contacts waiting now, and the longest wait among them.',
    sv: 'Kontakter som väntar nu, och den längsta väntetiden bland dem.',
    metrics: ['ensilinja_contacts_waiting', 'ensilinja_waiting_oldest_seconds'],
  };
  return tiles('Jonossa nyt', about, 5, 4, [
    { name: 'Jonossa', expr: own('ensilinja_contacts_waiting') },
    { name: 'Pisin odotus', expr: own('ensilinja_waiting_oldest_seconds'), unit: 'dthms' },
  ]);
}

function callbacksDue() {
  const about: About = {
    en: 'Callbacks due today, overdue ones, and the age of the oldest request.',
    sv: 'Återuppringningar som ska göras i dag, de vars löfte har brutits, och den äldstas ålder.',
    metrics: ['ensilinja_callbacks_outstanding', 'ensilinja_callback_oldest_seconds'],
  };
  const due = (due: string) => recorded('ensilinja:callbacks_outstanding', { ...THIS, due });
  return tiles('Takaisinsoitot', about, 5, 4, [
    { name: 'Tänään', expr: byLine(due('today')) },
    { name: '⚠ Myöhässä', expr: byLine(due('overdue')), mappings: NONE },
    { name: 'Vanhin', expr: own('ensilinja_callback_oldest_seconds'), unit: 'dthms' },
  ]);
}

function promiseToday() {
  const about: About = {
    en: 'Promises kept today as a share of settled ones (n), and the alert floor. Pending ones may go either way.',
    sv: 'Löften som hållits i dag av de avslutade (n), och larmgränsen. De pågående kan ännu gå åt båda hållen.',
    indicators: ['promise_kept'],
    metrics: ['ensilinja_promises_pending', 'ensilinja_alert_floor_ratio'],
  };
  const [of, n] = [byLine(good('promise_kept', 'today', THIS)), byLine(valid('promise_kept', 'today', THIS))];
  const floor = byLine(recorded('ensilinja:floor', PROMISE));
  return tiles(`${nameOf('promise_kept')} tänään`, about, 6, 4, [
    { name: 'Pidetty', expr: share(of, n), unit: 'percentunit', decimals: 0 },
    { name: 'n', expr: n },
    { name: 'Kesken', expr: byLine(own('ensilinja_promises_pending')) },
    { name: 'Raja', expr: floor, unit: 'percentunit', decimals: 0 },
  ]);
}

function hours() {
  const about: About = {
    en: 'Whether the line is open, and when it next opens or closes.',
    sv: 'Om linjen är öppen, och när den följande gång öppnar eller stänger.',
    metrics: ['ensilinja_line_open', 'ensilinja_line_next_change_timestamp_seconds'],
  };
  const next = own('ensilinja_line_next_change_timestamp_seconds');
  return tiles('Aukiolo', about, 4, 4, [
    { name: 'Nyt', expr: recorded('ensilinja:line_open', THIS), mappings: OPEN },
    { name: 'Muuttuu', expr: `1000 * ${next}`, unit: 'time:D.M. [klo] H.mm' },
  ]);
}

function against(title: string, name: Metric, about: About, labels: Labels = {}) {
  const { now, then } = nowAndThen(name, { ...labels, window: '1h' }, { labels: THIS });
  return chart(title, withLastWeek({ ...about, metrics: [name] }), 12, 8, {
    unit: 'locale',
    curves: [
      { name: 'Tänään', expr: now },
      { name: LAST_WEEK, expr: then, look: 'before' },
    ],
  });
}

function quantiles() {
  const about = withLastWeek({
    en: 'Waits of contacts answered in the last hour: median and 90th percentile, and the median of a week ago.',
    sv:
      'Hälften av dem som besvarats under den senaste timmen hade väntat kortare än medianen, nio av tio än 90 %; ' +
      'och medianen för en vecka sedan.',
    metrics: ['ensilinja_window_answer_wait_quantile_seconds'],
  });
  const wait = 'ensilinja_window_answer_wait_quantile_seconds';
  const at = (q: string) => nowAndThen(wait, { q, window: '1h' }, { labels: THIS });
  const n = own('ensilinja_window_contacts_decided', { result: 'answered', window: '1h' });
  return chart('Vastaamisen odotus, viimeinen tunti', about, 12, 9, {
    unit: 's',
    curves: [
      { name: 'Mediaani', expr: at('0.5').now },
      { name: '90 %', expr: at('0.9').now },
      { name: `Mediaani: ${LAST_WEEK.toLowerCase()}`, expr: at('0.5').then, look: 'before' },
      { name: 'n', expr: n, look: 'n' },
    ],
  });
}

function decisions() {
  const about: About = {
    en: 'Contacts that stopped waiting today, by result.',
    sv: 'Hur det gick för dagens kontakter när de slutade vänta.',
    metrics: ['ensilinja_window_contacts_decided'],
  };
  return counted('Odotuksen päätös tänään', about, 'ensilinja_window_contacts_decided', 'result');
}

function outcomes() {
  const about: About = {
    en: 'Outcomes recorded today.',
    sv: 'Utfall som registrerats i dag.',
    metrics: ['ensilinja_window_outcomes'],
  };
  return counted('Lopputulokset tänään', about, 'ensilinja_window_outcomes', 'outcome');
}

function fates() {
  const about: About = {
    en: 'Callbacks closed today, by result. For expired, purged and given up ones the customer was never called.',
    sv: 'Resultat av de återuppringningar som avslutats i dag. Utgångna, tömda och uppgivna ringdes aldrig.',
    metrics: ['ensilinja_window_callbacks_closed'],
  };
  return counted('Takaisinsoittojen kohtalo tänään', about, 'ensilinja_window_callbacks_closed', 'result');
}

function counted(title: string, about: About, name: Metric, label: string) {
  const expr = `sum by (${label}) (${own(name, { window: 'today' })})`;
  return bars(title, about, 8, 9, [{ expr, label, words: wordsOf(name, label) }]);
}

function outstanding() {
  const about: About = {
    en: 'Outstanding callback requests, by deadline.',
    sv: 'Återuppringningar som inte har avslutats än, enligt tidsfrist.',
    metrics: ['ensilinja_callbacks_outstanding'],
  };
  const expr = `sum by (due) (${recorded('ensilinja:callbacks_outstanding', THIS)})`;
  const words = wordsOf('ensilinja_callbacks_outstanding', 'due');
  return chart('Avoimet takaisinsoitot', about, 12, 8, {
    unit: 'locale', stacked: true, curves: [{ name: '{{due}}', expr, words }],
  });
}

function promiseByDay() {
  const about: About = {
    en: 'Promises kept since midnight as a share of settled promises (n), with the goal and the alert floor.',
    sv: 'Löften som hållits sedan midnatt av de avslutade (n), med målet och larmgränsen.',
    indicators: ['promise_kept'],
    metrics: ['ensilinja_target_ratio', 'ensilinja_alert_floor_ratio'],
  };
  const [of, n] = [byLine(good('promise_kept', 'today', THIS)), byLine(valid('promise_kept', 'today', THIS))];
  return chart(`${nameOf('promise_kept')}, päivän kertymä`, about, 12, 8, {
    unit: 'percentunit',
    curves: [
      { name: 'Pidetty', expr: share(of, n), look: 'share' },
      { name: 'Tavoite', expr: byLine(recorded('ensilinja:target', PROMISE)), look: 'goal' },
      { name: 'Raja', expr: byLine(recorded('ensilinja:floor', PROMISE)), look: 'floor' },
      { name: 'n', expr: n, look: 'n' },
    ],
  });
}

function verdicts() {
  const about: About = {
    en: 'Promises settled today: kept, broken, or void (neither); and those still pending.',
    sv: 'Löften som avslutats i dag: hållna, brutna eller förfallna; och de pågående.',
    metrics: ['ensilinja_window_promises', 'ensilinja_promises_pending'],
  };
  const settled = own('ensilinja_window_promises', { window: 'today' });
  const pending = `label_replace(${byLine(own('ensilinja_promises_pending'))}, "result", "pending", "", "")`;
  const words = wordsOf('ensilinja_window_promises', 'result');
  return bars('Lupaukset tänään', about, 8, 10, [
    { expr: `sum by (result) (${settled})`, label: 'result', words },
    { expr: pending, label: 'result', words: [['pending', 'Kesken']] },
  ]);
}

function indicators() {
  const about: About = {
    en: 'Every indicator of the line, today and over its last five open days. n is the denominator of each percentage.',
    sv: 'Linjens alla indikatorer, i dag och under de fem senaste öppna dagarna; n är hur många procenttalet gäller.',
    indicators: Object.keys(INDICATOR_NAMES[0].options) as Indicator[],
  };
  const of = (name: 'ensilinja:good' | 'ensilinja:valid', window: string) =>
    `sum by (indicator) (${recorded(name, { ...THIS, window })})`;
  const percent = { unit: 'percentunit', decimals: 0 };
  const over = (title: string, window: string) => [
    { title, expr: share(of('ensilinja:good', window), of('ensilinja:valid', window)), ...percent },
    { title: `n, ${title.toLowerCase()}`, expr: of('ensilinja:valid', window) },
  ];
  const aim = (name: 'ensilinja:target' | 'ensilinja:floor') => `sum by (indicator) (${recorded(name, THIS)})`;
  return table('Mittarit', about, 16, 10, {
    keys: [{ label: 'indicator', title: 'Mittari', width: 300, mappings: INDICATOR_NAMES }],
    columns: [
      ...over('Tänään', 'today'),
      ...over('5 aukiolopäivää', 'open5d'),
      { title: 'Tavoite', expr: aim('ensilinja:target'), ...percent },
      { title: 'Raja', expr: aim('ensilinja:floor'), ...percent },
    ],
  });
}
