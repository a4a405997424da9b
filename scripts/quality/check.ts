// `npm run check`: format, lint, types, import rules, dead code. Every check runs; the last line names those that failed.
import { output, run } from './run.ts';

type Check = readonly [name: string, program: string, args: readonly string[]];

const LINT: Check = ['lint', 'eslint', ['.', '--quiet']];
const OTHERS: readonly Check[] = [
  ['format', 'prettier', ['--check', '.', '--log-level', 'warn']],
  ['types of shared', 'tsc', ['-p', 'shared/tsconfig.json']],
  ['types of server', 'tsc', ['-p', 'server/tsconfig.json']],
  ['types of scripts', 'tsc', ['-p', 'scripts/tsconfig.json']],
  ['types of journeys', 'tsc', ['-p', 'e2e/tsconfig.json']],
  ['types of client', 'svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  [
    'import rules',
    'depcruise',
    ['--config', '.dependency-cruiser.cjs', 'shared', 'server', 'client', 'scripts', 'e2e', '--output-type', 'err'],
  ],
  ['dead code', 'knip', []],
];

const failed: string[] = [];

async function checkAll(checks: readonly Check[]): Promise<void> {
  for (const [name, program, args] of checks) {
    const { code, text } = await output(program, args);
    process.stdout.write(`\n== ${name}${code === 0 ? '' : ': FAILED'}\n${text}`);
    if (code !== 0) failed.push(name);
  }
}

await run('svelte-kit', ['sync']);
// The lint takes as long as all the others together: it has a processor of its own.
await Promise.all([checkAll([LINT]), checkAll(OTHERS)]);
process.stdout.write(failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);
