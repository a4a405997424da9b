import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import mongoose from 'mongoose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createChannelCall } from '#shared/notifications/api.ts';
import { startAlertSite, type AlertSite } from '#server/testing/alerts.ts';
import { freePort } from '#server/testing/process.ts';
import { CLAIM_MS } from './deliver.ts';

// Processes with the role `jobs`, as `npm start` has them, on one database; they trust the webhook by Node's own setting for a hospital's authority.
const program = path.join(import.meta.dirname, '../../testing/role.ts');
const children: ChildProcess[] = [];
let site: AlertSite;
let authority: string;

beforeAll(async () => {
  site = await startAlertSite();
  authority = path.join(site.test.settings.DATA_DIR, 'authority.pem');
  await writeFile(authority, site.certificate);
  const admin = await site.test.as('admin');
  await admin.call(createChannelCall, { body: { kind: 'teams', name: 'QA', subjects: ['qa.red'], url: site.webhook.url } });
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
});
afterAll(async () => {
  await rm(authority, { force: true });
  await site.close();
});

async function startJobs(): Promise<ChildProcess> {
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    VIGIE_ROLES: 'jobs',
    DATA_DIR: site.test.settings.DATA_DIR,
    ...(site.test.settings.MONGODB_URI ? { MONGODB_URI: site.test.settings.MONGODB_URI } : {}),
    PORT: String(await freePort()),
    PUBLIC_URL: 'https://vigie.example',
    NODE_EXTRA_CA_CERTS: authority,
  };
  const child = fork(program, [''], { env });
  children.push(child);
  const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]; // `ready`, or its exit code
  if (said !== 'ready') throw new Error(`the process ended with ${String(said)}`);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const states = async () => (await site.rows()).map(({ state }) => state);
const referencesOf = () => site.webhook.received.map(({ body }) => /"value":"(R\d+)"/.exec(body)?.[1]);

describe('processes that deliver', () => {
  it('two on one database send each alert once', async () => {
    await Promise.all([startJobs(), startJobs()]);
    for (let n = 0; n < 8; n++) await site.alert();
    await expect.poll(async () => (await states()).every((state) => state === 'sent'), { timeout: 15_000 }).toBe(true);
    expect(new Set(referencesOf()).size).toBe(8);
    expect(site.webhook.received).toHaveLength(8);
  }, 60_000);

  it('one that is killed while it sends leaves the alert to the next, which sends the same one when the claim is over', async () => {
    site.webhook.received.length = 0;
    await mongoose.connection.collection('deliveries').deleteMany({});
    site.webhook.answers.push('never');
    const first = await startJobs();
    await site.alert();
    await expect.poll(() => site.webhook.received.length, { timeout: 10_000 }).toBe(1);
    await kill(first);
    expect(await states()).toEqual(['sending']);
    await mongoose.connection.collection('deliveries').updateMany({}, { $set: { claimedAt: new Date(Date.now() - CLAIM_MS - 1000) } });
    await startJobs();
    await expect.poll(states, { timeout: 15_000 }).toEqual(['sent']);
    const [one, two] = referencesOf();
    expect(site.webhook.received).toHaveLength(2);
    expect(two).toBe(one);
  }, 60_000);
});
