import { docArg, docList, flagArg, onlyKnown, optionalDoc, textArg } from '../args.ts';
import type { Collection, Index } from '../catalog.ts';
import type { Call } from '../engine.ts';
import { badValue, CommandError, refuse } from '../errors.ts';
import { compileFilter } from '../matcher.ts';
import { select } from '../search.ts';
import { statementOptions } from '../supported.ts';
import { Blocked } from '../transactions.ts';
import { encode, equalValues, isNumber, newDoc, toNumber, type Doc, type Maybe, type Value } from '../values.ts';
import { buildIndex } from '../view.ts';
import { okReply, type Reply } from '../wire.ts';
import { collectionName, existing, namespace, openCursor } from './common.ts';

const knownOfIndex: ReadonlySet<string> = new Set(statementOptions.index);

export function create(call: Call): Doc {
  if (existing(call) !== undefined) throw new CommandError(48, `Collection ${namespace(call)} already exists.`);
  call.engine.catalog.ensure(call.db, collectionName(call));
  return okReply();
}

export function drop(call: Call): Doc {
  const coll = existing(call);
  if (coll === undefined) return okReply();
  beforeChange(call, coll);
  call.engine.catalog.drop(coll);
  return okReply({ nIndexesWas: coll.indexes.length, ns: coll.ns });
}

export function dropDatabase(call: Call): Doc {
  for (const coll of collections(call)) {
    beforeChange(call, coll);
    call.engine.catalog.drop(coll);
  }
  return okReply({ dropped: call.db });
}

export function listCollections(call: Call): Reply {
  const nameOnly = flagArg(call.body, 'nameOnly');
  const docs = collections(call).map(({ name, indexes }) => {
    const more = nameOnly ? {} : { options: new Map(), info: newDoc({ readOnly: false }), idIndex: indexes[0]?.spec };
    return newDoc({ name, type: 'collection', ...more });
  });
  const listed = docs.filter(compileFilter(docArg(call.body, 'filter')));
  return openCursor(call, `${call.db}.$cmd.listCollections`, () => listed.map(encode).values());
}

const collections = ({ engine, db }: Call): Collection[] => [...engine.catalog.list()].filter((coll) => coll.db === db);

export function createIndexes(call: Call): Doc {
  const { catalog } = call.engine;
  const specs = docList(call.body, 'indexes').map(checkedSpec);
  if (specs.length === 0) throw badValue('Must specify at least one index to create');
  const createdCollectionAutomatically = existing(call) === undefined;
  const coll = catalog.ensure(call.db, collectionName(call));
  waitForWriters(call, coll);
  const numIndexesBefore = coll.indexes.length;
  for (const spec of specs) {
    if (sameIndex(coll, spec)) continue;
    const index = catalog.addIndex(coll, spec);
    try {
      buildIndex(call.engine, coll, index, select(call.scope, coll, { filter: new Map(), hint: newDoc({ $natural: 1 }) }));
    } catch (error) {
      if (error instanceof CommandError) catalog.dropIndex(coll, index);
      throw error;
    }
  }
  const numIndexesAfter = coll.indexes.length;
  const note = numIndexesBefore === numIndexesAfter ? 'all indexes already exist' : undefined;
  return okReply({ numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, note });
}

export function listIndexes(call: Call): Reply {
  const coll = required(call);
  return openCursor(call, coll.ns, () => coll.indexes.map((index) => encode(index.spec)).values());
}

export function dropIndexes(call: Call): Doc {
  const coll = required(call);
  const nIndexesWas = coll.indexes.length;
  beforeChange(call, coll);
  for (const index of namedIndexes(coll, call.body.get('index'))) call.engine.catalog.dropIndex(coll, index);
  return okReply({ nIndexesWas });
}

/** Waits for open transactions, and ends cursors: one whose index is gone would end early without a word. */
function beforeChange(call: Call, coll: Collection): void {
  waitForWriters(call, coll);
  call.engine.cursors.killWhere((cursor) => cursor.ns === coll.ns);
}

/** The shape of a collection changes only while no transaction holds documents of it. */
function waitForWriters(call: Call, coll: Collection): void {
  for (const txn of call.engine.transactions.openOnes()) if (txn.rows.has(coll.ns)) throw new Blocked(txn);
}

function required(call: Call): Collection {
  const coll = existing(call);
  if (coll === undefined) throw new CommandError(26, `ns does not exist: ${namespace(call)}`);
  return coll;
}

