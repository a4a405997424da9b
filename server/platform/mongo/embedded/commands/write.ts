import { countArg, docArg, docList, flagArg, givenDocs, hintArg, onlyKnown, optionalDoc, type Given } from '../args.ts';
import type { Collection } from '../catalog.ts';
import type { Call } from '../engine.ts';
import { CommandError, failedToParse, refuse } from '../errors.ts';
import { compileProjection } from '../projection.ts';
import { select, type Search } from '../search.ts';
import { statementOptions } from '../supported.ts';
import type { Row } from '../transactions.ts';
import { compileUpdate, type Update } from '../updater.ts';
import { BSONRegExp, newDoc, ObjectId, type Doc, type Value } from '../values.ts';
import { checkedBytes, docOf } from '../view.ts';
import { okReply } from '../wire.ts';
import { collectionName, existing } from './common.ts';

const knownOfUpdate: ReadonlySet<string> = new Set(statementOptions.update);
const knownOfDelete: ReadonlySet<string> = new Set(statementOptions.delete);

export function insert(call: Call): Doc {
  let n = 0;
  const writeErrors = eachStatement(call, 'documents', (given) => {
    insertDoc(call, given);
    n++;
  });
  return okReply({ n, writeErrors });
}

export function update(call: Call): Doc {
  let [n, nModified] = [0, 0];
  const upserted: Doc[] = [];
  const writeErrors = eachStatement(call, 'updates', ({ doc: statement }, index) => {
    onlyKnown(statement, knownOfUpdate, 'update statement');
    const filter = docArg(statement, 'q');
    const multi = flagArg(statement, 'multi');
    const updater = updaterOf(statement, 'u', filter);
    if (multi && updater.isReplacement) throw failedToParse('multi update is not supported for replacement-style update');
    let [matched, modified] = [0, 0];
    for (const found of targets(call, { filter, limit: multi ? 0 : 1, hint: hintArg(statement) })) {
      matched++;
      if (change(call, found, updater) !== undefined) modified++;
    }
    if (matched === 0 && flagArg(statement, 'upsert')) {
      upserted.push(newDoc({ index, _id: upsert(call, updater).get('_id') }));
      matched = 1;
    }
    n += matched; // a statement that failed half way does not count
    nModified += modified;
  });
  return okReply({ n, nModified, upserted: upserted.length > 0 ? upserted : undefined, writeErrors });
}

