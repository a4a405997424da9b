import { CommandError } from './errors.ts';
import { openReader, type Reader } from './store.ts';
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
  /** Sees the file as it was when the transaction began. What was changed since, the transaction must not overwrite. */
  readonly reader: Reader;
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
const rememberedSessions = 1000;

/** A document (by its number) or a unique key (by its text) that a pending transaction has written: nobody else may. */
interface Holding {
  readonly txn: Transaction;
  readonly rid: number;
}

/** Open transactions and who holds what. */
export type Transactions = ReturnType<typeof openTransactions>;

/** @param lifetimeMs after which an open transaction is aborted: a client that died must not block others. */
export function openTransactions(path: string, lifetimeMs: number) {
  const bySession = new Map<string, Transaction>();
  const open = new Map<Transaction, NodeJS.Timeout>();
  const holdings = new Map<number | string, Holding>();
  const pool: Reader[] = [];
  const close = (txn: Transaction): void => {
    if (!txn.open) return;
    txn.open = false;
    clearTimeout(open.get(txn));
    open.delete(txn);
    for (const [what, holding] of holdings) if (holding.txn === txn) holdings.delete(what);
    txn.rows.clear();
    txn.reader.exec('ROLLBACK');
    if (pool.length < idleReaders) pool.push(txn.reader);
    else txn.reader.close();
    txn.end();
  };
  return {
    begin: (session: string, number: number): Transaction => {
      for (const [id, { open }] of bySession) if (!open && bySession.size > rememberedSessions) bySession.delete(id); // the retry records know whether it was committed
      const reader = pool.pop() ?? openReader(path);
      reader.exec('BEGIN');
      reader.count(0); // the first read takes the snapshot
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      const txn: Transaction = { session, number, reader, rows: new Map(), open: true, ended, end };
      bySession.set(session, txn);
      open.set(txn, setTimeout(close, lifetimeMs, txn).unref());
      return txn;
    },
    /** The latest transaction of a session, open or not. */
    latest: (session: string) => bySession.get(session),
    openOnes: (): readonly Transaction[] => [...open.keys()],
    /** Ends a transaction: releases its snapshot and all it holds, and wakes who waits for it. */
    close,
    holding: (what: number | string) => holdings.get(what),
    hold: (what: number | string, by: Holding) => holdings.set(what, by),
    release: (what: number | string) => holdings.delete(what),
    closeAll: (): void => {
      for (const txn of open.keys()) close(txn);
      for (const reader of pool) reader.close();
    },
  };
}
