import { keysOf, type Catalog, type Collection, type Index, type IndexKey } from './catalog.ts';
import { CommandError } from './errors.ts';
import type { Store } from './store.ts';
import { Blocked, writeConflict, type Row, type Transaction, type Transactions } from './transactions.ts';
import { Int32, decode, encode, newDoc, type Doc, type Maybe } from './values.ts';

/** What a command sees and changes: the file itself, or a transaction over a snapshot of it. */
export type View = ReturnType<typeof openView>;

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

/**
 * The file itself: writes join the open batch; one that meets a pending transaction throws `Blocked`. Or a transaction: its writes stay in memory until
 * `applyTransaction`, and whatever another has changed meanwhile is a conflict.
 */
export function openView(parts: Parts, txn?: Transaction) {
  const { store, catalog, transactions } = parts;
  const heldBy = (other: Transaction): Error => (txn === undefined ? new Blocked(other) : writeConflict());
  const claim = (rid: number): void => {
    const held = transactions.holding(rid);
    if (held !== undefined && held.txn !== txn) throw heldBy(held.txn);
    if (txn !== undefined && held === undefined && !same(txn.reader.doc(rid), store.doc(rid))) throw writeConflict();
  };
  const checkUnique = (coll: Collection, index: Index, { text, key, tuple }: IndexKey, rid: number): void => {
    const held = transactions.holding(text);
    if (held !== undefined && held.txn !== txn) throw heldBy(held.txn);
    if (held !== undefined && held.rid !== rid) throw duplicateKey(coll, index, tuple);
    for (const holder of store.holders(index.id, key)) {
      const own = txn?.rows.get(coll.ns)?.get(holder);
      if (holder === rid || own === null) continue;
      if (own !== undefined && !keysOf(index, docOf(own)).has(text)) continue; // an own document is judged by the keys it has now
      claim(holder);
      throw duplicateKey(coll, index, tuple);
    }
  };
  const write = (coll: Collection, rid: number, before: Row | undefined, after: Row | undefined): void => {
    claim(rid);
    const changes = changesOf(coll, before, after);
    const unique = changes.filter(({ index }) => index.unique);
    for (const { index, added } of unique) for (const key of added) checkUnique(coll, index, key, rid);
    if (txn === undefined) return apply(parts, changes, rid, before, after);
    for (const { added, dropped } of unique) {
      for (const { text } of dropped) transactions.release(text);
      for (const { text } of added) transactions.hold(text, { txn, rid });
    }
    transactions.hold(rid, { txn, rid });
    const rows = txn.rows.get(coll.ns) ?? new Map<number, Row | null>();
    txn.rows.set(coll.ns, rows.set(rid, after ?? null));
  };
  return {
    reader: txn?.reader ?? store,
    /** Own writes that the reader does not have. */
    own: (coll: Collection): ReadonlyMap<number, Row | null> | undefined => txn?.rows.get(coll.ns),
    /** Whether the reader has the entries of an index: a snapshot from before it was made has not. */
    sees: ({ id }: Index): boolean => txn === undefined || txn.reader.all('SELECT 1 FROM indexes WHERE id = ?', id).length > 0,
    insert: (coll: Collection, doc: Doc, bytes: Uint8Array): void => {
      const rid = catalog.nextRid(coll);
      write(coll, rid, undefined, { rid, bytes, doc });
    },
    replace: (coll: Collection, row: Row, doc: Doc, bytes: Uint8Array): void => write(coll, row.rid, row, { rid: row.rid, bytes, doc }),
    remove: (coll: Collection, row: Row): void => write(coll, row.rid, row, undefined),
  };
}

/** Writes all of a transaction into the open batch. It cannot conflict: nobody else could write what it holds. */
export function applyTransaction(parts: Parts, txn: Transaction): void {
  const steps: (() => void)[] = []; // all is computed before anything is written
  for (const [ns, rows] of txn.rows) {
    const dot = ns.indexOf('.');
    const coll = parts.catalog.ensure(ns.slice(0, dot), ns.slice(dot + 1));
    for (const [rid, row] of rows) {
      const bytes = parts.store.doc(rid);
      const before = bytes && { rid, bytes };
      const after = row ?? undefined;
      if (before === undefined && after === undefined) continue; // inserted and removed in the same transaction
      const changes = changesOf(coll, before, after);
      steps.push(() => apply(parts, changes, rid, before, after));
    }
  }
  for (const step of steps) step();
}

/** Fills a new index from the documents there are. @throws CommandError 11000 when a unique one finds a duplicate */
export function buildIndex({ store, catalog }: Parts, coll: Collection, index: Index, rows: Iterable<Row>): void {
  for (const row of rows) {
    const keys = keysOf(index, docOf(row));
    for (const { key, tuple } of keys.values()) {
      if (index.unique && store.holders(index.id, key).length > 0) throw duplicateKey(coll, index, tuple);
      store.addKey(index.id, key, row.rid);
    }
    if (keys.size > 1) catalog.markMultikey(index);
  }
}

type Changes = ReturnType<typeof changesOf>;

/** What a write changes in each index. All of them, also for a transaction: what an index cannot take must fail at once, not in the commit. */
function changesOf(coll: Collection, before: Row | undefined, after: Row | undefined) {
  return coll.indexes.map((index) => {
    const old = before === undefined ? noKeys : keysOf(index, docOf(before));
    const fresh = after === undefined ? noKeys : keysOf(index, docOf(after));
    const dropped = [...old.values()].filter(({ text }) => !fresh.has(text));
    return { index, dropped, added: [...fresh.values()].filter(({ text }) => !old.has(text)), several: fresh.size > 1 };
  });
}

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => a === b || (a && b && Buffer.compare(a, b)) === 0;

const noKeys: ReadonlyMap<string, IndexKey> = new Map();

function apply(parts: Parts, changes: Changes, rid: number, before: Row | undefined, after: Row | undefined): void {
  const { store, catalog } = parts;
  for (const { index, dropped, added, several } of changes) {
    for (const { key } of dropped) store.dropKey(index.id, key, rid);
    for (const { key } of added) store.addKey(index.id, key, rid);
    if (several) catalog.markMultikey(index);
  }
  if (after === undefined) store.deleteDoc(rid);
  else if (before === undefined) store.insertDoc(rid, after.bytes);
  else store.updateDoc(rid, after.bytes);
}

/** 11000, with the key's fields and values beside the message; none in it: they may be a patient's. */
function duplicateKey(coll: Collection, index: Index, tuple: readonly Maybe[]): CommandError {
  const { fields, name } = index;
  const shown = fields.map(({ path }) => `${path}: …`).join(', ');
  const keyPattern = new Map(fields.map(({ path, direction }) => [path, new Int32(direction)]));
  const keyValue = new Map(fields.map(({ path }, i) => [path, tuple[i] ?? null]));
  const message = `E11000 duplicate key error collection: ${coll.ns} index: ${name} dup key: { ${shown} }`;
  return new CommandError(11000, message, newDoc({ keyPattern, keyValue }));
}
