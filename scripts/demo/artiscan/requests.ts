import { Cursor } from './bytes.ts';
import { readParameter, type Cell } from './types.ts';

// What clients send: PRELOGIN, LOGIN7, batches and procedure calls ([MS-TDS] 2.2.6).

export const ENCRYPT = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

/** The client's wish for encryption, from its PRELOGIN. */
export function readPrelogin(payload: Buffer): number {
  for (let at = 0; payload[at] !== undefined && payload[at] !== 0xff; at += 5)
    if (payload[at] === 1) return payload.readUInt8(payload.readUInt16BE(at + 1));
  return ENCRYPT.notSupported;
}

/** The server's PRELOGIN: a version, and what becomes of encryption. */
export function writePrelogin(encryption: number): Buffer {
  const options = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff]);
  return Buffer.concat([options, Buffer.from([15, 0, 0, 0, 0, 0]), Buffer.from([encryption])]);
}

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
  readonly packetBytes: number;
}

export function readLogin(payload: Buffer): Login {
  const text = (at: number): Buffer => {
    const start = payload.readUInt16LE(at);
    const end = start + payload.readUInt16LE(at + 2) * 2;
    if (end > payload.length) throw new Error('a login that points outside itself');
    return payload.subarray(start, end);
  };
  // Not encrypted, only turned: half-bytes swapped after an exclusive or. TLS is what keeps it.
  const password = Buffer.from(text(44)).map((byte) => (((byte ^ 0xa5) << 4) & 0xf0) | ((byte ^ 0xa5) >> 4));
  const asked = payload.readUInt32LE(8);
  return {
    user: text(40).toString('utf16le'),
    password: Buffer.from(password).toString('utf16le'),
    application: text(48).toString('utf16le'),
    database: text(68).toString('utf16le'),
    packetBytes: asked === 0 ? 4096 : Math.min(Math.max(asked, 512), 32_767),
  };
}

export interface SqlRequest {
  readonly sql: string;
  readonly parameters: ReadonlyMap<string, Cell>;
  readonly rpc: boolean;
}

export function readSqlBatch(payload: Buffer): SqlRequest {
  const from = afterHeaders(payload);
  return { sql: from.take(from.left).toString('utf16le'), parameters: new Map(), rpc: false };
}

const SP_EXECUTESQL = 10;

/** A call of `sp_executesql`: the statement, the declarations of its parameters, their values. Undefined for any other procedure. */
export function readCall(payload: Buffer): SqlRequest | undefined {
  const from = afterHeaders(payload);
  const characters = from.u16();
  const known = characters === 0xffff ? from.u16() === SP_EXECUTESQL : from.text(characters).toLowerCase() === 'sp_executesql';
  if (!known) return undefined;
  from.u16();
  const [statement, , ...values] = allParameters(from);
  if (typeof statement?.value !== 'string') throw new Error('a call without a statement');
  return { sql: statement.value, parameters: new Map(values.map(({ name, value }) => [name, value])), rpc: true };
}

function allParameters(from: Cursor): { name: string; value: Cell }[] {
  const parameters: { name: string; value: Cell }[] = [];
  while (from.left > 0) parameters.push(readParameter(from));
  return parameters;
}

/** Batches and calls begin with ALL_HEADERS since TDS 7.2. */
function afterHeaders(payload: Buffer): Cursor {
  const from = new Cursor(payload);
  from.take(from.u32() - 4);
  return from;
}
