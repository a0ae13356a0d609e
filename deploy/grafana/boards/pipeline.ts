// Pipeline: how the figures are made, and whether they can be trusted. One row per process where processes differ.

import { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board } from './board';
import { chart } from './charts';
import { About } from './describe';
import { Labels, Metric, metric, recorded } from './queries';
import { table } from './tables';
import { timeline } from './timeline';
import { bars, tiles } from './tiles';
import { COMPLETE, LOG_CHANGES, NONE, ODDITIES, REASONS, SOURCE_WORDS, STANDBY, wordsOf } from './words';

const OURS = `on (job, instance) ${metric('ensilinja_build_info')}`;
const byProcess = (series: string, how = 'sum') => `${how} by (instance) (${series})`;

const grouped = (how: string, by: string[]) => (by.length ? `${how} by (${by.join(', ')})` : how);

/** Each process counts for itself, and all of them the same: the highest count is the one that counts. */
const ofOne = (series: string, by: string[] = []) =>
  `${grouped('max', by)} (${grouped('sum', ['instance', ...by])} (${series}))`;

/** The same of what the processes of each shard count of their own lines: the sum over the shards, if there are any. */
const ofShards = (series: string, by: string[] = []) => {
  const ofProcess = `${grouped('sum', ['instance', ...by])} (${series})`;
  const shard = `on (instance) group_left (shard) group by (instance, shard) (${metric('ensilinja_shard')} == 1)`;
  return `(${grouped('sum', by)} (${grouped('max', ['shard', ...by])} (${ofProcess} * ${shard})) or ${ofOne(series, by)})`;
};
const perSecond = (series: string) => `rate(${series}[$__rate_interval])`;
const inRange = (name: Metric, labels: Labels = {}) => `increase(${metric(name, labels)}[$__range])`;

/** How many of the checked things are wrong; nothing if none is checked. */
const wrong = (name: Metric) => `max(${byProcess(`${metric(name)} == 1`, 'count')}) or 0 * count(${metric(name)})`;

const ABOUT: About = {
  en: 'How the figures are made: lag, completeness, delay, rejections, hazards, rebuild, memory, standby.',
  sv: 'Hur siffrorna uppstår: eftersläpning, fullständighet, fördröjning, felposter, risker, ombyggnad, minne, reserv.',
};

export function pipeline(): DashboardBuilder {
  const panels = [
    figures(), standby(), newest(), calendar(), waitingLetters(), logs(), clock(), settings(), surplus(), access(), processes(),
    completeness(), lag(), topics(), delay(), events(), rejected(), deadLetters(), oddities(), memory(), cpu(),
  ];
  return board({ board: 'pipeline', about: ABOUT, from: 'now-6h', to: 'now', refresh: '30s', panels });
}

function figures() {
  const about: About = {
    en: 'Whether a process has complete figures, and the age of the newest figures.',
    sv: 'Om någon process har fullständiga siffror, och hur långt efter de färskaste är.',
    metrics: ['ensilinja_figures_complete', 'ensilinja_complete_until_timestamp_seconds'],
  };
  const behind = (name: Metric) => `time() - max(${metric(name)})`;
  return tiles('Luvut', about, 7, 4, [
    { name: 'Tila', expr: `max(${metric('ensilinja_figures_complete')}) or vector(0)`, mappings: COMPLETE },
    { name: 'Ikä', expr: behind('ensilinja_figures_as_of_timestamp_seconds'), unit: 's', decimals: 0 },
    { name: 'Kaikki luettu', expr: behind('ensilinja_complete_until_timestamp_seconds'), unit: 's', decimals: 0 },
  ]);
}

function standby() {
  const about: About = {
    en: 'Number of processes with complete figures. With two, one can fail without an interruption.',
    sv: 'Hur många processer som har fullständiga siffror: med två kan den ena falla utan att någon märker det.',
    metrics: ['ensilinja_figures_complete'],
  };
  const expr = `count(${metric('ensilinja_figures_complete')} == 1) or vector(0)`;
  return tiles('Varaprosessi', about, 5, 4, [{ name: 'Varaprosessi', expr, mappings: STANDBY }]);
}

function newest() {
  const about: About = {
    en: 'Time since the newest event of each channel. At night a quiet channel is normal.',
    sv: 'Hur länge sedan den nyaste händelsen i varje kanal inträffade. Nattetid är en tyst kanal inget fel.',
    metrics: ['ensilinja_last_event_timestamp_seconds'],
  };
  const of = (channel: string) => metric('ensilinja_last_event_timestamp_seconds', { channel });
  const words = wordsOf('ensilinja_last_event_timestamp_seconds', 'channel');
  const shown = words.map(([channel, name]) => ({ name, expr: `time() - max(${of(channel)})`, unit: 'dthms' }));
  return tiles('Uusin tapahtuma', about, 8, 4, shown);
}

