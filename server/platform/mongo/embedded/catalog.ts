import { CommandError } from './errors.ts';
import { compileFilter } from './matcher.ts';
import { visitPath } from './paths.ts';
import { bytesOf, ridSpan, type Reader, type Store } from './store.ts';
import { decode, encode, indexKey, isNumber, newDoc, pathTuples, toInteger, toNumber, type Doc, type Maybe } from './values.ts';

export type Index = ReturnType<typeof readIndex>;

export interface Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  readonly ns: string;
  readonly lowRid: number;
  readonly highRid: number;
  /** Changed by the catalog only, as the next. */
  indexes: readonly Index[];
  lastRid: number;
}

/** Collections and their indexes: small, in memory, written through. */
export type Catalog = ReturnType<typeof openCatalog>;

export function openCatalog(store: Store) {
  let known = load(store, new Map());
  const addIndex = (coll: Collection, spec: Doc): Index => {
    const id = store.run('INSERT INTO indexes(coll, multikey, spec) VALUES (?, 0, ?)', coll.id, encode(spec));
    const index = readIndex(id, spec, false);
    coll.indexes = [...coll.indexes, index];
    return index;
  };
  return {
    find: (db: string, name: string): Collection | undefined => known.get(`${db}.${name}`),
    /** Makes the collection when there is none yet. */
    ensure: (db: string, name: string): Collection => {
      const ns = `${db}.${name}`;
      const there = known.get(ns);
      if (there !== undefined) return there;
      checkName(db, name);
      const coll = readCollection(store, store.run('INSERT INTO colls(ns) VALUES (?)', ns), ns);
      known.set(ns, coll);
      addIndex(coll, idIndexSpec);
      return coll;
    },
    list: (): Iterable<Collection> => known.values(),
    drop: (coll: Collection): void => {
      for (const index of coll.indexes) store.run('DELETE FROM idx WHERE ix = ?', index.id);
      store.run('DELETE FROM docs WHERE rid > ? AND rid < ?', coll.lowRid, coll.highRid);
      store.run('DELETE FROM indexes WHERE coll = ?', coll.id);
      store.run('DELETE FROM colls WHERE id = ?', coll.id);
      known.delete(coll.ns);
    },
    addIndex,
    dropIndex: (coll: Collection, index: Index): void => {
      store.run('DELETE FROM idx WHERE ix = ?', index.id);
      store.run('DELETE FROM indexes WHERE id = ?', index.id);
      coll.indexes = coll.indexes.filter((one) => one !== index);
    },
    markMultikey: (index: Index): void => {
      if (index.multikey) return;
      store.run('UPDATE indexes SET multikey = 1 WHERE id = ?', index.id);
      index.multikey = true;
    },
    /** The number of the next inserted document. Not given back when its batch fails: a gap does no harm. */
    nextRid: (coll: Collection): number => ++coll.lastRid,
    /** Reads everything again: what a rolled back batch had changed in memory is forgotten. */
    reload: (): void => {
      known = load(store, known);
    },
  };
}

/** The collections of a file that is only read. */
export function readCatalog(reader: Reader): Collection[] {
  return [...load(reader, new Map()).values()];
}

const idIndexSpec = newDoc({ v: 2, key: newDoc({ _id: 1 }), name: '_id_' });

/** Reads collections and indexes. Of what was known the last numbers stay: open transactions hold numbers that no document on disk has. */
function load(store: Reader, known: ReadonlyMap<string, Collection>): Map<string, Collection> {
  const found = new Map<string, Collection>();
  for (const row of store.all('SELECT id, ns FROM colls ORDER BY ns')) {
    const coll = readCollection(store, Number(row['id']), String(row['ns']));
    const before = known.get(coll.ns);
    if (before?.id === coll.id) coll.lastRid = Math.max(coll.lastRid, before.lastRid);
    found.set(coll.ns, coll);
    coll.indexes = store
      .all('SELECT id, multikey, spec FROM indexes WHERE coll = ? ORDER BY id', coll.id)
      .map((index) => readIndex(Number(index['id']), decode(bytesOf(index['spec'])), index['multikey'] === 1));
  }
  return found;
}

function readCollection(store: Reader, id: number, ns: string): Collection {
  const dot = ns.indexOf('.');
  const lowRid = id * ridSpan;
  const highRid = lowRid + ridSpan;
  const last = store.all('SELECT max(rid) AS rid FROM docs WHERE rid > ? AND rid < ?', lowRid, highRid)[0]?.['rid'];
  return { id, ns, db: ns.slice(0, dot), name: ns.slice(dot + 1), lowRid, highRid, indexes: [], lastRid: Number(last ?? lowRid) };
}

function readIndex(id: number, spec: Doc, multikey: boolean) {
  const key = spec.get('key');
  const fields = Array.from(key instanceof Map ? key : [], ([path, way]) => {
    const direction: 1 | -1 = isNumber(way) && toNumber(way) < 0 ? -1 : 1;
    return { path, parts: path.split('.'), direction };
  });
  const filter = spec.get('partialFilterExpression');
  const given = spec.get('name');
  const name = typeof given === 'string' ? given : '';
  return {
    id,
    name,
    /** What listIndexes shows. */
    spec,
    fields,
    directions: fields.map((field) => field.direction),
    unique: spec.get('unique') === true || name === '_id_',
    sparse: spec.get('sparse') === true,
    partial: filter instanceof Map ? { filter, matches: compileFilter(filter) } : undefined,
    expireAfterSeconds: toInteger(spec.get('expireAfterSeconds')),
    /** Whether any document has (or had) several keys in it; see the planner. */
    multikey,
  };
}

/** A key of a document in an index: its bytes, the values they stand for, and a text that no other key of any index has. */
export interface IndexKey {
  readonly text: string;
  readonly key: Uint8Array;
  readonly tuple: readonly Maybe[];
}

/** What a document has in an index, by the keys' texts: each once, none where the index leaves it out. */
export function keysOf(index: Index, doc: Doc): ReadonlyMap<string, IndexKey> {
  const keys = new Map<string, IndexKey>();
  if (index.partial !== undefined && !index.partial.matches(doc)) return keys;
  if (index.sparse && !index.fields.some((field) => visitPath(doc, field.parts, 0, false, (value) => value !== undefined))) return keys;
  const paths = index.fields.map((field) => field.parts);
  for (const tuple of pathTuples(doc, paths)) {
    const key = indexKey(tuple, index.directions);
    const text = `${index.id}:${Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')}`;
    keys.set(text, { text, key, tuple });
  }
  return keys;
}

function checkName(db: string, name: string): void {
  const bad =
    name === '' || name.startsWith('.') || /[$\0]/.test(name) || name.startsWith('system.') || /[/\\. "$*<>:|?\0]/.test(db) || db === '';
  if (bad) throw new CommandError(73, `Invalid namespace specified '${db}.${name}'`);
  if (Buffer.byteLength(db) + Buffer.byteLength(name) >= 255)
    throw new CommandError(73, `Fully qualified namespace is too long: '${db}.${name}'`);
}
