import { countArg, docArg, flagArg, hintArg, optionalDoc } from '../args.ts';
import type { Collection } from '../catalog.ts';
import type { Call } from '../engine.ts';
import { CommandError } from '../errors.ts';
import type { Scope, Search } from '../search.ts';
import type { Doc } from '../values.ts';
import type { Reply } from '../wire.ts';

const defaultBatch = 101;

/** The collection a command names, if there is one. @throws CommandError 73 */
export function existing(call: Call): Collection | undefined {
  return call.engine.catalog.find(call.db, collectionName(call));
}

export function collectionName(call: Call): string {
  const name = call.body.get(call.name);
  if (typeof name !== 'string' || name === '') throw new CommandError(73, `collection name has invalid type or is empty in '${call.name}'`);
  return name;
}

export function namespace(call: Call): string {
  return `${call.db}.${collectionName(call)}`;
}

export function searchOf(body: Doc, filterName: string): Search {
  return {
    filter: docArg(body, filterName),
    sort: optionalDoc(body, 'sort'),
    skip: countArg(body, 'skip', 0),
    limit: countArg(body, 'limit', 0),
    hint: hintArg(body),
  };
}

/** The first batch of a result, and a cursor for the rest. `items` gets the scope to work in: each getMore brings its own time limit. */
export function openCursor(call: Call, ns: string, items: (scope: Scope) => Iterator<Uint8Array>): Reply {
  const watch = { check: call.scope.check };
  const scope: Scope = { ...call.scope, check: () => watch.check() };
  const options = call.body.has('cursor') ? docArg(call.body, 'cursor') : call.body;
  const cursor = { ns, session: call.session, txn: call.txn, items: items(scope), watch };
  return call.engine.cursors.open(cursor, countArg(options, 'batchSize', defaultBatch), flagArg(call.body, 'singleBatch'));
}
