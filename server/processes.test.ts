import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded, type Embedded } from './platform/mongo/embedded/index.ts';
import { signedIn, watcherOf, type Client, type Watcher } from './testing/app.ts';
import { newPatient } from './testing/dossiers.ts';
import { freePort } from './testing/process.ts';

// Two `web`, two `jobs` and a `dicom` process on one database: the embedded one, or MongoDB when MONGODB_URI is given.
const program = path.join(import.meta.dirname, 'testing/role.ts');
const children: ChildProcess[] = [];
let dir: string;
let engine: Embedded | undefined;
let mongo: MongoClient;
let webs: { client: Client; watcher: Watcher; url: string }[];
let dicom: ChildProcess;

async function startRole(role: string, ports: { web: number; dicom: number }, seed = ''): Promise<ChildProcess> {
  const { MONGODB_URI: _, ...others } = process.env;
  const env = {
    ...others,
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    VIGIE_ROLES: role,
    DATA_DIR: dir,
    PORT: String(ports.web),
    DICOM_PORT: String(ports.dicom),
  };
  const child = fork(program, [seed], {
    env: { ...env, ...(process.env.MONGODB_URI ? { MONGODB_URI: uriOf(process.env.MONGODB_URI) } : {}) },
  });
  children.push(child);
  const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]; // `ready`, or its exit code
  if (said !== 'ready') throw new Error(`the process with the role ${role} ended with ${String(said)}`);
  return child;
}

/** A database of its own, the same for all processes. */
function uriOf(given: string): string {
  const uri = new URL(given);
  uri.pathname = `/vigie-test-processes-${process.pid}`;
  return uri.href;
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'vigie-processes-'));
  const ports = await Promise.all([1, 2, 3, 4, 5].map(async () => ({ web: await freePort(), dicom: await freePort() })));
  const [first = { web: 0, dicom: 0 }, second = first, ...rest] = ports;
  await startRole('web', first, 'seed');
  const roles = ['jobs', 'jobs', 'dicom'].map((role, index) => startRole(role, rest[index] ?? first));
  const [, , , started] = await Promise.all([startRole('web', second), ...roles]);
  if (!started) throw new Error('four were started');
  dicom = started;
  engine = process.env.MONGODB_URI ? undefined : await startEmbedded(dir);
  mongo = await MongoClient.connect(engine?.uri ?? uriOf(process.env.MONGODB_URI ?? ''));
  const urls = [first, second].map(({ web }) => `http://127.0.0.1:${web}`);
  webs = await Promise.all(
    urls.map(async (url) => {
      const client = await signedIn(url, 'technologist');
      const watcher = await watcherOf(url, client);
      for (const topic of ['patients', 'machines'] as const) expect(await watcher.watch(topic)).toMatchObject({ ok: true });
      return { client, watcher, url };
    }),
  );
}, 90_000);
afterAll(async () => {
  for (const { watcher } of webs ?? []) watcher.close();
  if (process.env.MONGODB_URI) await mongo.db().dropDatabase();
  await mongo?.close();
  await engine?.close();
  for (const child of children) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

function clientOf(index: number): Client {
  const web = webs[index % webs.length];
  if (!web) throw new Error('no web process was started');
  return web.client;
}

const of = (topic: string) => webs.map(({ watcher }) => watcher.received.filter((event) => event.topic === topic));

describe('many processes are one', () => {
  it('what is changed through one web process reaches the clients of both, revision by revision', async () => {
    const made = 12;
    await Promise.all(Array.from({ length: made }, (_, index) => newPatient(clientOf(index))));
    for (const { watcher } of webs) {
      const events = () => watcher.received.filter(({ topic }) => topic === 'patients');
      await expect.poll(() => events().length, { timeout: 15_000 }).toBe(made);
    }
    const [one = [], two = []] = of('patients');
    const revisions = one.map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.map((_, index) => (revisions[0] ?? 0) + index));
    expect(two).toEqual(one);
  });

  it('what the DICOM process announces shows at both', async () => {
    dicom.send('announced-1');
    for (const { watcher } of webs) expect((await watcher.until(({ topic }) => topic === 'machines', 10_000)).revision).toBeGreaterThan(0);
    const [one, two] = of('machines');
    expect(two).toEqual(one);
    for (const { client } of webs) expect(JSON.stringify((await client.request('GET', '/api/machines')).body)).toContain('announced-1');
  });

  it('each job is there once and each of its runs is made by one process', async () => {
    const db = mongo.db();
    expect(await db.collection('agendaJobs').countDocuments({ name: 'test/counted' })).toBe(1);
    expect(await db.collection('agendaJobs').countDocuments({ name: 'database/backup' })).toBe(1);
    await expect.poll(() => db.collection('runs').countDocuments(), { timeout: 15_000 }).toBeGreaterThan(4);
    const runs = await db.collection('runs').find().sort({ at: 1 }).toArray();
    const seconds = runs.map(({ at }) => Math.floor((at as Date).getTime() / 1000)); // stored as a date
    // Due every second: two in one second would be one run made twice, but for the one that came late.
    expect(seconds.filter((second, index) => second === seconds[index - 1] && second === seconds[index - 2])).toEqual([]);
    expect(runs.length).toBeLessThanOrEqual((seconds.at(-1) ?? 0) - (seconds[0] ?? 0) + 2);
  });

  it('each migration ran once', async () => {
    expect(await mongo.db().collection<{ _id: number }>('migrations').countDocuments({ _id: 1 })).toBe(1);
  });
});
