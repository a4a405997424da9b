import { setTimeout as sleep } from 'node:timers/promises';
import mongoose, { type Connection } from 'mongoose';
import type { Log } from '../log.ts';
import { startEmbedded, type EngineEvent } from './embedded/index.ts';

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

const SELECTION_MS = 3500;

/**
 * Of a network: a link that swallows everything is given up in time for requests to answer within 5 s; the driver then asks once more by another.
 * Work that takes longer by its nature says so (`socketTimeoutMS`). The driver's `timeoutMS` would be the better measure; in 7.8 it has no effect.
 */
const OVER_A_NETWORK = { socketTimeoutMS: 3500, connectTimeoutMS: 3000, heartbeatFrequencyMS: 2000 } as const;
/** A socket of this machine does not swallow anything; an engine that is busy is waited for. */
const ON_THIS_MACHINE = { socketTimeoutMS: 30_000, heartbeatFrequencyMS: 2000 } as const;

/**
 * Connects Mongoose: to MongoDB when there is a URI, else to the embedded engine of the data directory, which it starts if no other process
 * has. A transaction's session is found by the asynchronous context, so that no model call can forget it.
 */
export async function connectDatabase({ uri, dataDir, log }: DatabaseSettings): Promise<Database> {
  mongoose.set('transactionAsyncLocalStorage', true);
  mongoose.set('strictQuery', 'throw');
  mongoose.set('autoIndex', false);
  mongoose.set('autoCreate', false);
  const engine = uri === undefined ? await startEmbedded(dataDir, { onEvent: (event) => tell(log, event) }) : undefined;
  await mongoose.connect(engine?.uri ?? uri ?? '', {
    ...(engine ? ON_THIS_MACHINE : OVER_A_NETWORK),
    serverSelectionTimeoutMS: SELECTION_MS,
    bufferCommands: false, // a database that is away is told at once, not after a wait in a queue
    retryWrites: true,
    maxPoolSize: 20,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
  });
  const { connection } = mongoose;
  if (uri !== undefined) refuseStandalone(await connection.db?.command({ hello: 1 }));
  connection.on('error', (error: Error) => log.error({ name: error.name }, 'database error'));
  return {
    connection,
    kind: engine ? 'embedded' : 'mongodb',
    answers: async (timeoutMs) => {
      const answered = connection.db?.command({ ping: 1 }).then(
        () => true,
        () => false,
      );
      return Promise.race([answered ?? false, sleep(timeoutMs, false, { ref: false })]);
    },
    close: async () => {
      await mongoose.disconnect();
      await engine?.close();
    },
  };
}

/** A slow search is for the developers, a failure of the storage for the administrator. */
function tell(log: Log, { kind, message, ...details }: EngineEvent): void {
  if (kind === 'fault') log.error(`database: ${message}`);
  else log.warn(details, `database: ${message}`);
}

/** Transactions need a replica set; a standalone server would fail at the first act, so it is refused at the start. @throws Error with the remedy */
export function refuseStandalone(hello: Readonly<Record<string, unknown>> | undefined): void {
  if (hello?.setName || hello?.msg === 'isdbgrid') return;
  throw new Error(
    'MONGODB_URI names a standalone server; Vigie needs a replica set. Start mongod with --replSet rs0 and run once: mongosh --eval "rs.initiate()"',
  );
}
