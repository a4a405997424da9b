import type { Catalog, Collection, Index } from './catalog.ts';
import { CommandError } from './errors.ts';
import { describeKey, keyText, keysOf } from './indexing.ts';
import type { Reader, Store } from './store.ts';
import { Blocked, writeConflict } from './transactions.ts';
import type { Row, Transaction, Transactions } from './transactions.ts';
import { decode, encode } from './values.ts';
import type { Doc, Maybe } from './values.ts';

/** What a command sees and changes: the file itself, or a transaction over a snapshot of it. */
export interface View {
  readonly reader: Reader;
  /** Own writes that the reader does not have. */
  own(coll: Collection): ReadonlyMap<number, Row | null> | undefined;
  /** Whether the reader has the entries of an index. */
  sees(index: Index): boolean;
  insert(coll: Collection, doc: Doc, bytes: Uint8Array): void;
  replace(coll: Collection, row: Row, doc: Doc): void;
  remove(coll: Collection, row: Row): void;
}

interface Parts {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly transactions: Transactions;
}

export const maxDocumentBytes = 16 * 1024 * 1024;

/** The document of a row, decoded once. */
export function docOf(row: Row): Doc {
  return (row.doc ??= decode(row.bytes));
}

/** Bytes of a document within the size MongoDB allows. @throws CommandError 10334 */
export function checkedBytes(doc: Doc): Uint8Array {
  const bytes = encode(doc);
  if (bytes.length > maxDocumentBytes)
    throw new CommandError(10334, `object to insert too large. size in bytes: ${bytes.length}, max size: ${maxDocumentBytes}`);
  return bytes;
}

/** The file itself. Writes join the open batch; one that meets a pending transaction throws `Blocked`. */
export function baseView(parts: Parts): View {
  const { store, catalog, transactions } = parts;
  const free = (rid: number): void => {
    const by = transactions.holderOf(rid);
    if (by !== undefined) throw new Blocked(by);
  };
  const write = (coll: Collection, rid: number, before: Row | undefined, after: Row | undefined): void => {
    free(rid);
    const changes = coll.indexes.map((index) => change(index, before, after));
    for (const { index, added } of changes) if (index.unique) for (const [key, tuple] of added) checkBase(coll, index, key, tuple, rid);
    store.begin();
    apply(parts, changes, rid, before, after);
  };
  const checkBase = (coll: Collection, index: Index, key: Uint8Array, tuple: readonly Maybe[], rid: number): void => {
    const pending = transactions.holderOfKey(keyText(index.id, key));
    if (pending !== undefined) throw new Blocked(pending.txn);
    for (const holder of store.holders(index.id, key)) {
      if (holder === rid) continue;
      free(holder);
      throw duplicate(coll, index, tuple);
    }
  };
  return {
    reader: store,
    own: () => undefined,
    sees: () => true,
    insert: (coll, doc, bytes) => {
      const rid = catalog.nextRid(coll);
      write(coll, rid, undefined, { rid, bytes, doc });
    },
    replace: (coll, row, doc) => write(coll, row.rid, row, { rid: row.rid, bytes: checkedBytes(doc), doc }),
    remove: (coll, row) => write(coll, row.rid, row, undefined),
  };
}

/** A transaction: writes stay in memory until `applyTransaction`; whatever another has changed meanwhile is a conflict. */
export function transactionView(parts: Parts, txn: Transaction): View {
  const { store, catalog, transactions } = parts;
  const claim = (rid: number): void => {
    const holder = transactions.holderOf(rid);
    if ((holder !== undefined && holder !== txn) || transactions.writtenAfter(rid, txn.seq)) throw writeConflict();
  };
  const check = (coll: Collection, index: Index, key: Uint8Array, tuple: readonly Maybe[], rid: number): void => {
    const pending = transactions.holderOfKey(keyText(index.id, key));
    if (pending !== undefined && pending.txn !== txn) throw writeConflict();
    if (pending !== undefined && pending.rid !== rid) throw duplicate(coll, index, tuple);
    for (const holder of store.holders(index.id, key)) {
      const own = txn.rows.get(coll.ns)?.get(holder);
      if (holder === rid || own === null) continue;
      if (own !== undefined && !hasKey(keysOf(index, docOf(own)).keys, key)) continue; // an own document is judged by the keys it has now
      claim(holder);
      throw duplicate(coll, index, tuple);
    }
  };
  const write = (coll: Collection, rid: number, before: Row | undefined, after: Row | undefined): void => {
    claim(rid);
    const changes = coll.indexes.map((index) => change(index, before, after)); // all of them: what an index cannot take must fail here, not in the commit
    const unique = changes.filter(({ index }) => index.unique);
    for (const { index, added } of unique) for (const [key, tuple] of added) check(coll, index, key, tuple, rid);
    for (const { index, added, dropped } of unique) {
      for (const key of dropped) transactions.releaseKey(keyText(index.id, key));
      for (const [key] of added) transactions.holdKey(txn, keyText(index.id, key), rid);
    }
    transactions.hold(txn, rid);
    const rows = txn.rows.get(coll.ns) ?? new Map<number, Row | null>();
    txn.rows.set(coll.ns, rows.set(rid, after ?? null));
  };
  return {
    reader: txn.reader,
    own: (coll) => txn.rows.get(coll.ns),
    sees: (index) => index.born <= txn.seq,
    insert: (coll, doc, bytes) => {
      const rid = catalog.nextRid(coll);
      write(coll, rid, undefined, { rid, bytes, doc });
    },
    replace: (coll, row, doc) => write(coll, row.rid, row, { rid: row.rid, bytes: checkedBytes(doc), doc }),
    remove: (coll, row) => write(coll, row.rid, row, undefined),
  };
}

