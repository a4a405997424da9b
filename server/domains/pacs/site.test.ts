import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Types } from 'mongoose';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createPeerCall,
  listAssociationsCall,
  listPeerLightsCall,
  listRefusalsCall,
  readPacsStatusCall,
  readPacsSummaryCall,
} from '#shared/pacs/api.ts';
import { store } from '#server/platform/dicom/client.ts';
import { dcmtk, hasDcmtk } from '#server/platform/dicom/testing/dcmtk.ts';
import { startTestApp, type Client, type TestApp } from '#server/testing/app.ts';
import { SOP_CLASS, dicomFile } from '#server/testing/dicom-file.ts';
import { freePort } from '#server/testing/process.ts';
import { startProxy } from '#server/testing/proxy.ts';
import { InstanceModel } from './model.ts';
import { PeerStateModel } from './monitor-model.ts';

const HOUR_MS = 3_600_000;
const ct = (number: number) =>
  dicomFile({ patientId: 'SITE', name: 'ESSAI^SITE', studyUid: '1.2.826.6', instanceUid: `1.2.826.6.1.${number}`, pixelBytes: 50_000 });
const ENGINE = path.resolve(import.meta.dirname, '../../platform/mongo/embedded/testing/host-child.ts');

let closing: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

const poll = <T>(look: () => T) => expect.poll(look, { timeout: 9000 });

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'vigie-site-'));
  closing.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function start(options: Parameters<typeof startTestApp>[0]): Promise<{ test: TestApp; admin: Client }> {
  const test = await startTestApp({ dicom: true, ...options });
  closing.push(() => test.close());
  const admin = await test.as('admin');
  await admin.call(createPeerCall, { body: { aeTitle: 'CT1', host: '127.0.0.1', rights: ['echo', 'store'] } });
  return { test, admin };
}

function send(test: TestApp, number = 1) {
  const target = { host: '127.0.0.1', port: test.dicomPort(), callingAeTitle: 'CT1', calledAeTitle: 'VIGIE' };
  return store(target, [ct(number)], { contexts: [{ sopClass: SOP_CLASS.CT, transferSyntaxUid: '1.2.840.10008.1.2.1' }] });
}

describe.skipIf(!hasDcmtk())('reception by TLS', () => {
  it('takes what DCMTK sends by TLS, and shows whoever calls without', async () => {
    const dir = await folder();
    const at = (name: string) => path.join(dir, name);
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    await dcmtk('openssl', [...made, '-keyout', at('k.pem'), '-out', at('c.pem')]);
    await writeFile(at('ct.dcm'), ct(1));
    const env = { DICOM_TLS_KEY: at('k.pem'), DICOM_TLS_CERT: at('c.pem'), DICOM_TLS_CA: at('c.pem') };
    const { test, admin } = await start({ env });
    expect(await admin.call(readPacsStatusCall)).toMatchObject({ listening: true, tls: true });
    const to = ['-aet', 'CT1', '-aec', 'VIGIE', '127.0.0.1', String(test.dicomPort()), at('ct.dcm')];
    const sent = await dcmtk('storescu', ['+tls', at('k.pem'), at('c.pem'), '+cf', at('c.pem'), ...to]);
    expect(sent).toEqual({ code: 0, output: '' });
    expect(await InstanceModel.countDocuments({})).toBe(1);
    expect((await dcmtk('storescu', to)).code).not.toBe(0);
    await poll(async () => (await admin.call(listRefusalsCall)).map(({ reason }) => reason)).toEqual(['tls-required']);
  }, 40_000);
});

describe('a port that another program has', () => {
  it('keeps nobody from working, is told, and is taken as soon as it is free', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { test, admin } = await start({ dicomPort: port, env: { LOG_LEVEL: 'silent' } });
    expect(await admin.call(readPacsStatusCall)).toMatchObject({ listening: false, why: 'port' });
    expect(await admin.call(readPacsSummaryCall)).toMatchObject({ listening: false });
    other.close();
    await poll(() => admin.call(readPacsStatusCall)).toMatchObject({ listening: true, why: null });
    expect(await send(test)).toMatchObject({ ok: true });
  }, 30_000);
});

describe('a modality', () => {
  it('that is silent for much longer than its habit is marked, for the monitor and the wall', async () => {
    const { test, admin } = await start({});
    const [light] = await admin.call(listPeerLightsCall);
    const now = test.clock.now().getTime();
    const arrivals = Array.from({ length: 12 }, (_, index) => new Date(now - (12 - index) * 0.5 * HOUR_MS));
    const set = { arrivals, lastReceived: { at: arrivals.at(-1), modality: 'CT' }, light: 'unknown', since: null, echoes: [] };
    await PeerStateModel.updateOne({ _id: new Types.ObjectId(light?.peer) }, { $set: set }, { upsert: true });
    expect((await admin.call(listPeerLightsCall))[0]).toMatchObject({ silent: null });
    expect(await admin.call(readPacsSummaryCall)).toMatchObject({ silentPeers: 0 });
    test.clock.advance(3 * HOUR_MS);
    expect((await admin.call(listPeerLightsCall))[0]).toMatchObject({ silent: { since: arrivals.at(-1)?.toISOString(), habitMin: 30 } });
    expect(await admin.call(readPacsSummaryCall)).toMatchObject({ silentPeers: 1 });
  }, 20_000);
});

describe('a database that is away', () => {
  it('is answered 0xA700, nothing is half stored, it is shown once it is back, and reception goes on', async () => {
    const [data, dir] = [await folder(), await folder()];
    const engine = spawn(process.execPath, [ENGINE, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    closing.push(() => void engine.kill('SIGKILL'));
    const [said] = (await once(createInterface({ input: engine.stdout }), 'line')) as [string]; // the line
    const proxy = await startProxy({ path: decodeURIComponent(/\/\/(.*?)\/vigie/.exec(said)?.[1] ?? '') });
    closing.push(() => proxy.close());
    const MONGODB_URI = `mongodb://127.0.0.1:${proxy.port}/vigie?directConnection=true`;
    const { test, admin } = await start({ dataDir: data, dicomPort: await freePort(), env: { MONGODB_URI, LOG_LEVEL: 'silent' } });
    closing.push(() => proxy.restore()); // first of all, whatever happened
    expect(await send(test)).toMatchObject({ ok: true });
    proxy.cut();
    expect(await send(test, 2)).toMatchObject({ ok: false, statuses: { '0xA700': 1 } });
    const files = await readdir(path.join(data, 'dicom'), { recursive: true });
    expect(files.filter((name) => /\.(dcm|part)$/.test(name)).map((name) => path.basename(name))).toEqual(['1.2.826.6.1.1.dcm']);
    proxy.restore();
    await poll(async () => (await admin.request('GET', '/api/pacs/status')).body).toMatchObject({ problem: 'database-away' });
    const ended = () => admin.call(listAssociationsCall, { query: { state: 'ended', limit: 1 } });
    await poll(async () => (await ended()).items[0]).toMatchObject({ status: 'failed', statusCode: '0xA700', reason: 'database-away' });
    expect(await send(test, 2)).toMatchObject({ ok: true, statuses: { '0x0000': 1 } });
    expect(await InstanceModel.countDocuments({})).toBe(2);
  }, 60_000);
});
