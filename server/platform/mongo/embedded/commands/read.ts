import { countArg, optionalDoc, textArg } from '../args.ts';
import type { Collection } from '../catalog.ts';
import type { Call } from '../engine.ts';
import { compileFilter } from '../matcher.ts';
import { visitPath } from '../paths.ts';
import { compileProjection } from '../projection.ts';
import { select } from '../search.ts';
import type { Search } from '../search.ts';
import { compileSort } from '../sort.ts';
import type { Row } from '../transactions.ts';
import { BSONRegExp, encode, indexKey, intOrLong, toInteger, valueKey } from '../values.ts';
import type { Doc, Maybe, Value } from '../values.ts';
import { docOf } from '../view.ts';
import { cursorReply, okReply } from '../wire.ts';
import { existing, namespace, openCursor, searchOf } from './common.ts';

export function find(call: Call): Uint8Array {
  const ns = namespace(call);
  const coll = existing(call);
  const search = searchOf(call.body, 'filter');
  const projection = optionalDoc(call.body, 'projection');
  const project = projection === undefined || projection.size === 0 ? undefined : compileProjection(projection, search.filter);
  const direct = coll === undefined ? undefined : byId(call, coll, search);
  if (direct !== undefined)
    return cursorReply(
      direct.map((row) => shown(row, project)),
      0,
      ns,
      'firstBatch',
    );
  compileFilter(search.filter); // a bad search is refused even where there is nothing to find
  if (search.sort !== undefined) compileSort(search.sort);
  return openCursor(call, ns, function* (scope) {
    for (const row of select(scope, coll, search)) yield shown(row, project);
  });
}

export function getMore(call: Call): Uint8Array {
  const id = toInteger(call.body.get('getMore')) ?? 0;
  const batchSize = countArg(call.body, 'batchSize', 0);
  const ns = `${call.db}.${textArg(call.body, 'collection')}`;
  return call.engine.cursors.more(id, ns, call.txn, batchSize === 0 ? Infinity : batchSize, call.scope.check);
}

export function killCursors(call: Call): Doc {
  const given = call.body.get('cursors');
  const killed: Value[] = [];
  const gone: Value[] = [];
  for (const id of Array.isArray(given) ? given : [])
    (call.engine.cursors.kill(toInteger(id) ?? 0, namespace(call)) ? killed : gone).push(id);
  return okReply({ cursorsKilled: killed, cursorsNotFound: gone, cursorsAlive: [], cursorsUnknown: [] });
}

export function count(call: Call): Doc {
  const coll = existing(call);
  const search = searchOf(call.body, 'query');
  return okReply({ n: intOrLong(countAll(call, coll, search) ?? countRows(select(call.scope, coll, search))) });
}

/** How many documents there are, when that is all that is asked: counted in the index of _id, without reading them. */
export function countAll(call: Call, coll: Collection | undefined, search: Search): number | undefined {
  const [idIndex] = coll?.indexes ?? [];
  if (coll === undefined || idIndex === undefined || search.filter.size > 0 || call.scope.view.own(coll) !== undefined) return undefined;
  const { skip = 0, limit = 0 } = search;
  const n = Math.max(0, call.scope.view.reader.count(idIndex.id) - skip);
  return limit === 0 ? n : Math.min(n, limit);
}

export function distinct(call: Call): Doc {
  const parts = textArg(call.body, 'key').split('.');
  const values = new Map<string, Value>();
  const add = (value: Maybe): void => {
    if (value !== undefined) values.set(valueKey(value), value);
  };
  for (const row of select(call.scope, existing(call), searchOf(call.body, 'query'))) {
    visitPath(docOf(row), parts, 0, false, (value) => {
      if (Array.isArray(value)) value.forEach(add);
      else add(value);
      return false;
    });
  }
  return okReply({ values: [...values.values()] });
}

/** The documents with an _id, straight from its index: neither decoded nor held against the filter, because the key is exact. */
function byId(call: Call, coll: Collection, search: Search): Row[] | undefined {
  const { view } = call.scope;
  const id = search.filter.get('_id');
  const [idIndex] = coll.indexes;
  const plain = id !== undefined && id !== null && !(id instanceof Map) && !Array.isArray(id) && !(id instanceof BSONRegExp);
  if (
    !plain ||
    idIndex === undefined ||
    search.filter.size !== 1 ||
    search.skip !== 0 ||
    search.hint !== undefined ||
    view.own(coll) !== undefined
  )
    return undefined;
  const row = view.reader.point(idIndex.id, indexKey([id], idIndex.directions));
  return row === undefined ? [] : [row];
}

function shown(row: Row, project: ((doc: Doc) => Doc) | undefined): Uint8Array {
  return project === undefined ? row.bytes : encode(project(docOf(row)));
}

function countRows(rows: Iterator<Row>): number {
  let n = 0;
  while (rows.next().done !== true) n++;
  return n;
}
