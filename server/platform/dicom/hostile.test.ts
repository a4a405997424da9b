import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { CT, sampleCt, seeded } from '#server/testing/dicom.ts';
import { echo, store } from './client.ts';
import { COMMAND, writeCommandSet, type CommandSet } from './command-set.ts';
import { pdu, PDU, writeAbort, writeData } from './pdu.ts';
import type { ScpOptions } from './server.ts';
import {
  associate,
  commandData,
  ECHO_CONTEXT,
  rawPeer,
  RELEASE,
  startLoopback,
  storeContext,
  type Loopback,
  type RawPeer,
} from './testing/loopback.ts';
import { VERIFICATION } from './uids.ts';

const ct = sampleCt({ size: 64 });
const ECHO = commandData(1, command({}));
let loopback: Loopback;

function command(change: Partial<CommandSet>): Buffer {
  return writeCommandSet({
    ...{ commandField: COMMAND.cEchoRq, messageId: 1, hasDataSet: false, affectedSopClassUid: VERIFICATION, affectedSopInstanceUid: '' },
    ...{ status: null, errorComment: '', ...change },
  });
}

function storeCommand(change: Partial<CommandSet> = {}): Buffer {
  const about = { commandField: COMMAND.cStoreRq, hasDataSet: true, affectedSopClassUid: CT, affectedSopInstanceUid: ct.sopInstance };
  return commandData(3, command({ ...about, ...change }));
}

async function start(options: Partial<ScpOptions> = {}): Promise<void> {
  loopback = await startLoopback({ ...options, limits: { closeMs: 500, ...options.limits } });
}

afterEach(async () => {
  expect(loopback.server.running()).toEqual([]);
  await loopback.close();
});

/** A peer with an accepted association for C-ECHO and CT images. */
async function accepted(): Promise<RawPeer> {
  const peer = rawPeer(loopback.server.port);
  peer.send(associate([ECHO_CONTEXT, storeContext(CT)]));
  expect((await peer.next())?.[0]).toBe(PDU.associateAc);
  return peer;
}

async function isServed(): Promise<boolean> {
  const answer = await echo({ host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'OTHER', calledAeTitle: 'VIGIE' });
  return answer.ok;
}

