// The command line: `npx vigie …`.
import { parseArgs } from 'node:util';
import { exportSettings, importSettings } from './settings-file.ts';

const USAGE = `Usage:
  npx vigie settings export [FILE]   writes the site's settings (machines, workflow) as one JSON file
  npx vigie settings import FILE     reads such a file; machines are added or changed, nothing is removed
`;

type Command = (args: readonly string[]) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  'settings export': ([file]) => exportSettings(file),
  'settings import': ([file]) => {
    if (file === undefined) throw new Error('Name the file to import.');
    return importSettings(file);
  },
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } });
const [area = '', verb = '', ...rest] = positionals;
const command = COMMANDS[`${area} ${verb}`];
if (values.help || !command) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
try {
  await command(rest);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
