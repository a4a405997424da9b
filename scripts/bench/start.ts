import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#server/testing/process.ts';
import { ensureClientBuilt } from '../client-build.ts';
import { figuresOf, ms, row, title } from './figures.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ROUNDS = 5;
const REST_MS = 8000;

/** From the start of the process to its first answer; and its memory at rest. */
export async function benchStart(): Promise<void> {
  title('npm start, with the client built');
  await ensureClientBuilt(() => undefined);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'vigie-bench-'));
  const times: number[] = [];
  let rssMb = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const port = await freePort();
    const started = performance.now();
    const child = spawn(process.execPath, ['--max-semi-space-size=1', '--v8-pool-size=1', 'scripts/start.js'], {
      cwd: ROOT,
      stdio: 'ignore',
      env: { ...process.env, DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'error', NODE_ENV: 'production' },
    });
    await answered(`http://127.0.0.1:${port}/api/welcome`);
    times.push(performance.now() - started);
    if (round === ROUNDS - 1) {
      await sleep(REST_MS);
      const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8')) ?? [];
      rssMb = Number(kb) / 1024;
    }
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(dataDir, { recursive: true });
  row('process start to first answer', ms(figuresOf(times).p50), 'aim ≤ 2,000 ms');
  row('memory at rest of the one process', `${rssMb.toFixed(0)} MB`, 'aim ≤ 200 MB');
}

async function answered(url: string): Promise<void> {
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      await sleep(5);
    }
  }
}
