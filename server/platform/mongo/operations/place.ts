import path from 'node:path';
import { MongoClient } from 'mongodb';
import { locate } from '../embedded/location.ts';
import { startEmbedded } from '../embedded/index.ts';
import { embeddedSource, mongoSource, type Source } from './source.ts';

/** Which database: of a URI, or the embedded one of a directory. */
export interface Place {
  readonly uri: string | undefined;
  readonly dataDir: string;
}

/** The name of the database in the embedded engine's file. */
export const EMBEDDED_DB = 'vigie';

/** Opens all of a database at one moment, whether the site works on it or not. */
export async function openSource({ uri, dataDir }: Place): Promise<Source> {
  if (uri !== undefined) return remoteSource(uri);
  // The engine is started or joined, so that the file is looked at and its log is in order; then it is read beside it.
  const engine = await startEmbedded(dataDir);
  try {
    const source = embeddedSource(locate(dataDir).file, EMBEDDED_DB);
    return {
      ...source,
      close: async () => {
        await source.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function remoteSource(uri: string): Promise<Source> {
  const client = await connectTo(uri);
  try {
    const source = await mongoSource(client);
    return {
      ...source,
      close: async () => {
        await source.close();
        await client.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** A client for work that takes long: no time limit on its commands, but on finding the server. */
export function connectTo(uri: string): Promise<MongoClient> {
  return MongoClient.connect(uri, { serverSelectionTimeoutMS: 10_000, readConcern: { level: 'majority' } });
}

/** Where the daily backups of a data directory lie. */
export const backupsOf = (dataDir: string): string => path.join(path.resolve(dataDir), 'backups');
