import { listArg } from '../args.ts';
import type { Call, Engine } from '../engine.ts';
import { noSuchTransaction } from '../transactions.ts';
import { Binary, toInteger } from '../values.ts';
import type { Doc, Maybe } from '../values.ts';
import { applyTransaction } from '../view.ts';
import { okReply } from '../wire.ts';

/** The id of a session as text. */
export function sessionKey(lsid: Maybe): string | undefined {
  const id = lsid instanceof Map ? lsid.get('id') : undefined;
  return id instanceof Binary ? Buffer.from(id.buffer).toString('hex') : undefined;
}

/** Writes the transaction into the open batch; asked again after a lost answer, says so again. */
export function commitTransaction(call: Call): Doc {
  const { engine, session = '', txn } = call;
  const number = toInteger(call.body.get('txnNumber')) ?? -1;
  if (txn === undefined) {
    if (engine.retries.find(session, number) === undefined) throw noSuchTransaction(number);
    return okReply();
  }
  applyTransaction(engine, txn);
  engine.retries.record(session, number, okReply());
  closeTransaction(engine, txn);
  return okReply();
}

export function abortTransaction(call: Call): Doc {
  if (call.txn === undefined) throw noSuchTransaction(toInteger(call.body.get('txnNumber')) ?? -1);
  closeTransaction(call.engine, call.txn);
  return okReply();
}

export function endSessions(call: Call): Doc {
  const ended = new Set(listArg(call.body, 'endSessions').map(sessionKey));
  for (const txn of call.engine.transactions.openOnes()) if (ended.has(txn.session)) closeTransaction(call.engine, txn);
  call.engine.cursors.killWhere((cursor) => cursor.session !== undefined && ended.has(cursor.session));
  return okReply();
}

export function killAllSessions(call: Call): Doc {
  for (const txn of call.engine.transactions.openOnes()) closeTransaction(call.engine, txn);
  call.engine.cursors.killWhere(() => true);
  return okReply();
}

/** Ends a transaction and the cursors that read its snapshot. */
export function closeTransaction(engine: Engine, txn: NonNullable<Call['txn']>): void {
  engine.cursors.killWhere((cursor) => cursor.txn === txn);
  engine.transactions.close(txn);
}
