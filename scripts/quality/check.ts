// `npm run check`: format, lint, types, import rules, dead code. Every check runs; the last lines name those that failed.
import { run } from './run.ts';

const CHECKS: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
  ['routes', 'svelte-kit', ['sync']],
  ['format', 'prettier', ['--check', '.', '--log-level', 'warn']],
  ['types of shared', 'tsc', ['-p', 'shared/tsconfig.json']],
  ['types of server', 'tsc', ['-p', 'server/tsconfig.json']],
  ['types of scripts', 'tsc', ['-p', 'scripts/tsconfig.json']],
  ['types of journeys', 'tsc', ['-p', 'e2e/tsconfig.json']],
  ['types of client', 'svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  ['lint', 'eslint', ['.', '--quiet']],
  [
    'import rules',
    'depcruise',
    ['--config', '.dependency-cruiser.cjs', 'shared', 'server', 'client', 'scripts', 'e2e', '--output-type', 'err'],
  ],
  ['dead code', 'knip', []],
];

const failed: string[] = [];
for (const [name, program, args] of CHECKS) {
  process.stdout.write(`\n== ${name}\n`);
  if ((await run(program, args)) !== 0) failed.push(name);
}
process.stdout.write(failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);
