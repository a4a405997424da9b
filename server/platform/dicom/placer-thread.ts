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

/** What waited together is synced together: each file, then each folder once. */
function placeAll(jobs: readonly PlaceJob[]): PlaceResult[] {
  const done = new Map(jobs.map((job) => [job, attempt(() => write(job))]));
  const linked = new Map<string, PlaceJob[]>();
  for (const job of jobs) {
    if (done.get(job)?.outcome !== 'placed') continue;
    const named = attempt(() => linkSync(job.file, job.target));
    if (named.outcome === 'placed') linked.set(dirname(job.target), [...(linked.get(dirname(job.target)) ?? []), job]);
    else done.set(job, { ...named, outcome: 'unplaced' });
  }
  for (const [folder, named] of linked) {
    const synced = attempt(() => syncFolder(folder));
    for (const job of named) done.set(job, synced);
    if (synced.outcome !== 'placed') for (const { target } of named) attempt(() => unlinkSync(target));
  }
  return [...done].map(([{ id }, result]) => ({ id, ...result }));
}

function attempt(step: () => void): Omit<PlaceResult, 'id'> {
  try {
    step();
    return { outcome: 'placed', code: null };
  } catch (error) {
    return { outcome: 'failed', code: errorCode(error) ?? 'EIO' };
  }
}

function write({ file, memory, used }: PlaceJob): void {
  const descriptor = openSync(file, 'wx', 0o640);
  try {
    const bytes = new Uint8Array(memory, 0, used);
    // Writes until all is taken: when the disk fills, the first write may take a part and the next one says why.
    for (let at = 0; at < used;) at += writeSync(descriptor, bytes, at, used - at);
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
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
