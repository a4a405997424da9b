// `npm start`: builds the client when it was not built yet, then runs the server for real use.
import { runForUse } from '#server/main.ts';
import { ensureClientBuilt } from './client-build.ts';

await ensureClientBuilt((line) => process.stderr.write(`${line}\n`));
await runForUse();