describe('bytes that break a rule before an association', () => {
  const cases: readonly (readonly [string, Buffer])[] = [
    ['no DICOM at all', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['an unknown type of PDU', pdu(0x42, Buffer.alloc(4))],
    ['a length of four gigabytes', Buffer.from('0100ffffffff', 'hex')],
    ['a P-DATA-TF first', ECHO],
    ['a release first', RELEASE],
    ['a request that is too short', pdu(PDU.associateRq, Buffer.alloc(20))],
    ['a request without contexts', associate([])],
    [
      'items that are longer than the request',
      Buffer.concat([associate().subarray(0, 74), Buffer.from('1000ffff', 'hex')])
        .fill(0x00, 2, 5)
        .fill(72, 5, 6),
    ],
    ['a context twice', associate([ECHO_CONTEXT, ECHO_CONTEXT])],
    ['an even context', associate([{ ...ECHO_CONTEXT, id: 2 }])],
  ];
  test.each(cases)('%s: the connection is closed, nobody is told a word of it, others are served', async (_name, bytes) => {
    await start();
    const peer = rawPeer(loopback.server.port);
    peer.send(bytes);
    await peer.closed;
    expect(peer.received()).toHaveLength(0);
    expect(loopback.told.refused.map(({ reason }) => reason)).toEqual(['protocol error']);
    expect(await isServed()).toBe(true);
  });
});

describe('bytes that break a rule inside an association', () => {
  const cases: readonly (readonly [string, Buffer])[] = [
    ['a second request', associate()],
    ['an acceptance', pdu(PDU.associateAc, Buffer.alloc(68))],
    ['a PDU that is too long', Buffer.from('040000100000', 'hex')],
    ['an empty P-DATA-TF', pdu(PDU.data, Buffer.alloc(0))],
    ['a fragment longer than its PDU', pdu(PDU.data, Buffer.from('0000ffff0103', 'hex'))],
    ['a fragment shorter than its header', pdu(PDU.data, Buffer.from('000000010103', 'hex'))],
    ['a cut fragment header', pdu(PDU.data, Buffer.from('0000', 'hex'))],
    ['a data set without a command', writeData(1, false, true, Buffer.alloc(8))],
    ['a context that was not proposed', commandData(77, command({}))],
    ['a command set that is none', commandData(1, Buffer.from('ffffffffffffffffffff', 'hex'))],
    ['a command set cut off', commandData(1, command({}).subarray(0, 15))],
    ['a command without its field', commandData(1, Buffer.alloc(0))],
    ['a command of sixteen kilobytes', writeData(1, true, false, Buffer.alloc(16_000))],
    ['an unknown command', commandData(1, command({ commandField: 0x0777 }))],
    ['an answer nobody asked for', commandData(1, command({ commandField: COMMAND.cStoreRsp, status: 0 }))],
    ['a C-ECHO with a data set', commandData(1, command({ hasDataSet: true }))],
    ['a command where a data set should come', Buffer.concat([storeCommand(), ECHO])],
    ['a release inside a message', Buffer.concat([storeCommand(), RELEASE])],
    ['a release of a wrong length', pdu(PDU.releaseRq, Buffer.alloc(12))],
    ['a message that changes its context', Buffer.concat([storeCommand(), writeData(1, false, true, ct.dataset)])],
  ];
  test.each(cases)('%s: the association is aborted, others are served', async (_name, bytes) => {
    await start();
    const peer = await accepted();
    peer.send(bytes);
    expect((await peer.next())?.[0]).toBe(PDU.abort);
    await peer.closed;
    expect(loopback.told.ended).toMatchObject([{ reason: 'protocol error', status: 0xa801 }]);
    expect(await isServed()).toBe(true);
    expect(await loopback.files()).toEqual([]);
  });
});

describe('order and refusals', () => {
  test('nothing is executed after a reject, and the peer reads its reason', async () => {
    await start();
    const peer = rawPeer(loopback.server.port);
    peer.send(
      Buffer.concat([associate([ECHO_CONTEXT, storeContext(CT)], 'STRANGER'), ECHO, storeCommand(), writeData(3, false, true, ct.dataset)]),
    );
    expect([...((await peer.next()) ?? [])]).toEqual([PDU.associateRj, 0, 0, 0, 0, 4, 0, 1, 1, 3]);
    for (let n = 0; n < 20; n++) peer.send(ECHO);
    await peer.closed;
    expect(peer.received()).toHaveLength(0);
    expect(loopback.told.opened).toEqual([]);
    expect(loopback.told.progress).toEqual([]);
    expect(await loopback.files()).toEqual([]);
  });

  test('commands sent before the decision wait for it', async () => {
    await start({ admit: () => sleep(50, { rights: ['echo'] as const }) });
    const peer = rawPeer(loopback.server.port);
    peer.send(Buffer.concat([associate(), ECHO, ECHO, RELEASE]));
    const types = [await peer.next(), await peer.next(), await peer.next(), await peer.next()].map((one) => one?.[0]);
    expect(types).toEqual([PDU.associateAc, PDU.data, PDU.data, PDU.releaseRp]);
    await peer.closed;
  });

  test('a decision that throws, or never comes, is temporary congestion', async () => {
    let fails = true;
    await start({ admit: () => (fails ? Promise.reject(new Error('away')) : new Promise(() => undefined)), limits: { admitMs: 50 } });
    const call = { host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'X', calledAeTitle: 'VIGIE' };
    expect(await echo(call)).toMatchObject({ ok: false, cause: 'rejected: temporary congestion' });
    fails = false;
    expect(await echo(call)).toMatchObject({ ok: false, cause: 'rejected: temporary congestion' });
  });

  test('contexts in any order keep their numbers; those not offered are refused one by one', async () => {
    await start();
    const peer = rawPeer(loopback.server.port);
    const find = { id: 9, sopClass: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntaxes: ['1.2.840.10008.1.2'] };
    const unknown = { id: 5, sopClass: CT, transferSyntaxes: ['1.2.3.4.5'] };
    peer.send(associate([find, unknown, { ...ECHO_CONTEXT, id: 1 }, { ...storeContext(CT), transferSyntaxes: [] }]));
    const answer = (await peer.next()) ?? Buffer.alloc(0);
    const results = [...answer.toString('latin1').matchAll(/\x21\0..(.)\0(.)\0/gs)].map((found) => [
      found[1]?.charCodeAt(0),
      found[2]?.charCodeAt(0),
    ]);
    expect(results).toEqual([[1, 0], [3, 0], [5, 0], [9, 3]]); // prettier-ignore
    peer.send(Buffer.concat([RELEASE]));
    await peer.closed;
  });

  test('one association more than allowed is a local limit; one from elsewhere is not kept out by silence', async () => {
    await start({ limits: { associations: 1 } });
    const first = await accepted();
    const call = { host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'X', calledAeTitle: 'VIGIE' };
    expect(await echo(call)).toMatchObject({ cause: 'rejected: local limit exceeded' });
    first.send(RELEASE);
    await first.closed;
    expect(await echo(call)).toMatchObject({ ok: true });
  });

  test('an administrator aborts a running association', async () => {
    await start();
    const peer = await accepted();
    const [running] = loopback.server.running();
    expect(loopback.server.abort(running?.id ?? '')).toBe(true);
    expect([...((await peer.next()) ?? [])].slice(0, 1)).toEqual([PDU.abort]);
    await peer.closed;
    expect(loopback.server.abort(running?.id ?? '')).toBe(false);
    expect(loopback.told.ended).toMatchObject([{ reason: 'aborted by us', status: 0xa801 }]);
  });

  test('an abort, and a connection that is lost, are told apart', async () => {
    await start();
    const [one, two] = [await accepted(), await accepted()];
    one.send(writeAbort(0, 0));
    await one.closed;
    two.socket.destroy();
    await expect.poll(() => loopback.told.ended.map(({ reason }) => reason)).toEqual(['aborted by peer', 'connection lost']);
  });
});

describe('peers that take their time', () => {
  const limits = { associateMs: 300, idleMs: 300, pduMs: 300, associationMs: 60_000, closeMs: 200 };

  test('who says nothing, or half a request, is dropped', async () => {
    await start({ limits });
    const [silent, half] = [rawPeer(loopback.server.port), rawPeer(loopback.server.port)];
    half.send(associate().subarray(0, 30));
    await Promise.all([silent.closed, half.closed]);
    expect(loopback.told.refused.map(({ reason }) => reason)).toEqual(['silent', 'silent']);
  });

  test('an association that is idle, or stops inside a PDU, times out and leaves nothing behind', async () => {
    await start({ limits });
    const [idle, half] = [await accepted(), await accepted()];
    half.send(Buffer.concat([storeCommand(), writeData(3, false, true, ct.dataset).subarray(0, 200)]));
    await Promise.all([idle.closed, half.closed]);
    expect(loopback.told.ended.map(({ reason }) => reason)).toEqual(['timeout', 'timeout']);
    expect(await loopback.files()).toEqual([]);
  });

  test('half an object leaves nothing behind, whatever its size', async () => {
    await start();
    const large = sampleCt({ size: 1024 });
    const peer = await accepted();
    peer.send(storeCommand());
    for (let at = 0; at < 1_500_000; at += 100_000) peer.send(writeData(3, false, false, large.dataset.subarray(at, at + 100_000)));
    await expect.poll(() => loopback.files()).toHaveLength(1);
    peer.socket.destroy();
    await expect.poll(() => loopback.files()).toEqual([]);
  });

  test('a peer that stops reading is cut off, and its questions do not fill the memory', async () => {
    await start({ limits: { idleMs: 400, pduMs: 400, closeMs: 200 } });
    const peer = await accepted();
    peer.socket.pause();
    let sent = 0;
    const before = process.memoryUsage().rss;
    while (!peer.socket.destroyed && sent < 200_000) {
      for (let n = 0; n < 500; n++) peer.send(ECHO);
      sent += 500;
      if (peer.socket.writableLength > 1_000_000) break;
      await sleep(1);
    }
    expect(await isServed()).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    await expect.poll(() => loopback.server.running().length, { timeout: 10_000 }).toBe(0);
    expect(loopback.told.ended.map(({ reason }) => reason).sort()).toEqual(['released', 'timeout']);
    peer.socket.destroy();
  });

  test('400 silent connections keep nobody out', async () => {
    await start();
    const addresses = Array.from({ length: 400 }, (_, n) => `127.0.0.${2 + (n % 40)}`);
    const silent = addresses.map((address) => rawPeer(loopback.server.port, address));
    await sleep(400);
    const before = performance.now();
    for (let n = 0; n < 10; n++) expect(await isServed()).toBe(true);
    expect(performance.now() - before).toBeLessThan(5000);
    const sent = await store({ host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'X', calledAeTitle: 'VIGIE' }, [ct.file]);
    expect(sent).toMatchObject({ ok: true, sent: 1 });
    for (const peer of silent) peer.socket.destroy();
    await Promise.all(silent.map((peer) => peer.closed));
  });

  test('an address that holds its limit of silent connections is let in for the one that speaks', async () => {
    await start({ limits: { perAddress: 3 } });
    const silent = Array.from({ length: 3 }, () => rawPeer(loopback.server.port));
    await sleep(400);
    expect(await isServed()).toBe(true);
    const talking = [await accepted(), await accepted()];
    for (const peer of silent) peer.socket.destroy();
    const third = await accepted();
    const fourth = rawPeer(loopback.server.port);
    await fourth.closed;
    expect(loopback.told.refused.at(-1)).toMatchObject({ reason: 'connection limit of the address' });
    for (const peer of [...talking, third]) peer.send(RELEASE);
    await Promise.all([...talking, third].map((peer) => peer.closed));
  });
});

test('who sends and leaves at once cannot pile up objects: one more than there may be associations is told 0xA700', async () => {
  await start({ limits: { associations: 2 } });
  const disk = Promise.withResolvers<void>();
  loopback.answer = () => disk.promise.then(() => ({ kind: 'stored' }));
  for (const place of ['127.0.0.2', '127.0.0.3']) {
    const peer = rawPeer(loopback.server.port, place);
    for (const part of [associate([storeContext(CT)]), storeCommand(), writeData(3, false, true, ct.dataset)]) peer.send(part);
    peer.socket.end();
    await peer.closed;
  }
  const send = () => store({ host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'SCANNER', calledAeTitle: 'VIGIE' }, [ct.file]);
  await expect.poll(async () => (await send()).statuses, { timeout: 5000 }).toEqual({ '0xA700': 1 });
  disk.resolve();
  await expect.poll(async () => (await send()).ok, { timeout: 5000 }).toBe(true);
});

describe('fuzz', () => {
  const rounds = process.env.LONG ? 20_000 : 2000;
  const seed = 20_260_105;

  /** A good conversation with some of its bytes changed, cut, doubled or swapped. */
  function mutated(random: () => number): Buffer[] {
    const good = [
      associate([ECHO_CONTEXT, storeContext(CT)]),
      ECHO,
      storeCommand(),
      writeData(3, false, true, ct.dataset.subarray(0, 2000)),
      RELEASE,
    ];
    const parts = good.map((part) => Buffer.from(part));
    const times = 1 + Math.floor(random() * 4);
    for (let n = 0; n < times; n++) mutate(parts, random);
    return parts;
  }

  function mutate(parts: Buffer[], random: () => number): void {
    const at = Math.floor(random() * parts.length);
    const part = parts[at] ?? Buffer.alloc(0);
    const kind = Math.floor(random() * 5);
    if (kind === 0 && part.length > 0) part[Math.floor(random() * part.length)] = Math.floor(random() * 256);
    if (kind === 1 && part.length > 8)
      part.writeUInt32BE(Math.floor(random() * 2 ** 32), Math.floor(random() * Math.min(80, part.length - 4)));
    if (kind === 2) parts[at] = part.subarray(0, Math.floor(random() * part.length));
    if (kind === 3) parts.splice(at, 0, part);
    if (kind === 4) parts.reverse();
  }

  test(`${rounds} mutated associations: no crash, nothing half stored, memory bounded, others served meanwhile`, async () => {
    await start({ limits: { associateMs: 400, idleMs: 400, pduMs: 400, closeMs: 100, perAddress: 60 } });
    const random = seeded(seed);
    const before = process.memoryUsage().rss;
    let begun = 0;
    let served = 0;
    async function attack(): Promise<void> {
      while (begun < rounds) {
        begun++;
        const parts = mutated(random);
        const peer = rawPeer(loopback.server.port, `127.0.0.${2 + (begun % 50)}`);
        for (const part of parts) peer.send(part);
        peer.socket.end();
        await peer.closed;
        if (begun % 200 === 0 && (await isServed())) served++;
      }
    }
    await Promise.all(Array.from({ length: 12 }, attack));
    expect(served).toBeGreaterThanOrEqual(Math.floor(rounds / 200) - 1);
    expect(await isServed()).toBe(true);
    await expect.poll(() => loopback.server.running().length, { timeout: 5000 }).toBe(0);
    await expect.poll(async () => (await loopback.files()).filter((name) => name.endsWith('.part')), { timeout: 5000 }).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  }, 600_000);
});
