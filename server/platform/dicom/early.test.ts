import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleCt } from '#server/testing/dicom.ts';
import { store } from './client.ts';
import type { ReceivedInstance, StoreOutcome } from './storage.ts';
import { startLoopback, type Loopback } from './testing/loopback.ts';
import { uidFolder } from './uids.ts';

let loopback: Loopback;
let root: string;
const rows = new Set<string>();
const seen: string[] = [];
let early: (instance: ReceivedInstance, durable: Promise<void>) => Promise<StoreOutcome>;

const isThere = (file: string) =>
  stat(join(root, file)).then(
    () => true,
    () => false,
  );

/** An index that writes its row at once, and takes it back when the file does not become durable. */
async function writeAtOnce(instance: ReceivedInstance, durable: Promise<void>): Promise<StoreOutcome> {
  rows.add(instance.sopInstanceUid);
  seen.push('early');
  try {
    await durable;
  } catch (error) {
    rows.delete(instance.sopInstanceUid);
    seen.push('forgotten');
    throw error;
  }
  seen.push((await isThere(instance.path)) ? 'there' : 'not there');
  return { kind: 'stored' };
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vigie-early-'));
  rows.clear();
  seen.length = 0;
  early = writeAtOnce;
  loopback = await startLoopback({
    sink: {
      root,
      folderFor: uidFolder,
      accept: ({ sopInstanceUid }) => {
        rows.add(sopInstanceUid);
        seen.push('late');
        return Promise.resolve({ kind: 'stored' });
      },
      acceptEarly: (instance, durable) => early(instance, durable),
    },
  });
});
afterEach(async () => {
  await loopback.close();
  await rm(root, { recursive: true, force: true });
});

const send = (...instances: number[]) =>
  store(
    { host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'SCANNER', calledAeTitle: 'VIGIE' },
    instances.map((instance) => sampleCt({ instance }).file),
  );

test('the index may write its row before the file is there, and tells nobody until it is', async () => {
  expect(await send(1, 2)).toMatchObject({ ok: true, sent: 2 });
  // The folder of a new series is not there yet: its first object goes one step after the other.
  expect(seen).toEqual(['early', 'forgotten', 'late', 'early', 'there']);
  expect(rows.size).toBe(2);
});

test('a file that cannot be written takes its row with it: 0xA700, nothing half stored', async () => {
  await send(1);
  await rm(join(root, 'incoming'), { recursive: true });
  expect((await send(2)).statuses).toEqual({ '0xA700': 1 });
  expect(rows.size).toBe(1);
  expect(seen.at(-1)).toBe('forgotten');
});

test('an index that fails meanwhile leaves no file behind', async () => {
  await send(1);
  early = () => Promise.reject(new Error('database away'));
  expect((await send(2)).statuses).toEqual({ '0xA700': 1 });
  early = writeAtOnce;
  expect(await send(2)).toMatchObject({ ok: true });
  expect(seen.slice(-2)).toEqual(['early', 'there']);
});

test('four associations at once, whose files are synced together, lose nothing', async () => {
  await send(1);
  const numbers = Array.from({ length: 20 }, (_, index) => index + 10);
  const sent = await Promise.all([0, 1, 2, 3].map((lane) => send(...numbers.map((number) => lane * 100 + number))));
  expect(sent.every(({ ok }) => ok)).toBe(true);
  expect(rows.size).toBe(81);
  expect(seen.filter((step) => step === 'there')).toHaveLength(80);
});
