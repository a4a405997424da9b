import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDossierCall, listHistoryCall, readDossierCall, tickItemCall } from '#shared/dossiers/api.ts';
import type { Dossier, DossierCard } from '#shared/dossiers/schemas.ts';
import { createPatientCall } from '#shared/patients/api.ts';
import { seededRandom } from '#shared/random.ts';
import { signedIn, watcherOf, type Client } from './testing/app.ts';
import { newPatient } from './testing/dossiers.ts';
import { freePort, startProcess, type ServerProcess } from './testing/process.ts';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 10);
const WRITERS = 6;

let dataDir: string;
let port: number;
let server: ServerProcess;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vigie-crash-'));
  port = await freePort();
});
afterEach(async () => {
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

/** What the server acknowledged: the highest version of each dossier, and every patient. */
interface Acknowledged {
  versions: Map<string, number>;
  patients: Set<string>;
}

/** Creates, ticks and unticks until the server is gone; remembers what was acknowledged, and only that. */
async function writeUntilGone(client: Client, acknowledged: Acknowledged): Promise<void> {
  try {
    const patient = await newPatient(client);
    acknowledged.patients.add(patient.id);
    let dossier: Dossier = await client.call(createDossierCall, { body: { patientId: patient.id, machineId: 'versa-hd-1' } });
    for (;;) {
      acknowledged.versions.set(dossier.id, dossier.version);
      const done = !dossier.items.some((item) => item.code === 'identity_validated' && item.done);
      dossier = await client.call(tickItemCall, {
        params: { id: dossier.id, code: 'identity_validated' },
        body: { done, version: dossier.version },
      });
    }
  } catch (error) {
    if (error instanceof Error && / answered /.test(error.message)) throw error;
  }
}

/** Each dossier is at the acknowledged version or one further (written, not yet answered), with a line of history for every version. */
async function check(client: Client, { versions, patients }: Acknowledged): Promise<void> {
  for (const [id, version] of versions) {
    const dossier = await client.call(readDossierCall, { params: { id } });
    expect([version, version + 1]).toContain(dossier.version);
    const { items } = await client.call(listHistoryCall, { params: { id }, query: { limit: 500 } });
    expect(items.map((line) => line.version)).toEqual(Array.from({ length: dossier.version }, (_, index) => dossier.version - index));
  }
  for (const id of patients) expect((await client.request('GET', `/api/patients/${id}`)).status).toBe(200);
}

describe('SIGKILL', () => {
  it(
    `during mixed writes loses nothing that was acknowledged, ${ROUNDS} rounds`,
    async () => {
      const random = seededRandom(ROUNDS);
      const all: Acknowledged = { versions: new Map(), patients: new Set() };
      for (let round = 0; round < ROUNDS; round += 1) {
        server = await startProcess(port, dataDir);
        const client = await signedIn(server.url, 'technologist');
        if (round > 0) await check(client, all);
        all.versions.clear();
        const writers = Array.from({ length: WRITERS }, () => writeUntilGone(client, all));
        while (all.versions.size === 0) await sleep(20); // on a busy machine the first write takes its time
        await sleep(500 * random());
        await server.kill();
        await Promise.all(writers);
        expect(all.versions.size).toBeGreaterThan(0);
      }
      server = await startProcess(port, dataDir);
      await check(await signedIn(server.url, 'technologist'), all);
    },
    30_000 + 6000 * ROUNDS,
  );

  it('between commit and emission still reaches every client, once and in order', async () => {
    server = await startProcess(port, dataDir);
    const technologist = await signedIn(server.url, 'technologist');
    const patient = await technologist.call(createPatientCall, {
      body: { ipp: 'CRASH-1', lastName: 'Essai', firstName: 'Marie', birthDate: '1958-03-02', sex: 'F' },
    });
    const dossier = await technologist.call(createDossierCall, { body: { patientId: patient.id } });
    // Signed in before the pause: signing in is an act too.
    const clients = await Promise.all(['physicist', 'oncologist', 'coordinator'].map((role) => signedIn(server.url, role)));
    await server.kill();

    server = await startProcess(port, dataDir, { PAUSE_AFTER_COMMIT_MS: '60000' });
    const followers = await Promise.all(clients.map((client) => watcherOf(server.url, client)));
    const before = await Promise.all(followers.map((follower) => follower.watch('dossiers')));
    const revisions = before.map((answer) => (answer.ok ? answer.revision : -1));
    // Committed, and never answered: the process waits before it emits, and is killed there.
    const path_ = `/api/dossiers/${dossier.id}/items/identity_validated`;
    const unanswered = technologist.request('PUT', path_, { done: true, version: dossier.version }).catch(() => undefined);
    await expect
      .poll(async () => (await technologist.call(readDossierCall, { params: { id: dossier.id } })).version, { timeout: 10_000 })
      .toBe(dossier.version + 1);
    expect(followers.flatMap((follower) => follower.received)).toEqual([]);
    await server.kill();
    await unanswered;

    server = await startProcess(port, dataDir);
    for (const [index, follower] of followers.entries()) {
      await expect.poll(() => follower.socket.connected, { timeout: 15_000 }).toBe(true);
      const last = revisions[index] ?? 0;
      expect(await follower.watch('dossiers', last)).toEqual({ ok: true, revision: last + 1 });
      expect(follower.received.map(({ revision, data }) => [revision, (data as { card: DossierCard }).card.version])).toEqual([
        [last + 1, dossier.version + 1],
      ]);
      follower.close();
    }
  }, 60_000);
});
