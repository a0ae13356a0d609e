// Today compared with the same day last week.
//
// A week ago is exactly 7 x 24 hours ago: PromQL has no local time. For a week after a clock change that is another
// time of day, as the descriptions say. A total of then that lacks a line of now is not shown.

import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { About } from './describe';
import { at, good, Labels, likeNow, Metric, metric, ofSource, share, valid, WEEK_AGO } from './queries';
import { OfLines } from './states';
import { tiles } from './tiles';

/** The name of a curve of a week ago. */
export const LAST_WEEK = 'Viikko sitten (7 × 24 h)';

const CLOCK_CHANGE = {
  en: 'A week ago is exactly 7 x 24 hours ago: in the week after a clock change, an hour off by the clock.',
  sv: 'För en vecka sedan är exakt 7 x 24 timmar sedan: under veckan efter en tidsomställning en timme fel på klockan.',
};

/** What a panel shows, and what its week ago means. */
export function withLastWeek({ en, sv, ...rest }: About): About {
  return { ...rest, en: `${en} ${CLOCK_CHANGE.en}`, sv: `${sv} ${CLOCK_CHANGE.sv}` };
}

/** A series now and a week ago. */
export function nowAndThen(name: Metric, labels: Labels, which: OfLines) {
  const { lines = (it) => it } = which;
  const series = metric(name, { ...which.labels, ...labels });
  return { now: lines(ofSource(series)), then: lines(ofSource(series, WEEK_AGO)) };
}

export function todayAndLastWeek(width: number, which: OfLines): PanelBuilder {
  const about = withLastWeek({
    en: 'Since midnight, and on the same day last week up to then; absent if any line shown now had no figures then.',
    sv: 'Sedan midnatt, och samma dag förra veckan fram till dess; saknas om någon av linjerna då saknade siffror.',
    indicators: ['promise_kept'],
    metrics: ['ensilinja_window_contacts_offered', 'ensilinja_window_contacts_decided'],
  });
  const { labels, lines = (it: string) => it } = which;
  const arrived = nowAndThen('ensilinja_window_contacts_offered', { window: 'today' }, which);
  const decided = { result: 'answered', window: 'today' };
  const answered = nowAndThen('ensilinja_window_contacts_decided', decided, which);
  const [of, n] = [good('promise_kept', 'today', labels), valid('promise_kept', 'today', labels)];
  const then = [of, n].map((series) => likeNow(lines(series), lines(at(WEEK_AGO, series))));
  return tiles('Tänään ja viikko sitten', about, width, 4, [
    { name: 'Saapui', expr: `sum(${arrived.now})` },
    { name: 'Saapui viikko sitten', expr: likeNow(arrived.now, arrived.then) },
    { name: 'Vastattu', expr: `sum(${answered.now})` },
    { name: 'Vastattu viikko sitten', expr: likeNow(answered.now, answered.then) },
    { name: 'Pidetty viikko sitten', expr: share(`(${then[0]})`, `(${then[1]})`), unit: 'percentunit', decimals: 0 },
    { name: 'n, viikko sitten', expr: then[1] },
  ]);
}
