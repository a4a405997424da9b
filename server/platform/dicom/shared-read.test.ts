import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { readShared } from './shared-read.ts';

let server: Server;
afterEach(() => server.close());

/** Connects; gives both ends, and the pieces that the server's end was told of, copied. */
async function connected(): Promise<{ peer: Socket; ours: Socket; told: Buffer[]; memory: Set<unknown> }> {
  const told: Buffer[] = [];
  const memory = new Set<unknown>();
  const accepted = once(server, 'connection') as Promise<[Socket]>; // the event's arguments
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1'); // listening on TCP
  const ours = readShared((await accepted)[0]);
  ours.on('data', (bytes: Buffer) => {
    memory.add(bytes.buffer);
    told.push(Buffer.from(bytes));
  });
  return { peer, ours, told, memory };
}

async function listening(): Promise<void> {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

test('connections share one buffer, and each gets its own bytes', async () => {
  await listening();
  const [one, other] = [await connected(), await connected()];
  const sent = [Buffer.alloc(400_000, 'one'), Buffer.alloc(400_000, 'two')] as const;
  one.peer.write(sent[0]);
  other.peer.write(sent[1]);
  await expect.poll(() => Buffer.concat(one.told).equals(sent[0])).toBe(true);
  await expect.poll(() => Buffer.concat(other.told).equals(sent[1])).toBe(true);
  // Were it not so, Node no longer lets a handle move, and reception makes 64 KB of garbage with every read again.
  expect(new Set([...one.memory, ...other.memory]).size).toBe(1);
  for (const { peer, ours } of [one, other]) {
    peer.destroy();
    ours.destroy();
  }
});

test('it pauses, goes on, answers, and ends with its peer', async () => {
  await listening();
  const { peer, ours, told } = await connected();
  const seen: string[] = [];
  for (const event of ['end', 'close']) ours.on(event, () => seen.push(event));
  ours.pause();
  peer.write('held back');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(told).toEqual([]);
  ours.resume();
  await expect.poll(() => Buffer.concat(told).toString()).toBe('held back');
  ours.write('answer');
  expect(String((await once(peer, 'data'))[0])).toBe('answer');
  expect(ours.remoteAddress).toBe('127.0.0.1');
  peer.end();
  await expect.poll(() => seen).toEqual(['end', 'close']);
});
