import { CommandError } from './errors.ts';
import { Double, Timestamp, decode, encode } from './values.ts';
import type { Doc, Value } from './values.ts';

/** One command as it arrived. `sequences` holds the documents a driver sent beside the command (OP_MSG section kind 1), still undecoded. */
export interface Request {
  readonly id: number;
  readonly body: Doc;
  readonly sequences: ReadonlyMap<string, readonly Uint8Array[]>;
  /** false for `moreToCome`: the sender does not read an answer (w: 0, endSessions). */
  readonly wantsReply: boolean;
  /** OP_QUERY, which drivers use for the first message of a connection only. */
  readonly legacy: boolean;
}

/** The answer to a command: a document, or one already written as BSON (so that stored documents are handed out without being read). */
export type Reply = Doc | Uint8Array;

export const maxMessageBytes = 48_000_000;
const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
const headerBytes = 16;

/** Cuts the byte stream of a connection into messages. Chunks are joined once per message, so that a large one costs no quadratic copying. */
export function createFramer(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let waiting: Buffer[] = [];
  let length = 0;
  return (chunk) => {
    waiting.push(chunk);
    length += chunk.length;
    if (length < neededBytes(waiting[0])) return;
    let buffer = waiting.length === 1 ? chunk : Buffer.concat(waiting, length);
    while (buffer.length >= neededBytes(buffer)) {
      const end = buffer.readInt32LE(0);
      const message = buffer.subarray(0, end);
      buffer = buffer.subarray(end);
      onMessage(message);
    }
    waiting = buffer.length === 0 ? [] : [buffer];
    length = buffer.length;
  };
}

/** Reads one whole message. @throws CommandError when it has not the form of the protocol. */
export function readMessage(message: Buffer): Request {
  const id = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  if (opCode === opMsg) return readMsg(message, id);
  if (opCode === opQuery) return readQuery(message, id);
  throw new CommandError(17, `opcode ${opCode} is not understood`);
}

/** Writes the answer with the times every reply of a replica set carries. */
export function writeReply(reply: Reply, request: { readonly id: number; readonly legacy: boolean }): Buffer {
  const fields = reply instanceof Uint8Array ? reply : encode(reply);
  const tail = clusterTail();
  const prefix = request.legacy ? 36 : 21;
  const bodyLength = fields.length + tail.length;
  const out = Buffer.allocUnsafe(prefix + bodyLength);
  out.writeInt32LE(out.length, 0);
  out.writeInt32LE(nextId(), 4);
  out.writeInt32LE(request.id, 8);
  out.writeInt32LE(request.legacy ? opReply : opMsg, 12);
  out.fill(0, 16, prefix);
  if (request.legacy) {
    out.writeInt32LE(8, 16); // AwaitCapable, as every server answers
    out.writeInt32LE(1, 32);
  }
  out.set(fields, prefix);
  out.writeInt32LE(bodyLength, prefix);
  out.set(tail, prefix + fields.length - 1); // over the closing zero of the fields
  out[out.length - 1] = 0;
  return out;
}

/** The reply of find, aggregate and getMore, made of stored bytes. */
export function cursorReply(
  batch: readonly Uint8Array[],
  cursorId: number,
  namespace: string,
  which: 'firstBatch' | 'nextBatch',
): Uint8Array {
  const ns = Buffer.byteLength(namespace);
  let arrayLength = 5;
  for (const [i, doc] of batch.entries()) arrayLength += doc.length + digits(i) + 2;
  const cursorLength = 4 + (2 + which.length + arrayLength) + (4 + 8) + (4 + 5 + ns) + 1;
  const out = Buffer.allocUnsafe(4 + 8 + cursorLength + 12 + 1);
  let at = out.writeInt32LE(out.length, 0);
  at += out.write('\x03cursor\0', at, 'latin1');
  at = out.writeInt32LE(cursorLength, at);
  at += out.write(`\x04${which}\0`, at, 'latin1');
  at = out.writeInt32LE(arrayLength, at);
  for (const [i, doc] of batch.entries()) {
    at += out.write(`\x03${i}\0`, at, 'latin1');
    out.set(doc, at);
    at += doc.length;
  }
  out[at++] = 0;
  at += out.write('\x12id\0', at, 'latin1');
  at = out.writeBigInt64LE(BigInt(cursorId), at);
  at += out.write('\x02ns\0', at, 'latin1');
  at = out.writeInt32LE(ns + 1, at);
  at += out.write(namespace, at);
  at += out.write('\0\0\x01ok\0', at, 'latin1'); // closes the name and the cursor
  at = out.writeDoubleLE(1, at);
  out[at] = 0;
  return out;
}

function neededBytes(start: Buffer | undefined): number {
  if (start === undefined || start.length < headerBytes) return headerBytes;
  const length = start.readInt32LE(0);
  if (length < headerBytes || length > maxMessageBytes) throw new CommandError(17, `a message of ${length} bytes is not acceptable`);
  return length;
}

function readMsg(message: Buffer, id: number): Request {
  const flags = message.readUInt32LE(16);
  const end = message.length - (flags & 1 ? 4 : 0); // the checksum is optional; a unix socket needs none
  const sequences = new Map<string, readonly Uint8Array[]>();
  let body: Doc | undefined;
  for (let at = 20; at < end;) {
    const kind = message[at];
    const length = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + length);
    if (section.length !== length || length < 5) throw new CommandError(9, 'a section ends beyond its message');
    if (kind === 0) body = decode(section);
    else if (kind === 1) readSequence(section, sequences);
    else throw new CommandError(9, `section kind ${String(kind)} is not understood`);
    at += 1 + length;
  }
  if (body === undefined) throw new CommandError(9, 'a message without a command');
  return { id, body, sequences, wantsReply: (flags & 2) === 0, legacy: false };
}

function readSequence(section: Buffer, sequences: Map<string, readonly Uint8Array[]>): void {
  const nameEnd = section.indexOf(0, 4);
  const docs: Uint8Array[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const length = section.readInt32LE(at);
    if (length < 5 || at + length > section.length) throw new CommandError(9, 'a document ends beyond its section');
    docs.push(section.subarray(at, at + length));
    at += length;
  }
  sequences.set(section.toString('utf8', 4, nameEnd), docs);
}

function readQuery(message: Buffer, id: number): Request {
  const nameEnd = message.indexOf(0, 20);
  const body = decode(message.subarray(nameEnd + 9));
  const namespace = message.toString('utf8', 20, nameEnd);
  if (!body.has('$db')) body.set('$db', namespace.replace(/\.\$cmd$/, ''));
  return { id, body, sequences: new Map(), wantsReply: true, legacy: true };
}

let lastId = 0;
const nextId = (): number => (lastId = (lastId + 1) | 0);
const digits = (n: number): number => (n < 10 ? 1 : String(n).length);

let tailSecond = 0;
let tail: Uint8Array = new Uint8Array();

/** operationTime and $clusterTime: fields without length and closing zero. They never run backwards, whatever the clock does. */
function clusterTail(): Uint8Array {
  const second = Math.floor(Date.now() / 1000);
  if (second > tailSecond) {
    tailSecond = second;
    const time = new Timestamp({ t: second, i: 1 });
    const doc: Doc = new Map();
    doc.set('$clusterTime', new Map([['clusterTime', time]]));
    doc.set('operationTime', time);
    tail = encode(doc).subarray(4, -1);
  }
  return tail;
}

/** `{ ok: 1 }` after the given fields. */
export function okReply(fields?: Readonly<Record<string, Value>>): Doc {
  return new Map([...Object.entries(fields ?? {}), ['ok', new Double(1)]]);
}
