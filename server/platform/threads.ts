import { getCompileCacheDir } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread. Its file is plain JavaScript and finds in `workerData.compiled` where compiled code is kept.
 *
 * Types are stripped by WebAssembly inside Node. When two threads have their calls out of it compiled at the same moment, V8 may end the process (a failed
 * check in ThreadIsolation::UnregisterWasmAllocation; seen four times in a day of tests with Node 24.21): so these calls are never compiled.
 */
export function startThread(
  file: URL,
  { workerData, ...options }: Omit<WorkerOptions, 'workerData'> & { readonly workerData?: object },
): Worker {
  setFlagsFromString('--wasm-wrapper-tiering-budget=1000000000');
  return new Worker(file, { ...options, workerData: { ...workerData, compiled: getCompileCacheDir() } });
}
