import { countArg, docArg, flagArg, onlyKnown, textArg } from './args.ts';
import * as admin from './commands/admin.ts';
import { aggregate, explain } from './commands/aggregate.ts';
import * as read from './commands/read.ts';
import * as schema from './commands/schema.ts';
import * as sessions from './commands/session.ts';
import * as write from './commands/write.ts';
import { longScanReporter } from './engine.ts';
import type { Call, Engine } from './engine.ts';
import { CommandError, badValue, refuse } from './errors.ts';
import { commands, commonOptions, transactionCommands } from './supported.ts';
import { noSuchTransaction, writeConflict } from './transactions.ts';
import type { Transaction } from './transactions.ts';
import { Double, Int32, encode, toInteger } from './values.ts';
import type { Doc, Value } from './values.ts';
import { transactionView } from './view.ts';
import { okReply } from './wire.ts';
import type { Reply, Request } from './wire.ts';

type Handler = (call: Call) => Reply;

const handlers: Readonly<Record<string, Handler>> = {
  ...{
    hello: admin.hello,
    ismaster: admin.hello,
    isMaster: admin.hello,
    ping: admin.ping,
    buildInfo: admin.buildInfo,
    buildinfo: admin.buildInfo,
  },
  ...{ serverStatus: admin.serverStatus, dbStats: admin.dbStats, collStats: admin.collStats, listDatabases: admin.listDatabases },
  ...{ insert: write.insert, update: write.update, delete: write.remove, findAndModify: write.findAndModify },
  ...{
    find: read.find,
    getMore: read.getMore,
    killCursors: read.killCursors,
    count: read.count,
    distinct: read.distinct,
    aggregate,
    explain,
  },
  ...{ createIndexes: schema.createIndexes, listIndexes: schema.listIndexes, dropIndexes: schema.dropIndexes, collMod: schema.collMod },
  ...{ create: schema.create, drop: schema.drop, dropDatabase: schema.dropDatabase, listCollections: schema.listCollections },
  ...{ commitTransaction: sessions.commitTransaction, abortTransaction: sessions.abortTransaction },
  ...{ endSessions: sessions.endSessions, refreshSessions: () => okReply(), killAllSessions: sessions.killAllSessions },
};

const knownOptions: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(commands).map(([name, options]) => [name, new Set([name, ...commonOptions, ...options])]),
);
const retryable: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'findAndModify']);

/**
 * Runs one command to its end and returns the answer (errors included).
 *
 * @param deadline when the time given to the command is over, in ms since 1970; undefined without a limit
 * @throws Blocked when it must wait for a transaction, after undoing what it had done; errors of the storage as they are
 */
export function dispatch(engine: Engine, request: Request, deadline: number | undefined): Reply {
  const [name = ''] = request.body.keys();
  let txn: Transaction | undefined;
  try {
    const session = sessions.sessionKey(request.body.get('lsid'));
    checkOptions(name, request);
    txn = transactionOf(engine, name, request.body, session);
    const call = callOf(engine, name, request, session, txn, deadline);
    const number = txn === undefined && retryable.has(name) ? toInteger(request.body.get('txnNumber')) : undefined;
    const reply = number === undefined ? run(call) : runOnce(call, number);
    if (txn !== undefined && reply instanceof Map && reply.has('writeErrors')) sessions.closeTransaction(engine, txn);
    return reply;
  } catch (error) {
    if (txn !== undefined) sessions.closeTransaction(engine, txn); // also when the disk is full: what it holds must not block others
    if (!(error instanceof CommandError)) throw error;
    return errorReply(error, request.body.get('autocommit') === false && name !== 'commitTransaction');
  }
}

function run(call: Call): Reply {
  return handlers[call.name]?.(call) ?? okReply();
}

/** A numbered write: sent again, it is answered as the first time. */
function runOnce(call: Call, number: number): Reply {
  const { session, engine } = call;
  if (session === undefined) throw new CommandError(72, 'txnNumber may only be given in a session');
  const known = engine.retries.find(session, number);
  if (known !== undefined) return known;
  const reply = run(call);
  const bytes = reply instanceof Uint8Array ? reply : encode(reply);
  engine.retries.record(session, number, bytes);
  return bytes;
}

/** The time limit a command brings. */
export function deadlineOf(request: Request): number | undefined {
  const limit = countArg(request.body, 'maxTimeMS', 0);
  return limit === 0 ? undefined : Date.now() + limit;
}

export function errorReply(error: CommandError, inTransaction = false): Doc {
  const fields = new Map<string, Value>([
    ['ok', new Double(0)],
    ['errmsg', error.message],
    ['code', new Int32(error.code)],
    ['codeName', error.codeName],
    ...(error.extra ?? []),
  ]);
  if (inTransaction && (error.code === writeConflict().code || error.code === 251))
    fields.set('errorLabels', ['TransientTransactionError']);
  return fields;
}

function checkOptions(name: string, { body, sequences }: Request): void {
  const known = knownOptions.get(name);
  if (known === undefined)
    throw new CommandError(59, `no such command: '${name}': not supported by the embedded database; set MONGODB_URI`);
  onlyKnown(body, known, `${name}`);
  for (const field of sequences.keys()) if (!known.has(field)) throw refuse(`${name} option '${field}'`);
  if (flagArg(body, 'bypassDocumentValidation')) throw refuse(`${name} option 'bypassDocumentValidation'`);
  const concern = docArg(body, 'readConcern').get('level');
  if (concern === 'snapshot' && body.get('autocommit') !== false) throw refuse("readConcern 'snapshot' outside a transaction");
  const w = docArg(body, 'writeConcern').get('w');
  if (w !== undefined && w !== 'majority' && (toInteger(w) ?? 2) > 1) throw new CommandError(100, 'Not enough data-bearing nodes');
}

function transactionOf(engine: Engine, name: string, body: Doc, session: string | undefined): Transaction | undefined {
  const autocommit = body.get('autocommit');
  if (autocommit === undefined) return undefined;
  const number = toInteger(body.get('txnNumber'));
  if (autocommit !== false || number === undefined || session === undefined)
    throw new CommandError(72, 'autocommit must be false and come with lsid and txnNumber');
  if (!transactionCommands.has(name)) throw new CommandError(263, `Cannot run '${name}' in a multi-document transaction.`);
  const latest = engine.transactions.latest(session);
  if (flagArg(body, 'startTransaction')) return begin(engine, session, number, latest);
  if (latest?.number === number && latest.open) return latest;
  if (name === 'commitTransaction' || name === 'abortTransaction') return undefined; // a lost answer may have been to a commit
  throw noSuchTransaction(number);
}

function begin(engine: Engine, session: string, number: number, latest: Transaction | undefined): Transaction {
  if (latest !== undefined && latest.number > number)
    throw new CommandError(225, `Cannot start transaction ${number}: a newer one has started in this session`);
  if (latest?.number === number) throw badValue(`transaction ${number} was started already`);
  if (latest?.open === true) sessions.closeTransaction(engine, latest);
  return engine.transactions.begin(session, number);
}

function callOf(
  engine: Engine,
  name: string,
  request: Request,
  session: string | undefined,
  txn: Transaction | undefined,
  deadline: number | undefined,
): Call {
  const check = (): void => {
    if (deadline !== undefined && Date.now() > deadline) throw new CommandError(50, 'operation exceeded time limit');
  };
  const scope = {
    view: txn === undefined ? engine.base : transactionView(engine, txn),
    check,
    onLongScan: longScanReporter(engine.options.tell),
  };
  return { engine, name, db: textArg(request.body, '$db'), body: request.body, sequences: request.sequences, session, txn, scope };
}
