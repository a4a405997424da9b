import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readFile, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CT, sampleCt, text, type CtOptions, type Sample, type SampleElement } from '#server/testing/dicom.ts';
import { store, type StoreResult } from './client.ts';
import { diskFault } from './disk.ts';
import { readHeader, writeFileMeta } from './file.ts';
import { writeMark } from './mark.ts';
import { recover } from './recover.ts';
import type { StoreOutcome } from './storage.ts';
import { startLoopback, type Loopback } from './testing/loopback.ts';
import { uidFolder } from './uids.ts';

let loopback: Loopback;

beforeEach(async () => {
  loopback = await startLoopback({ extraSopClasses: () => ['1.3.6.1.4.1.9.9.9'] });
});
afterEach(() => loopback.close());

async function send(...files: readonly Uint8Array[]): Promise<StoreResult> {
  return store({ host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'SCANNER', calledAeTitle: 'VIGIE' }, files);
}

function sendChanged(change: CtOptions['change'], options: CtOptions = {}): Promise<StoreResult> {
  return send(sampleCt({ ...options, change }).file);
}

const sopUid = (value: string): Record<number, SampleElement> => ({ 0x00080018: text(0x00080018, 'UI', value) });

/** A sample whose command and file meta information say the same odd UID as its data set. */
function withSopInstance(uid: string): Buffer {
  const { dataset, sopClass } = sampleCt({ change: sopUid(uid) });
  const meta = writeFileMeta({ sopClassUid: sopClass, sopInstanceUid: uid, transferSyntaxUid: '1.2.840.10008.1.2.1', sourceAeTitle: '' });
  return Buffer.concat([meta, dataset]);
}

