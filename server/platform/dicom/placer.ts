import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { PlaceJob, PlaceResult } from './placer-thread.ts';

/** Writes, syncs and names whole objects in threads of their own: one message there and one back, where each call on its own costs both. */
export interface Placer {
  /**
   * Resolves once the file and its second name survive a crash. `unplaced`: the file is safe, its second name is not to be had.
   *
   * @throws errors of the file system; the file may be there, or a part of it
   */
  place(job: Omit<PlaceJob, 'id'>): Promise<'placed' | 'unplaced'>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (outcome: 'placed' | 'unplaced') => void;
  readonly reject: (error: Error) => void;
}

/** Two, so that one writes while the other waits for the disk. */
const THREADS = 2;

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

export function createPlacer(): Placer {
  const threads: Thread[] = [];
  let number = 0;

  /** The thread with the least to do; a further one is started only when all are busy. */
  function choose(): Thread {
    const [idlest] = [...threads].sort((a, b) => a.waiting.size - b.waiting.size);
    if (idlest && (idlest.waiting.size === 0 || threads.length >= THREADS)) return idlest;
    const thread = startThread((gone) => void threads.splice(threads.indexOf(gone), 1));
    threads.push(thread);
    return thread;
  }

  return {
    place(job) {
      const { worker, waiting } = choose();
      const id = ++number;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ ...job, id } satisfies PlaceJob);
      });
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(onGone: (thread: Thread) => void): Thread {
  const worker = new Worker(new URL('./placer-start.js', import.meta.url), {
    workerData: { compiled: getCompileCacheDir() },
    name: 'vigie-archive',
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
  const waiting = new Map<number, Waiting>();
  const thread = { worker, waiting };
  worker.on('message', (results: readonly PlaceResult[]) => {
    for (const { id, outcome, code } of results) {
      const { resolve, reject } = waiting.get(id) ?? {};
      waiting.delete(id);
      if (outcome === 'failed') reject?.(diskError(code));
      else resolve?.(outcome);
    }
  });
  worker.on('error', () => undefined); // told to those who wait, right after
  worker.on('exit', () => {
    onGone(thread);
    for (const { reject } of waiting.values()) reject(diskError('EIO'));
  });
  return thread;
}

function diskError(code: string | null): Error {
  return Object.assign(new Error('an object could not be written'), { code });
}
