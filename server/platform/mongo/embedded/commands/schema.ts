import { countArg, docArg, docList, flagArg, onlyKnown, optionalDoc, textArg } from '../args.ts';
import type { Collection, Index } from '../catalog.ts';
import type { Call } from '../engine.ts';
import { Blocked } from '../transactions.ts';
import { badValue, CommandError, refuse } from '../errors.ts';
import { compileFilter } from '../matcher.ts';
import { select } from '../search.ts';
import { statementOptions } from '../supported.ts';
import { Int32, encode, equalValues, isNumber, toNumber } from '../values.ts';
import type { Doc, Maybe, Value } from '../values.ts';
import { buildIndex } from '../view.ts';
import { okReply } from '../wire.ts';
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
  const nIndexesWas = coll.indexes.length;
  dropCollection(call, coll);
  return okReply({ nIndexesWas: new Int32(nIndexesWas), ns: coll.ns });
}

export function dropDatabase(call: Call): Doc {
  for (const coll of [...call.engine.catalog.list()]) if (coll.db === call.db) dropCollection(call, coll);
  return okReply({ dropped: call.db });
}

export function listCollections(call: Call): Uint8Array {
  const matches = compileFilter(docArg(call.body, 'filter'));
  const nameOnly = flagArg(call.body, 'nameOnly');
  const colls = [...call.engine.catalog.list()].filter((coll) => coll.db === call.db);
  const docs = colls.map((coll) => describeCollection(coll, nameOnly)).filter(matches);
  return openCursor(call, `${call.db}.$cmd.listCollections`, () => docs.map(encode).values());
}

export function createIndexes(call: Call): Doc {
  const { catalog } = call.engine;
  const specs = docList(call.body, 'indexes').map(checkedSpec);
  if (specs.length === 0) throw badValue('Must specify at least one index to create');
  const created = existing(call) === undefined;
  const coll = catalog.ensure(call.db, collectionName(call));
  waitForWriters(call, coll);
  const before = coll.indexes.length;
  for (const spec of specs) {
    if (sameIndex(coll, spec)) continue;
    const index = catalog.addIndex(coll, spec);
    try {
      buildIndex(call.engine, coll, index, select(call.scope, coll, { filter: new Map(), hint: new Map([['$natural', new Int32(1)]]) }));
    } catch (error) {
      if (error instanceof CommandError) catalog.dropIndex(coll, index);
      throw error;
    }
  }
  const counts = {
    numIndexesBefore: new Int32(before),
    numIndexesAfter: new Int32(coll.indexes.length),
    createdCollectionAutomatically: created,
  };
  return okReply(before === coll.indexes.length ? { ...counts, note: 'all indexes already exist' } : counts);
}

export function listIndexes(call: Call): Uint8Array {
  const coll = required(call);
  return openCursor(call, coll.ns, () => coll.indexes.map((index) => encode(index.spec)).values());
}

export function dropIndexes(call: Call): Doc {
  const coll = required(call);
  waitForWriters(call, coll);
  const nIndexesWas = new Int32(coll.indexes.length);
  closeCursors(call, coll);
  for (const index of namedIndexes(coll, call.body.get('index'))) call.engine.catalog.dropIndex(coll, index);
  return okReply({ nIndexesWas });
}

/** Changes after how long an index lets documents expire: the only thing of a collection that may be changed. */
export function collMod(call: Call): Doc {
  const coll = required(call);
  const change = optionalDoc(call.body, 'index');
  if (change === undefined) return okReply();
  onlyKnown(change, new Set(['name', 'keyPattern', 'expireAfterSeconds']), 'collMod index');
  const [index] = namedIndexes(coll, change.get('name') ?? change.get('keyPattern'));
  if (index === undefined) throw new CommandError(27, `cannot find index for ns ${coll.ns}`);
  const seconds = countArg(change, 'expireAfterSeconds', -1);
  if (seconds < 0) throw new CommandError(72, 'no expireAfterSeconds field');
  const before = index.spec.get('expireAfterSeconds');
  const spec = new Map(index.spec).set('expireAfterSeconds', change.get('expireAfterSeconds') ?? null);
  checkExpiry(spec);
  call.engine.catalog.changeIndex(coll, index, spec);
  return okReply({
    ...(before !== undefined && { expireAfterSeconds_old: before }),
    expireAfterSeconds_new: change.get('expireAfterSeconds') ?? null,
  });
}

function dropCollection(call: Call, coll: Collection): void {
  waitForWriters(call, coll);
  closeCursors(call, coll);
  call.engine.catalog.drop(coll);
}

