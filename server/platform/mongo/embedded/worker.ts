import { rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { checkFile, lookThrough } from './check.ts';
import { openEngine, type Engine, type EngineEvent, type EngineOptions } from './engine.ts';
import { locate, socketOf, unwritable } from './location.ts';
import { listen } from './server.ts';
import { detailOf } from './store.ts';
import { startSweeps } from './sweep.ts';
import { createTurns } from './turns.ts';

/** What the host gives the thread. It gets `ready`, then events; or the thread ends with an error in words for an administrator. */
export interface WorkerInput {
  readonly dataDir: string;
  readonly options: EngineOptions;
}

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');
const { dataDir, options } = workerData as WorkerInput; // written by this module's only caller, index.ts
const { file } = locate(dataDir);
const tell = (event: EngineEvent): void => port.postMessage(event);

checkFile(file);
const engine = opened();
const turns = createTurns(engine);
const stopSweeps = startSweeps(engine, turns, options.sweepEveryMs ?? 60_000);
const socketPath = socketOf(dataDir, true) ?? '';
if (process.platform !== 'win32') rmSync(socketPath, { force: true }); // left by a host that was killed: who has the lock knows that there is none
const stopListening = await listen(turns, socketPath);
const closing = new AbortController();
port.once('message', () => {
  closing.abort();
  stopSweeps();
  turns.flush();
  void stopListening().then(() => {
    engine.transactions.closeAll();
    engine.store.close();
    port.close();
  });
});
port.postMessage('ready');
lookThrough(file, closing.signal).catch((error: unknown) => tell({ kind: 'fault', message: detailOf(error) }));

function opened(): Engine {
  try {
    return openEngine(file, options, tell);
  } catch (error) {
    throw unwritable(file, error);
  }
}
