import { CommandError } from './errors.ts';
import { Double, Long, Timestamp, decode, encode, newDoc, type Doc, type Writable } from './values.ts';

/** One command as it arrived. `sequences` holds the documents a driver sent beside the command (OP_MSG section kind 1), still undecoded. */
export interface Request {
  readonly body: Doc;
  readonly sequences: ReadonlyMap<string, readonly Uint8Array[]>;
  /** false for `moreToCome`: the sender does not read an answer (w: 0, endSessions). */
  readonly wantsReply: boolean;
}

/** The answer to a command. */
export type Reply = Map<string, Writable>;

export const maxMessageBytes = 48_000_000;
const opReply = 1;
const opQuery = 2004; // drivers use it for the first message of a connection only
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
      onMessage(buffer.subarray(0, end));
      buffer = buffer.subarray(end);
    }
    waiting = buffer.length === 0 ? [] : [buffer];
    length = buffer.length;
  };
}

function neededBytes(start: Buffer | undefined): number {
  if (start === undefined || start.length < headerBytes) return headerBytes;
  const length = start.readInt32LE(0);
  if (length < headerBytes || length > maxMessageBytes) throw new CommandError(17, `a message of ${length} bytes is not acceptable`);
  return length;
}

/** Reads one whole message. @throws CommandError when it has not the form of the protocol. */
export function readMessage(message: Buffer): Request {
  const opCode = message.readInt32LE(12);
  if (opCode === opMsg) return readMsg(message);
  if (opCode === opQuery) return readQuery(message);
  throw new CommandError(17, `opcode ${opCode} is not understood`);
}

function readMsg(message: Buffer): Request {
  const flags = message.readUInt32LE(16);
  const end = message.length - (flags & 1 ? 4 : 0); // the checksum is optional; a unix socket needs none
  const sequences = new Map<string, readonly Uint8Array[]>();
  let body: Doc | undefined;
  for (let at = 20; at < end;) {
    const kind = message[at];
    const section = piece(message, at + 1);
    if (kind === 0) body = decode(section);
    else if (kind === 1) readSequence(section, sequences);
    else throw new CommandError(9, `section kind ${String(kind)} is not understood`);
    at += 1 + section.length;
  }
  if (body === undefined) throw new CommandError(9, 'a message without a command');
  return { body, sequences, wantsReply: (flags & 2) === 0 };
}

function readSequence(section: Buffer, sequences: Map<string, readonly Uint8Array[]>): void {
  const nameEnd = section.indexOf(0, 4);
  const docs: Uint8Array[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const doc = piece(section, at);
    docs.push(doc);
    at += doc.length;
  }
  sequences.set(section.toString('utf8', 4, nameEnd), docs);
}

/** A section or a document: it begins with its own length. */
function piece(bytes: Buffer, at: number): Buffer {
  const length = bytes.readInt32LE(at);
  if (length < 5 || at + length > bytes.length) throw new CommandError(9, 'a part ends beyond its message');
  return bytes.subarray(at, at + length);
}

function readQuery(message: Buffer): Request {
  const nameEnd = message.indexOf(0, 20);
  const body = decode(message.subarray(nameEnd + 9));
  const namespace = message.toString('utf8', 20, nameEnd);
  if (!body.has('$db')) body.set('$db', namespace.replace(/\.\$cmd$/, ''));
  return { body, sequences: new Map(), wantsReply: true };
}

/** `{ ok: 1 }` after the given fields. */
export function okReply(fields: Parameters<typeof newDoc>[0] = {}): Doc {
  return newDoc({ ...fields, ok: new Double(1) });
}

/** The reply of find, aggregate and getMore: stored documents are handed out without being read. */
export function cursorReply(batch: Uint8Array[], id: number, ns: string, which: 'firstBatch' | 'nextBatch'): Reply {
  const cursor: Reply = new Map<string, Writable>([
    [which, batch],
    ['id', Long.fromNumber(id)],
    ['ns', ns],
  ]);
  return new Map<string, Writable>([
    ['cursor', cursor],
    ['ok', new Double(1)],
  ]);
}

/** Writes the answer to a message, with the times every reply of a replica set carries. */
export function writeReply(reply: Reply, message: Buffer): Buffer {
  const legacy = message.readInt32LE(12) === opQuery;
  const time = clusterTime();
  const body = encode(new Map([...reply, ['$clusterTime', newDoc({ clusterTime: time })], ['operationTime', time]]));
  const prefix = legacy ? 36 : 21;
  const out = Buffer.alloc(prefix + body.length);
  out.writeInt32LE(out.length, 0);
  out.writeInt32LE((lastId = (lastId + 1) | 0), 4);
  message.copy(out, 8, 4, 8); // its number
  out.writeInt32LE(legacy ? opReply : opMsg, 12);
  if (legacy) {
    out.writeInt32LE(8, 16); // AwaitCapable, as every server answers
    out.writeInt32LE(1, 32);
  }
  out.set(body, prefix);
  return out;
}

let lastId = 0;
let lastTime = new Timestamp(0n);

/** It never runs backwards, whatever the clock does. */
function clusterTime(): Timestamp {
  const t = Math.floor(Date.now() / 1000);
  if (t > lastTime.t) lastTime = new Timestamp({ t, i: 1 });
  return lastTime;
}
