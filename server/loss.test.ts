import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type Client, type TestApp, type Watcher } from './testing/app.ts';
import { startProxy, type Proxy } from './testing/proxy.ts';

const ENGINE = path.join(import.meta.dirname, 'platform/mongo/embedded/testing/host-child.ts');
const ANSWER_MS = 5000;
const HEARTBEAT_MS = 300;

let dir: string;
let engine: ChildProcess;
let proxy: Proxy;
let test: TestApp;
let client: Client;
let watcher: Watcher;
let beats = 0;
let patients = 0;

/** The database in a process of its own, the network to it in our hands, and the application as it is with MongoDB. */
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'vigie-loss-'));
  proxy = await startProxy({ path: await startEngine() });
  const MONGODB_URI = `mongodb://127.0.0.1:${proxy.port}/vigie?directConnection=true`;
  test = await startTestApp({ heartbeatMs: HEARTBEAT_MS, env: { MONGODB_URI, LOG_LEVEL: 'silent' } });
  client = await test.as('coordinator');
  watcher = await test.watcher(client);
  watcher.socket.on('heartbeat', () => (beats += 1));
  await watcher.watch('patients');
});
afterAll(async () => {
  proxy.restore();
  await test.close();
  await proxy.close();
  engine.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

async function startEngine(): Promise<string> {
  engine = spawn(process.execPath, [ENGINE, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!engine.stdout) throw new Error('its output was piped');
  const [said] = (await once(createInterface({ input: engine.stdout }), 'line')) as [string]; // the line
  return decodeURIComponent(/\/\/(.*?)\/vigie/.exec(said)?.[1] ?? '');
}

const read = () => client.request('GET', '/api/patients');
const write = () => {
  patients += 1;
  const body = {
    ipp: `LOSS-${patients}`,
    lastName: `Perte${patients}`,
    firstName: 'Anne',
    birthDate: '1960-01-01',
    sex: 'F',
    confirmed: true,
  };
  return client.request('POST', '/api/patients', body);
};

async function timed(request: () => Promise<{ status: number }>): Promise<{ status: number; ms: number }> {
  const started = performance.now();
  const { status } = await request();
  return { status, ms: performance.now() - started };
}

/** While the database is away every request is answered with 503 in time, and no heartbeat says that all is well. */
async function expectAway(): Promise<void> {
  const answers = await Promise.all([timed(read), timed(write), timed(read), timed(write), timed(() => client.request('GET', '/readyz'))]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(ANSWER_MS);
  const heard = beats;
  await sleep(4 * HEARTBEAT_MS);
  expect(beats).toBe(heard);
  expect((await timed(() => client.request('GET', '/healthz'))).status).toBe(200);
}

/** Nobody does anything: answers, acts, the heartbeat and the live channel come back. */
async function expectHealed(): Promise<void> {
  await expect.poll(async () => (await read()).status, { timeout: 20_000, interval: 200 }).toBe(200);
  await expect.poll(async () => (await write()).status, { timeout: 20_000, interval: 200 }).toBe(201);
  const heard = beats;
  await expect.poll(() => beats, { timeout: 10_000 }).toBeGreaterThan(heard + 1);
  const revisions = () => watcher.received.map(({ revision }) => revision);
  await expect.poll(async () => (await client.request<{ items: unknown[] }>('GET', '/api/patients?limit=500')).status).toBe(200);
  expect(revisions()).toEqual(Array.from(revisions(), (_, index) => (revisions()[0] ?? 0) + index)); // none lost, none twice
}

describe('a database that is lost', () => {
  beforeEach(() => proxy.restore());

  it('by a cut network: 503 in time, silence on the live channel, and all heals', async () => {
    await expectHealed();
    proxy.cut();
    await expectAway();
    proxy.restore();
    await expectHealed();
  }, 60_000);

  it('by a network that swallows everything: the same', async () => {
    proxy.freeze();
    await expectAway();
    await expectAway(); // also once it is known to be away
    proxy.restore();
    await expectHealed();
  }, 60_000);

  it('by single links that hang: others are taken, in time', async () => {
    for (let link = 0; link < proxy.links(); link += 2) proxy.stall(link);
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => timed(index % 2 === 0 ? read : write)));
      expect(answers.filter(({ status }) => ![200, 201, 503].includes(status))).toEqual([]);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(ANSWER_MS);
    }
    await expectHealed();
  }, 60_000);

  it('by its own end: the same, and what it had acknowledged is there', async () => {
    engine.kill('SIGKILL');
    await once(engine, 'exit');
    await expectAway();
    await startEngine();
    await expectHealed();
  }, 60_000);

  it('for moments, link by link: nobody notices but by waiting', async () => {
    const dropping = setInterval(() => proxy.reset(Math.floor(patients)), 100);
    const statuses: number[] = [];
    for (let round = 0; round < 20; round++) statuses.push((await read()).status, (await write()).status);
    clearInterval(dropping);
    expect(statuses.filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    await expectHealed();
  }, 60_000);
});
