import { i32, i64, longText, shortText, u16, u32, u8 } from './bytes.ts';

// Tokens of the server's answers ([MS-TDS] 2.2.7).

export const PROGRAM = 'TDS simulator (not SQL Server)';
const SERVER = 'SIMULATOR';

/** 7.4, as LOGINACK says it (big-endian, while LOGIN7 is little-endian). */
const TDS_VERSION = Buffer.from([0x74, 0x00, 0x00, 0x04]);
const PROGRAM_VERSION = Buffer.from([15, 0, 0, 0]);

/** French, without case, with accents. */
export const COLLATION = Buffer.from([0x0c, 0x04, 0xd0, 0x00, 0x00]);

const DONE_ERROR = 0x02;
const DONE_COUNT = 0x10;
const DONE_ATTENTION = 0x20;
const SELECT = 0xc1;

/** What SQL Server would say is wrong, by its number. */
export class SqlError extends Error {
  readonly number: number;
  readonly severity: number;
  constructor(number: number, message: string, severity = 16) {
    super(message);
    this.number = number;
    this.severity = severity;
  }
}

export function errorToken({ number, message, severity }: SqlError): Buffer {
  return sized(0xaa, Buffer.concat([u32(number), u8(1), u8(severity), longText(message), shortText(SERVER), shortText(''), u32(1)]));
}

export function infoToken(number: number, message: string): Buffer {
  return sized(0xab, Buffer.concat([u32(number), u8(1), u8(0), longText(message), shortText(SERVER), shortText(''), u32(1)]));
}

export function loginAck(): Buffer {
  return sized(0xad, Buffer.concat([u8(1), TDS_VERSION, shortText(PROGRAM), PROGRAM_VERSION]));
}

export const databaseChanged = (database: string, former: string): Buffer =>
  sized(0xe3, Buffer.concat([u8(1), shortText(database), shortText(former)]));

export const packetSizeChanged = (bytes: number): Buffer =>
  sized(0xe3, Buffer.concat([u8(4), shortText(String(bytes)), shortText(String(bytes))]));

export const collationChanged = (): Buffer => sized(0xe3, Buffer.concat([u8(7), u8(COLLATION.length), COLLATION, u8(0)]));

/** The end of an answer. `rpc` ends the answer to a procedure call, whose return status goes before. */
export function done({ rows, failed = false, rpc = false }: { rows?: number; failed?: boolean; rpc?: boolean }): Buffer {
  const status = (failed ? DONE_ERROR : 0) | (rows === undefined ? 0 : DONE_COUNT);
  const end = Buffer.concat([u8(rpc ? 0xfe : 0xfd), u16(status), u16(rows === undefined ? 0 : SELECT), i64(BigInt(rows ?? 0))]);
  return rpc ? Buffer.concat([u8(0x79), i32(failed ? 1 : 0), end]) : end;
}

export const attentionDone = (): Buffer => Buffer.concat([u8(0xfd), u16(DONE_ATTENTION), u16(0), i64(0n)]);

function sized(token: number, body: Buffer): Buffer {
  return Buffer.concat([u8(token), u16(body.length), body]);
}
