import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { sampleCt } from '#server/testing/dicom.ts';
import { echo, store } from './client.ts';
import type { EndedAssociation } from './observer.ts';
import { pdu, PDU, writeAbort } from './pdu.ts';
import { startLoopback } from './testing/loopback.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A peer that answers the first bytes it gets with others, and then does nothing. */
async function peerThat(answer: Buffer | 'close' | 'nothing'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (answer === 'close') socket.destroy();
      else if (answer !== 'nothing') socket.write(answer);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const call = (port: number) => ({ host: '127.0.0.1', port, callingAeTitle: 'VIGIE', calledAeTitle: 'PEER', timeoutMs: 300 });

test.each([
  ['rejected: called AE title not recognised', pdu(PDU.associateRj, Buffer.from([0, 1, 1, 7]))],
  ['rejected: local limit exceeded', pdu(PDU.associateRj, Buffer.from([0, 2, 3, 2]))],
  ['aborted', writeAbort(2, 0)],
  ['aborted', 'close'],
  ['timed out', 'nothing'],
  ['protocol error', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['protocol error', pdu(PDU.associateAc, Buffer.alloc(10))],
  ['protocol error', pdu(PDU.data, Buffer.alloc(10))],
  ['presentation context not accepted', pdu(PDU.associateAc, Buffer.alloc(68))],
] as const)('a peer that cannot be echoed: %s', async (cause, answer) => {
  const result = await echo(call(await peerThat(answer)));
  expect(result).toMatchObject({ ok: false, cause });
  expect(result.durationMs).toBeLessThan(2000);
});

test('nobody listens, or nobody is there', async () => {
  const port = await peerThat('close');
  servers.pop()?.close();
  expect(await echo(call(port))).toMatchObject({ ok: false, cause: 'connection refused' });
  expect(await echo({ ...call(104), host: 'nobody.invalid' })).toMatchObject({ ok: false });
});

test('an echo and a store are told to the observer, and files that are none are counted', async () => {
  const loopback = await startLoopback();
  const ended: EndedAssociation[] = [];
  const none = () => undefined;
  const observer = {
    opened: none,
    progress: none,
    refused: none,
    storageFailed: none,
    ended: (one: EndedAssociation) => void ended.push(one),
  };
  const peer = { ...call(loopback.server.port), calledAeTitle: 'VIGIE', observer };
  expect(await echo(peer)).toMatchObject({ ok: true });
  const files = [sampleCt({ instance: 1 }).file, Buffer.from('no DICOM'), sampleCt({ instance: 2 }).file];
  expect(await store(peer, files)).toMatchObject({ ok: false, sent: 2, failed: 1, statuses: { '0x0000': 2, 'not sent': 1 } });
  expect(await store(peer, ['/nowhere/at/all.dcm'])).toMatchObject({ ok: false, cause: 'a file could not be read' });
  expect(ended).toMatchObject([
    { action: 'CECHO', reason: 'released', status: 0, messages: 1 },
    { action: 'CSTORE', reason: 'released', messages: 2, succeeded: 2 },
  ]);
  await loopback.close();
});

test('a peer that goes away in the middle of a store ends it with its cause', async () => {
  const loopback = await startLoopback();
  loopback.answer = () => {
    for (const { id } of loopback.server.running()) loopback.server.abort(id);
    return Promise.resolve({ kind: 'stored' });
  };
  const peer = { ...call(loopback.server.port), calledAeTitle: 'VIGIE' };
  expect(await store(peer, [sampleCt().file])).toMatchObject({ ok: false, sent: 0, cause: 'aborted' });
  await loopback.close();
});
