// `npm start`: builds the client when it was not built yet, then runs the server for real use. Plain JavaScript: the first file is read before the cache
// is set, and the compiler of types would stay in memory because of it.
import { enableCompileCache } from 'node:module';
import path from 'node:path';

// What was compiled once is not compiled again: a quicker start and less memory, which the compiler of types would keep.
enableCompileCache(path.resolve(import.meta.dirname, '../node_modules/.cache/compiled'));

const { ensureClientBuilt } = await import('./client-build.ts');
const { runForUse } = await import('#server/main.ts');
await ensureClientBuilt((line) => process.stderr.write(`${line}\n`));
await runForUse();
