// Pipeline: how the figures are made, and whether they can be trusted. One row per process where processes differ.

import { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { board } from './board';
import { chart } from './charts';
import { About } from './describe';
import { Metric, metric, recorded } from './queries';
import { table } from './tables';
import { timeline } from './timeline';
import { bars, tiles } from './tiles';
import { COMPLETE, SOURCE_WORDS, STANDBY, wordsOf } from './words';

const OURS = `on (job, instance) ${metric('ensilinja_build_info')}`;
const byProcess = (series: string, how = 'sum') => `${how} by (instance) (${series})`;

const ABOUT: About = {
  en: 'How the figures are made: lag, completeness, delay, dead letters, rebuild, memory, standby.',
  sv: 'Hur siffrorna uppstår: eftersläpning, fullständighet, fördröjning, felposter, ombyggnad, minne, reserv.',
};

export function pipeline(): DashboardBuilder {
  const panels = [
    figures(), standby(), newest(), calendar(), processes(), completeness(), lag(), delay(), events(), deadLetters(),
    memory(), cpu(),
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
    en: 'Time for which opening hours and holidays are known.',
    sv: 'Hur länge öppettider och helger ännu är kända.',
    metrics: ['ensilinja_calendar_valid_until_timestamp_seconds'],
  };
  const expr = `min(${metric('ensilinja_calendar_valid_until_timestamp_seconds')}) - time()`;
  return tiles('Kalenteria jäljellä', about, 4, 4, [{ name: 'Kalenteria jäljellä', expr, unit: 's', decimals: 0 }]);
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
      { name: 'n', expr: `sum(rate(${applied}[$__rate_interval]))`, look: 'n' },
    ],
  });
}

function events() {
  const about: About = {
    en: 'Live events per second, by effect.',
    sv: 'Händelser per sekund, och vad de ändrade.',
    metrics: ['ensilinja_events_total'],
  };
  const expr = `sum by (result) (rate(${metric('ensilinja_events_total')}[$__rate_interval]))`;
  const words = wordsOf('ensilinja_events_total', 'result');
  return chart('Tapahtumia sekunnissa', about, 12, 8, {
    unit: 'cps', stacked: true, curves: [{ name: '{{result}}', expr, words }],
  });
}

function deadLetters() {
  const about: About = {
    en: 'Rejected records, by reason, in the selected time range.',
    sv: 'Poster som inte kunde tas som händelser, enligt orsak, under den tid som valts ovan.',
    metrics: ['ensilinja_dead_letters_total'],
  };
  const expr = `sum by (reason) (increase(${metric('ensilinja_dead_letters_total')}[$__range]))`;
  return bars('Hylätyt syittäin', about, 12, 8, [{ expr: `round(${expr})`, label: 'reason', words: [] }]);
}

function memory() {
  const about: About = {
    en: 'Resident memory, by process.',
    sv: 'Arbetsminne, per process.',
    metrics: ['process_resident_memory_bytes'],
  };
  const expr = byProcess(`${metric('process_resident_memory_bytes')} and ${OURS}`);
  return chart('Muisti', about, 12, 8, { unit: 'bytes', curves: [{ name: '{{instance}}', expr }] });
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
