import { setTimeout as wait } from 'node:timers/promises';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './certificate.ts';
import type { Database } from './database.ts';
import { ENCRYPT, readCall, readLogin, readPrelogin, readSqlBatch, writePrelogin, type SqlRequest } from './requests.ts';
import { startTls } from './tls.ts';
import {
  attentionDone,
  collationChanged,
  databaseChanged,
  done,
  errorToken,
  infoToken,
  loginAck,
  packetSizeChanged,
  PROGRAM,
  SqlError,
} from './tokens.ts';
import { readBatch, runSelect, type Answer } from './tsql.ts';
import { columnsToken, rowToken } from './types.ts';
import { beginMessage, messageReader, PACKET, type Message, type Outgoing } from './wire.ts';

/** What goes wrong on purpose. Only tests in the same process switch it on: no text of a query does. */
export interface Fault {
  /** Before the answer; `Infinity` never answers. */
  delayMs?: number;
  rowDelayMs?: number;
  error?: { number: number; message?: string };
  /** Ends the connection: `reset` without a goodbye. */
  drop?: boolean | 'reset';
  /** The error or the drop comes after so many rows. */
  afterRows?: number;
}
export type Phase = 'connect' | 'prelogin' | 'login' | 'query';
export type Faults = (phase: Phase, sql?: string) => Fault | undefined;

export interface Served {
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly database: Database;
  readonly certificate: Certificate;
  readonly encryption: 'required' | 'none';
  readonly faults: Faults;
  readonly onQuery: (sql: string, application: string) => void;
  readonly onTrouble: (what: string) => void;
}

/** The client went, or the fault ends the connection: nothing more is said. */
class Ended extends Error {}

