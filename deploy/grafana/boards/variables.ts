// What a dashboard is filtered by: areas and channels, as on the wallboard. And where the wallboard is.

import { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  ConstantVariableBuilder, QueryVariableBuilder, VariableHide, VariableModel, VariableRefresh, VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { recorded } from './queries';
import { SOURCE } from './source';
import { wordsOf } from './words';

/** The kinds of query that Grafana's editor of variables knows, by number. */
const LABEL_VALUES = 1;
const QUERY_RESULT = 3;

const REF_ID = 'PrometheusVariableQueryEditor-VariableQuery';
const ALL = { selected: true, text: ['All'], value: ['$__all'] };

/** The address of the wallboard as docker-compose.yml publishes it, without a slash at its end. */
const WALLBOARD = 'http://127.0.0.1:9464';

/** Several areas, or all. All are all that are listed, so that links can name them. */
export function areaVariable(): QueryVariableBuilder {
  const [series, label] = [recorded('ensilinja:line_info'), 'service_area'];
  const query = `label_values(${series},${label})`;
  return several('area')
    .label('Alue')
    .query({ qryType: LABEL_VALUES, metric: series, label, query, refId: REF_ID });
}

/** Several channels, or all: those of the lines, each shown by its word. */
export function channelVariable(): QueryVariableBuilder {
  const words = wordsOf('ensilinja_last_event_timestamp_seconds', 'channel');
  const named = words.reduce(
    (series, [channel, word]) => `label_replace(${series}, "word", "${word}", "channel", "${channel}")`,
    recorded('ensilinja:line_info'),
  );
  return several('channel')
    .label('Kanava')
    .query({ qryType: QUERY_RESULT, query: `query_result(max by (channel, word) (${named}))`, refId: REF_ID })
    .regex('/word="(?<text>[^"]+)|channel="(?<value>[^"]+)/g');
}

/** Shown by name, selected by id. */
export function lineVariable(): QueryVariableBuilder {
  const query = `query_result(max by (line, name_fi) (${recorded('ensilinja:line_info')}))`;
  return queried('line')
    .label('Linja')
    .query({ qryType: QUERY_RESULT, query, refId: REF_ID })
    .regex('/name_fi="(?<text>[^"]+)|line="(?<value>[^"]+)/g');
}

/** A constant: an address in the dashboard's own address could lead a click anywhere. */
export function wallboardVariable(): Builder<VariableModel> {
  const constant = new ConstantVariableBuilder('wallboard').value(WALLBOARD);
  return { build: () => ({ ...constant.build(), hide: VariableHide.HideVariable }) };
}

function several(name: string): QueryVariableBuilder {
  return queried(name).multi(true).includeAll(true).current(ALL);
}

function queried(name: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .datasource(SOURCE)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc);
}
