import { countArg, optionalDoc, textArg } from '../args.ts';
import type { Collection } from '../catalog.ts';
import type { Call } from '../engine.ts';
import { visitPath } from '../paths.ts';
import { compileProjection } from '../projection.ts';
import { select, type Search } from '../search.ts';
import type { Row } from '../transactions.ts';
import { BSONRegExp, encode, indexKey, toInteger, valueKey, type Doc, type Value } from '../values.ts';
import { docOf } from '../view.ts';
import { okReply, type Reply } from '../wire.ts';
import { existing, namespace, openCursor, searchOf } from './common.ts';

export function find(call: Call): Reply {
  const coll = existing(call);
  const search = searchOf(call.body, 'filter');
  const projection = optionalDoc(call.body, 'projection');
  const project = projection === undefined || projection.size === 0 ? undefined : compileProjection(projection, search.filter);
  return openCursor(call, namespace(call), function* (scope) {
    const rows = (coll && byId(call, coll, search)) ?? select(scope, coll, search);
    for (const row of rows) yield project === undefined ? row.bytes : encode(project(docOf(row)));
  });
}

export function getMore(call: Call): Reply {
  const id = toInteger(call.body.get('getMore')) ?? 0;
  const batchSize = countArg(call.body, 'batchSize', 0);
  const ns = `${call.db}.${textArg(call.body, 'collection')}`;
  return call.engine.cursors.more(id, ns, call.txn, batchSize === 0 ? Infinity : batchSize, call.scope.check);
}

export function killCursors(call: Call): Doc {
  const given = call.body.get('cursors');
  const cursorsKilled: Value[] = [];
  const cursorsNotFound: Value[] = [];
  for (const id of Array.isArray(given) ? given : [])
    (call.engine.cursors.kill(toInteger(id) ?? 0, namespace(call)) ? cursorsKilled : cursorsNotFound).push(id);
  return okReply({ cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] });
}

export function count(call: Call): Doc {
  const coll = existing(call);
  const search = searchOf(call.body, 'query');
  let n = countAll(call, coll, search);
  if (n === undefined) for (const _ of select(call.scope, coll, search)) n = (n ?? 0) + 1;
  return okReply({ n: n ?? 0 });
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
  for (const row of select(call.scope, existing(call), searchOf(call.body, 'query'))) {
    visitPath(docOf(row), parts, 0, false, (value) => {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) values.set(valueKey(one), one);
      return false;
    });
  }
  return okReply({ values: [...values.values()] });
}

/** The document with an _id, straight from its index: neither decoded nor held against the filter, because the key is exact. */
function byId(call: Call, coll: Collection, { filter, skip, hint }: Search): Row[] | undefined {
  const { view } = call.scope;
  const id = filter.get('_id') ?? null;
  const [idIndex] = coll.indexes;
  if (filter.size !== 1 || id === null || id instanceof Map || Array.isArray(id) || id instanceof BSONRegExp) return undefined;
  if (idIndex === undefined || skip !== 0 || hint !== undefined || view.own(coll) !== undefined) return undefined;
  const row = view.reader.point(idIndex.id, indexKey([id], idIndex.directions));
  return row === undefined ? [] : [row];
}