/** Serves one connection until it ends. */
export function serveConnection(socket: Socket, served: Served): void {
  const ended = new AbortController();
  let link: Duplex = socket;
  let packetBytes = 4096;
  let application = '';
  let running: AbortController | undefined;
  let turn: Promise<void> = Promise.resolve();

  const trouble = (what: string): void => {
    if (!ended.signal.aborted) served.onTrouble(what);
    socket.destroy();
  };
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => ended.abort());

  function receive(from: Duplex): void {
    const packets = messageReader();
    from.on('data', (chunk: Buffer) => {
      if (from !== link) return;
      try {
        for (const message of packets(chunk)) take(message);
      } catch (error) {
        trouble(reason(error));
      }
    });
  }

  /** Messages are answered one after another; only an attention is for the one that runs. */
  function take(message: Message): void {
    if (message.type === PACKET.attention && running) {
      running.abort();
      return;
    }
    turn = turn.then(() => answer(message)).catch((error: unknown) => trouble(reason(error)));
  }

  async function answer({ type, payload }: Message): Promise<void> {
    switch (type) {
      case PACKET.prelogin:
        return prelogin(payload);
      case PACKET.login:
        return login(payload);
      case PACKET.batch:
        return request(readSqlBatch(payload));
      case PACKET.rpc:
        return request(readCall(payload));
      case PACKET.attention:
        return beginMessage(link, packetBytes).end(attentionDone());
      default:
        throw new Error(`a message of type ${type}`);
    }
  }

  async function prelogin(payload: Buffer): Promise<void> {
    await suffer(served.faults('prelogin'));
    const asked = readPrelogin(payload);
    const agreed = asked === ENCRYPT.on || asked === ENCRYPT.required ? ENCRYPT.on : ENCRYPT.required;
    const encrypts = served.encryption === 'required';
    await beginMessage(socket, packetBytes).end(writePrelogin(encrypts ? agreed : ENCRYPT.notSupported));
    if (!encrypts) return;
    socket.removeAllListeners('data');
    const tls = startTls(socket, served.certificate, (error) => trouble(`TLS: ${error.message}`));
    link = tls;
    receive(tls);
  }

  async function login(payload: Buffer): Promise<void> {
    const asked = readLogin(payload);
    if (served.encryption === 'required' && link === socket) throw new Error('a login without encryption');
    application = asked.application;
    const out = beginMessage(link, packetBytes);
    try {
      await suffer(served.faults('login'));
      if (asked.user !== served.user || asked.password !== served.password)
        throw new SqlError(18_456, `Login failed for user '${asked.user}'.`, 14);
      if (asked.database !== '' && asked.database.toLowerCase() !== served.name.toLowerCase())
        throw new SqlError(4060, `Cannot open database "${asked.database}" requested by the login. The login failed.`, 11);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      await out.end(errorToken(error), done({ failed: true }));
      link.end();
      return;
    }
    await out.end(
      databaseChanged(served.name, 'master'),
      infoToken(5701, PROGRAM),
      collationChanged(),
      loginAck(),
      packetSizeChanged(asked.packetBytes),
      done({}),
    );
    packetBytes = asked.packetBytes;
  }

  async function request(asked: SqlRequest | undefined): Promise<void> {
    running = new AbortController();
    const { signal } = running;
    const out = beginMessage(link, packetBytes);
    const rpc = asked?.rpc ?? true;
    try {
      await run(asked, out, AbortSignal.any([signal, ended.signal]));
    } catch (error) {
      if (error instanceof SqlError) await out.end(errorToken(error), done({ failed: true, rpc }));
      else if (signal.aborted) await out.end(done({ rpc }));
      else throw error;
    } finally {
      running = undefined;
    }
    // The end of what was cancelled and the acknowledgement are two messages: with one, tedious gives the connection up.
    if (signal.aborted) await beginMessage(link, packetBytes).end(attentionDone());
  }

  async function run(asked: SqlRequest | undefined, out: Outgoing, signal: AbortSignal): Promise<void> {
    if (!asked) throw new SqlError(2812, 'Could not find stored procedure.');
    served.onQuery(asked.sql, application);
    const { rpc } = asked;
    const statement = readBatch(asked.sql);
    if (statement.kind === 'nothing') return out.end(done({ rpc }));
    if (statement.kind === 'use') return out.end(...use(statement.database), done({ rpc }));
    if (statement.kind === 'wait') {
      await pause(statement.delayMs, signal);
      return out.end(done({ rpc }));
    }
    const fault = served.faults('query', asked.sql);
    if (fault?.afterRows === undefined) await suffer(fault, signal);
    else await pause(fault.delayMs, signal);
    const answered = runSelect(served.database.sqlite, statement.sql, asked.parameters);
    await sendRows(answered, out, fault, signal);
    await out.end(done({ rows: answered.rows.length, rpc }));
  }

  async function sendRows({ columns, rows }: Answer, out: Outgoing, fault: Fault | undefined, signal: AbortSignal): Promise<void> {
    await out.write(columnsToken(columns));
    for (const [index, row] of rows.entries()) {
      if (index === fault?.afterRows) await suffer({ ...fault, delayMs: 0 }, signal);
      if (fault?.rowDelayMs) await out.flush(); // row by row, not packet by packet
      await pause(fault?.rowDelayMs, signal);
      if (signal.aborted) throw new Ended();
      await out.write(rowToken(columns, row));
    }
  }

  function use(database: string): Buffer[] {
    if (database.toLowerCase() !== served.name.toLowerCase()) throw new SqlError(911, `Database '${database}' does not exist.`);
    return [databaseChanged(served.name, served.name)];
  }

  async function suffer(fault: Fault | undefined, signal: AbortSignal = ended.signal): Promise<void> {
    await pause(fault?.delayMs, signal);
    if (fault?.error) throw new SqlError(fault.error.number, fault.error.message ?? 'An error of the simulator.');
    if (!fault?.drop) return;
    if (fault.drop === 'reset') socket.resetAndDestroy();
    else socket.destroy();
    throw new Ended();
  }

  receive(socket);
  suffer(served.faults('connect')).catch(() => socket.destroy());
}

async function pause(delayMs: number | undefined, signal: AbortSignal): Promise<void> {
  if (!delayMs) return;
  // Ends at the client's attention or at its going.
  await wait(Math.min(delayMs, 2 ** 31 - 1), undefined, { signal, ref: false });
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
