// `npm test`: every test, on the embedded database or, with MONGODB_URI, on MongoDB. Its last line is `N passed, N failed`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureClientBuilt } from '../client-build.ts';
import { run } from './run.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  numPendingTests: number;
}

const browser = process.env.CHROMIUM ?? BROWSERS.find((place) => existsSync(place));
if (!browser && process.env.CI) {
  process.stdout.write('No Chromium was found: in CI that is a failure.\n0 passed, 1 failed\n');
  process.exit(1);
}
const projects = ['shared', 'server', 'client', ...(browser ? ['e2e'] : [])];
if (browser) await ensureClientBuilt((line) => process.stdout.write(`${line}\n`));

const folder = mkdtempSync(path.join(tmpdir(), 'vigie-report-'));
const file = path.join(folder, 'report.json');
const code = await run(
  'vitest',
  [
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...process.argv.slice(2),
  ],
  // The build before it leaves this process in production, where replies are not held against the contract.
  { NODE_ENV: 'test', ...(browser ? { CHROMIUM: browser } : {}) },
);
const report = JSON.parse(readFileSync(file, 'utf8')) as Report; // written by the runner just now
rmSync(folder, { recursive: true });
if (!browser) process.stdout.write('\n!! SKIPPED: the browser tests. Install Chromium, or name it in CHROMIUM, to run them.\n');
// A file that could not be loaded has no failed test of its own.
const failed = Math.max(report.numFailedTests, code === 0 ? 0 : 1);
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed${skipped}\n`);
process.exit(code);
