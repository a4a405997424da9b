import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Client, type TestApp } from './testing/app.ts';
import { mayMount, mountSmallDisk, type SmallDisk } from './testing/small-disk.ts';

const MEGABYTE = 1024 * 1024;

describe.skipIf(!mayMount() || process.env.MONGODB_URI !== undefined)('a database whose disk is full', () => {
  let dataDir: string;
  let disk: SmallDisk;
  let test: TestApp;
  let client: Client;
  let sent = 0;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'vigie-full-site-'));
    disk = mountSmallDisk(dataDir, 32);
    test = await startTestApp({ dataDir, env: { LOG_LEVEL: 'silent' } });
    client = await test.as('coordinator');
  }, 30_000);
  afterAll(async () => {
    await test.close();
    disk.unmount();
    await rm(dataDir, { recursive: true, force: true });
  });

  const add = () => {
    sent += 1;
    const birth = { birthDate: '1960-01-01', sex: 'F', confirmed: true };
    return client.request('POST', '/api/patients', { ipp: `FULL-${sent}`, lastName: `Plein${sent}`, firstName: 'Anne', ...birth });
  };

  /** Where a patient finds no room, something smaller may. */
  async function fillTheRest(): Promise<void> {
    const filler = mongoose.connection.collection('filler');
    for (let tries = 0; tries < 2000; tries += 1) {
      const isTaken = await filler.insertOne({}).then(
        () => true,
        () => false,
      );
      if (!isTaken) return;
    }
    throw new Error('the disk is not full');
  }

  it('answers writes with 503, goes on answering reads, stores nothing by half, and takes writes again once there is room', async () => {
    disk.fillUpTo(MEGABYTE / 2);
    let taken = 0;
    let { status } = await add();
    for (; status === 201 && taken < 500; { status } = await add()) taken += 1;
    expect(status).toBe(503);
    expect((await client.request('GET', '/api/machines')).status).toBe(200);
    await fillTheRest();
    expect((await client.request('GET', '/api/dossiers')).status).toBe(503); // who looks at patients is recorded, or does not look
    disk.empty();
    expect((await add()).status).toBe(201);
    const audited = await mongoose.connection.collection('audit').countDocuments({ action: /^patient\./ });
    expect(await mongoose.connection.collection('patients').countDocuments()).toBe(taken + 1);
    expect(audited).toBe(taken + 1);
  });
});
