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

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');
const input = workerData as WorkerInput; // written by this module's only caller, index.ts

checkFile(input.file);
const engine = opened((event) => port.postMessage(event));
const turns = createTurns(engine);
const stopSweeps = startSweeps(engine, turns, input.sweepEveryMs);
const stopListening = await listen(turns, input.socketPath);
port.once('message', () => {
  stopSweeps();
  turns.flush();
  void stopListening().then(() => {
    engine.transactions.closeAll();
    engine.store.close();
    port.close();
  });
});
port.postMessage('ready');

function opened(tell: (event: EngineEvent) => void): Engine {
  try {
    return openEngine(input.file, { ...input, now: Date.now, tell });
  } catch (error) {
    throw unwritable(input.file, error);
  }
}
