import type { Connection } from 'mongoose';
import type { Log } from '../log.ts';

/** Creates the collections and indexes of every model before anything is served: a query without its index, or a collection made inside a transaction, would come too late. */
export async function createIndexes(connection: Connection, log: Log): Promise<void> {
  for (const name of connection.modelNames()) {
    const model = connection.model(name);
    await model.createCollection();
    await model.createIndexes();
  }
  log.debug({ models: connection.modelNames().length }, 'indexes are there');
}
