import { existsSync } from 'node:fs';
import { checkDatabase } from '../embedded/check.ts';
import { startEmbedded } from '../embedded/index.ts';
import { locate } from '../embedded/location.ts';
import { connectTo, type Place } from './place.ts';
import { isEmbedded } from './source.ts';

export interface Checked {
  readonly collections: number;
  readonly documents: number;
  readonly indexes: number;
  readonly problems: readonly string[];
}

/** Reads a whole database and compares every index with its documents; the site may be working on it. */
export async function checkPlace({ uri, dataDir }: Place): Promise<Checked> {
  return uri === undefined ? checkEmbedded(dataDir) : checkMongo(uri);
}

async function checkEmbedded(dataDir: string): Promise<Checked> {
  const { file } = locate(dataDir);
  if (!existsSync(file)) throw new Error(`There is no database in ${dataDir}.`);
  const engine = await startEmbedded(dataDir); // a file that is damaged is named by the start
  try {
    return checkDatabase(file);
  } finally {
    await engine.close();
  }
}

/** MongoDB has its own check, `validate`, which needs the right to it. */
async function checkMongo(uri: string): Promise<Checked> {
  const client = await connectTo(uri);
  try {
    const db = client.db();
    if (await isEmbedded(db))
      throw new Error('MONGODB_URI names the embedded engine. Unset it and give its DATA_DIR: the file itself is checked.');
    const found = await db.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
    const names = found.map(({ name }) => name).filter((name) => !name.startsWith('system.'));
    let documents = 0;
    let indexes = 0;
    const problems: string[] = [];
    for (const name of names) {
      const told = await db.command({ validate: name });
      documents += Number(told.nrecords);
      indexes += Number(told.nIndexes);
      if (told.valid !== true) problems.push(`${name}: ${String(told.errors)}`);
    }
    return { collections: names.length, documents, indexes, problems };
  } finally {
    await client.close();
  }
}