function calendar() {
  const about: About = {
    en: 'Time for which opening hours and holidays are known, and for which every event has been read.',
    sv: 'Hur länge öppettider och helger ännu är kända, och hur långt tillbaka alla händelser har lästs.',
    metrics: ['ensilinja_calendar_valid_until_timestamp_seconds', 'ensilinja_history_start_timestamp_seconds'],
  };
  const left = `min(${metric('ensilinja_calendar_valid_until_timestamp_seconds')}) - time()`;
  const behind = `time() - max(${metric('ensilinja_history_start_timestamp_seconds')})`;
  return tiles('Kalenteri ja historia', about, 4, 4, [
    { name: 'Kalenteria', expr: left, unit: 's', decimals: 0 },
    { name: 'Historiaa', expr: behind, unit: 's', decimals: 0 },
  ]);
}

function waitingLetters() {
  const about: About = {
    en: 'Dead letters waiting to be written, and how long the oldest of them has waited.',
    sv: 'Felposter som väntar på att skrivas, och hur länge den äldsta av dem har väntat.',
    metrics: ['ensilinja_dead_letters_waiting', 'ensilinja_dead_letters_blocked_seconds'],
  };
  return tiles('Hylättyjen kirjoitus', about, 5, 4, [
    { name: 'Odottaa', expr: `max(${metric('ensilinja_dead_letters_waiting')})` },
    { name: 'Odottanut', expr: `max(${metric('ensilinja_dead_letters_blocked_seconds')})`, unit: 'dthms' },
  ]);
}

function logs() {
  const about: About = {
    en: 'How often the log of a topic was replaced in the selected time range, by cause. All figures are then rebuilt.',
    sv: 'Hur ofta en topics logg har bytts ut under den tid som valts ovan, enligt orsak. Alla siffror byggs då om.',
    metrics: ['ensilinja_log_replaced_total'],
  };
  const shown = LOG_CHANGES.map(([reason, name]) => {
    const expr = `round(${ofOne(inRange('ensilinja_log_replaced_total', { reason }))})`;
    return { name, expr, mappings: NONE };
  });
  return tiles('Lokin vaihtumiset', about, 7, 4, shown);
}

function clock() {
  const about: About = {
    en: "How far the computer's clock is from the clock of the figures, and its steps in the selected time range.",
    sv: 'Hur långt datorns klocka är från siffrornas, och hur ofta den har ställts om under den tid som valts ovan.',
    metrics: ['ensilinja_clock_disbelieved_seconds', 'ensilinja_clock_steps_total'],
  };
  // Each process has the clock of its own computer.
  const steps = byProcess(inRange('ensilinja_clock_steps_total'));
  const off = metric('ensilinja_clock_disbelieved_seconds');
  return tiles('Kello', about, 4, 4, [
    { name: 'Poikkeama', expr: `max(abs(${off}))`, unit: 's', decimals: 0 },
    { name: 'Siirtoja', expr: `round(max(${steps}))`, mappings: NONE },
  ]);
}

function settings() {
  const about: About = {
    en: 'Topic settings that lose events, and respects in which the connection is less secure than it seems.',
    sv: 'Inställningar för topics som gör att händelser går förlorade, och brister i anslutningens säkerhet.',
    metrics: ['ensilinja_topic_setting_wrong', 'ensilinja_connection_insecure'],
  };
  return tiles('Asetukset', about, 4, 4, [
    { name: 'Vääriä', expr: wrong('ensilinja_topic_setting_wrong'), mappings: NONE },
    { name: 'Turvattomia', expr: wrong('ensilinja_connection_insecure'), mappings: NONE },
  ]);
}

function surplus() {
  const about: About = {
    en:
      'Callback attempts in the selected time range that are not counted, because their contact has a thousand with ' +
      'the same result already.',
    sv:
      'Återuppringningsförsök under den tid som valts ovan som inte räknas, eftersom kontakten redan har tusen med ' +
      'samma resultat.',
    metrics: ['ensilinja_events_total'],
  };
  const expr = `round(${ofShards(inRange('ensilinja_events_total', { result: 'surplus' }))})`;
  return tiles('Yrityksiä yli tuhannen', about, 4, 4, [{ name: 'Yrityksiä yli tuhannen', expr, mappings: NONE }]);
}

