import { CommandError } from './errors.ts';
import { openReader } from './store.ts';
import type { Reader } from './store.ts';
import type { Doc } from './values.ts';

/** A document as a command works with it; decoded when it is first looked into. */
export interface Row {
  readonly rid: number;
  readonly bytes: Uint8Array;
  doc?: Doc;
}

/** An open transaction: own writes over the state of the file when it began. */
export interface Transaction {
  readonly session: string;
  readonly number: number;
  readonly reader: Reader;
  /** The last write on disk when it began: what came later it does not see, and must not overwrite. */
  readonly seq: number;
  /** Own writes by collection ns; null stands for a removed document. */
  readonly rows: Map<string, Map<number, Row | null>>;
  open: boolean;
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/** Thrown by a write outside a transaction that meets one in a pending transaction: the command is undone and run again once that has ended. */
export class Blocked extends Error {
  readonly by: Transaction;

  constructor(by: Transaction) {
    super('waits for a transaction');
    this.by = by;
  }
}

/** 112, which drivers answer by running the whole transaction again. */
export function writeConflict(): CommandError {
  return new CommandError(112, 'Write conflict. :: Please retry your operation or multi-document transaction.');
}

/** 251: it was aborted, expired, or never was. */
export function noSuchTransaction(number: number): CommandError {
  return new CommandError(251, `Given transaction number ${number} does not match any in-progress transactions.`);
}

const idleReaders = 8;

/** Open transactions and who holds what. */
export type Transactions = ReturnType<typeof openTransactions>;

/** @param lifetimeMs after which an open transaction is aborted: a client that died must not block others. */
export function openTransactions(path: string, lifetimeMs: number) {
  const bySession = new Map<string, Transaction>();
  const open = new Map<Transaction, NodeJS.Timeout>();
  const heldRows = new Map<number, Transaction>();
  const heldKeys = new Map<string, { readonly txn: Transaction; readonly rid: number }>();
  const lastWrites = new Map<number, number>(); // only while somebody may ask
  const pool: Reader[] = [];
  let seq = 0;
  let committed = 0;

  const close = (txn: Transaction): void => {
    if (!txn.open) return;
    txn.open = false;
    clearTimeout(open.get(txn));
    open.delete(txn);
    for (const rows of txn.rows.values()) for (const rid of rows.keys()) heldRows.delete(rid);
    for (const [key, holding] of heldKeys) if (holding.txn === txn) heldKeys.delete(key);
    txn.rows.clear();
    txn.reader.exec('ROLLBACK');
    if (pool.length < idleReaders) pool.push(txn.reader);
    else txn.reader.close();
    txn.end();
  };

  return {
    begin: (session: string, number: number): Transaction => {
      const reader = pool.pop() ?? openReader(path);
      reader.exec('BEGIN');
      reader.count(0); // the first read takes the snapshot
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      const txn: Transaction = { session, number, reader, seq: committed, rows: new Map(), open: true, ended, end };
      bySession.set(session, txn);
      open.set(txn, setTimeout(close, lifetimeMs, txn).unref());
      return txn;
    },
    /** The latest transaction of a session, open or not. */
    latest: (session: string) => bySession.get(session),
    openOnes: (): readonly Transaction[] => [...open.keys()],
    /** Ends a transaction: releases its snapshot and all it holds, and wakes who waits for it. */
    close,
    holderOf: (rid: number) => heldRows.get(rid),
    holderOfKey: (key: string) => heldKeys.get(key),
    hold: (txn: Transaction, rid: number) => heldRows.set(rid, txn),
    holdKey: (txn: Transaction, key: string, rid: number) => heldKeys.set(key, { txn, rid }),
    releaseKey: (key: string) => heldKeys.delete(key),
    /** Counts a write on disk (or in the open batch) and returns its number. */
    wrote: (rid: number): number => {
      lastWrites.set(rid, ++seq);
      return seq;
    },
    writtenAfter: (rid: number, since: number): boolean => (lastWrites.get(rid) ?? 0) > since,
    /** The open batch is on disk or undone. Writes that were undone count as made before all later transactions: else none could write there again. */
    batchEnded: (): void => {
      committed = seq;
      if (open.size === 0) lastWrites.clear();
      for (const [session, txn] of bySession) {
        if (bySession.size < 1000) break;
        if (!txn.open) bySession.delete(session); // whether it was committed is known from the retry records
      }
    },
    closeAll: (): void => {
      for (const txn of open.keys()) close(txn);
      for (const reader of pool) reader.close();
    },
  };
}
