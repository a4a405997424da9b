import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPeerCall, listStudiesCall, readSeriesCall, readStudyCall } from '#shared/pacs/api.ts';
import type { Instance } from '#shared/pacs/schemas.ts';
import { seededRandom } from '#shared/random.ts';
import { store } from '#server/platform/dicom/client.ts';
import { signedIn, type Client } from '#server/testing/app.ts';
import { SOP_CLASS, dicomFile } from '#server/testing/dicom-file.ts';
import { freePort, startProcess, type ServerProcess } from '#server/testing/process.ts';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 10);
const SENDERS = 4;

let dataDir: string;
let server: ServerProcess;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vigie-dicom-crash-'));
});
afterEach(async () => {
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

/** Sends one instance after another until the server is gone; remembers which were acknowledged, and the digest of each that was sent. */
async function sendUntilGone(port: number, prefix: string, sent: Map<string, string>, acknowledged: Set<string>): Promise<void> {
  let last = '';
  function* files(): Generator<Buffer> {
    for (let number = 1; ; number += 1) {
      last = `${prefix}.1.${number}`;
      const file = dicomFile({
        patientId: 'CRASH',
        name: 'ESSAI^A',
        studyUid: prefix,
        instanceUid: last,
        pixelBytes: 4096 * (1 + (number % 4)),
      });
      sent.set(last, digest(file));
      yield file;
    }
  }
  await store({ host: '127.0.0.1', port, callingAeTitle: 'CT1', calledAeTitle: 'VIGIE' }, files(), {
    contexts: [{ sopClass: SOP_CLASS.CT, transferSyntaxUid: '1.2.840.10008.1.2.1' }],
    onAnswer: (_count, status) => status === 0 && acknowledged.add(last),
  });
}

/** SHA-256 of the data set alone: our file has its own meta information. */
function digest(file: Buffer): string {
  const length = file.readUInt32LE(132 + 8);
  return createHash('sha256')
    .update(file.subarray(132 + 12 + length))
    .digest('hex');
}

async function indexed(client: Client): Promise<Map<string, Instance>> {
  const found = new Map<string, Instance>();
  const { items: studies } = await client.call(listStudiesCall, { query: { limit: 500 } });
  for (const { uid, instances } of studies) {
    const before = found.size;
    const { series } = await client.call(readStudyCall, { params: { uid } });
    for (const one of series) {
      let cursor: string | undefined;
      do {
        const page = await client.call(readSeriesCall, { params: { uid: one.uid }, query: { limit: 500, ...(cursor ? { cursor } : {}) } });
        for (const instance of page.items) found.set(instance.uid, instance);
        cursor = page.next;
      } while (cursor);
    }
    expect([uid, instances]).toEqual([uid, found.size - before]);
  }
  return found;
}

async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

it(
  `SIGKILL during reception: every acknowledged instance is there and whole, no other is, ${ROUNDS} rounds`,
  async () => {
    const random = seededRandom(ROUNDS);
    const [port, dicomPort] = [await freePort(), await freePort()];
    const sent = new Map<string, string>();
    const acknowledged = new Set<string>();
    for (let round = 0; round <= ROUNDS; round += 1) {
      server = await startProcess(port, dataDir, { TEST_DICOM_PORT: String(dicomPort) });
      const admin = await signedIn(server.url, 'admin');
      if (round === 0) await admin.call(createPeerCall, { body: { aeTitle: 'CT1', host: '127.0.0.1', rights: ['store'] } });
      const found = await indexed(await signedIn(server.url, 'technologist'));
      const files = await filesOf(path.join(dataDir, 'dicom'));
      expect([...acknowledged].filter((uid) => !found.has(uid))).toEqual([]);
      // What is indexed lies there whole, and nothing else does: no half file, none without its row.
      expect(files.map((file) => path.basename(file, '.dcm')).sort()).toEqual([...found.keys()].sort());
      for (const file of files) expect(digest(await readFile(file))).toBe(sent.get(path.basename(file, '.dcm')));
      if (round === ROUNDS) break;
      const before = acknowledged.size;
      const senders = Array.from({ length: SENDERS }, (_, index) =>
        sendUntilGone(dicomPort, `1.2.826.9.${round + 1}.${index + 1}`, sent, acknowledged),
      );
      // However busy the machine is: the kill falls while they are being acknowledged.
      await expect.poll(() => acknowledged.size, { timeout: 20_000, interval: 5 }).toBeGreaterThan(before);
      await sleep(400 * random());
      await server.kill();
      await Promise.all(senders);
    }
  },
  60_000 + 20_000 * ROUNDS,
);
