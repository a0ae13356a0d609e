// Finnish words for numbers and labels. Each state has a sign of its own, so that colour is never the only mark.

import { MappingType, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import catalogue from './catalogue.json';
import { Metric } from './queries';

const GREEN = 'green';
const YELLOW = 'yellow';
const RED = 'red';
const GREY = '#808080';

type Word = [text: string, color: string];

/** States as the dashboard's expression numbers them: the higher, the more urgent. */
export const LINE_STATES = mapped(
  ['☾ Suljettu', GREY],
  ['✓ Kunnossa', GREEN],
  ['… Liian vähän', GREY],
  ['? Ei tietoja', YELLOW],
  ['▼ Alle rajan', RED],
);

export const GOAL_STATES = mapped(
  ['? Ei tietoja', GREY],
  ['… Liian vähän', GREY],
  ['✓ Tavoitteessa', GREEN],
  ['▼ Alle tavoitteen', RED],
);

export const COMPLETE = mapped(['✗ Puutteelliset', RED], ['✓ Täydelliset', GREEN]);

export const SOURCE_WORDS = mapped(['Varalla', GREY], ['▶ Lähde', GREEN]);

export const OPEN = mapped(['☾ Suljettu', GREY], ['☀ Auki', GREEN]);

export const STANDBY: ValueMapping[] = [
  ...mapped(['✗ Ei yhtään', RED], ['⚠ Ei varalla', YELLOW]),
  { type: MappingType.RangeToText, options: { from: 2, to: null, result: { text: '✓ Varalla', color: GREEN } } },
];

/** The county's bands of the net promoter score. A score on a border belongs to the better band. */
export const NPS_BANDS = mapped(
  ['▼ Ei positiivinen', RED],
  ['✓ Hyvä', GREEN],
  ['✓ Erittäin hyvä', GREEN],
  ['✓ Erinomainen', GREEN],
);
if (catalogue.nps_bands.length !== NPS_BANDS.flatMap((mapping) => Object.keys(mapping.options)).length) {
  throw new Error('a band of the recommendation score has no word');
}

/** For counts that should be zero. */
export const NONE: ValueMapping[] = [{ type: MappingType.ValueToText, options: { 0: { text: '–' } } }];

/** The indicators' own names. */
export const INDICATOR_NAMES: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(catalogue.indicators).map(([indicator, names], index) => [indicator, { text: names.fi, index }]),
    ),
  },
];

const RESULTS: Record<string, Record<string, string>> = {
  'ensilinja_window_contacts_decided.result': {
    answered: 'Vastattu',
    callback_requested: 'Soittopyyntö',
    timed_out: 'Putosi jonosta',
    abandoned_menu: 'Luopui valikossa',
    abandoned_queue: 'Luopui jonossa',
    abandoned_ringing: 'Luopui hälyttäessä',
    abandoned_short: 'Luopui heti',
  },
  'ensilinja_window_callbacks_closed.result': {
    reached: 'Tavoitettu',
    unreached: 'Ei tavoitettu',
    cancelled: 'Asiakas perui',
    duplicate: 'Päällekkäinen pyyntö',
    expired: '⚠ Vanhentunut',
    purged: '⚠ Jono tyhjennetty',
    given_up: '⚠ Jäänyt soittamatta',
  },
  'ensilinja_callbacks_outstanding.due': { later: 'Myöhemmin', today: 'Tänään', overdue: '⚠ Myöhässä' },
  'ensilinja_window_outcomes.outcome': {
    handled: 'Hoidettu asioinnin aikana',
    continues_county: 'Jatko hva-palveluihin',
    continues_hyte: 'Jatko hyte-palveluissa',
    other: 'Muu',
  },
  'ensilinja_window_promises.result': { kept: '✓ Pidetty', broken: '▼ Rikottu', void: 'Rauennut' },
  'ensilinja_last_event_timestamp_seconds.channel': { phone: 'Puhelin', chat: 'Chat', sms: 'Tekstiviesti' },
  'ensilinja_events_total.result': {
    applied: 'Uutta',
    unchanged: 'Ennestään tuttua',
    shadowed: 'Tunnus käytetty uudelleen',
    too_old: 'Liian vanhaa',
    surplus: 'Yli tuhat yritystä',
  },
};

/** Why a record was rejected. */
export const REASONS = listed('rejection_reasons', {
  malformed: 'Virheellinen',
  too_large: 'Liian suuri',
  unknown_type: 'Tuntematon tyyppi',
  unknown_line: 'Tuntematon linja',
  unknown_queue: 'Tuntematon jono',
  future: 'Tulevaisuudesta',
});

/** How the log of a topic was replaced. */
export const LOG_CHANGES = listed('log_changes', {
  made_anew: 'Luotu uudelleen',
  records_lost: 'Tietueita kadonnut',
  deleted: 'Poistettu',
});

/** What is unusual in an accepted record. */
export const ODDITIES = listed('oddities', { key_differs: 'Avain ei ole kohde' });

/** Words for a list of the catalogue. Each value in the list has one. */
function listed(list: 'rejection_reasons' | 'log_changes' | 'oddities', words: Record<string, string>) {
  return catalogue[list].map((value): [value: string, word: string] => {
    const word = words[value];
    if (word === undefined) {
      throw new Error(`${value} of ${list} has no word`);
    }
    return [value, word];
  });
}

/** The Finnish words of a label. Each value in the catalogue has one. */
export function wordsOf(metric: Metric, label: string): [value: string, word: string][] {
  const labels: Record<string, string[] | null> = catalogue.metrics[metric].labels;
  const words = RESULTS[`${metric}.${label}`] ?? {};
  return (labels[label] ?? []).map((value) => {
    const word = words[value];
    if (word === undefined) {
      throw new Error(`${label} ${value} of ${metric} has no word`);
    }
    return [value, word];
  });
}

function mapped(...words: Word[]): ValueMapping[] {
  const options = Object.fromEntries(words.map(([text, color], index) => [String(index), { text, color, index }]));
  return [{ type: MappingType.ValueToText, options }];
}