function access() {
  const about: About = {
    en:
      "How long the HTTP server's certificate is still valid, requests and connections refused in the selected time " +
      'range, and processes that refused a changed web configuration file.',
    sv:
      'Hur länge HTTP-serverns certifikat ännu gäller, avvisade begäranden och anslutningar under den tid som valts ' +
      'ovan, och processer som har avvisat en ändrad konfigurationsfil.',
    metrics: [
      'ensilinja_tls_certificate_valid_until_timestamp_seconds', 'ensilinja_http_refused_total',
      'ensilinja_web_config_last_reload_successful',
    ],
  };
  const left = `min(${metric('ensilinja_tls_certificate_valid_until_timestamp_seconds')}) - time()`;
  const reload = metric('ensilinja_web_config_last_reload_successful');
  return tiles('Palvelimen suojaus', about, 24, 4, [
    { name: 'Varmennetta jäljellä', expr: left, unit: 's', decimals: 0 },
    { name: 'Torjuttuja', expr: `round(sum(${inRange('ensilinja_http_refused_total')}))`, mappings: NONE },
    { name: 'Hylättyjä asetustiedostoja', expr: `count(${reload} == 0) or 0 * count(${reload})`, mappings: NONE },
  ]);
}

function processes() {
  const about: About = {
    en: 'One row per process. The source is the one whose figures are shown. Rebuild progress is in partitions read.',
    sv: 'En rad per process; källan är den vars siffror visas. Vid ombyggnad räknas de partitioner som har lästs.',
    metrics: [
      'ensilinja_rebuild_progress_ratio', 'ensilinja_partition_ready', 'ensilinja_partitions', 'ensilinja_legs',
      'ensilinja_kafka_lag_messages', 'ensilinja_kafka_lag_seconds', 'process_start_time_seconds',
    ],
  };
  const gauge = (name: Metric) => byProcess(metric(name), 'max');
  const source = `count by (instance) (${recorded('ensilinja:source')})`;
  const others = `0 * count by (instance) (${metric('ensilinja_build_info')})`;
  const started = byProcess(`${metric('process_start_time_seconds')} and ${OURS}`, 'max');
  return table('Prosessit', about, 24, 6, {
    keys: [{ label: 'instance', title: 'Prosessi' }, { label: 'version', title: 'Versio' }],
    columns: [
      { title: 'Versiot', expr: `max by (instance, version) (${metric('ensilinja_build_info')})`, hidden: true },
      { title: 'Lähde', expr: `${source} or ${others}`, mappings: SOURCE_WORDS },
      { title: 'Luvut', expr: gauge('ensilinja_figures_complete'), mappings: COMPLETE, state: true },
      { title: 'Uudelleenluettu', expr: gauge('ensilinja_rebuild_progress_ratio'), unit: 'percentunit', decimals: 0 },
      { title: 'n: osioita valmiina', expr: byProcess(metric('ensilinja_partition_ready')) },
      { title: 'Osioita', expr: gauge('ensilinja_partitions') },
      { title: 'Lukematta', expr: byProcess(metric('ensilinja_kafka_lag_messages')) },
      { title: 'Vanhin lukematon', expr: gauge('ensilinja_kafka_lag_seconds'), unit: 'dthms' },
      { title: 'Yhteydenottoja muistissa', expr: gauge('ensilinja_legs') },
      { title: 'Käynnistyi', expr: `1000 * ${started}`, unit: 'time:D.M. [klo] H.mm' },
    ],
    sortBy: ['Lähde'],
  });
}

function completeness() {
  const about: About = {
    en: 'When each process had complete figures. A restart is a gap; another process takes over.',
    sv: 'När varje process hade fullständiga siffror: en omstart är ett avbrott, och en annan process tar vid.',
    metrics: ['ensilinja_figures_complete'],
  };
  const expr = byProcess(metric('ensilinja_figures_complete'), 'max');
  return timeline('Lukujen täydellisyys', about, 24, 6, { expr, label: 'instance', mappings: COMPLETE });
}

function lag() {
  const about: About = {
    en: 'Unread records, by process.',
    sv: 'Poster som inte har lästs än, per process.',
    metrics: ['ensilinja_kafka_lag_messages'],
  };
  const expr = byProcess(metric('ensilinja_kafka_lag_messages'));
  return chart('Lukematta', about, 12, 8, { unit: 'locale', curves: [{ name: '{{instance}}', expr }] });
}

function topics() {
  const about: About = {
    en: 'Unread records, by topic: which source lags.',
    sv: 'Poster som inte har lästs än, per topic: vilken källa som släpar efter.',
    metrics: ['ensilinja_kafka_lag_messages'],
  };
  const expr = ofOne(metric('ensilinja_kafka_lag_messages'), ['topic']);
  return chart('Lukematta aiheittain', about, 12, 8, { unit: 'locale', curves: [{ name: '{{topic}}', expr }] });
}

