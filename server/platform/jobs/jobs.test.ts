import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mongoose, { type Connection } from 'mongoose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { started, type Started } from '../mongo/embedded/testing/started.ts';
import { backupJob, verifyCopy } from '../mongo/operations/index.ts';
import { startJobs, type Job, type Jobs } from './index.ts';

let at: Started;
const connections: Connection[] = [];
const running: Jobs[] = [];

beforeEach(async () => {
  at = await started();
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
  for (const connection of connections.splice(0)) await connection.close();
  await at.stop();
});

const log = createLog('silent');
const rows = () => at.client.db('vigie').collection('agendaJobs');

async function start(jobs: readonly Job[], timezone = 'Europe/Paris'): Promise<Jobs> {
  const connection = await mongoose.createConnection(at.embedded.uri).asPromise();
  connections.push(connection);
  const started_ = await startJobs({ connection, jobs, timezone, log, processEveryMs: 200 });
  running.push(started_);
  return started_;
}

const nightly: Job = {
  name: 'test/nightly',
  schedule: '30 2 * * *',
  retry: { delayMs: 100, times: 2 },
  timeLimitMs: 60_000,
  run: () => Promise.resolve(),
};
const waited = (check: () => unknown) => expect.poll(check, { timeout: 10_000 });

describe('schedules', () => {
  test('processes that start at once make one job of each, at the hour of the site, and run nothing on starting', async () => {
    let runs = 0;
    const job = { ...nightly, run: () => Promise.resolve(void runs++) };
    await Promise.all([start([job]), start([job]), start([job])]);
    const found = await rows().find({ name: job.name }).toArray();
    expect(found).toHaveLength(1);
    const hour = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' });
    expect(hour.format(found[0]?.nextRunAt as Date)).toBe('02:30'); // a date was stored
    await sleep(600);
    expect(runs).toBe(0);
  });

  test('a run that fell into a stop is made up for, once', async () => {
    let runs = 0;
    const job = { ...nightly, run: () => Promise.resolve(void runs++) };
    await (await start([job])).stop();
    await rows().updateOne({ name: job.name }, { $set: { nextRunAt: new Date(Date.now() - 3_600_000) } });
    await Promise.all([start([job]), start([job])]);
    await waited(() => runs).toBe(1);
    await sleep(800);
    expect(runs).toBe(1);
    expect((await rows().findOne({ name: job.name }))?.nextRunAt).toSatisfy((next: Date) => next > new Date());
  });

  test('a changed schedule replaces the old one', async () => {
    await start([nightly]);
    await start([{ ...nightly, schedule: '0 5 * * *' }]);
    expect((await rows().find({ name: nightly.name }).toArray()).map((row) => String(row.repeatInterval))).toEqual(['0 5 * * *']);
  });
});

describe('a run', () => {
  test('that is asked for is made by one of the processes, and forgotten when it is done', async () => {
    let runs = 0;
    const job = { ...nightly, run: () => Promise.resolve(void runs++) };
    const [first] = await Promise.all([start([job]), start([job])]);
    await first.runNow(job.name);
    await waited(() => runs).toBe(1);
    await waited(() => rows().countDocuments({ name: job.name })).toBe(1);
    expect(runs).toBe(1);
  });

  test('that fails is tried again after its delay, as often as it may', async () => {
    let runs = 0;
    const job = { ...nightly, run: () => Promise.reject(new Error(`no ${++runs}`)) };
    await (await start([job])).runNow(job.name);
    await waited(() => runs).toBe(3);
    await sleep(800);
    expect(runs).toBe(3);
  });

  test('that is longer than its limit goes on as long as it says so, and is run by nobody else', async () => {
    let runs = 0;
    let aborted = 0;
    const job: Job = {
      ...nightly,
      timeLimitMs: 1000,
      run: async ({ signal, touch }) => {
        runs++;
        for (let step = 0; step < 10; step++) {
          await sleep(300);
          await touch();
        }
        if (signal.aborted) aborted++;
      },
    };
    const [first] = await Promise.all([start([job]), start([job])]);
    await first.runNow(job.name);
    await waited(() => rows().countDocuments({ name: job.name })).toBe(1);
    expect([runs, aborted]).toEqual([1, 0]);
  });
});

describe('the daily backup', () => {
  test('writes a file that can be restored, keeps fourteen of them and nothing but its own', async () => {
    await at.client
      .db('vigie')
      .collection('c')
      .insertMany([{ n: 1 }, { n: 2 }]);
    const folder = path.join(at.dir, 'backups');
    await mkdir(folder);
    for (let day = 1; day <= 20; day++) writeFileSync(path.join(folder, `vigie-2026-01-${String(day).padStart(2, '0')}.jsonl.gz`), '');
    writeFileSync(path.join(folder, 'kept-by-hand.gz'), '');
    const now = (): Date => new Date('2026-03-28T23:30:00Z'); // the 29th on the site
    const job = backupJob({ place: { uri: undefined, dataDir: at.dir }, timezone: 'Europe/Paris', now, log });
    await (await start([job])).runNow(job.name);
    const file = path.join(folder, 'vigie-2026-03-29.jsonl.gz');
    await waited(() => readdirSync(folder).length).toBe(15);
    expect(readdirSync(folder)).toContain('kept-by-hand.gz');
    expect(readFileSync(file).length).toBeGreaterThan(100);
    expect((await verifyCopy(file)).collections).toContainEqual(expect.objectContaining({ name: 'c', documents: 2 }));
  });
});