/** Writes all of a transaction into the open batch. It cannot conflict: nobody else could write what it holds. */
export function applyTransaction(parts: Parts, txn: Transaction): void {
  parts.store.begin();
  const steps: (() => void)[] = []; // all is computed before anything is written
  for (const [ns, rows] of txn.rows) {
    const dot = ns.indexOf('.');
    const coll = parts.catalog.ensure(ns.slice(0, dot), ns.slice(dot + 1));
    for (const [rid, row] of rows) {
      const bytes = parts.store.doc(rid);
      const before = bytes && { rid, bytes };
      const after = row ?? undefined;
      if (before === undefined && after === undefined) continue; // inserted and removed in the same transaction
      const changes = coll.indexes.map((index) => change(index, before, after));
      steps.push(() => apply(parts, changes, rid, before, after));
    }
  }
  for (const step of steps) step();
}

/** Fills a new index from the documents there are. @throws CommandError 11000 when a unique one finds a duplicate */
export function buildIndex(parts: Parts, coll: Collection, index: Index, rows: Iterable<Row>): void {
  for (const row of rows) {
    const { keys, tuples } = keysOf(index, docOf(row));
    for (const [i, key] of keys.entries()) {
      if (index.unique && parts.store.holders(index.id, key).length > 0) throw duplicate(coll, index, tuples[i] ?? []);
      parts.store.addKey(index.id, key, row.rid);
    }
    if (keys.length > 1) parts.catalog.markMultikey(index);
  }
}

interface Change {
  readonly index: Index;
  readonly dropped: readonly Uint8Array[];
  readonly added: ReadonlyArray<readonly [Uint8Array, readonly Maybe[]]>;
  readonly several: boolean;
}

function change(index: Index, before: Row | undefined, after: Row | undefined): Change {
  const old = before === undefined ? [] : keysOf(index, docOf(before)).keys;
  if (after === undefined) return { index, dropped: old, added: [], several: false };
  const { keys, tuples } = keysOf(index, docOf(after));
  return {
    index,
    dropped: old.filter((key) => !hasKey(keys, key)),
    added: keys.flatMap((key, i) => (hasKey(old, key) ? [] : [[key, tuples[i] ?? []] as const])),
    several: keys.length > 1,
  };
}

const hasKey = (list: readonly Uint8Array[], key: Uint8Array): boolean => list.some((other) => Buffer.compare(other, key) === 0);

function apply(
  { store, catalog, transactions }: Parts,
  changes: readonly Change[],
  rid: number,
  before: Row | undefined,
  after: Row | undefined,
): void {
  transactions.wrote(rid);
  for (const { index, dropped, added, several } of changes) {
    for (const key of dropped) store.dropKey(index.id, key, rid);
    for (const [key] of added) store.addKey(index.id, key, rid);
    if (several) catalog.markMultikey(index);
  }
  if (after === undefined) store.deleteDoc(rid);
  else if (before === undefined) store.insertDoc(rid, after.bytes);
  else store.updateDoc(rid, after.bytes);
}

function duplicate(coll: Collection, index: Index, tuple: readonly Maybe[]): CommandError {
  const { keyPattern, keyValue } = describeKey(index, tuple);
  const fields = [...keyValue.keys()].map((path) => `${path}: …`).join(', '); // no values: they may be a patient's
  const message = `E11000 duplicate key error collection: ${coll.ns} index: ${index.name} dup key: { ${fields} }`;
  return new CommandError(
    11000,
    message,
    new Map([
      ['keyPattern', keyPattern],
      ['keyValue', keyValue],
    ]),
  );
}
