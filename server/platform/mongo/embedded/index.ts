import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startThread } from '#server/platform/threads.ts';
import type { EngineEvent, EngineOptions } from './engine.ts';
import { locate, socketOf, takeLock } from './location.ts';
import { detailOf } from './store.ts';
import type { WorkerInput } from './worker.ts';

export type { EngineEvent } from './engine.ts';

export interface EmbeddedOptions extends EngineOptions {
  /** Told of searches without an index and of failures of the storage; never with values of documents. */
  readonly onEvent?: (event: EngineEvent) => void;
}

export interface Embedded {
  /** For the MongoDB driver. The same for all processes of the directory, and after another of them has taken over. */
  readonly uri: string;
  /** Whether the engine runs in this process. */
  readonly hosting: boolean;
  close(): Promise<void>;
}

/** How this process takes part: by hosting the engine, or by a connection to the process that does, which shows when that one has gone. */
interface Part {
  readonly hosting: boolean;
  readonly lost: Promise<void>;
  leave(): void;
}

const patienceMs = 15_000;

/**
 * Starts the embedded database of a directory, or joins the process that already runs it. When that process ends, one of the others takes over on the
 * same socket; requests under way fail, drivers connect again by themselves.
 *
 * @throws Error in words for an administrator: directory not writable, file damaged, host that does not answer
 */
export async function startEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<Embedded> {
  let part = await join(dataDir, options);
  let closing = false;
  const follow = async (): Promise<void> => {
    while (!closing) {
      await part.lost;
      if (closing) return;
      try {
        part = await join(dataDir, options);
      } catch (error) {
        options.onEvent?.({ kind: 'fault', message: detailOf(error) });
        await sleep(1000, undefined, { ref: false });
      }
    }
    part.leave();
    await part.lost;
  };
  const following = follow();
  return {
    uri: `mongodb://${encodeURIComponent(socketOf(dataDir, false) ?? '')}/vigie?directConnection=true`,
    get hosting() {
      return part.hosting;
    },
    close: async () => {
      closing = true;
      part.leave();
      await following;
    },
  };
}

async function join(dataDir: string, options: EmbeddedOptions): Promise<Part> {
  const { lock } = locate(dataDir);
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(50)) {
    const release = takeLock(lock);
    if (release !== undefined) return host(dataDir, release, options);
    const path = socketOf(dataDir, false);
    const part = path === undefined ? undefined : await guest(path);
    if (part !== undefined) return part;
  }
  throw new Error(`Another process has the database in ${dataDir} but does not answer. End it, then start again.`);
}

async function host(dataDir: string, release: () => void, { onEvent, ...options }: EmbeddedOptions): Promise<Part> {
  const input: WorkerInput = { dataDir, options };
  const worker = startThread(new URL('./worker-start.js', import.meta.url), {
    workerData: input,
    name: 'vigie-database',
    resourceLimits: { maxOldGenerationSizeMb: 1536, maxYoungGenerationSizeMb: 24 },
  });
  const lost = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      release();
      resolve();
    });
  });
  let ready = false;
  await new Promise<void>((resolve, reject) => {
    worker.on('error', (cause) => {
      if (ready) onEvent?.({ kind: 'fault', message: `the database thread ended: ${detailOf(cause)}` });
      else void lost.then(() => reject(new Error(detailOf(cause), { cause })));
    });
    worker.on('message', (message: EngineEvent | 'ready') => {
      if (message !== 'ready') return onEvent?.(message);
      ready = true;
      resolve();
    });
  });
  return { hosting: true, lost, leave: () => worker.postMessage('close') };
}

/** The connection to a host; undefined when nobody answers on its socket. */
function guest(path: string): Promise<Part | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const lost = new Promise<void>((lose) => socket.once('close', () => lose()));
    socket.once('error', () => resolve(undefined)); // once it is connected: followed by its close
    socket.once('connect', () => {
      socket.unref();
      resolve({ hosting: false, lost, leave: () => socket.destroy() });
    });
  });
}