describe('an object that is received', () => {
  test('lies in the archive with its own bytes, and is told to the index once it is there', async () => {
    const ct = sampleCt({ size: 128 });
    loopback.answer = async (instance) => {
      const file = await readFile(join(loopback.root, instance.path));
      expect(file.subarray(file.length - ct.dataset.length).equals(ct.dataset)).toBe(true);
      expect(file.length).toBe(instance.fileBytes);
      expect(instance).toMatchObject({
        datasetBytes: ct.dataset.length,
        callingAeTitle: 'SCANNER',
        sopClassUid: CT,
        studyInstanceUid: ct.study,
      });
      return { kind: 'stored' };
    };
    expect(await send(ct.file)).toMatchObject({ ok: true, sent: 1, statuses: { '0x0000': 1 } });
    expect(await loopback.files()).toHaveLength(1);
  });

  test('twice is stored once', async () => {
    const { file } = sampleCt();
    expect(await send(file, file)).toMatchObject({ ok: true, sent: 2 });
    expect(await send(file)).toMatchObject({ ok: true });
    expect(await loopback.files()).toHaveLength(1);
    expect(loopback.accepted).toHaveLength(1);
  });

  test('with other content under the same UID is kept aside, and the first stays what it was', async () => {
    const first = sampleCt();
    await send(first.file);
    const [kept] = await loopback.files();
    const before = await readFile(join(loopback.root, kept ?? ''));
    expect(await sendChanged({ 0x00081030: text(0x00081030, 'LO', 'Other') })).toMatchObject({ ok: true });
    const files = await loopback.files();
    expect(files.filter((name) => name.startsWith('conflicts/'))).toHaveLength(1);
    expect(files).toHaveLength(2);
    expect((await readFile(join(loopback.root, kept ?? ''))).equals(before)).toBe(true);
  });

  test('under the same UID in another series is kept aside too', async () => {
    await send(sampleCt().file);
    await sendChanged({ 0x0020000e: text(0x0020000e, 'UI', '1.2.3.4') });
    expect((await loopback.files()).filter((name) => name.startsWith('conflicts/'))).toHaveLength(1);
    expect(await loopback.files()).toHaveLength(2);
  });

  test('whose index is away is not half stored: 0xA700, and shown', async () => {
    const outcomes: (() => Promise<StoreOutcome>)[] = [
      () => Promise.reject(new Error('database away')),
      () => Promise.resolve({ kind: 'failed' }),
      () => Promise.resolve({ kind: 'failed', status: 0xc000 }),
    ];
    loopback.answer = () => outcomes.shift()?.() ?? Promise.resolve({ kind: 'stored' });
    const { file } = sampleCt();
    expect((await send(file, file, file)).statuses).toEqual({ '0xA700': 2, '0xC000': 1 });
    expect(await loopback.files()).toEqual([]);
    expect(loopback.told.faults.map(({ kind }) => kind)).toEqual(['index', 'index', 'index']);
    expect(await send(file)).toMatchObject({ ok: true });
    expect(await loopback.files()).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() === 0)('on a disk that may not be written is answered 0xA700', async () => {
    await chmod(join(loopback.root, 'incoming'), 0o500);
    expect((await send(sampleCt().file)).statuses).toEqual({ '0xA700': 1 });
    await chmod(join(loopback.root, 'incoming'), 0o700);
    expect(loopback.told.faults).toMatchObject([{ kind: 'read-only', status: 0xa700 }]);
  });

  test('when its folder is gone: 0xA700, then it is stored when the folder is back', async () => {
    await rm(join(loopback.root, 'incoming'), { recursive: true });
    expect((await send(sampleCt({ size: 1024 }).file)).statuses).toEqual({ '0xA700': 1 });
    expect(loopback.told.faults).toMatchObject([{ kind: 'disk error' }]);
    await mkdir(join(loopback.root, 'incoming'));
    expect(await send(sampleCt().file)).toMatchObject({ ok: true });
  });

  test('in a study whose folder was deleted meanwhile is stored all the same', async () => {
    await send(sampleCt({ instance: 1 }).file);
    await rm(join(loopback.root, loopback.accepted[0]?.path ?? '', '..', '..'), { recursive: true });
    expect(await send(sampleCt({ instance: 2 }).file)).toMatchObject({ ok: true });
    expect(await loopback.files()).toHaveLength(1);
  });

  test('in a private SOP class an administrator named, and in a transfer syntax nobody knows, is kept as it came', async () => {
    const ct = sampleCt();
    const meta = {
      sopClassUid: '1.3.6.1.4.1.9.9.9',
      sopInstanceUid: ct.sopInstance,
      transferSyntaxUid: '1.3.6.1.4.1.9.9.10',
      sourceAeTitle: '',
    };
    const dataset = sampleCt({ change: { 0x00080016: text(0x00080016, 'UI', meta.sopClassUid) } }).dataset;
    expect(await send(Buffer.concat([writeFileMeta(meta), dataset]))).toMatchObject({ ok: true });
    expect(loopback.accepted).toMatchObject([{ transferSyntaxUid: '1.3.6.1.4.1.9.9.10' }]);
  });

  test('deflated is read for its header and kept deflated; a bomb is not inflated beyond it', async () => {
    const ct = sampleCt();
    const meta = { sopClassUid: CT, sopInstanceUid: ct.sopInstance, transferSyntaxUid: '1.2.840.10008.1.2.1.99', sourceAeTitle: '' };
    const bomb = deflateRawSync(Buffer.concat([ct.dataset, Buffer.alloc(200_000_000)]));
    const before = process.memoryUsage().rss;
    expect(await send(Buffer.concat([writeFileMeta(meta), bomb]))).toMatchObject({ ok: true });
    expect(loopback.accepted[0]?.header.values.PatientID).toBe('P000001');
    expect(loopback.accepted[0]?.datasetBytes).toBe(bomb.length);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });
});

describe('bad objects', () => {
  test.each([
    ['no study UID', { 0x0020000d: null }],
    ['a study UID that leads out of the folder', { 0x0020000d: text(0x0020000d, 'UI', '../../../../etc/x') }],
    ['a series UID of letters', { 0x0020000e: text(0x0020000e, 'UI', 'series') }],
    ['a series UID of 80 characters', { 0x0020000e: text(0x0020000e, 'UI', `1.${'2'.repeat(78)}`) }],
    ['two study UIDs', { 0x0020000d: text(0x0020000d, 'UI', '1.2\\1.3') }],
  ])('%s: refused with 0xC000, nothing is stored', async (_name, change) => {
    expect((await sendChanged(change)).statuses).toEqual({ '0xC000': 1 });
    expect(await loopback.files()).toEqual([]);
    expect(loopback.accepted).toEqual([]);
  });

  test.each(['../../../tmp/evil', '/etc/passwd', '1.2.3/../../4', 'a.b.c', `1.${'3'.repeat(70)}`, '1..2', ''])(
    'the SOP Instance UID "%s" makes no file',
    async (uid) => {
      expect((await send(withSopInstance(uid))).statuses).toEqual({ '0xC000': 1 });
      expect(await loopback.files()).toEqual([]);
    },
  );

  test('an empty data set, and bytes that are no data set, are refused', async () => {
    const meta = writeFileMeta({ sopClassUid: CT, sopInstanceUid: '1.2.3', transferSyntaxUid: '1.2.840.10008.1.2.1', sourceAeTitle: '' });
    expect((await send(meta, Buffer.concat([meta, Buffer.alloc(5000, 0xee)]))).statuses).toEqual({ '0xC000': 2 });
    expect(await loopback.files()).toEqual([]);
  });

  test('a data set of another instance or class than announced is refused with 0xA900', async () => {
    const [one, other] = [sampleCt({ instance: 1 }), sampleCt({ instance: 2 })];
    const mixed = Buffer.concat([one.file.subarray(0, one.file.length - one.dataset.length), other.dataset]);
    expect((await send(mixed)).statuses).toEqual({ '0xA900': 1 });
    expect((await sendChanged({ 0x00080016: text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4') })).statuses).toEqual({ '0xA900': 1 });
  });

  test('no patient ID, spaces around it, long texts, odd dates and wrong value representations are stored', async () => {
    const changes: CtOptions['change'][] = [
      { 0x00100020: null },
      { 0x00100020: text(0x00100020, 'LO', '  p 7 ') },
      { 0x00100010: text(0x00100010, 'UT', 'A'.repeat(65_000)) },
      { 0x00100030: text(0x00100030, 'DA', '00000000') },
      { 0x00100020: { tag: 0x00100020, vr: 'OB', value: Buffer.from('WRONG_VR') } },
    ];
    for (const [index, change] of changes.entries()) expect(await sendChanged(change, { instance: index + 1 })).toMatchObject({ ok: true });
    const values = loopback.accepted.map(({ header }) => header.values);
    expect(values.map(({ PatientID }) => PatientID)).toEqual([undefined, 'p 7', 'P000001', 'P000001', 'WRONG_VR']);
    expect(values[2]?.PatientName).toHaveLength(1024);
    expect(loopback.accepted[2]?.header.truncated).toEqual(['PatientName']);
    expect(values[3]?.PatientBirthDate).toBeUndefined();
  });

  test('what goes wrong is told to the sender without identity', async () => {
    const lines: string[] = [];
    await loopback.close();
    loopback = await startLoopback();
    loopback.answer = () => Promise.reject(new Error('ESSAI^N1 P000001'));
    await send(sampleCt().file);
    lines.push(JSON.stringify(loopback.told));
    expect(lines.join()).not.toMatch(/ESSAI|P000001/);
  });
});

describe('after a crash', () => {
  async function crashed(sampled: Sample, placed: boolean): Promise<void> {
    const incoming = join(loopback.root, 'incoming', 'left.part');
    await writeFile(incoming, sampled.file);
    if (!placed) return;
    const folder = join(loopback.root, uidFolder(await readHeader(incoming)));
    await mkdir(folder, { recursive: true });
    await link(incoming, join(folder, `${sampled.sopInstance}.dcm`));
  }

  /** As a loss of power leaves it: named and placed, not all of it on the disk. */
  async function torn(sampled: Sample, left: Buffer): Promise<{ place: string; mark: string }> {
    const incoming = join(loopback.root, 'incoming', 'whole.part');
    await writeFile(incoming, sampled.file);
    const path = `${uidFolder(await readHeader(incoming))}/${sampled.sopInstance}.dcm`;
    await rm(incoming);
    const mark = join(loopback.root, 'incoming', writeMark({ path, fileBytes: sampled.file.length, sha256: sha256(sampled.dataset) }));
    const place = join(loopback.root, path);
    await writeFile(mark, left);
    await mkdir(dirname(place), { recursive: true });
    await link(mark, place);
    return { place, mark };
  }

  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  test.each([
    ['nothing of it', () => Buffer.alloc(0)],
    ['the first half of it', (file: Buffer) => file.subarray(0, file.length / 2)],
    ['zeros in its place', (file: Buffer) => Buffer.alloc(file.length)],
    ['zeros at its end', (file: Buffer) => Buffer.concat([file.subarray(0, file.length - 100), Buffer.alloc(100)])],
  ])('an object that had its place before the disk had all of it goes with its place: %s', async (_left, tear) => {
    const ct = sampleCt();
    await torn(ct, tear(ct.file));
    expect(await recover(sink())).toEqual({ removed: 1, finished: 0, failed: 0 });
    expect(await loopback.files()).toEqual([]);
    expect(loopback.accepted).toEqual([]);
  });

  test('one that had its place and is whole is indexed; a place that is another object’s is left alone', async () => {
    const [whole, half] = [sampleCt({ instance: 1 }), sampleCt({ instance: 2 })];
    await torn(whole, whole.file);
    const { place } = await torn(half, half.file.subarray(0, 900));
    await rm(place);
    await writeFile(place, 'another');
    expect(await recover(sink())).toEqual({ removed: 1, finished: 1, failed: 0 });
    expect(await readFile(place, 'utf8')).toBe('another');
    expect(loopback.accepted).toMatchObject([{ sopInstanceUid: whole.sopInstance }]);
  });

  const sink = () => ({
    root: loopback.root,
    folderFor: uidFolder,
    accept: (instance: Parameters<NonNullable<Loopback['answer']>>[0]) => {
      loopback.accepted.push(instance);
      return loopback.answer ? loopback.answer(instance) : Promise.resolve<StoreOutcome>({ kind: 'stored' });
    },
  });

  test('half an object is removed', async () => {
    await crashed(sampleCt(), false);
    expect(await recover(sink())).toEqual({ removed: 1, finished: 0, failed: 0 });
    expect(await loopback.files()).toEqual([]);
  });

  test('an object that was whole and not acknowledged is indexed', async () => {
    const ct = sampleCt();
    await crashed(ct, true);
    expect(await recover(sink())).toEqual({ removed: 0, finished: 1, failed: 0 });
    expect(loopback.accepted).toMatchObject([{ sopInstanceUid: ct.sopInstance, associationId: null, datasetBytes: ct.dataset.length }]);
    expect(await loopback.files()).toEqual([loopback.accepted[0]?.path]);
    await send(ct.file);
    expect(await loopback.files()).toHaveLength(1);
  });

  test('one that the index knew already stays where it lies', async () => {
    await crashed(sampleCt(), true);
    loopback.answer = (instance) => Promise.resolve({ kind: 'same', path: instance.path });
    expect(await recover(sink())).toMatchObject({ finished: 1 });
    expect(await loopback.files()).toHaveLength(1);
    expect((await stat(join(loopback.root, loopback.accepted[0]?.path ?? ''))).nlink).toBe(1);
  });

  test('one that cannot be indexed yet is left for the next start', async () => {
    await crashed(sampleCt(), true);
    loopback.answer = () => Promise.resolve({ kind: 'failed' });
    expect(await recover(sink())).toMatchObject({ failed: 1 });
    loopback.answer = null;
    expect(await recover(sink())).toMatchObject({ finished: 1 });
  });
});

test.skipIf(!existsSync('/proc/self/fd'))(
  'no file stays open behind a server that closed, nor behind one that could not listen',
  async () => {
    await send(sampleCt({ size: 512 }).file);
    const gone = new AbortController();
    const half = store(
      { host: '127.0.0.1', port: loopback.server.port, callingAeTitle: 'SCANNER', calledAeTitle: 'VIGIE' },
      (async function* endless() {
        for (let instance = 2; !gone.signal.aborted; instance += 1) yield sampleCt({ size: 1024, instance }).file;
        await Promise.resolve();
      })(),
      { contexts: [{ sopClass: CT, transferSyntaxUid: '1.2.840.10008.1.2.1' }] },
    );
    await expect.poll(() => loopback.accepted.length).toBeGreaterThan(2);
    await expect(startLoopback({ port: loopback.server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const { root } = loopback;
    await loopback.server.close();
    gone.abort();
    await half;
    const open = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    expect(open.filter((file) => file.startsWith(root))).toEqual([]);
  },
  20_000,
);

test('errors of the file system have their meaning', () => {
  const faults = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO', 'ERR_X'].map((code) => diskFault(Object.assign(new Error(code), { code })));
  expect(faults).toEqual(['disk full', 'disk full', 'read-only', 'read-only', 'disk error', null]);
  expect(diskFault('text')).toBeNull();
});
