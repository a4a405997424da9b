import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Db } from 'mongodb';
import { startEmbedded } from '../embedded/index.ts';
import { locate } from '../embedded/location.ts';
import { beginReplacing } from '../embedded/replace.ts';
import { UNFINISHED } from './unfinished.ts';
import { loadCopy } from './load.ts';
import type { Manifest } from './manifest.ts';
import { connectTo, type Place } from './place.ts';
import type { Progress } from './progress.ts';
import { readCopy, verifyCopy } from './read-copy.ts';

interface RestoreOptions {
  readonly now: () => Date;
  readonly progress: Progress;
  /** Asked before anything that is there is replaced. */
  readonly mayReplace: (what: string) => Promise<boolean>;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where the replaced file of the embedded engine lies now. */
  readonly aside?: string;
}

/**
 * Puts a backup or an export in place of what is there. The whole copy is read and compared with its checksums before anything is touched.
 *
 * @throws CopyError when the copy is damaged or not complete; Error when the site is running or nobody allowed the replacement
 */
export async function restoreCopy(from: string, place: Place, options: RestoreOptions): Promise<Restored> {
  const manifest = await verifyCopy(from);
  return place.uri === undefined ? intoEmbedded(from, place.dataDir, manifest, options) : intoMongo(from, place.uri, manifest, options);
}

/** Into a new file, which takes the place of the old one in one step: a restore that is interrupted has changed nothing. */
async function intoEmbedded(from: string, dataDir: string, manifest: Manifest, options: RestoreOptions): Promise<Restored> {
  const replacing = beginReplacing(dataDir);
  try {
    if (replacing.occupied) await allow(`the database in ${dataDir}`, options);
    const work = await mkdtemp(path.join(dataDir, 'restore-'));
    try {
      const engine = await startEmbedded(work);
      try {
        await withDb(engine.uri, (db) => loadCopy(db, readCopy(from), manifest, options.progress));
      } finally {
        await engine.close();
      }
      const aside = replacing.put(locate(work).file, `before-${stampOf(options.now())}`);
      return { manifest, ...(aside === undefined ? {} : { aside }) };
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } finally {
    replacing.release();
  }
}

/** Collection by collection; a mark keeps Vigie from starting on the half of it should it be interrupted. */
async function intoMongo(from: string, uri: string, manifest: Manifest, options: RestoreOptions): Promise<Restored> {
  await withDb(uri, async (db) => {
    const there = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    const own = there.filter((name) => !name.startsWith('system.'));
    if (own.length > 0) await allow(`the database ${db.databaseName} with its ${own.length} collections`, options);
    await db.collection(UNFINISHED).insertOne({ at: options.now() }, { writeConcern: { w: 'majority', j: true } });
    for (const name of own) if (name !== UNFINISHED) await db.dropCollection(name);
    await loadCopy(db, readCopy(from), manifest, options.progress);
    await db.dropCollection(UNFINISHED);
  });
  return { manifest };
}

async function withDb(uri: string, work: (db: Db) => Promise<void>): Promise<void> {
  const client = await connectTo(uri);
  try {
    await work(client.db());
  } finally {
    await client.close();
  }
}

async function allow(what: string, { mayReplace }: RestoreOptions): Promise<void> {
  if (!(await mayReplace(what))) throw new Error('Nothing was changed.');
}

const stampOf = (at: Date): string => at.toISOString().replace(/[:.]/g, '-');
