// Checks the dashboards against the types that Grafana publishes, of its newest release and of an older one that is
// still in use. Each file is written as values of those types, so that the compiler refuses what they do not know.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dashboard, DynamicConfigValue, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

const DASHBOARDS = join(__dirname, '..', '..', 'dashboards');
const FOLDER = join(__dirname, 'conform');
const PACKAGES = join(__dirname, '..', 'node_modules', '@grafana');

/** The packages of types, as package.json names them: the newest release of Grafana first. */
const RELEASES = ['schema', 'schema-12'];

/** The kinds of panel, and whether their fields have their own settings. */
const KINDS: Record<string, { fields: boolean }> = {
  bargauge: { fields: false },
  heatmap: { fields: true },
  'state-timeline': { fields: true },
  stat: { fields: false },
  table: { fields: true },
  timeseries: { fields: true },
};

/** Enum members are written as strings, and members with a default may be missing. */
const LOOSE = `
type Loose<T> = unknown extends T ? T
  : T extends string ? \`\${T}\`
  : T extends object ? { [K in keyof T]?: Loose<T[K]> }
  : T;
`;

const OPTIONS = { strict: true, noEmit: true, skipLibCheck: true, target: 'es2022', module: 'commonjs', types: [] };

rmSync(FOLDER, { recursive: true, force: true });
RELEASES.forEach((release) => mkdirSync(join(FOLDER, release), { recursive: true }));
writeFileSync(join(FOLDER, 'tsconfig.json'), `${JSON.stringify({ compilerOptions: OPTIONS, include: ['*/*.ts'] })}\n`);
const files = readdirSync(DASHBOARDS);
for (const file of files) {
  const board: Dashboard = JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8'));
  for (const release of RELEASES) {
    const text = [...imports(release), LOOSE, ...values(board), ''].join('\n');
    writeFileSync(join(FOLDER, release, file.replace(/json$/, 'ts')), text);
  }
}
const versions = RELEASES.map((release) => JSON.parse(readFileSync(join(PACKAGES, release, 'package.json'), 'utf8')));
console.log(`${files.length} dashboards against Grafana ${versions.map(({ version }) => version).join(' and ')}`);

function imports(release: string): string[] {
  const kinds = Object.keys(KINDS).map((kind) => {
    const path = typesIn(release, join('composable', plainly(kind), 'panelcfg', 'x'));
    return `import type * as ${plainly(kind)} from '${path}';`;
  });
  return [...kinds, `import type * as dashboard from '${typesIn(release, join('dashboard', 'x'))}';`];
}

/** The one file of types in a folder of a release; its name differs between releases. The path is that from FOLDER. */
function typesIn(release: string, folder: string): string {
  const inside = join('dist', 'types', 'raw', folder);
  const found = readdirSync(join(PACKAGES, release, inside)).filter((file) => file.endsWith('types.gen.d.ts'));
  if (found.length !== 1) {
    throw new Error(`${release} has ${found.length} files of types in ${inside}`);
  }
  return `../../../node_modules/@grafana/${release}/${inside}/${found[0].replace(/\.d\.ts$/, '')}`;
}

/** A kind of panel without its hyphen: the name of a folder and of an import. */
function plainly(kind: string): string {
  return kind.replace('-', '');
}

/** The query of an annotation belongs to its data source; the dashboard's type does not describe it. */
function values(board: Dashboard): string[] {
  const panels = (board.panels ?? []).flatMap(ofPanel);
  const annotations = { list: board.annotations.list?.map(({ expr, step, titleFormat, textFormat, ...rest }) => rest) };
  return [{ type: 'dashboard.Dashboard', value: { ...board, annotations } }, ...panels].map(
    ({ type, value }, index) => `export const value${index}: Loose<${type}> = ${JSON.stringify(value)};`,
  );
}

/** The parts that a dashboard's own type does not describe: options of panels and settings of fields. */
function ofPanel(panel: Panel | RowPanel): { type: string; value: unknown }[] {
  const kind = KINDS[panel.type];
  if (kind === undefined || !('options' in panel)) {
    throw new Error(`whether a ${panel.type} is right is not known: ${panel.title}`);
  }
  const overrides = panel.fieldConfig?.overrides.flatMap((override) => override.properties) ?? [];
  const own = overrides.filter(({ id }) => id.startsWith('custom.'));
  const types = plainly(panel.type);
  const fields = [...own.map(setting), panel.fieldConfig?.defaults.custom ?? {}];
  return [
    { type: `${types}.Options`, value: panel.options },
    ...fields.map((value) => ({ type: kind.fields ? `${types}.FieldConfig` : 'Record<string, never>', value })),
    ...overrides.filter(({ id }) => !id.startsWith('custom.')).map(plain),
  ];
}

function setting({ id, value }: DynamicConfigValue): unknown {
  return { [id.slice('custom.'.length)]: value };
}

/** Settings that all fields have. */
function plain({ id, value }: DynamicConfigValue): { type: string; value: unknown } {
  return { type: 'dashboard.FieldConfig', value: { [id]: value } };
}
