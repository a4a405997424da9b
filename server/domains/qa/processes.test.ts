import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import mongoose from 'mongoose';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { reportFaultCall, unclassifiedCall } from '#shared/qa/api.ts';
import { freePort } from '#server/testing/process.ts';
import { LAST_WEEK, LINAC, THIS_WEEK } from '#server/testing/quality.ts';
import { startTestApp, type TestApp, type Watcher } from '#server/testing/app.ts';
import { ensureMachine } from '#server/domains/machines/index.ts';
import { startSimulator, type Simulator } from '../../../scripts/demo/artiscan/server.ts';
import { currentLight } from './index.ts';
import { pictureAt } from './picture.ts';

// This process serves pages and was given no credentials; others with the role `jobs` read the source, on the same database.
const program = path.join(import.meta.dirname, '../../testing/role.ts');
const children: ChildProcess[] = [];
let test: TestApp;
let simulator: Simulator;
let watcher: Watcher;
let ca: string;

beforeAll(async () => {
  simulator = await startSimulator({ database: 'DBArtiscan', user: 'u', password: 'p' });
  simulator.controls.add(LAST_WEEK, { ...LAST_WEEK, id: 2, at: recently() });
  test = await startTestApp({ env: { ARTISCAN_HOST: simulator.host } });
  ca = path.join(test.settings.DATA_DIR, 'artiscan.pem');
  await writeFile(ca, simulator.ca);
  await ensureMachine(test.ctx, { name: 'Versa HD 3', shortName: 'VHD3', colour: '#1976D2', kind: 'linac', ...LINAC, qaTypes: ['CQS'] });
  watcher = await test.watcher(await test.as('physicist'));
  await watcher.watch('qa');
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
});
afterAll(async () => {
  await test.close();
  await simulator.stop();
  await rm(ca, { force: true });
});

/** A half-yearly control of a day ago, on the site's clock: conform to whatever date the test runs at. */
function recently(): string {
  return new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 23);
}

async function startJobs(): Promise<ChildProcess> {
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    VIGIE_ROLES: 'jobs',
    DATA_DIR: test.settings.DATA_DIR,
    ...(test.settings.MONGODB_URI ? { MONGODB_URI: test.settings.MONGODB_URI } : {}),
    PORT: String(await freePort()),
    ARTISCAN_HOST: simulator.host,
    ARTISCAN_PORT: String(simulator.port),
    ARTISCAN_USER: 'u',
    ARTISCAN_PASSWORD: 'p',
    ARTISCAN_CA: ca,
  };
  const child = fork(program, [''], { env });
  children.push(child);
  const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]; // `ready`, or its exit code
  if (said !== 'ready') throw new Error(`the process ended with ${String(said)}`);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const source = () => mongoose.connection.collection('qa_source').findOne({});
const controls = async () => (await pictureAt(test.clock.now())).controls.size;
const known = (expected: number) => expect.poll(controls, { timeout: 150_000, interval: 200 }).toBe(expected);
const semester = { objectId: 145, moduleId: 96, name: 'CQS' };

it('a process that was not given the credentials reads nothing in the place of the one that was', async () => {
  const physicist = await test.as('physicist');
  const answer = await physicist.request('POST', '/api/qa/source/read');
  expect(answer).toMatchObject({ status: 409, body: { error: { code: 'qa.source-elsewhere' } } });
  expect(await source()).toBeNull();
});

it('pages and lights here follow what another process reads', async () => {
  expect(await controls()).toBe(0);
  simulator.controls.add({ ...semester, id: 3, at: recently() });
  await startJobs();
  await watcher.until(({ type }) => type === 'qa:source', 30_000);
  await known(3);
  await expect.poll(async () => (await currentLight('linac', test.clock.now())).set, { timeout: 5000 }).toBe('rules');
  await watcher.until(({ type }) => type === 'light:changed', 5000);
  const technologist = await test.as('technologist');
  await technologist.call(reportFaultCall, { params: { machineId: 'linac' }, body: {} });
  expect((await currentLight('linac', test.clock.now())).light).toBe('red');
  await (await test.as('physicist')).call(unclassifiedCall, { query: {} });
}, 90_000);

it('one that is killed between two steps leaves what it wrote, and the next reads the rest', async () => {
  const many = Array.from({ length: 30_000 }, (_, index) => ({ ...semester, id: 1000 + index, at: '2026-03-10T08:00:00.000' }));
  simulator.controls.add(...many, { ...THIS_WEEK, id: 5 });
  const before = Number((await source())?.rev);
  await mongoose.connection.collection('qa_source').updateOne({}, { $set: { wholeAt: null } });
  const first = await startJobs();
  await expect.poll(async () => Number((await source())?.rev), { timeout: 30_000, interval: 20 }).toBeGreaterThan(before + 2);
  await kill(first);
  const half = await mongoose.connection.collection('qa_controls').countDocuments();
  expect(half).toBeLessThan(30_000);
  // Complete in themselves: whoever follows by numbers has all that is there.
  expect(await controls()).toBe(half);
  await mongoose.connection.collection('agendaJobs').updateMany({}, { $set: { lockedAt: null } });
  await startJobs();
  await known(30_004);
  await expect.poll(async () => (await source())?.controls, { timeout: 10_000 }).toBe(30_004);
}, 240_000);
