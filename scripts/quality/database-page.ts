// `node scripts/quality/database-page.ts`: writes the tables of docs/database.md from the engine's own closed lists.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { commands, refusedNames, supported } from '#server/platform/mongo/embedded/supported.ts';

const PAGE = path.resolve(import.meta.dirname, '../../docs/database.md');
const BEGIN = '<!-- written by scripts/quality/database-page.ts: begin -->';
const END = '<!-- end -->';

const TITLES: Readonly<Record<keyof typeof supported, string>> = {
  query: 'Query operators',
  projection: 'Projection operators',
  update: 'Update operators',
  stages: 'Aggregation stages',
  accumulators: 'Accumulators',
  expressions: 'Expressions',
};

/** The page as it should be: its own text, with the tables of today. */
export async function pageOfToday(): Promise<string> {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} has lost the marks of its tables`);
  const config = await resolveConfig(PAGE);
  return format(`${before}${BEGIN}\n\n${tables()}\n\n${END}${after}`, { ...config, filepath: PAGE });
}

/** The page as it is. */
export const pageAsItIs = (): string => readFileSync(PAGE, 'utf8');

function tables(): string {
  const parts = Object.entries(TITLES).map(([part, title]) => {
    const families: Readonly<Record<string, readonly string[]>> = supported[part as keyof typeof supported]; // a key of the same table
    return table(title, families);
  });
  const refused = table('MongoDB has these, the embedded engine refuses them by name', refusedNames);
  const known = Object.entries(commands).map(([name, options]) => `| \`${name}\` | ${code(options)} |`);
  return [...parts, `### Commands\n\n| command | options |\n| --- | --- |\n${known.join('\n')}`, refused].join('\n\n');
}

function table(title: string, families: Readonly<Record<string, readonly string[]>>): string {
  const rows = Object.entries(families).map(([family, names]) => `| ${family} | ${code(names)} |`);
  return `### ${title}\n\n| | |\n| --- | --- |\n${rows.join('\n')}`;
}

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ') || '–';

if (import.meta.main) writeFileSync(PAGE, await pageOfToday());
