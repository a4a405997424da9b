import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPeerCall, readSeriesCall } from '#shared/pacs/api.ts';
import { seededRandom } from '#shared/random.ts';
import { store } from '#server/platform/dicom/client.ts';
import { readFileMeta } from '#server/platform/dicom/file.ts';
import { signedIn } from '#server/testing/app.ts';
import { SOP_CLASS, dicomFile } from '#server/testing/dicom-file.ts';
import { freePort, startProcess, type ServerProcess } from '#server/testing/process.ts';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 3);
const STUDY = '1.2.826.8';

let dataDir: string;
let host: ServerProcess;
let receiver: ServerProcess;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vigie-host-'));
});
afterEach(async () => {
  await receiver?.kill();
  await host.kill();
  await rm(dataDir, { recursive: true, force: true });
});

const fileOf = (uid: string) => dicomFile({ patientId: 'HOST', name: 'ESSAI^A', studyUid: STUDY, instanceUid: uid, pixelBytes: 4096 });

function digest(file: Buffer): string {
  const at = readFileMeta(file)?.datasetAt ?? 0;
  return createHash('sha256').update(file.subarray(at)).digest('hex');
}

/** Sends as a modality does: what was not acknowledged goes out again. Gives what is still to be sent. */
async function send(port: number, uids: readonly string[], onAcknowledged: () => void): Promise<string[]> {
  const left = new Set(uids);
  const order = uids.values();
  let last = '';
  function* files(): Generator<Buffer> {
    for (const uid of order) {
      last = uid;
      yield fileOf(uid);
    }
  }
  await store({ host: '127.0.0.1', port, callingAeTitle: 'CT1', calledAeTitle: 'VIGIE' }, files(), {
    contexts: [{ sopClass: SOP_CLASS.CT, transferSyntaxUid: '1.2.840.10008.1.2.1' }],
    onAnswer: (_count, status) => {
      if (status !== 0) return;
      left.delete(last);
      onAcknowledged();
    },
  });
  return [...left];
}

it(
  `the process that hosts the database is killed while another receives: nothing acknowledged is lost, what was refused comes again, ${ROUNDS} rounds`,
  async () => {
    const random = seededRandom(ROUNDS);
    const [port, dicomPort] = [await freePort(), await freePort()];
    host = await startProcess(port, dataDir);
    const admin = await signedIn(host.url, 'admin');
    await admin.call(createPeerCall, { body: { aeTitle: 'CT1', host: '127.0.0.1', rights: ['store'] } });
    receiver = await startProcess(await freePort(), dataDir, { TEST_DICOM_PORT: String(dicomPort) });
    const all: string[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const uids = Array.from({ length: 150 }, (_, index) => `${STUDY}.${round}.${index + 1}`);
      all.push(...uids);
      let acknowledged = 0;
      const sending = send(dicomPort, uids, () => void (acknowledged += 1));
      await expect.poll(() => acknowledged, { timeout: 20_000, interval: 5 }).toBeGreaterThan(5);
      await sleep(100 * random());
      await host.kill();
      await sleep(300 * random());
      host = await startProcess(port, dataDir);
      let left = await sending;
      for (let tries = 0; left.length > 0 && tries < 10; tries += 1) left = await send(dicomPort, left, () => undefined);
      expect(left).toEqual([]);
    }
    const technologist = await signedIn(host.url, 'technologist');
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await technologist.call(readSeriesCall, {
        params: { uid: `${STUDY}.1` },
        query: { limit: 500, ...(cursor ? { cursor } : {}) },
      });
      found.push(...page.items.map(({ uid }) => uid));
      cursor = page.next;
    } while (cursor);
    expect(found.sort()).toEqual(all.sort());
    const entries = await readdir(path.join(dataDir, 'dicom'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.map(({ name }) => path.basename(name, '.dcm')).sort()).toEqual(all);
    for (const { name, parentPath } of files) {
      expect(digest(await readFile(path.join(parentPath, name)))).toBe(digest(fileOf(path.basename(name, '.dcm'))));
    }
  },
  60_000 + 30_000 * ROUNDS,
);
