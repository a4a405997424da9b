import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerRequest } from './answer.ts';
import type { Certificate } from './certificate.ts';
import type { Database } from './database.ts';
import { sufferFault, type Fault, type Faults } from './faults.ts';
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
import { beginMessage, messageReader, PACKET, type Message } from './wire.ts';

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
      if (!asked) throw new SqlError(2812, 'Could not find stored procedure.');
      served.onQuery(asked.sql, application);
      await answerRequest(asked, { served, socket, out, signal: AbortSignal.any([signal, ended.signal]) });
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

  async function suffer(fault: Fault | undefined): Promise<void> {
    await sufferFault(fault, socket, ended.signal);
  }

  receive(socket);
  suffer(served.faults('connect')).catch(() => socket.destroy());
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
