import { closeSync, fdatasyncSync, fsyncSync, linkSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { errorCode } from './text.ts';

/** A whole object in memory, to be written to `file`, synced, and named `target` too. */
export interface PlaceJob {
  readonly id: number;
  readonly file: string;
  readonly target: string;
  readonly memory: SharedArrayBuffer;
  readonly used: number;
}

/** `unplaced`: the file is whole and synced, but could not get its name (it is taken, its folder is gone, …). Else the code of the error. */
export interface PlaceResult {
  readonly id: number;
  readonly outcome: 'placed' | 'unplaced' | 'failed';
  readonly code: string | null;
}

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');

port.on('message', (first: PlaceJob) => {
  const jobs = [first];
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) jobs.push(next.message as PlaceJob); // of placer.ts
  port.postMessage(placeAll(jobs));
});

/** An object on its way. */
interface Work extends Omit<PlaceResult, 'id'> {
  readonly job: PlaceJob;
  descriptor: number | null;
  outcome: PlaceResult['outcome'];
  code: string | null;
}

/**
 * What waited together is synced together. Files get their places before they are synced, and their folders after: file systems with a journal make
 * all of it durable in one go then. What a crash has torn in between is known by its name in `incoming/` (`mark.ts`).
 */
function placeAll(jobs: readonly PlaceJob[]): PlaceResult[] {
  const works = jobs.map(begin);
  for (const work of works) attempt(work, 'failed', () => syncFile(work));
  const placed = works.filter(({ outcome }) => outcome === 'placed');
  for (const [folder, inside] of Map.groupBy(placed, ({ job }) => dirname(job.target))) {
    const sync = attempt({ outcome: 'placed', code: null }, 'failed', () => syncFolder(folder));
    for (const work of inside) Object.assign(work, sync);
  }
  for (const { job } of placed.filter(({ outcome }) => outcome === 'failed')) remove(job.target);
  return works.map(({ job, outcome, code }) => ({ id: job.id, outcome, code }));
}

/** Writes a file and gives it its place. */
function begin(job: PlaceJob): Work {
  const work: Work = { job, descriptor: null, outcome: 'placed', code: null };
  attempt(work, 'failed', () => write(work));
  if (work.outcome === 'placed') attempt(work, 'unplaced', () => linkSync(job.file, job.target));
  return work;
}

function attempt<T extends Pick<Work, 'outcome' | 'code'>>(work: T, otherwise: Work['outcome'], step: () => void): T {
  try {
    step();
    return work;
  } catch (error) {
    return Object.assign(work, { outcome: otherwise, code: errorCode(error) ?? 'EIO' });
  }
}

function write(work: Work): void {
  const { file, memory, used } = work.job;
  work.descriptor = openSync(file, 'wx', 0o640);
  const bytes = new Uint8Array(memory, 0, used);
  // Writes until all is taken: when the disk fills, the first write may take a part and the next one says why.
  for (let at = 0; at < used;) at += writeSync(work.descriptor, bytes, at, used - at);
}

function syncFile({ descriptor }: Work): void {
  if (descriptor === null) return;
  try {
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // its mark is there still: the next start removes it
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // Windows opens no folders; its file system makes entries durable by itself
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
