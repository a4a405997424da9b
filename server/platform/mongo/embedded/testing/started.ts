import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { Db, MongoClientOptions } from 'mongodb';
import { startEmbedded } from '../index.ts';
import type { Embedded, EmbeddedOptions, EngineEvent } from '../index.ts';

/** An engine in a directory of its own, a client on it, and what it has told. */
export interface Started {
  readonly dir: string;
  readonly embedded: Embedded;
  readonly client: MongoClient;
  readonly db: Db;
  readonly events: EngineEvent[];
  stop(): Promise<void>;
}

export async function started(options: EmbeddedOptions = {}, clientOptions: MongoClientOptions = {}): Promise<Started> {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-db-'));
  const events: EngineEvent[] = [];
  const embedded = await startEmbedded(dir, { onEvent: (event) => events.push(event), ...options });
  const client = await MongoClient.connect(embedded.uri, { serverSelectionTimeoutMS: 10_000, ...clientOptions });
  const stop = async (): Promise<void> => {
    await client.close();
    await embedded.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, embedded, client, db: client.db('test'), events, stop };
}
