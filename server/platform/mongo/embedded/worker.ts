import { parentPort, workerData } from 'node:worker_threads';
import { openEngine } from './engine.ts';
import type { Engine, EngineEvent } from './engine.ts';
import { checkFile } from './integrity.ts';
import { unwritable } from './location.ts';
import { listen } from './server.ts';
import { startSweeps } from './sweep.ts';
import { createTurns } from './turns.ts';

/** What the host gives the thread. */
export interface WorkerInput {
  readonly file: string;
  readonly socketPath: string;
  readonly sweepEveryMs: number;
  readonly transactionLifetimeMs: number;
  readonly maxBytes: number | undefined;
}

/** What the thread tells its host. */
export type WorkerMessage = { readonly kind: 'ready' | 'closed' } | { readonly kind: 'failed'; readonly message: string } | EngineEvent;

const port = parentPort;
const input = workerData as WorkerInput; // written by this module's only caller, index.ts
if (port === null) throw new Error('this module runs in a worker thread');
const tell = (message: WorkerMessage): void => port.postMessage(message);

try {
  checkFile(input.file);
  const engine = opened();
  const turns = createTurns(engine);
  const stopSweeps = startSweeps(engine, turns, input.sweepEveryMs);
  const listening = await listen(turns, input.socketPath);
  port.once('message', () => {
    stopSweeps();
    turns.flush();
    void listening.close().then(() => {
      engine.transactions.closeAll();
      engine.store.close();
      tell({ kind: 'closed' });
      port.close();
    });
  });
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}

function opened(): Engine {
  try {
    return openEngine(input.file, { ...input, now: Date.now, tell });
  } catch (error) {
    throw unwritable(input.file, error);
  }
}
