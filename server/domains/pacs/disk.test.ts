import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeerCall, listAssociationsCall, readPacsStatusCall } from '#shared/pacs/api.ts';
import type { Association, PacsStatus } from '#shared/pacs/schemas.ts';
import { store } from '#server/platform/dicom/client.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { SOP_CLASS, dicomFile, type TestObject } from '#server/testing/dicom-file.ts';
import { mayMount, mountSmallDisk, type SmallDisk } from '#server/testing/small-disk.ts';
import { InstanceModel } from './model.ts';

const PIXELS = 400_000;

/** The archive lies on a small disk of its own; the database does not. */
describe.skipIf(!mayMount())('a disk that', () => {
  let dataDir: string;
  let disk: SmallDisk;
  let test: TestApp;
  let physicist: Client;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'vigie-disk-'));
    disk = mountSmallDisk(path.join(dataDir, 'dicom'), 16);
    test = await startTestApp({ dicom: true, dataDir });
    physicist = await test.as('physicist');
    const admin = await test.as('admin');
    await admin.call(createPeerCall, { body: { aeTitle: 'CT1', host: '127.0.0.1', rights: ['store'] } });
  }, 30_000);
  afterAll(async () => {
    await test.close();
    disk.unmount();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function send(study: string, count: number) {
    const objects = Array.from({ length: count }, (_, index): TestObject => {
      return { patientId: 'DISK', name: 'ESSAI^DISQUE', studyUid: study, instanceUid: `${study}.1.${index + 1}`, pixelBytes: PIXELS };
    });
    const target = { host: '127.0.0.1', port: test.dicomPort(), callingAeTitle: 'CT1', calledAeTitle: 'VIGIE' };
    return store(target, objects.map(dicomFile), { contexts: [{ sopClass: SOP_CLASS.CT, transferSyntaxUid: '1.2.840.10008.1.2.1' }] });
  }

  /** What lies in the archive is what the index knows, and every file is whole. */
  async function expectNothingHalfStored(): Promise<void> {
    const entries = await readdir(path.join(dataDir, 'dicom'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name !== 'ballast').map(({ name }) => name);
    const rows = await InstanceModel.find().lean();
    expect(files.sort()).toEqual(rows.map(({ _id }) => `${_id}.dcm`).sort());
  }

  const poll = <T>(look: () => T) => expect.poll(look, { timeout: 9000 });
  const status = (): Promise<PacsStatus> => physicist.call(readPacsStatusCall);
  const last = async (): Promise<Association | undefined> =>
    (await physicist.call(listAssociationsCall, { query: { state: 'ended', limit: 1 } })).items[0];

  it('is truly full: 0xA700, told on the monitor, nothing half stored, and reception goes on once there is room', async () => {
    disk.fillUpTo(1_500_000);
    const sent = await send('1.2.826.5.1', 6);
    expect(sent.statuses['0x0000']).toBeGreaterThan(0);
    expect(sent.statuses['0xA700']).toBeGreaterThan(0);
    expect((sent.statuses['0x0000'] ?? 0) + (sent.statuses['0xA700'] ?? 0)).toBe(6);
    await poll(status).toMatchObject({ listening: true, problem: 'disk-full' });
    await poll(last).toMatchObject({ status: 'failed', statusCode: '0xA700', reason: 'disk-full' });
    await expectNothingHalfStored();
    disk.empty();
    expect(await send('1.2.826.5.1', 6)).toMatchObject({ ok: true, sent: 6, statuses: { '0x0000': 6 } });
    await expectNothingHalfStored();
    expect(await InstanceModel.countDocuments({ studyUid: '1.2.826.5.1' })).toBe(6);
  }, 30_000);

  it('may only be read: 0xA700, told on the monitor, and reception goes on once it may be written', async () => {
    disk.readOnly(true);
    expect((await send('1.2.826.5.2', 2)).statuses).toEqual({ '0xA700': 2 });
    await poll(status).toMatchObject({ problem: 'read-only' });
    await poll(last).toMatchObject({ status: 'failed', statusCode: '0xA700', reason: 'read-only' });
    disk.readOnly(false);
    await expectNothingHalfStored();
    expect(await send('1.2.826.5.2', 2)).toMatchObject({ ok: true, sent: 2 });
    await expectNothingHalfStored();
  }, 30_000);
});
