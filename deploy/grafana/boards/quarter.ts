// Quarterly goals: what the county has promised its residents, from whole days.
//
// A day is read from the window `yesterday`, 30 hours after the start of the day: on the next morning, when late
// outcomes and answers are known. So each day counts once and completely, also a day of 25 hours. If nothing was
// scraped at that time, a scrape of the night before is used, which has the same `yesterday`.

import { CustomVariableBuilder, DashboardBuilder, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { BOARDS, board } from './board';
import { chart } from './charts';
import { About, nameOf } from './describe';
import { at, byLine, good, Indicator, metric, ofSource, recorded, share, valid } from './queries';
import { goalState } from './states';
import { table } from './tables';
import { tiles } from './tiles';
import { GOAL_STATES, NPS_BANDS } from './words';

const GOALS: Indicator[] = ['promise_kept', 'first_contact_resolution', 'knows_how_care_continues'];
const NEXT_MORNING = 'last_over_time(SERIES[3h30m] offset -30h)';
const CHANNEL = { channel: '$channel' };
const PERCENT = { unit: 'percentunit', decimals: 1 };
const WHOLE = { unit: 'percentunit', decimals: 0 };

/** The county's year begins in January, and so does Grafana's fiscal one. */
const QUARTERS = [
  { name: 'Tämä vuosineljännes', from: 'now/fQ', to: 'now' },
  { name: 'Edellinen vuosineljännes', from: 'now-1Q/fQ', to: 'now-1Q/fQ' },
  { name: 'Tämä vuosi', from: 'now/y', to: 'now' },
  { name: 'Edellinen kuukausi', from: 'now-1M/M', to: 'now-1M/M' },
];

const ABOUT: About = {
  en: "The county's four goals, in total and by line, from whole days of the selected time range.",
  sv: 'Välfärdsområdets fyra mål, totalt och per linje, från hela dagar inom den tid som valts ovan.',
};

export function quarter(): DashboardBuilder {
  const panels: Builder<Panel>[] = [
    ...GOALS.map(inAll), npsInAll(), ...GOALS.map(byDay), npsByDay(), ...GOALS.map(lines), npsLines(),
    contacts(),
  ];
  const made = board({ board: 'quarter', about: ABOUT, ...QUARTERS[0], refresh: '15m', times: QUARTERS, panels });
  const channels = new CustomVariableBuilder('channel')
    .label('Kanava')
    .values('Puhelin : phone, Chat : chat, Tekstiviesti : sms')
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
  return made.withVariable(channels);
}

/** The sum over whole days that begin within the selected time range. */
function overDays(series: string): string {
  return `sum_over_time((${series})[$__range:1d])`;
}

/**
 * Each whole day, at a step of a day. Grafana's steps begin at local midnight of the end of the time range, sums of days
 * at midnight UTC. The same day is within 23 hours of both, so the days add up to the sum.
 */
function dayByDay(series: string): string {
  return `last_over_time((${series})[1d:1d] offset -23h)`;
}

function day(indicator: Indicator) {
  return {
    good: at(NEXT_MORNING, good(indicator, 'yesterday', CHANNEL)),
    valid: at(NEXT_MORNING, valid(indicator, 'yesterday', CHANNEL)),
  };
}

function target(indicator: Indicator): string {
  return recorded('ensilinja:target', { indicator, ...CHANNEL });
}

function inAll(indicator: Indicator) {
  const about: About = {
    en: 'All lines together, with n and the goal.',
    sv: 'Alla linjer tillsammans, med n och målet.',
    indicators: [indicator],
    metrics: ['ensilinja_indicator_good', 'ensilinja_indicator_valid', 'ensilinja_target_ratio'],
  };
  const [of, n] = [day(indicator).good, day(indicator).valid].map((series) => `sum(${overDays(series)})`);
  const goal = `max(${target(indicator)})`;
  return tiles(nameOf(indicator), about, 6, 5, [
    { name: 'Osuus', expr: share(of, n), ...PERCENT },
    { name: 'n', expr: n },
    { name: 'Tavoite', expr: goal, ...WHOLE },
    { name: 'Tila', expr: goalState(of, n, goal), mappings: GOAL_STATES },
  ]);
}

function byDay(indicator: Indicator) {
  const about: About = {
    en: 'Day by day, all lines together, with n and the goal. Today is not included, because it is not over.',
    sv: 'Dag för dag, alla linjer tillsammans, med n och målet. I dag är inte med: dagen är inte slut.',
    indicators: [indicator],
  };
  const [of, n] = [day(indicator).good, day(indicator).valid].map((series) => `sum(${dayByDay(series)})`);
  return chart(`${nameOf(indicator)}, päivittäin`, about, 6, 8, {
    unit: 'percentunit',
    step: '1d',
    curves: [
      { name: 'Osuus', expr: share(of, n), look: 'share' },
      { name: 'Tavoite', expr: `max(${target(indicator)})`, look: 'goal' },
      { name: 'n', expr: n, look: 'n' },
    ],
  });
}

function lines(indicator: Indicator) {
  const about: About = {
    en: 'Line by line, with n and the goal of the line. Below n = 10 it says more about chance than the line.',
    sv: 'Linje för linje, med n och linjens mål; under n = 10 säger procenttalet mer om slumpen än om linjen.',
    indicators: [indicator],
    metrics: ['ensilinja_target_ratio'],
  };
  const [of, n] = [day(indicator).good, day(indicator).valid].map((series) => byLine(overDays(series)));
  const goal = byLine(target(indicator));
  return table(`${nameOf(indicator)}, linjoittain`, about, 12, 12, {
    keys: KEYS,
    columns: [
      NAMES,
      { title: 'Tila', expr: goalState(of, n, goal), mappings: GOAL_STATES, state: true, width: 160 },
      { title: 'Osuus', expr: share(of, n), ...PERCENT },
      { title: 'n', expr: n },
      { title: 'Tavoite', expr: goal, ...WHOLE },
    ],
    sortBy: ['Tila', 'n'],
  });
}

const KEYS = [
  {
    label: 'name_fi', title: 'Linja', width: 260,
    link: { title: 'Avaa linja', url: `/d/${BOARDS.line.uid}?var-line=\${__data.fields.line}` },
  },
  { label: 'line', title: 'Tunnus', width: 150 },
];

const NAMES = {
  title: 'Nimi',
  expr: `max by (line, name_fi) (${recorded('ensilinja:line_info', CHANNEL)})`,
  hidden: true,
};

/** Answers to the recommendation question of a day; `*` means all answers. */
function answers(group: 'promoter' | 'detractor' | '*'): string {
  const labels = { ...(group === '*' ? {} : { group }), window: 'yesterday', ...CHANNEL };
  return ofSource(metric('ensilinja_window_nps_answers', labels), NEXT_MORNING);
}

/** 100 x (promoters - detractors) / answers; `added` adds the series first. */
function score(added: (answers: string) => string): string {
  const balance = `(${added(answers('promoter'))} - ${added(answers('detractor'))})`;
  return share(`100 * ${balance}`, added(answers('*')));
}

/** The band of a score, as NPS_BANDS numbers them. */
function band(score: string): string {
  return `(${score} > bool 0) + (${score} >= bool 30) + (${score} >= bool 70)`;
}

const NPS: Pick<About, 'metrics'> = { metrics: ['ensilinja_window_nps_answers'] };

function npsInAll() {
  const about: About = {
    en: '100 x (promoters - detractors) / answers (n): above 0 good, from 30 very good, from 70 excellent.',
    sv: '100 x (ambassadörer - kritiker) / svar (n): över 0 bra, från 30 mycket bra, från 70 utmärkt.',
    ...NPS,
  };
  const added = (series: string) => `sum(${overDays(series)})`;
  return tiles('Suositteluindeksi NPS', about, 6, 5, [
    { name: 'NPS', expr: score(added), unit: 'none', decimals: 0 },
    { name: 'n', expr: added(answers('*')) },
    { name: 'Luokka', expr: band(score(added)), mappings: NPS_BANDS },
  ]);
}

function npsByDay() {
  const about: About = {
    en: 'The score day by day, all lines together, with n.',
    sv: 'Indexet dag för dag, alla linjer tillsammans, med n.',
    ...NPS,
  };
  const added = (series: string) => `sum(${dayByDay(series)})`;
  return chart('NPS, päivittäin', about, 6, 8, {
    unit: 'none',
    step: '1d',
    curves: [{ name: 'NPS', expr: score(added) }, { name: 'n', expr: added(answers('*')), look: 'n' }],
  });
}

function npsLines() {
  const about: About = {
    en: 'The score line by line, with n. Few answers prove little.',
    sv: 'Indexet linje för linje, med n; få svar bevisar litet.',
    ...NPS,
  };
  const added = (series: string) => byLine(overDays(series));
  return table('NPS, linjoittain', about, 12, 12, {
    keys: KEYS,
    columns: [
      NAMES,
      { title: 'Luokka', expr: band(score(added)), mappings: NPS_BANDS, state: true, width: 160 },
      { title: 'NPS', expr: score(added), unit: 'none', decimals: 0 },
      { title: 'n', expr: added(answers('*')) },
    ],
    sortBy: ['n'],
  });
}

/** Contacts beside the goals for a month. A goal is never divided, so the two are alike over a whole month only. */
function contacts() {
  const about: About = {
    en: 'Contacts on whole days of the selected time range, beside the goal for a month. Select one month to compare them.',
    sv: 'Kontakter under hela dagar inom den valda tiden, bredvid målet för en månad. Välj en månad för att jämföra dem.',
    metrics: ['ensilinja_window_contacts_offered', 'ensilinja_target_contacts_per_month'],
  };
  const offered = metric('ensilinja_window_contacts_offered', { window: 'yesterday', ...CHANNEL });
  const goal = metric('ensilinja_target_contacts_per_month', { of: 'channel', ...CHANNEL });
  return table('Yhteydenotot ja kuukausitavoite, kanavittain', about, 24, 5, {
    keys: [{ label: 'channel', title: 'Kanava', width: 150 }],
    columns: [
      { title: 'Saapuneet', expr: `sum by (channel) (${overDays(ofSource(offered, NEXT_MORNING))})` },
      { title: 'Tavoite kuukaudessa', expr: `max by (channel) (${ofSource(goal)})` },
    ],
    sortBy: ['Saapuneet'],
  });
}