function delay() {
  const about: About = {
    en: 'Time from an event until the figures include it: median and 99th percentile; n events per second.',
    sv: 'Från en händelse tills siffrorna kände till den: medianen och den långsammaste hundradelen; n per sekund.',
    metrics: ['ensilinja_event_delay_seconds'],
  };
  const rate = (part: string) => `rate(${metric('ensilinja_event_delay_seconds', {}, part)}[$__rate_interval])`;
  // With `convert_classic_histograms_to_nhcb` Prometheus has one native histogram without `_bucket`.
  const quantile = (q: string) =>
    `histogram_quantile(${q}, sum by (le) (${rate('_bucket')})) or histogram_quantile(${q}, sum(${rate('')}))`;
  const applied = metric('ensilinja_events_total', { result: 'applied' });
  return chart('Viive tapahtumasta lukuihin', about, 12, 8, {
    unit: 's',
    curves: [
      { name: 'Mediaani', expr: quantile('0.5') },
      { name: '99 %', expr: quantile('0.99') },
      { name: 'n', expr: ofShards(perSecond(applied)), look: 'n' },
    ],
  });
}

function events() {
  const about: About = {
    en: 'Live events per second, by effect. With shards: records per second that a process leaves to other shards.',
    sv: 'Händelser per sekund, och vad de ändrade. Om linjerna är delade: poster per sekund som lämnas åt andra delar.',
    metrics: ['ensilinja_events_total', 'ensilinja_records_skipped_total'],
  };
  const expr = ofShards(perSecond(metric('ensilinja_events_total')), ['result']);
  const words = wordsOf('ensilinja_events_total', 'result');
  return chart('Tapahtumia sekunnissa', about, 12, 8, {
    unit: 'cps',
    stacked: true,
    curves: [
      { name: '{{result}}', expr, words },
      { name: '{{instance}}: muiden osien', expr: byProcess(perSecond(metric('ensilinja_records_skipped_total'))) },
    ],
  });
}

function deadLetters() {
  const about: About = {
    en: 'Dead letters written in the selected time range, by reason.',
    sv: 'Felposter som skrivits under den tid som valts ovan, enligt orsak.',
    metrics: ['ensilinja_dead_letters_total'],
  };
  const expr = ofShards(inRange('ensilinja_dead_letters_total'), ['reason']);
  return bars('Hylättyjen jonoon kirjoitetut', about, 8, 8, [
    { expr: `round(${expr})`, label: 'reason', words: REASONS },
  ]);
}

function rejected() {
  const about: About = {
    en:
      'Records that were not read as events in the selected time range, by reason. Those of an unknown type or an ' +
      'unknown queue are no dead letters: a queue that no table of its source maps is listed by `ensilinja check`.',
    sv:
      'Poster som inte togs som händelser under den tid som valts ovan, enligt orsak. Poster av okänd typ eller från ' +
      'en okänd kö blir inga felposter: `ensilinja check` räknar upp köer som ingen tabell för källan känner.',
    metrics: ['ensilinja_events_rejected_total'],
  };
  const expr = ofShards(inRange('ensilinja_events_rejected_total'), ['reason']);
  return bars('Hylätyt syittäin', about, 8, 8, [{ expr: `round(${expr})`, label: 'reason', words: REASONS }]);
}

function oddities() {
  const about: About = {
    en: 'Accepted records that are unusual, in the selected time range. Figures are not affected.',
    sv: 'Ovanliga poster som ändå togs emot, under den tid som valts ovan. Siffrorna påverkas inte.',
    metrics: ['ensilinja_events_odd_total'],
  };
  const expr = ofShards(inRange('ensilinja_events_odd_total'), ['oddity']);
  return bars('Poikkeavat tietueet', about, 8, 8, [{ expr: `round(${expr})`, label: 'oddity', words: ODDITIES }]);
}

function memory() {
  const about: About = {
    en: 'Resident memory, by process. If there is a limit: what it counts, and the limit.',
    sv: 'Arbetsminne, per process. Om det finns en gräns: det som räknas mot den, och gränsen.',
    metrics: ['process_resident_memory_bytes', 'ensilinja_memory_used_bytes', 'ensilinja_memory_limit_bytes'],
  };
  const expr = byProcess(`${metric('process_resident_memory_bytes')} and ${OURS}`);
  const limit = byProcess(metric('ensilinja_memory_limit_bytes'), 'max');
  const counted = byProcess(metric('ensilinja_memory_used_bytes'), 'max');
  const curves = [
    { name: '{{instance}}', expr },
    { name: '{{instance}}: rajaan laskettava', expr: counted },
    { name: '{{instance}}: raja', expr: limit },
  ];
  return chart('Muisti', about, 12, 8, { unit: 'bytes', curves });
}

function cpu() {
  const about: About = {
    en: 'CPU seconds per second, by process: 1 is a whole core.',
    sv: 'CPU-sekunder per sekund, per process: 1 är en hel kärna.',
    metrics: ['process_cpu_seconds_total'],
  };
  const expr = byProcess(`rate(${metric('process_cpu_seconds_total')}[$__rate_interval]) and ${OURS}`);
  return chart('Suoritin', about, 12, 8, { unit: 'short', curves: [{ name: '{{instance}}', expr }] });
}
