import type { Connection, mongo } from 'mongoose';
import type { Log } from '../log.ts';

/** An index on what has grown large takes its time; the limit of every other command does not hold for it. */
const NO_LIMIT: mongo.RunCommandOptions & { socketTimeoutMS: number } = { socketTimeoutMS: 0 };

/** Creates the collections and indexes of every model before anything is served: a query without its index, or a collection made inside a transaction, would come too late. */
export async function createIndexes(connection: Connection, log: Log): Promise<void> {
  for (const name of connection.modelNames()) await createOf(connection, connection.model(name));
  log.debug({ models: connection.modelNames().length }, 'indexes are there');
}

async function createOf({ db }: Connection, model: Pick<AnyModel, 'schema' | 'collection' | 'createCollection'>): Promise<void> {
  await model.createCollection();
  // As a command: Mongoose's own way takes no time limit.
  const indexes = model.schema.indexes().map(([key, { background: _background, ...options }]) => ({ name: nameOf(key), ...options, key }));
  if (indexes.length > 0) await db?.command({ createIndexes: model.collection.collectionName, indexes }, NO_LIMIT);
}

type AnyModel = Connection['models'][string];

/** The name that MongoDB's drivers give. */
const nameOf = (key: Readonly<Record<string, unknown>>): string =>
  Object.entries(key)
    .map(([path, direction]) => `${path}_${String(direction)}`)
    .join('_');
