import type { Collection } from './catalog.ts';
import { openCatalog } from './catalog.ts';
import { openCursors } from './cursors.ts';
import { openRetries } from './retries.ts';
import { openStore } from './store.ts';
import type { Scope } from './search.ts';
import { openTransactions } from './transactions.ts';
import type { Transaction } from './transactions.ts';
import type { Doc } from './values.ts';
import { openView } from './view.ts';

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
export type Engine = ReturnType<typeof openEngine>;

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

export function openEngine(path: string, options: EngineOptions) {
  const store = openStore(path, options.maxBytes);
  const catalog = openCatalog(store);
  const transactions = openTransactions(path, options.transactionLifetimeMs);
  return {
    store,
    catalog,
    transactions,
    retries: openRetries(store, options.now),
    cursors: openCursors(options.now),
    base: openView({ store, catalog, transactions }),
    options,
    startedAt: options.now(),
  };
}

/** Reports a search that read more than it should; of the filter only the names of its fields. */
export function longScanReporter(tell: EngineOptions['tell']): Scope['onLongScan'] {
  return ({ ns }: Collection, filter: Doc, examined: number) =>
    tell({ kind: 'long-scan', message: 'a search read a whole large collection', collection: ns, fields: [...filter.keys()], examined });
}
