import type { Catalog, Collection } from './catalog.ts';
import { openCatalog } from './catalog.ts';
import { openCursors } from './cursors.ts';
import type { Cursors } from './cursors.ts';
import { openRetries } from './retries.ts';
import type { Retries } from './retries.ts';
import { openStore } from './store.ts';
import type { Scope } from './search.ts';
import type { Store } from './store.ts';
import { openTransactions } from './transactions.ts';
import type { Transaction, Transactions } from './transactions.ts';
import type { Doc } from './values.ts';
import { baseView } from './view.ts';
import type { View } from './view.ts';

/** What the engine tells its host; never with values of documents. */
export interface EngineEvent {
  readonly kind: 'long-scan' | 'fault';
  readonly message: string;
  readonly collection?: string;
  readonly fields?: readonly string[];
  readonly examined?: number;
}

export interface EngineOptions {
  readonly transactionLifetimeMs: number;
  readonly now: () => number;
  readonly tell: (event: EngineEvent) => void;
  readonly maxBytes?: number | undefined;
}

/** The open database and all that lives in memory beside it. */
export interface Engine {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly transactions: Transactions;
  readonly retries: Retries;
  readonly cursors: Cursors;
  readonly base: View;
  readonly options: EngineOptions;
  readonly startedAt: number;
}

/** One command on its way, as its handler sees it. */
export interface Call {
  readonly engine: Engine;
  readonly db: string;
  readonly name: string;
  readonly body: Doc;
  readonly sequences: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly session: string | undefined;
  readonly txn: Transaction | undefined;
  readonly scope: Scope;
}

export function openEngine(path: string, options: EngineOptions): Engine {
  const store = openStore(path, options.maxBytes);
  const catalog = openCatalog(store);
  const transactions = openTransactions(path, options.transactionLifetimeMs);
  const base = baseView({ store, catalog, transactions });
  return {
    store,
    catalog,
    transactions,
    retries: openRetries(store, options.now),
    cursors: openCursors(options.now),
    base,
    options,
    startedAt: options.now(),
  };
}

/** Reports a search that read more than it should; of the filter only the names of its fields. */
export function longScanReporter(tell: (event: EngineEvent) => void): Scope['onLongScan'] {
  return (coll: Collection, filter: Doc, examined: number) =>
    tell({
      kind: 'long-scan',
      message: 'a search read a whole large collection',
      collection: coll.ns,
      fields: [...filter.keys()],
      examined,
    });
}
