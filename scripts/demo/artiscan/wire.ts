import type { Writable } from 'node:stream';
import { once } from 'node:events';

// Packets and messages of the Tabular Data Stream protocol ([MS-TDS] 2.2.3): a message is one or more packets, the last one marked.

export const PACKET = { batch: 0x01, rpc: 0x03, reply: 0x04, attention: 0x06, login: 0x10, prelogin: 0x12 } as const;

const KNOWN = new Set<number>(Object.values(PACKET));
const HEADER_BYTES = 8;
const END_OF_MESSAGE = 0x01;
/** No request of a reader of quality controls comes near this. */
const MAX_MESSAGE_BYTES = 4 << 20;

export interface Message {
  readonly type: number;
  readonly payload: Buffer;
}

/** Gathers packets from the bytes of a connection and says each message when it is complete. */
export function messageReader(): (chunk: Buffer) => Message[] {
  let waiting = Buffer.alloc(0);
  let parts: Buffer[] = [];
  return (chunk) => {
    const messages: Message[] = [];
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= HEADER_BYTES) {
      const length = waiting.readUInt16BE(2);
      if (!KNOWN.has(waiting.readUInt8(0))) throw new Error('a packet of an unknown type');
      if (length < HEADER_BYTES) throw new Error('a packet shorter than its header');
      if (waiting.length < length) break;
      const [type, status] = [waiting.readUInt8(0), waiting.readUInt8(1)];
      parts.push(waiting.subarray(HEADER_BYTES, length));
      waiting = waiting.subarray(length);
      if (parts.reduce((sum, part) => sum + part.length, 0) > MAX_MESSAGE_BYTES) throw new Error('a message that is too long');
      if ((status & END_OF_MESSAGE) === 0) continue;
      messages.push({ type, payload: Buffer.concat(parts) });
      parts = [];
    }
    return messages;
  };
}

/** One message of the server, written packet by packet as it grows. */
export interface Outgoing {
  /** Adds tokens; waits while the client is slow to take them. */
  write(...tokens: Buffer[]): Promise<void>;
  /** Sends what waits for a full packet. */
  flush(): Promise<void>;
  end(...tokens: Buffer[]): Promise<void>;
}

/** Begins a message towards the client, in packets of the size agreed at the login. */
export function beginMessage(to: Writable, packetBytes: number, type: number = PACKET.reply): Outgoing {
  let pending = Buffer.alloc(0);
  let number = 1;
  const room = packetBytes - HEADER_BYTES;

  async function send(last: boolean, all = last): Promise<void> {
    const packets: Buffer[] = [];
    const add = (ends: boolean): void => {
      packets.push(packet(type, ends, number, pending.subarray(0, room)));
      pending = pending.subarray(room);
      number = (number + 1) % 256;
    };
    while (pending.length > room) add(false);
    if (all && (last || pending.length > 0)) add(last);
    if (packets.length > 0 && !to.destroyed && !to.write(Buffer.concat(packets))) await drained(to);
  }

  return {
    async write(...tokens) {
      pending = Buffer.concat([pending, ...tokens]);
      if (pending.length > room) await send(false);
    },
    flush: () => send(false, true),
    async end(...tokens) {
      pending = Buffer.concat([pending, ...tokens]);
      await send(true);
    },
  };
}

function packet(type: number, ends: boolean, number: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(type, 0);
  header.writeUInt8(ends ? END_OF_MESSAGE : 0, 1);
  header.writeUInt16BE(HEADER_BYTES + payload.length, 2);
  header.writeUInt8(number, 6);
  return Buffer.concat([header, payload]);
}

/** Waits for room, or for the end of the connection: the loser's listener is taken off, or they would pile up. */
async function drained(to: Writable): Promise<void> {
  const ended = new AbortController();
  try {
    await Promise.race([once(to, 'drain', { signal: ended.signal }), once(to, 'close', { signal: ended.signal })]);
  } finally {
    ended.abort();
  }
}
