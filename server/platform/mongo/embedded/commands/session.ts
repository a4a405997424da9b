import { listArg } from '../args.ts';
import type { Call, Engine } from '../engine.ts';
import { noSuchTransaction } from '../transactions.ts';
import { Binary, toInteger, type Doc, type Maybe } from '../values.ts';
import { applyTransaction } from '../view.ts';
import { okReply } from '../wire.ts';

/** The id of a session as text. */
export function sessionKey(lsid: Maybe): string | undefined {
  const id = lsid instanceof Map ? lsid.get('id') : undefined;
  return id instanceof Binary ? Buffer.from(id.buffer).toString('hex') : undefined;
}

/** Writes the transaction into the open batch; asked again after a lost answer, says so again. */
export function commitTransaction({ engine, session = '', txn, body }: Call): Doc {
  const number = toInteger(body.get('txnNumber')) ?? -1;
  if (txn === undefined && engine.retries.find(session, number) === undefined) throw noSuchTransaction(number);
  if (txn !== undefined) {
    applyTransaction(engine, txn);
    engine.retries.record(session, number, okReply());
    closeTransaction(engine, txn);
  }
  return okReply();
}

export function abortTransaction({ engine, txn, body }: Call): Doc {
  if (txn === undefined) throw noSuchTransaction(toInteger(body.get('txnNumber')) ?? -1);
  closeTransaction(engine, txn);
  return okReply();
}

export function endSessions({ engine, body }: Call): Doc {
  const ended = new Set(listArg(body, 'endSessions').map(sessionKey));
  return closeSessions(engine, (session) => session !== undefined && ended.has(session));
}

export const killAllSessions = ({ engine }: Call): Doc => closeSessions(engine, () => true);

function closeSessions(engine: Engine, which: (session: string | undefined) => boolean): Doc {
  for (const txn of engine.transactions.openOnes()) if (which(txn.session)) closeTransaction(engine, txn);
  engine.cursors.killWhere(({ session }) => which(session));
  return okReply();
}

/** Ends a transaction and the cursors that read its snapshot. */
export function closeTransaction(engine: Engine, txn: NonNullable<Call['txn']>): void {
  engine.cursors.killWhere((cursor) => cursor.txn === txn);
  engine.transactions.close(txn);
}
