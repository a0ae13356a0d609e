// The description of a panel in English and Swedish: its question, then the texts of the catalogue.

import catalogue from './catalogue.json';
import { Indicator, Metric } from './queries';

export interface About {
  en: string;
  sv: string;
  metrics?: Metric[];
  indicators?: Indicator[];
}

export function description({ en, sv, metrics = [], indicators = [] }: About): string {
  const shares = indicators.map((indicator) => {
    const names = catalogue.indicators[indicator];
    return `- ${names.fi} / ${names.sv} / **${names.en}**: ${names.rule}`;
  });
  const figures = metrics.map((metric) => `- \`${metric}\`: ${catalogue.metrics[metric].help}`);
  const sources = [...shares, ...figures];
  return [`**English:** ${en}`, `**Svenska:** ${sv}`, ...(sources.length ? [sources.join('\n')] : [])].join('\n\n');
}

export function nameOf(indicator: Indicator): string {
  return catalogue.indicators[indicator].fi;
}
