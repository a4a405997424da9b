// Apart from the other commands of the database: they need the driver, which is half of the time that the engine takes to start.
import { once } from 'node:events';
import { startEmbedded } from '#server/platform/mongo/embedded/index.ts';
import { settingsOfProcess } from '#server/settings.ts';

/** `database serve`: the engine alone, until it is told to stop. The first line is its URI, for mongosh and other tools. */
export async function serveDatabase(): Promise<void> {
  const { MONGODB_URI, DATA_DIR } = settingsOfProcess();
  if (MONGODB_URI !== undefined) throw new Error('MONGODB_URI is set: that database is served by MongoDB itself.');
  const onEvent = ({ message }: { message: string }): void => void process.stderr.write(`${message}\n`);
  const engine = await startEmbedded(DATA_DIR, { onEvent });
  process.stdout.write(`${engine.uri}\n`);
  if (!engine.hosting) process.stderr.write('Another process runs the engine; this one takes over when it ends.\n');
  const alive = setInterval(() => undefined, 60_000); // who only joined has nothing else that keeps him
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(alive);
  await engine.close();
}
