import { deserialize } from 'bson';
import type { Document } from 'bson';
import type { ClientSession, Db, MongoClient } from 'mongodb';
import { z } from 'zod';
import { openSnapshot } from '../embedded/check.ts';
import { decode, encode } from '../embedded/values.ts';
import type { Doc } from '../embedded/values.ts';
import { refuseUnfinished } from './unfinished.ts';

/** A collection that is to be copied: its name, its indexes but the one on _id, and how many documents are expected. */
export interface SourceCollection {
  readonly name: string;
  readonly indexes: readonly Document[];
  readonly documents: number;
}

/** All of a database at one moment, while the site works on it. */
export interface Source {
  readonly kind: 'embedded' | 'mongodb';
  readonly collections: readonly SourceCollection[];
  documents(name: string): AsyncIterable<readonly Doc[]>;
  close(): Promise<void>;
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The embedded engine's file, read beside the engine. */
export function embeddedSource(file: string, db: string): Source {
  const snapshot = openSnapshot(file, db);
  refuseUnfinished(snapshot.collections.map(({ name }) => name));
  return {
    kind: 'embedded',
    collections: snapshot.collections.map(({ name, indexes, documents }) => ({
      name,
      indexes: indexes.map((spec) => deserialize(encode(spec), { promoteValues: false })).filter(isOwn),
      documents,
    })),
    async *documents(name) {
      for (const some of snapshot.documents(name)) {
        yield some;
        await breathe(); // the site is served by the same process
      }
    },
    close: () => Promise.resolve(snapshot.close()),
  };
}

/** A database reached by its URI; every read is of the moment of the first. */
export async function mongoSource(client: MongoClient): Promise<Source> {
  const db = client.db();
  const found = await db.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
  const names = found.map(({ name }) => name).filter((name) => !name.startsWith('system.'));
  refuseUnfinished(names);
  const session = await snapshotSession(client, db);
  const collections: SourceCollection[] = [];
  for (const name of names.sort()) {
    const documents = await db.collection(name).estimatedDocumentCount();
    collections.push({ name, indexes: await indexesOf(db, name), documents });
  }
  return {
    kind: 'mongodb',
    collections,
    documents: (name) => documentsOf(db, name, session),
    close: () => session.endSession(),
  };
}

async function* documentsOf(db: Db, name: string, session: ClientSession): AsyncGenerator<Doc[]> {
  let some: Doc[] = [];
  for await (const bytes of db.collection(name).find({}, { session, raw: true, batchSize: 500 })) {
    some.push(decode(bytes as unknown as Uint8Array)); // what `raw` gives
    if (some.length < 64) continue;
    yield some;
    some = [];
  }
  yield some;
}

/** MongoDB keeps five minutes of history for snapshot reads. The embedded engine, reached by its URI, has its transactions for that. */
async function snapshotSession(client: MongoClient, db: Db): Promise<ClientSession> {
  if (!(await isEmbedded(db))) return client.startSession({ snapshot: true });
  const session = client.startSession();
  session.startTransaction({ readConcern: { level: 'snapshot' } });
  return session;
}

/** Whether what answers at a URI is the embedded engine (`npx vigie database serve`). */
export async function isEmbedded(db: Db): Promise<boolean> {
  const info = await db.command({ buildInfo: 1 });
  return Array.isArray(info.modules) && info.modules.includes('vigie-embedded');
}

async function indexesOf(db: Db, name: string): Promise<Document[]> {
  const specs: Document[] = [];
  for await (const spec of db.collection(name).listIndexes({ promoteValues: false }))
    specs.push(z.record(z.string(), z.unknown()).parse(spec));
  return specs.filter(isOwn);
}

const isOwn = (spec: Document): boolean => spec.name !== '_id_';
