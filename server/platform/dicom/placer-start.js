// Plain JavaScript: the first file of a thread is read before the cache of what was compiled can be set, and the compiler of types would stay in
// memory because of it.
import { enableCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

if (workerData.compiled !== undefined) enableCompileCache(workerData.compiled);
await import('./placer-thread.ts');
