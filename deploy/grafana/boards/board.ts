// What all dashboards share: the data source, the time zone, links to the other dashboards and to the wallboard.

import { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  Dashboard, DashboardBuilder, DashboardCursorSync, DashboardLink, DashboardLinkBuilder, DashboardLinkPlacement,
  DashboardLinkType, Panel, TimeOptionBuilder, TimePickerBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { About, description } from './describe';
import { SOURCE } from './source';
import { wallboardVariable } from './variables';

/** The dashboards in order. Each name is a file name, each uid part of an address. */
export const BOARDS = {
  now: { uid: 'ensilinja-nyt', title: 'Nyt' },
  line: { uid: 'ensilinja-linja', title: 'Linja' },
  quarter: { uid: 'ensilinja-neljannes', title: 'Neljännesvuoden tavoitteet' },
  pipeline: { uid: 'ensilinja-tietovirta', title: 'Tietovirta' },
};

export type Board = keyof typeof BOARDS;

export interface Shell {
  board: Board;
  about: About;
  from: string;
  to: string;
  refresh: string;
  /** Quick time ranges; by default Grafana's own. */
  times?: { name: string; from: string; to: string }[];
  panels: Builder<Panel>[];
  /** What to show of the wallboard: what follows its address. */
  wallboard?: string;
}

/** The methods that all kinds of panels have. */
interface AnyPanel extends Builder<Panel> {
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: typeof SOURCE): this;
  span(width: number): this;
  height(height: number): this;
}

/** Gives a panel what every panel needs. A row of the dashboard is 24 wide. */
export function panel<P extends AnyPanel>(kind: P, title: string, about: About, width: number, height: number): P {
  return kind.title(title).description(description(about)).datasource(SOURCE).span(width).height(height);
}

export function board(shell: Shell): DashboardBuilder {
  const { board, about, from, to, refresh, times = [], panels, wallboard = '/' } = shell;
  const { uid, title } = BOARDS[board];
  const others = Object.values(BOARDS).filter((other) => other.uid !== uid);
  const made = new DashboardBuilder(`Ensilinja: ${title}`)
    .uid(uid)
    .description(description(about))
    .tags(['ensilinja'])
    .timezone('Europe/Helsinki')
    .weekStart('monday')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from, to })
    .refresh(refresh)
    .readonly()
    .timepicker(timePicker(times))
    .links([...others.map(link), wallboardLink(wallboard)])
    .withVariable(wallboardVariable());
  panels.forEach((panel) => made.withPanel(panel));
  return made;
}

function timePicker(times: { name: string; from: string; to: string }[]): TimePickerBuilder {
  const picker = new TimePickerBuilder().refreshIntervals(['5s', '30s', '1m', '5m', '15m']);
  const ranges = times.map(({ name, from, to }) => new TimeOptionBuilder().display(name).from(from).to(to));
  return ranges.length ? picker.quickRanges(ranges) : picker;
}

function link({ uid, title }: { uid: string; title: string }): Builder<DashboardLink> {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(`/d/${uid}`).icon('dashboard');
}

function wallboardLink(shown: string): Builder<DashboardLink> {
  return new DashboardLinkBuilder('Taulu')
    .type(DashboardLinkType.Link)
    .url(`\${wallboard}${shown}`)
    .icon('external link');
}

/** Values that the builders add and Grafana 13.2 does not know. */
const STRANGE = new Set(['auto', 'auto_count', 'auto_min', 'footer']);

/** The dashboard as Grafana reads it from a file. Panels are numbered in order. */
export function built(board: DashboardBuilder): Dashboard {
  const made = board.build();
  const panels = made.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
  const known = (key: string, value: unknown) => {
    const isStrange = STRANGE.has(key) || value === DashboardLinkPlacement.InControlsMenu;
    return isStrange ? undefined : value;
  };
  return JSON.parse(JSON.stringify({ ...made, id: null, panels }, known));
}
