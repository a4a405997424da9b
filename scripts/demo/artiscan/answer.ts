import type { Socket } from 'node:net';
import { Ended, pause, sufferFault, type Fault, type Faults } from './faults.ts';
import type { Database } from './database.ts';
import type { SqlRequest } from './requests.ts';
import { databaseChanged, done, SqlError } from './tokens.ts';
import { readBatch, runSelect, type Answer } from './tsql.ts';
import { columnsToken, rowToken } from './types.ts';
import type { Outgoing } from './wire.ts';

interface Answering {
  served: { readonly name: string; readonly database: Database; readonly faults: Faults };
  socket: Socket;
  out: Outgoing;
  /** Aborted by the client's attention, and when it goes. */
  signal: AbortSignal;
}

/** Answers a batch or a call to its end. @throws SqlError for what the client is told, the signal's reason or Ended when nothing more is said. */
export async function answerRequest({ sql, parameters, rpc }: SqlRequest, { served, socket, out, signal }: Answering): Promise<void> {
  const statement = readBatch(sql);
  if (statement.kind === 'nothing') return out.end(done({ rpc }));
  if (statement.kind === 'use') return out.end(use(served.name, statement.database), done({ rpc }));
  if (statement.kind === 'wait') {
    await pause(statement.delayMs, signal);
    return out.end(done({ rpc }));
  }
  const fault = served.faults('query', sql);
  if (fault?.afterRows === undefined) await sufferFault(fault, socket, signal);
  else await pause(fault.delayMs, signal);
  const answer = runSelect(served.database.sqlite, statement.sql, parameters);
  await sendRows(answer, { socket, out, signal }, fault);
  await out.end(done({ rows: answer.rows.length, rpc }));
}

async function sendRows({ columns, rows }: Answer, { socket, out, signal }: Omit<Answering, 'served'>, fault?: Fault): Promise<void> {
  await out.write(columnsToken(columns));
  for (const [index, row] of rows.entries()) {
    if (index === fault?.afterRows) await sufferFault({ ...fault, delayMs: 0 }, socket, signal);
    if (fault?.rowDelayMs) await out.flush(); // row by row, not packet by packet
    await pause(fault?.rowDelayMs, signal);
    if (signal.aborted) throw new Ended();
    await out.write(rowToken(columns, row));
  }
}

function use(name: string, database: string): Buffer {
  if (database.toLowerCase() !== name.toLowerCase()) throw new SqlError(911, `Database '${database}' does not exist.`);
  return databaseChanged(name, name);
}