export function remove(call: Call): Doc {
  let n = 0;
  const writeErrors = eachStatement(call, 'deletes', ({ doc: statement }) => {
    onlyKnown(statement, knownOfDelete, 'delete statement');
    const limit = countArg(statement, 'limit', 0);
    if (limit > 1) throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${limit}`);
    for (const { coll, row } of targets(call, { filter: docArg(statement, 'q'), limit, hint: hintArg(statement) })) {
      call.scope.view.remove(coll, row);
      n++;
    }
  });
  return okReply({ n, writeErrors });
}

export function findAndModify(call: Call): Doc {
  const { body } = call;
  const flags = ['remove', 'upsert', 'new'].filter((name) => flagArg(body, name));
  const removes = flags.includes('remove');
  if (removes === body.has('update')) throw failedToParse("Either an update or 'remove'=true must be specified, and not both");
  if (removes && flags.length > 1) throw failedToParse("Cannot specify 'upsert' or 'new' together with 'remove'=true");
  const filter = docArg(body, 'query');
  const project = compileProjection(docArg(body, 'fields'), filter);
  const updater = removes ? undefined : updaterOf(body, 'update', filter);
  const [found] = targets(call, { filter, sort: optionalDoc(body, 'sort'), limit: 1, hint: hintArg(body) });
  const before = found && docOf(found.row);
  const after = act(call, found, updater, flags.includes('upsert'));
  const upserted = before === undefined ? after?.get('_id') : undefined;
  const n = Number((before ?? after) !== undefined);
  const lastErrorObject = newDoc({ n, updatedExisting: updater && before !== undefined, upserted });
  const shown = flags.includes('new') ? after : before;
  return okReply({ lastErrorObject, value: shown ? project(shown) : null });
}

/** Does what findAndModify is asked for; the document as it is then. */
function act(call: Call, found: Found | undefined, updater: Update | undefined, upserts: boolean): Doc | undefined {
  if (found === undefined) return updater && upserts ? upsert(call, updater) : undefined;
  if (updater !== undefined) return change(call, found, updater) ?? docOf(found.row);
  call.scope.view.remove(found.coll, found.row);
  return undefined;
}

/** Runs the statements of a batch. A failing one is reported by its place; an ordered batch stops there. Conflicts of a transaction fail the whole command. */
function eachStatement(call: Call, name: string, run: (statement: Given, index: number) => void): Doc[] | undefined {
  const ordered = flagArg(call.body, 'ordered', true);
  const writeErrors: Doc[] = [];
  for (const [index, statement] of givenDocs(call.body, call.sequences, name).entries()) {
    try {
      call.scope.check();
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError) || [50, 112].includes(error.code)) throw error;
      const { code, message, extra = [] } = error;
      writeErrors.push(new Map([...newDoc({ index, code }), ...extra, ['errmsg', message]]));
      if (ordered) break;
    }
  }
  return writeErrors.length > 0 ? writeErrors : undefined;
}

/** Inserts a document with its _id in front, which it gets if it has none. */
function insertDoc(call: Call, { doc, bytes }: Given): Doc {
  const id = doc.get('_id');
  if (Array.isArray(id) || id instanceof BSONRegExp) throw new CommandError(53, "The '_id' value cannot be an array or a regex");
  const inOrder = doc.keys().next().value === '_id';
  const whole = inOrder ? doc : new Map<string, Value>([['_id', id === undefined ? new ObjectId() : id], ...doc]);
  const coll = call.engine.catalog.ensure(call.db, collectionName(call));
  call.scope.view.insert(coll, whole, (inOrder ? bytes : undefined) ?? checkedBytes(whole));
  return whole;
}

function updaterOf(fields: Doc, name: string, filter: Doc): Update {
  const given = fields.get(name);
  if (Array.isArray(given)) throw refuse('an update by a pipeline');
  if (!(given instanceof Map)) throw failedToParse('Update argument must be an object');
  return compileUpdate(given, filter, fields.has('arrayFilters') ? docList(fields, 'arrayFilters') : undefined);
}

interface Found {
  readonly coll: Collection;
  readonly row: Row;
}

/** Rows to write to. Their numbers are gathered first: a changed document must not come round again in the index that led to it. */
function* targets(call: Call, search: Search): Generator<Found> {
  const { view } = call.scope;
  const coll = existing(call);
  const rows = select(call.scope, coll, search);
  if (coll === undefined) return rows.next(); // nothing; but a bad search is refused
  if (search.limit === 1) return yield* Array.from(rows, (row) => ({ coll, row }));
  for (const rid of Array.from(rows, (row) => row.rid)) {
    const bytes = view.own(coll)?.get(rid)?.bytes ?? view.reader.doc(rid);
    if (bytes !== undefined) yield { coll, row: { rid, bytes } };
  }
}

/** The changed document, undefined when the update changes nothing. */
function change(call: Call, { coll, row }: Found, updater: Update): Doc | undefined {
  const after = updater.apply(docOf(row), new Date(call.engine.options.now()));
  const bytes = checkedBytes(after);
  if (Buffer.compare(bytes, row.bytes) === 0) return undefined;
  call.scope.view.replace(coll, row, after, bytes);
  return after;
}

function upsert(call: Call, updater: Update): Doc {
  return insertDoc(call, { doc: updater.onInsert(new Date(call.engine.options.now())), bytes: undefined });
}
