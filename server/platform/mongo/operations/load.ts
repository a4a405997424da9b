import type { Document } from 'bson';
import type { Db } from 'mongodb';
import type { Doc } from '../embedded/values.ts';
import { CopyError, type Manifest } from './manifest.ts';
import type { Progress } from './progress.ts';
import type { CopyItem } from './read-copy.ts';

/** An insert is sent when it has grown to this. */
const BATCH_BYTES = 2_000_000;
const BATCH_DOCUMENTS = 1000;

/**
 * Writes a copy into a database that has none of its collections: documents first, then indexes, which are made faster of all than one by one.
 * At the end the counts are asked of the database itself.
 */
export async function loadCopy(db: Db, items: AsyncGenerator<CopyItem, Manifest>, expected: Manifest, progress: Progress): Promise<void> {
  const counts = new Map(expected.collections.map(({ name, documents }) => [name, documents]));
  let current: { name: string; indexes: readonly Document[]; done: number } | undefined;
  let batch: Doc[] = [];
  let bytes = 0;
  const send = async (): Promise<void> => {
    if (!current || batch.length === 0) return;
    await db.command({ insert: current.name, documents: batch, ordered: true, writeConcern: { w: 'majority', j: true } });
    current.done += batch.length;
    progress(current.name, current.done, counts.get(current.name) ?? 0);
    batch = [];
    bytes = 0;
  };
  const finish = async (): Promise<void> => {
    await send();
    if (current) await makeIndexes(db, current.name, current.indexes);
  };
  for await (const item of items) {
    if (item.kind === 'collection') {
      await finish();
      current = { name: item.name, indexes: item.indexes, done: 0 };
      await db.createCollection(item.name);
      continue;
    }
    if (bytes + item.bytes > BATCH_BYTES || batch.length === BATCH_DOCUMENTS) await send();
    batch.push(item.doc);
    bytes += item.bytes;
  }
  await finish();
  for (const [name, documents] of counts) {
    const there = await db.collection(name).countDocuments();
    if (there !== documents) throw new CopyError(`${documents} documents of ${name} were to be written, ${there} are there.`);
  }
}

async function makeIndexes(db: Db, name: string, specs: readonly Document[]): Promise<void> {
  if (specs.length === 0) return;
  const indexes = specs.map(({ v: _version, ns: _ns, ...spec }) => spec);
  await db.command({ createIndexes: name, indexes });
}
