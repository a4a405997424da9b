import { openCatalog, type Collection } from './catalog.ts';
import { openCursors } from './cursors.ts';
import { openRetries } from './retries.ts';
import type { Scope } from './search.ts';
import { openStore } from './store.ts';
import { openTransactions, type Transaction } from './transactions.ts';
import type { Doc } from './values.ts';
import { openView } from './view.ts';
import type { Request } from './wire.ts';

/** What the engine tells its host; never with values of documents. */
export interface EngineEvent {
  readonly kind: 'long-scan' | 'fault';
  readonly message: string;
  readonly collection?: string;
  readonly fields?: readonly string[];
  readonly examined?: number;
}

/** What may be set when it starts. */
export interface EngineOptions {
  /** How often expired documents are removed. */
  readonly sweepEveryMs?: number;
  /** After how long an open transaction is aborted. */
  readonly transactionLifetimeMs?: number;
  /** Bounds the file, as a full disk would. */
  readonly maxBytes?: number;
}

type Tell = (event: EngineEvent) => void;

/** The open database and all that lives in memory beside it. */
export type Engine = ReturnType<typeof openEngine>;

/** One command on its way, as its handler sees it. */
export interface Call extends Pick<Request, 'body' | 'sequences'> {
  readonly engine: Engine;
  readonly db: string;
  readonly name: string;
  readonly session: string | undefined;
  readonly txn: Transaction | undefined;
  readonly scope: Scope;
}

export function openEngine(path: string, { maxBytes, transactionLifetimeMs = 30_000 }: EngineOptions, tell: Tell) {
  const store = openStore(path, maxBytes);
  const catalog = openCatalog(store);
  const transactions = openTransactions(path, transactionLifetimeMs);
  const base = openView({ store, catalog, transactions });
  const now = Date.now;
  return {
    store,
    catalog,
    transactions,
    base,
    retries: openRetries(store, now),
    cursors: openCursors(now),
    options: { now, tell },
    /** Reports a search that read more than it should; of the filter only the names of its fields. */
    onLongScan: ({ ns }: Collection, filter: Doc, examined: number) =>
      tell({ kind: 'long-scan', message: 'a search read a whole large collection', collection: ns, fields: [...filter.keys()], examined }),
  };
}
