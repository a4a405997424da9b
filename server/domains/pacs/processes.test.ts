import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPeerCall,
  echoPeersCall,
  listAssociationsCall,
  listPeerLightsCall,
  listUnattachedCall,
  readPacsStatusCall,
} from '#shared/pacs/api.ts';
import { store } from '#server/platform/dicom/client.ts';
import { signedIn, watcherOf, type Client } from '#server/testing/app.ts';
import { dicomFile } from '#server/testing/dicom-file.ts';
import { freePort, startProcess, type ServerProcess } from '#server/testing/process.ts';

let dataDir: string;
let pages: ServerProcess;
let receiver: ServerProcess;
let dicomPort: number;
let admin: Client;
let physicist: Client;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vigie-roles-'));
  dicomPort = await freePort();
  pages = await startProcess(await freePort(), dataDir);
  admin = await signedIn(pages.url, 'admin');
  physicist = await signedIn(pages.url, 'physicist');
}, 30_000);
afterAll(async () => {
  await receiver?.kill();
  await pages.kill();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a process that only shows', () => {
  it('says that nobody receives, then what another process tells', async () => {
    expect(await physicist.call(readPacsStatusCall)).toMatchObject({ listening: false, why: 'role' });
    receiver = await startProcess(await freePort(), dataDir, { TEST_DICOM_PORT: String(dicomPort) });
    await expect.poll(() => physicist.call(readPacsStatusCall), { timeout: 9000 }).toMatchObject({ listening: true, why: null });
  }, 30_000);

  it('changes the white list of the process that receives, and follows what it receives, live', async () => {
    const watcher = await watcherOf(pages.url, physicist);
    await watcher.watch('pacs');
    await admin.call(createPeerCall, { body: { aeTitle: 'CT1', host: '127.0.0.1', port: dicomPort, rights: ['store'] } });
    const target = { host: '127.0.0.1', port: dicomPort, callingAeTitle: 'CT1', calledAeTitle: 'VIGIE' };
    const file = dicomFile({ patientId: 'NOBODY', name: 'A^B', studyUid: '1.2.3', instanceUid: '1.2.3.1' });
    // The change travels by the event log, which is looked at five times a second.
    await expect.poll(async () => (await store(target, [file])).sent, { timeout: 5000 }).toBe(1);
    await watcher.until(({ type, data }) => type === 'pacs:studies' && JSON.stringify(data).includes('no-such-ipp'));
    expect((await physicist.call(listUnattachedCall)).items.map(({ uid }) => uid)).toEqual(['1.2.3']);
    watcher.close();
  }, 20_000);

  it('has the other one echo its peers', async () => {
    await admin.call(echoPeersCall);
    const lights = () => admin.call(listPeerLightsCall);
    await expect.poll(async () => (await lights())[0]?.lastEcho, { timeout: 9000 }).toBeTruthy();
  }, 15_000);

  it('is told when that one is gone: associations that ran are over once another receives', async () => {
    await receiver.kill();
    receiver = await startProcess(await freePort(), dataDir, { TEST_DICOM_PORT: String(dicomPort) });
    const { items } = await physicist.call(listAssociationsCall, { query: { state: 'running' } });
    expect(items).toEqual([]);
  }, 20_000);
});
