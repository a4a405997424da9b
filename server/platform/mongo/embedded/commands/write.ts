import { countArg, docArg, flagArg, givenDocs, hintArg, listArg, onlyKnown, optionalDoc } from '../args.ts';
import type { Given } from '../args.ts';
import type { Collection } from '../catalog.ts';
import type { Call } from '../engine.ts';
import { CommandError, failedToParse } from '../errors.ts';
import { compileProjection } from '../projection.ts';
import { select } from '../search.ts';
import { statementOptions } from '../supported.ts';
import { compileFilter } from '../matcher.ts';
import type { Row } from '../transactions.ts';
import { compileUpdate } from '../updater.ts';
import { BSONRegExp, Int32, ObjectId } from '../values.ts';
import type { Doc, Value } from '../values.ts';
import { checkedBytes, docOf } from '../view.ts';
import { okReply } from '../wire.ts';
import { collectionName, existing } from './common.ts';

type Updater = ReturnType<typeof compileUpdate>;

const knownOfUpdate: ReadonlySet<string> = new Set(statementOptions.update);
const knownOfDelete: ReadonlySet<string> = new Set(statementOptions.delete);

export function insert(call: Call): Doc {
  const given = givenDocs(call.body, call.sequences, 'documents');
  let n = 0;
  const writeErrors = eachStatement(call, given, (one) => {
    const coll = ensured(call);
    const { doc, bytes } = withId(one);
    call.scope.view.insert(coll, doc, bytes);
    n++;
  });
  return okReply({ n: new Int32(n), ...writeErrors });
}

export function update(call: Call): Doc {
  let n = 0;
  let nModified = 0;
  const upserted: Doc[] = [];
  const writeErrors = eachStatement(call, givenDocs(call.body, call.sequences, 'updates'), ({ doc: statement }, index) => {
    onlyKnown(statement, knownOfUpdate, 'update statement');
    const filter = docArg(statement, 'q');
    const multi = flagArg(statement, 'multi');
    const updater = updaterOf(statement, 'u', filter);
    if (multi && isReplacement(statement.get('u'))) throw failedToParse('multi update is not supported for replacement-style update');
    const outcome = multi ? updateMany(call, statement, filter, updater) : updateOne(call, statement, filter, updater);
    n += outcome.matched;
    nModified += outcome.modified;
    if (outcome.matched > 0 || !flagArg(statement, 'upsert')) return;
    const id = upsert(call, filter, updater).get('_id') ?? null;
    upserted.push(
      new Map<string, Value>([
        ['index', new Int32(index)],
        ['_id', id],
      ]),
    );
    n++;
  });
  return okReply({ n: new Int32(n), nModified: new Int32(nModified), ...(upserted.length > 0 ? { upserted } : {}), ...writeErrors });
}

