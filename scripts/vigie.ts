// The command line: `npx vigie …`.
import { parseArgs } from 'node:util';
import type { EvaluateOptions } from './qa.ts';

const USAGE = `Usage:
  npx vigie settings export [FILE]   writes the site's settings (machines, workflow) as one JSON file
  npx vigie settings import FILE     reads such a file; machines are added or changed, nothing is removed
  npx vigie database backup FILE     writes all of the database to one file, while the site works
  npx vigie database restore FILE    puts a backup in place of the database; Vigie must be stopped
  npx vigie database check           reads the whole database and compares every index with its documents
  npx vigie database export DIR      writes all of it as Extended JSON lines, to move to another database
  npx vigie database import DIR      puts an export in place of the database; Vigie must be stopped
  npx vigie database serve           runs the embedded engine alone; its first line is its URI
  npx vigie qa evaluate FILE.csv [--at 2026-11-20T12:00] [--from 2024-01-01] [--json]
                                     judges an export of controls by the default rules, as they stood at that hour of the site

Nothing that exists is replaced without being asked, or --yes.
`;

type Command = (args: readonly string[], options: EvaluateOptions & { yes: boolean }) => Promise<void>;

const named = (value: string | undefined, what: string): string => {
  if (value === undefined) throw new Error(`Name the ${what}.`);
  return value;
};

// Loaded when asked for: judging an export needs no database, and half a second is long on a command line.
const settings = () => import('./settings-file.ts');
const database = () => import('./database.ts');
const qa = () => import('./qa.ts');

const COMMANDS: Readonly<Record<string, Command>> = {
  'settings export': async ([file]) => (await settings()).exportSettings(file),
  'settings import': async ([file]) => (await settings()).importSettings(named(file, 'file to import')),
  'database backup': async ([file], options) => (await database()).backupDatabase(named(file, 'file to write'), options),
  'database restore': async ([file], options) => (await database()).restoreDatabase(named(file, 'backup to restore'), options),
  'database check': async () => (await database()).checkDatabase(),
  'database export': async ([dir], options) => (await database()).exportDatabase(named(dir, 'directory to write'), options),
  'database import': async ([dir], options) => (await database()).restoreDatabase(named(dir, 'directory to import'), options),
  'database serve': async () => (await import('./database-serve.ts')).serveDatabase(),
  'qa evaluate': async ([file], options) => (await qa()).evaluateControls(named(file, 'CSV file to evaluate'), options),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h' },
    yes: { type: 'boolean' },
    at: { type: 'string' },
    from: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const [area = '', verb = '', ...rest] = positionals;
const command = COMMANDS[`${area} ${verb}`];
if (values.help || !command) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
try {
  await command(rest, { ...values, yes: values.yes === true });
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
