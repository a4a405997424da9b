import { linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { startEmbedded } from '#server/platform/mongo/embedded/index.ts';
import { startChild } from './child.ts';
import { directly, rowOf, throughDriver, type Contestant } from './database-load.ts';
import { figuresOf, ms, ratio, row, title } from './figures.ts';

const SECONDS = 2;
const FILLED = 20_000;
const MILLION = Number(process.env.BENCH_DOCUMENTS ?? 1_000_000);

interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

type Operation = (contestant: Contestant, n: number) => Promise<unknown>;

let inserted = 10_000_000; // never an _id that is there
const OPERATIONS: readonly (readonly [string, Operation])[] = [
  ['find by _id', (contestant) => contestant.findById(anyId())],
  ['find by an index', (contestant) => contestant.findByKey(`key-${anyId()}`)],
  ['durable insert', (contestant) => contestant.insert(rowOf((inserted += 1)))],
  ['durable update', (contestant) => contestant.update(anyId())],
];
const anyId = (): number => Math.floor(Math.random() * FILLED);

/** The embedded database through the official driver, against SQLite doing the same work directly; with MONGODB_URI also MongoDB. */
export async function benchDatabase(): Promise<void> {
  await benchOperations();
  await benchMillion();
  await benchGroupBy();
}

async function benchOperations(): Promise<void> {
  title(`Database: documents of 1 KB, ${SECONDS} s each (per second · p50 · p99 · share of the floor)`);
  const contestants = [directly(false), directly(true), await throughDriver()];
  if (process.env.MONGODB_URI) contestants.push(await throughDriver(process.env.MONGODB_URI));
  const rows = Array.from({ length: FILLED }, (_, n) => rowOf(n));
  for (const contestant of contestants) for (let at = 0; at < FILLED; at += 1000) await contestant.fill(rows.slice(at, at + 1000));
  for (const [what, operation] of OPERATIONS) for (const callers of [1, 32]) await compare(contestants, what, operation, callers);
  for (const contestant of contestants) await contestant.stop();
}

async function compare(contestants: readonly Contestant[], what: string, operation: Operation, callers: number): Promise<void> {
  let floor: Measured | undefined;
  for (const contestant of contestants) {
    const measured = await measure(contestant, operation, callers);
    floor ??= measured;
    const aim = contestant.name === 'embedded' && callers === 32 && what.startsWith('durable') ? 'aim ≥ × 0.40' : '';
    const share = ratio(measured.perSecond / floor.perSecond);
    const figures = `${measured.perSecond.toFixed(0)} /s · ${ms(measured.p50)} · ${ms(measured.p99)} · ${share}`;
    row(`${what}, ${callers === 1 ? 'one caller' : `${callers} callers`}: ${contestant.name}`, figures, aim);
  }
}

async function measure(contestant: Contestant, operation: Operation, callers: number): Promise<Measured> {
  const times: number[] = [];
  const started = performance.now();
  const until = started + SECONDS * 1000;
  const caller = async (): Promise<void> => {
    for (let now = performance.now(); now < until;) {
      await operation(contestant, times.length);
      const after = performance.now();
      times.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { perSecond: (times.length / (performance.now() - started)) * 1000, ...figuresOf(times) };
}

/** Many documents, served by a process that has nothing else to do: what a find costs, how long a start takes, how much memory it has. */
async function benchMillion(): Promise<void> {
  title(`Database: ${MILLION.toLocaleString('en')} documents of 1 KB, served alone`);
  const loaded = await throughDriver();
  for (let at = 0; at < MILLION; at += 2000)
    await loaded.fill(Array.from({ length: Math.min(2000, MILLION - at) }, (_, n) => rowOf(at + n)));
  const kept = `${loaded.dir}-kept`;
  mkdirSync(kept, { mode: 0o700 });
  linkSync(path.join(loaded.dir, 'vigie.sqlite'), path.join(kept, 'vigie.sqlite')); // the engine empties its log into it when it closes
  await loaded.stop();
  const started = performance.now();
  const server = await startChild('../vigie.js', ['database', 'serve'], { DATA_DIR: kept, MONGODB_URI: '' });
  const client = await MongoClient.connect(server.ready);
  const rows = client.db().collection('rows');
  await rows.findOne({ key: 'key-1' });
  row('from the start of its process to its first answer', ms(performance.now() - started), 'aim ≤ 1,000 ms');
  const times: number[] = [];
  for (let n = 0; n < 5000; n += 1) {
    const asked = performance.now();
    await rows.findOne({ key: `key-${Math.floor(Math.random() * MILLION)}` });
    times.push(performance.now() - asked);
  }
  const { p50, p99 } = figuresOf(times);
  row('indexed find', `p50 ${ms(p50)} · p99 ${ms(p99)}`, 'aim p99 ≤ 5 ms');
  row('memory of its process', `${memoryMb(server.process.pid).toFixed(0)} MB`, 'aim ≤ 400 MB');
  await client.close();
  await server.stop();
  row('of its start, the engine’s own part', ms(await timeToStart(kept)), 'aim ≤ 1,000 ms');
  rmSync(kept, { recursive: true, force: true });
}

/** From the call to the first answer, in a process that runs already. */
async function timeToStart(dir: string): Promise<number> {
  const started = performance.now();
  const engine = await startEmbedded(dir);
  const client = await MongoClient.connect(engine.uri);
  await client.db().collection('rows').findOne({ key: 'key-1' });
  const took = performance.now() - started;
  await client.close();
  await engine.close();
  return took;
}

async function benchGroupBy(): Promise<void> {
  const documents = 100_000;
  title(`Database: a group-by over ${documents.toLocaleString('en')} documents`);
  const contestant = await throughDriver();
  for (let at = 0; at < documents; at += 2000) await contestant.fill(Array.from({ length: 2000 }, (_, n) => rowOf(at + n)));
  const rows = contestant.client.db('vigie').collection('rows');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const times: number[] = [];
  delay.enable();
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    await rows.aggregate([{ $group: { _id: '$group', sum: { $sum: '$n' }, mean: { $avg: '$n' }, most: { $max: '$n' } } }]).toArray();
    times.push(performance.now() - started);
  }
  delay.disable();
  row('until its answer, median of five', ms(figuresOf(times).p50), 'aim ≤ 400 ms');
  row('longest that the application’s event loop was held', ms(delay.max / 1e6), 'aim ≤ 20 ms');
  await contestant.stop();
}

function memoryMb(pid = 0): number {
  const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1024;
}