export function remove(call: Call): Doc {
  let n = 0;
  const writeErrors = eachStatement(call, givenDocs(call.body, call.sequences, 'deletes'), ({ doc: statement }) => {
    onlyKnown(statement, knownOfDelete, 'delete statement');
    const coll = existing(call);
    const limit = countArg(statement, 'limit', 0);
    if (limit > 1) throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${limit}`);
    if (coll === undefined) return void compileFilter(docArg(statement, 'q'));
    for (const row of rowsToChange(call, coll, statement, docArg(statement, 'q'), limit)) {
      call.scope.view.remove(coll, row);
      n++;
    }
  });
  return okReply({ n: new Int32(n), ...writeErrors });
}

export function findAndModify(call: Call): Doc {
  const { body } = call;
  const filter = docArg(body, 'query');
  const removes = flagArg(body, 'remove');
  checkFindAndModify(body, removes);
  const fields = optionalDoc(body, 'fields');
  const project = fields === undefined || fields.size === 0 ? (doc: Doc) => doc : compileProjection(fields, filter);
  const updater = removes ? undefined : updaterOf(body, 'update', filter);
  const coll = existing(call);
  const [row] = select(call.scope, coll, { filter, sort: optionalDoc(body, 'sort'), limit: 1, hint: hintArg(body) });
  if (coll === undefined || row === undefined) return foundNothing(call, filter, updater, project);
  const lastErrorObject = new Map<string, Value>([['n', new Int32(1)]]);
  if (updater === undefined) {
    call.scope.view.remove(coll, row);
    return okReply({ lastErrorObject, value: project(docOf(row)) });
  }
  const after = changeRow(call, coll, row, updater) ?? docOf(row);
  return okReply({
    lastErrorObject: lastErrorObject.set('updatedExisting', true),
    value: project(flagArg(body, 'new') ? after : docOf(row)),
  });
}

function checkFindAndModify(body: Doc, removes: boolean): void {
  if (removes === body.has('update')) throw failedToParse("Either an update or 'remove'=true must be specified, and not both");
  if (removes && (flagArg(body, 'upsert') || flagArg(body, 'new')))
    throw failedToParse("Cannot specify 'upsert' or 'new' together with 'remove'=true");
}

function foundNothing(call: Call, filter: Doc, updater: Updater | undefined, project: (doc: Doc) => Doc): Doc {
  const lastErrorObject = new Map<string, Value>([['n', new Int32(0)]]);
  if (updater === undefined) return okReply({ lastErrorObject, value: null });
  lastErrorObject.set('updatedExisting', false);
  if (!flagArg(call.body, 'upsert')) return okReply({ lastErrorObject, value: null });
  const doc = upsert(call, filter, updater);
  lastErrorObject.set('n', new Int32(1)).set('upserted', doc.get('_id') ?? null);
  return okReply({ lastErrorObject, value: flagArg(call.body, 'new') ? project(doc) : null });
}

/** Runs the statements of a batch. A failing one is reported by its place; an ordered batch stops there. Conflicts of a transaction fail the whole command. */
function eachStatement<T>(call: Call, statements: readonly T[], run: (statement: T, index: number) => void): { writeErrors?: Doc[] } {
  const ordered = flagArg(call.body, 'ordered', true);
  const writeErrors: Doc[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      call.scope.check();
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError) || [50, 112].includes(error.code)) throw error;
      writeErrors.push(
        new Map<string, Value>([
          ['index', new Int32(index)],
          ['code', new Int32(error.code)],
          ...(error.extra ?? []),
          ['errmsg', error.message],
        ]),
      );
      if (ordered) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

function ensured(call: Call): Collection {
  return call.engine.catalog.ensure(call.db, collectionName(call));
}

/** The document with its _id in front, which it gets if it has none. */
function withId({ doc, bytes }: Given): { doc: Doc; bytes: Uint8Array } {
  const id = doc.get('_id');
  if (Array.isArray(id) || id instanceof BSONRegExp)
    throw new CommandError(53, `The '_id' value cannot be of type ${Array.isArray(id) ? 'array' : 'regex'}`);
  const [first] = doc.keys();
  if (first === '_id') return { doc, bytes: bytes ?? checkedBytes(doc) };
  const ordered: Doc = new Map<string, Value>([['_id', id ?? new ObjectId()]]);
  for (const [name, value] of doc) if (name !== '_id') ordered.set(name, value);
  return { doc: ordered, bytes: checkedBytes(ordered) };
}

function updaterOf(fields: Doc, name: string, filter: Doc): Updater {
  const given = fields.get(name);
  if (!(given instanceof Map) && !Array.isArray(given)) throw failedToParse('Update argument must be either an object or an array');
  const arrayFilters = fields.has('arrayFilters') ? listArg(fields, 'arrayFilters').filter((one) => one instanceof Map) : undefined;
  return compileUpdate(given, { ...(arrayFilters && { arrayFilters }), filter });
}

function isReplacement(given: Value | undefined): boolean {
  const [first] = given instanceof Map ? given.keys() : ['$'];
  return first === undefined || !first.startsWith('$');
}

function updateOne(call: Call, statement: Doc, filter: Doc, updater: Updater): { matched: number; modified: number } {
  const coll = existing(call);
  const [row] = select(call.scope, coll, { filter, limit: 1, hint: hintArg(statement) });
  if (coll === undefined || row === undefined) return { matched: 0, modified: 0 };
  return { matched: 1, modified: changeRow(call, coll, row, updater) === undefined ? 0 : 1 };
}

function updateMany(call: Call, statement: Doc, filter: Doc, updater: Updater): { matched: number; modified: number } {
  const coll = existing(call);
  let [matched, modified] = [0, 0];
  if (coll === undefined) return { matched, modified };
  for (const row of rowsToChange(call, coll, statement, filter, 0)) {
    matched++;
    if (changeRow(call, coll, row, updater) !== undefined) modified++;
  }
  return { matched, modified };
}

/** Rows to write to. Their numbers are gathered first: a changed document must not come round again in the index that led to it. */
function* rowsToChange(call: Call, coll: Collection, statement: Doc, filter: Doc, limit: number): Generator<Row> {
  const { view } = call.scope;
  const search = { filter, limit, hint: hintArg(statement) };
  if (limit === 1) return yield* [...select(call.scope, coll, search)];
  const rids = Array.from(select(call.scope, coll, search), (row) => row.rid);
  for (const rid of rids) {
    const own = view.own(coll)?.get(rid);
    const bytes = own?.bytes ?? view.reader.doc(rid);
    if (bytes !== undefined) yield { rid, bytes };
  }
}

/** The changed document, undefined when the update changes nothing. */
function changeRow(call: Call, coll: Collection, row: Row, updater: Updater): Doc | undefined {
  const before = docOf(row);
  const after = updater.apply(before, new Date(call.engine.options.now()));
  if (Buffer.compare(checkedBytes(after), row.bytes) === 0) return undefined;
  call.scope.view.replace(coll, row, after);
  return after;
}

function upsert(call: Call, filter: Doc, updater: Updater): Doc {
  const coll = ensured(call);
  const { doc, bytes } = withId({ doc: updater.onInsert(filter, new Date(call.engine.options.now())), bytes: undefined });
  call.scope.view.insert(coll, doc, bytes);
  return doc;
}
