import { countArg, docArg, flagArg, onlyKnown, textArg } from './args.ts';
import * as admin from './commands/admin.ts';
import { aggregate, explain } from './commands/aggregate.ts';
import * as read from './commands/read.ts';
import * as schema from './commands/schema.ts';
import * as sessions from './commands/session.ts';
import * as write from './commands/write.ts';
import type { Call, Engine } from './engine.ts';
import { CommandError, badValue, refuse } from './errors.ts';
import { commands, commonOptions, retryableCommands, transactionCommands } from './supported.ts';
import { noSuchTransaction, type Transaction } from './transactions.ts';
import { Double, newDoc, toInteger, type Doc } from './values.ts';
import { openView } from './view.ts';
import { okReply, type Reply, type Request } from './wire.ts';

const { hello, ping, buildInfo } = admin;
const { create, drop, dropDatabase, listCollections, createIndexes, listIndexes, dropIndexes } = schema;
const { find, getMore, killCursors, count, distinct } = read;
const { insert, update, remove, findAndModify } = write;
const { commitTransaction, abortTransaction, endSessions, killAllSessions } = sessions;

const handlers: Readonly<Record<string, (call: Call) => Reply>> = {
  ...{ hello, ismaster: hello, isMaster: hello, ping, buildInfo, buildinfo: buildInfo },
  ...{ create, drop, dropDatabase, listCollections, createIndexes, listIndexes, dropIndexes },
  ...{ find, getMore, killCursors, count, distinct, aggregate, explain },
  ...{ insert, update, delete: remove, findAndModify },
  ...{ commitTransaction, abortTransaction, endSessions, refreshSessions: () => okReply(), killAllSessions },
};

const known: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(commands).map(([name, options]) => [name, new Set([name, ...commonOptions, ...options])]),
);

/**
 * Runs one command to its end and returns the answer (errors included).
 *
 * @param deadline when the time given to the command is over, in ms since 1970; undefined without a limit
 * @throws Blocked when it must wait for a transaction, after undoing what it had done; errors of the storage as they are
 */
export function dispatch(engine: Engine, request: Request, deadline: number | undefined): Reply {
  const { body, sequences } = request;
  const [name = ''] = body.keys();
  let txn: Transaction | undefined;
  try {
    const session = sessions.sessionKey(body.get('lsid'));
    checkOptions(name, request);
    txn = transactionOf(engine, name, body, session);
    const scope = scopeOf(engine, txn, deadline);
    const reply = runOnce({ engine, name, db: textArg(body, '$db'), body, sequences, session, txn, scope });
    if (txn !== undefined && reply.has('writeErrors')) sessions.closeTransaction(engine, txn);
    return reply;
  } catch (error) {
    if (txn !== undefined) sessions.closeTransaction(engine, txn); // also when the disk is full: what it holds must not block others
    if (!(error instanceof CommandError)) throw error;
    const transient = (error.code === 112 || error.code === 251) && body.get('autocommit') === false && name !== 'commitTransaction';
    return errorReply(error, transient ? ['TransientTransactionError'] : undefined);
  }
}

function scopeOf(engine: Engine, txn: Transaction | undefined, deadline: number | undefined): Call['scope'] {
  const check = (): void => {
    if (deadline !== undefined && Date.now() > deadline) throw timeIsOver();
  };
  return { view: txn === undefined ? engine.base : openView(engine, txn), check, onLongScan: engine.onLongScan };
}

/** Runs a command. A numbered write, sent again, is answered as the first time. */
function runOnce(call: Call): Reply {
  const { session, engine, body, txn, name } = call;
  const run = handlers[name];
  if (run === undefined) throw refuse(`command '${name}'`);
  const number = txn === undefined && retryableCommands.has(name) ? toInteger(body.get('txnNumber')) : undefined;
  if (number === undefined) return run(call);
  if (session === undefined) throw new CommandError(72, 'txnNumber may only be given in a session');
  const known = engine.retries.find(session, number);
  if (known !== undefined) return known;
  const reply = run(call);
  engine.retries.record(session, number, reply);
  return reply;
}

/** The time limit a command brings. */
export function deadlineOf(request: Request): number | undefined {
  const limit = countArg(request.body, 'maxTimeMS', 0);
  return limit === 0 ? undefined : Date.now() + limit;
}

export function timeIsOver(): CommandError {
  return new CommandError(50, 'operation exceeded time limit');
}

export function errorReply({ message, code, codeName, extra }: CommandError, errorLabels?: string[]): Doc {
  return newDoc({ ok: new Double(0), errmsg: message, code, codeName, ...Object.fromEntries(extra ?? []), errorLabels });
}

function checkOptions(name: string, { body, sequences }: Request): void {
  const options = known.get(name);
  if (options === undefined)
    throw new CommandError(59, `no such command: '${name}': not supported by the embedded database; set MONGODB_URI`);
  onlyKnown(body, options, name);
  for (const field of sequences.keys()) if (!options.has(field)) throw refuse(`${name} option '${field}'`);
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
