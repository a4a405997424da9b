import { rmSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { EngineEvent } from './engine.ts';
import { locate, socketOf, unwritable } from './location.ts';
import { takeLock } from './lock.ts';
import type { WorkerInput, WorkerMessage } from './worker.ts';

export type { EngineEvent } from './engine.ts';

export interface EmbeddedOptions {
  /** Told of searches without an index and of failures of the storage; never with values of documents. */
  readonly onEvent?: (event: EngineEvent) => void;
  /** How often expired documents are removed. */
  readonly sweepEveryMs?: number;
  /** After how long an open transaction is aborted. */
  readonly transactionLifetimeMs?: number;
  /** Bounds the file, as a full disk would. */
  readonly maxBytes?: number;
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
  leave(): Promise<void>;
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
        options.onEvent?.({ kind: 'fault', message: error instanceof Error ? error.message : String(error) });
        await sleep(1000, undefined, { ref: false });
      }
    }
    await part.leave();
  };
  const following = follow();
  const socketPath = socketOf(dataDir, false) ?? '';
  return {
    uri: `mongodb://${encodeURIComponent(socketPath)}/vigie?directConnection=true`,
    get hosting() {
      return part.hosting;
    },
    close: async () => {
      closing = true;
      await part.leave();
      await following;
    },
  };
}

async function join(dataDir: string, options: EmbeddedOptions): Promise<Part> {
  const { file, lock } = locate(dataDir);
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(50)) {
    const release = lockOrExplain(dataDir, lock);
    if (release !== undefined) return host(dataDir, file, release, options);
    const path = socketOf(dataDir, false);
    const socket = path === undefined ? undefined : await connected(path);
    if (socket !== undefined) return guest(socket);
  }
  throw new Error(`Another process has the database in ${dataDir} but does not answer. End it, then start again.`);
}

function lockOrExplain(dataDir: string, lock: string): (() => void) | undefined {
  try {
    return takeLock(lock);
  } catch (error) {
    throw unwritable(dataDir, error);
  }
}

async function host(dataDir: string, file: string, release: () => void, options: EmbeddedOptions): Promise<Part> {
  try {
    const socketPath = socketOf(dataDir, true) ?? '';
    if (process.platform !== 'win32') rmSync(socketPath, { force: true }); // left by a host that was killed: the lock says that there is none
    return await hostWorker(
      {
        file,
        socketPath,
        sweepEveryMs: options.sweepEveryMs ?? 60_000,
        transactionLifetimeMs: options.transactionLifetimeMs ?? 30_000,
        maxBytes: options.maxBytes,
      },
      release,
      options,
    );
  } catch (error) {
    release();
    throw error;
  }
}

function hostWorker(input: WorkerInput, release: () => void, options: EmbeddedOptions): Promise<Part> {
  const worker = new Worker(new URL('./worker-start.js', import.meta.url), {
    workerData: { ...input, compiled: getCompileCacheDir() },
    name: 'vigie-database',
    resourceLimits: { maxOldGenerationSizeMb: 1536, maxYoungGenerationSizeMb: 24 },
  });
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
  worker.on('exit', () => {
    release();
    lose();
  });
  const part: Part = {
    hosting: true,
    lost,
    leave: () => {
      worker.postMessage('close');
      return lost;
    },
  };
  return new Promise((resolve, reject) => {
    worker.on('error', (cause) => {
      const error = new Error(`the database thread ended: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      options.onEvent?.({ kind: 'fault', message: error.message });
      reject(error); // without effect once it is ready
    });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') resolve(part);
      else if (message.kind === 'failed') void worker.terminate().then(() => reject(new Error(message.message)));
      else if ('message' in message) options.onEvent?.(message);
    });
  });
}

function guest(socket: Socket): Part {
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
  socket.once('close', () => lose());
  socket.on('error', () => socket.destroy());
  socket.unref();
  return {
    hosting: false,
    lost,
    leave: () => {
      socket.destroy();
      return lost;
    },
  };
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