/** A cursor whose index is gone would end early without a word. */
function closeCursors(call: Call, coll: Collection): void {
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

function describeCollection(coll: Collection, nameOnly: boolean): Doc {
  const doc = new Map<string, Value>([
    ['name', coll.name],
    ['type', 'collection'],
  ]);
  if (nameOnly) return doc;
  doc.set('options', new Map()).set('info', new Map([['readOnly', false]]));
  return doc.set('idIndex', coll.indexes[0]?.spec ?? null);
}

/** The spec as it is kept: defaults dropped, a name given. @throws CommandError 67, 85, 238 */
function checkedSpec(given: Doc): Doc {
  onlyKnown(given, knownOfIndex, 'index');
  const key = optionalDoc(given, 'key');
  if (key === undefined || key.size === 0) throw new CommandError(67, 'Index keys cannot be empty.');
  for (const [path, kind] of key) checkField(path, kind);
  const spec = new Map<string, Value>([
    ['v', new Int32(2)],
    ['key', key],
    ['name', textArg(given, 'name')],
  ]);
  for (const option of ['unique', 'sparse'] as const) if (flagArg(given, option)) spec.set(option, true);
  const partial = optionalDoc(given, 'partialFilterExpression');
  if (partial !== undefined) {
    checkPartial(partial);
    if (spec.has('sparse')) throw new CommandError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
    spec.set('partialFilterExpression', partial);
  }
  const expiry = given.get('expireAfterSeconds');
  if (expiry !== undefined) spec.set('expireAfterSeconds', expiry);
  checkExpiry(spec);
  return spec;
}

function checkField(path: string, kind: Value): void {
  if (typeof kind === 'string') throw refuse(`index type '${kind}'`);
  if (!isNumber(kind) || toNumber(kind) === 0 || Number.isNaN(toNumber(kind)))
    throw new CommandError(67, `Values in the index key pattern cannot be 0 or no number: '${path}'`);
  if (path.includes('$**')) throw refuse('a wildcard index');
  if (path === '' || path.split('.').some((part) => part === '' || part.startsWith('$')))
    throw new CommandError(67, `Index key contains an illegal field name: '${path}'`);
}

const partialOperators: ReadonlySet<string> = new Set(['$eq', '$in', '$exists', '$gt', '$gte', '$lt', '$lte', '$type']);

/** A partial index knows fewer operators than a search. */
function checkPartial(filter: Doc): void {
  compileFilter(filter);
  for (const [name, condition] of filter) {
    if (name === '$and' || name === '$or') docList(filter, name).forEach(checkPartial);
    else if (name.startsWith('$')) throw unsuitable(name);
    else if (condition instanceof Map) {
      const bad = [...condition.keys()].find((operator) => operator.startsWith('$') && !partialOperators.has(operator));
      if (bad !== undefined || condition.get('$exists') === false) throw unsuitable(bad ?? '$exists: false');
    }
  }
}

const unsuitable = (operator: string): CommandError => new CommandError(67, `Expression not supported in partial index: ${operator}`);

function checkExpiry(spec: Doc): void {
  const expiry = spec.get('expireAfterSeconds');
  const key = docArg(spec, 'key');
  if (expiry === undefined) return;
  if (!isNumber(expiry) || toNumber(expiry) < 0 || toNumber(expiry) > 2147483647)
    throw new CommandError(67, 'TTL index expireAfterSeconds must be between 0 and 2147483647');
  if (key.size !== 1 || key.has('_id')) throw new CommandError(67, 'TTL indexes are single-field indexes, and _id cannot be one');
}

/** Whether the index is there already. @throws CommandError 85 or 86 when one of the same name or key differs */
function sameIndex(coll: Collection, spec: Doc): boolean {
  const byName = coll.indexes.find((index) => index.name === spec.get('name'));
  const byKey = coll.indexes.find(
    (index) => equalValues(index.spec.get('key'), spec.get('key')) && equalOption(index, spec, 'partialFilterExpression'),
  );
  if (byKey?.name === '_id_' && coll.indexes[0] === byKey) return true;
  const known = byName ?? byKey;
  if (known === undefined) return false;
  if (known !== byKey) throw new CommandError(86, `An existing index has the same name as the requested index: ${known.name}`);
  const same = ['unique', 'sparse', 'expireAfterSeconds'].every((option) => equalOption(known, spec, option));
  if (same && known.name === spec.get('name')) return true;
  throw new CommandError(
    byName === undefined || byName === byKey ? 85 : 86,
    `Index already exists with a different name or options: ${known.name}`,
  );
}

const equalOption = (index: Index, spec: Doc, option: string): boolean => equalValues(index.spec.get(option), spec.get(option));

function namedIndexes(coll: Collection, given: Maybe): Index[] {
  if (given === '*') return coll.indexes.slice(1);
  if (Array.isArray(given)) return given.flatMap((one) => namedIndexes(coll, one));
  if (typeof given !== 'string' && !(given instanceof Map)) throw badValue('an index is named by its name or its key');
  const found = coll.indexes.find((index) =>
    typeof given === 'string' ? index.name === given : equalValues(index.spec.get('key'), given),
  );
  if (found === undefined) throw new CommandError(27, `index not found with name [${typeof given === 'string' ? given : '…'}]`);
  if (found.name === '_id_') throw new CommandError(72, 'cannot drop _id index');
  return [found];
}
