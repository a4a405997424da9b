import type { Worker } from 'node:worker_threads';
import { startThread } from '#server/platform/threads.ts';
import type { PlaceJob, PlaceResult } from './placer-thread.ts';

/** Writes, syncs and names whole objects in a thread of its own: one message there and one back, where each call on its own costs both. */
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

/** The thread is started by the first object, and anew should it have ended. */
export function createPlacer(): Placer {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | null = null;
  let number = 0;

  function start(): Worker {
    const worker = startThread(new URL('./placer-start.js', import.meta.url), {
      name: 'vigie-archive',
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    worker.unref();
    worker.on('message', (results: readonly PlaceResult[]) => results.forEach(settle));
    worker.on('error', () => undefined); // told to those who wait, right after
    worker.on('exit', () => {
      thread = null;
      for (const { reject } of waiting.values()) reject(diskError('EIO'));
      waiting.clear();
    });
    return worker;
  }

  function settle({ id, outcome, code }: PlaceResult): void {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (outcome === 'failed') reject?.(diskError(code));
    else resolve?.(outcome);
  }

  return {
    place(job) {
      thread ??= start();
      const worker = thread;
      const id = ++number;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ ...job, id } satisfies PlaceJob);
      });
    },
    close: async () => void (await thread?.terminate()),
  };
}

function diskError(code: string | null): Error {
  return Object.assign(new Error('an object could not be written'), { code });
}