/** The spec as it is kept: defaults dropped. @throws CommandError 67, 238 */
function checkedSpec(given: Doc): Doc {
  onlyKnown(given, knownOfIndex, 'index');
  const key = docArg(given, 'key');
  if (key.size === 0) throw cannotCreate('Index keys cannot be empty.');
  for (const [path, kind] of key) checkField(path, kind);
  const partial = optionalDoc(given, 'partialFilterExpression');
  const [unique, sparse] = ['unique', 'sparse'].map((option) => flagArg(given, option) || undefined);
  const expireAfterSeconds = given.get('expireAfterSeconds');
  if (expireAfterSeconds !== undefined) checkExpiry(expireAfterSeconds, key);
  if (partial !== undefined) checkPartial(partial);
  if (partial !== undefined && sparse) throw cannotCreate('cannot mix "partialFilterExpression" and "sparse" options');
  return newDoc({ v: 2, key, name: textArg(given, 'name'), unique, sparse, partialFilterExpression: partial, expireAfterSeconds });
}

const cannotCreate = (message: string): CommandError => new CommandError(67, message);

function checkField(path: string, kind: Value): void {
  if (typeof kind === 'string') throw refuse(`index type '${kind}'`);
  if (!isNumber(kind) || !toNumber(kind)) throw cannotCreate(`Values in the index key pattern cannot be 0 or no number: '${path}'`);
  if (path.includes('$**')) throw refuse('a wildcard index');
  if (path.split('.').some((part) => part === '' || part.startsWith('$')))
    throw cannotCreate(`Index key contains an illegal field name: '${path}'`);
}

function checkExpiry(expiry: Value, key: Doc): void {
  const seconds = isNumber(expiry) ? toNumber(expiry) : NaN;
  if (!(seconds >= 0 && seconds <= 2147483647)) throw cannotCreate('TTL index expireAfterSeconds must be between 0 and 2147483647');
  if (key.size !== 1 || key.has('_id')) throw cannotCreate('TTL indexes are single-field indexes, and _id cannot be one');
}

const partialOperators: ReadonlySet<string> = new Set(['$eq', '$in', '$exists', '$gt', '$gte', '$lt', '$lte', '$type']);

/** A partial index knows fewer operators than a search. */
function checkPartial(filter: Doc): void {
  compileFilter(filter);
  for (const [name, condition] of filter) {
    if (name === '$and' || name === '$or') docList(filter, name).forEach(checkPartial);
    else {
      const operators = condition instanceof Map ? [...condition.keys()].filter((operator) => operator.startsWith('$')) : [];
      const bad = name.startsWith('$') ? name : operators.find((operator) => !partialOperators.has(operator));
      if (bad !== undefined || (condition instanceof Map && condition.get('$exists') === false))
        throw cannotCreate(`Expression not supported in partial index: ${bad ?? '$exists: false'}`);
    }
  }
}

/** Whether the index is there already. @throws CommandError 85 or 86 when one of the same name or key differs */
function sameIndex(coll: Collection, spec: Doc): boolean {
  const isEqual = (index: Index, ...options: string[]): boolean =>
    options.every((option) => equalValues(index.spec.get(option), spec.get(option)));
  const byName = coll.indexes.find((index) => isEqual(index, 'name'));
  const byKey = coll.indexes.find((index) => isEqual(index, 'key', 'partialFilterExpression'));
  const known = byName ?? byKey;
  if (known === undefined) return false;
  if (byKey === coll.indexes[0]) return true;
  if (byName === byKey && isEqual(known, 'unique', 'sparse', 'expireAfterSeconds')) return true;
  const code = byName === undefined || byName === byKey ? 85 : 86;
  throw new CommandError(code, `Index exists with another name, key or options: ${known.name}`);
}

function namedIndexes(coll: Collection, given: Maybe): readonly Index[] {
  if (given === '*') return coll.indexes.slice(1);
  if (Array.isArray(given)) throw refuse('dropping a list of indexes');
  const found = coll.indexes.filter(({ name, spec }) => name === given || (given instanceof Map && equalValues(spec.get('key'), given)));
  if (found.length === 0) throw new CommandError(27, 'index not found');
  if (found[0] === coll.indexes[0]) throw new CommandError(72, 'cannot drop _id index');
  return found;
}
