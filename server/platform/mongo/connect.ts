import mongoose, { type Connection } from 'mongoose';
import type { Log } from '../log.ts';
import { startEmbedded } from './embedded/index.ts';

export interface Database {
  connection: Connection;
  /** `embedded` when the engine runs here or in another process of this machine, else `mongodb`. */
  kind: 'embedded' | 'mongodb';
  /** Whether the database answers; resolves to false within `timeoutMs`. */
  answers(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface DatabaseSettings {
  uri: string | undefined;
  dataDir: string;
  log: Log;
}

/**
 * Connects Mongoose: to MongoDB when there is a URI, else to the embedded engine of the data directory, which it starts if no other process
 * has. A transaction's session is found by the asynchronous context, so that no model call can forget it.
 */
export async function connectDatabase({ uri, dataDir, log }: DatabaseSettings): Promise<Database> {
  mongoose.set('transactionAsyncLocalStorage', true);
  mongoose.set('strictQuery', 'throw');
  mongoose.set('autoIndex', false);
  mongoose.set('autoCreate', false);
  const engine = uri === undefined ? await startEmbedded(dataDir) : undefined;
  await mongoose.connect(engine?.uri ?? uri ?? '', {
    serverSelectionTimeoutMS: 4000,
    socketTimeoutMS: 30_000,
    maxPoolSize: 20,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
  });
  const { connection } = mongoose;
  if (uri !== undefined) await refuseStandalone(connection);
  connection.on('error', (error: Error) => log.error({ name: error.name }, 'database error'));
  return {
    connection,
    kind: engine ? 'embedded' : 'mongodb',
    answers: async (timeoutMs) => {
      try {
        await connection.db?.command({ ping: 1 }, { timeoutMS: timeoutMs });
        return true;
      } catch {
        return false;
      }
    },
    close: async () => {
      await mongoose.disconnect();
      await engine?.close();
    },
  };
}

/** Transactions need a replica set; a standalone server would fail at the first act, so it is refused at the start. */
async function refuseStandalone(connection: Connection): Promise<void> {
  const hello = await connection.db?.command({ hello: 1 });
  if (hello?.setName || hello?.msg === 'isdbgrid') return;
  throw new Error(
    'MONGODB_URI names a standalone server; Vigie needs a replica set. Start mongod with --replSet rs0 and run once: mongosh --eval "rs.initiate()"',
  );
}
